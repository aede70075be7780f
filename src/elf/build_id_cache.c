/* SPDX-License-Identifier: BSD-2-Clause */
#include "build_id_cache.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "elf_note.h"

struct entry {
	int fd;
	struct stat read; /* as it was before it was read */
	int found;        /* what that gave: 0 or -ENODATA */
	struct mapsnap_build_id id;
	uint64_t used; /* when it was asked for last, by the cache's count */
};

struct build_id_cache {
	uint64_t asked;
	size_t most, count;
	struct entry entries[];
};

struct build_id_cache *build_id_cache_new(size_t most_files)
{
	struct build_id_cache *cache;

	cache = calloc(1, sizeof(*cache) + most_files * sizeof(cache->entries[0]));
	if (cache)
		cache->most = most_files;
	return cache;
}

void build_id_cache_free(struct build_id_cache *cache)
{
	if (!cache)
		return;
	for (size_t i = 0; i < cache->count; i++)
		close(cache->entries[i].fd);
	free(cache);
}

static bool same_time(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

static bool same_file(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

static bool same_content(const struct stat *a, const struct stat *b)
{
	return a->st_size == b->st_size && same_time(&a->st_mtim, &b->st_mtim) &&
	       same_time(&a->st_ctim, &b->st_ctim);
}

/*
 * The clock of file times moves every few milliseconds. What is written again
 * before it has moved keeps its times, and can't be told.
 */
static bool settled(const struct stat *status)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME_COARSE, &now);
	if (status->st_ctim.tv_sec != now.tv_sec)
		return status->st_ctim.tv_sec < now.tv_sec;
	return status->st_ctim.tv_nsec < now.tv_nsec;
}

static struct entry *find(struct build_id_cache *cache, const struct stat *status)
{
	for (size_t i = 0; i < cache->count; i++)
		if (same_file(&cache->entries[i].read, status))
			return &cache->entries[i];
	return NULL;
}

/* One that is free, or the one that was asked for the longest ago, which is let go. */
static struct entry *make_room(struct build_id_cache *cache)
{
	struct entry *oldest = &cache->entries[0];

	if (cache->count < cache->most)
		return &cache->entries[cache->count++];
	for (size_t i = 1; i < cache->count; i++)
		if (cache->entries[i].used < oldest->used)
			oldest = &cache->entries[i];
	close(oldest->fd);
	return oldest;
}

/* Without a descriptor to spare it is not kept. */
static void keep(struct build_id_cache *cache, int fd, const struct stat *status, int found,
		 const struct mapsnap_build_id *id)
{
	int own = fcntl(fd, F_DUPFD_CLOEXEC, 0);

	if (own < 0)
		return;
	*make_room(cache) = (struct entry){
		.fd = own, .read = *status, .found = found, .id = *id, .used = cache->asked
	};
}

static void drop(struct build_id_cache *cache, struct entry *entry)
{
	close(entry->fd);
	*entry = cache->entries[--cache->count];
}

static int take(const struct entry *entry, struct mapsnap_build_id *id)
{
	if (entry->found == 0)
		*id = entry->id;
	return entry->found;
}

int build_id_cache_read(struct build_id_cache *cache, int fd, struct mapsnap_build_id *id)
{
	struct mapsnap_build_id note = { 0 };
	struct stat status;
	struct entry *known;
	bool lasting;
	int r;

	if (fstat(fd, &status) < 0)
		return -errno;
	cache->asked++;
	known = find(cache, &status);
	if (known && same_content(&known->read, &status)) {
		known->used = cache->asked;
		return take(known, id);
	}
	if (known)
		drop(cache, known);
	lasting = settled(&status);
	r = elf_note_of_file(fd, &note);
	if (lasting && (r == 0 || r == -ENODATA))
		keep(cache, fd, &status, r, &note);
	if (r == 0)
		*id = note;
	return r;
}
