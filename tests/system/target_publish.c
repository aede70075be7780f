/* SPDX-License-Identifier: BSD-2-Clause */
/* Writes an arena's promise into the file that is shared with the checker. */
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "die.h"
#include "target_arena.h"
#include "target_mode.h"

/* Of each process whose pid goes to the next one. */
#define SPACES 3

static uint64_t names_size(const struct target_files *files)
{
	uint64_t size = 0;

	for (unsigned int i = 0; i < files->count; i++)
		size += strlen(files->list[i].name) + 1;
	return size;
}

/* Takes so many bytes of the promise, and says where. */
static uint64_t reserve(struct invariant *head, uint64_t bytes)
{
	uint64_t here = head->size;

	head->size += bytes;
	return here;
}

/* One address space in place of another, and not beside it. */
static bool succeeds(const struct target_mode *mode)
{
	return mode->ending == TARGET_EXECS || mode->ending == TARGET_EXITS ||
	       mode->ending == TARGET_REUSES;
}

static uint32_t spaces(const struct target_mode *mode)
{
	if (mode->ending == TARGET_EXECS)
		return 0;
	return mode->ending == TARGET_REUSES ? SPACES : 1;
}

static struct invariant make_head(const struct target_arena *arena, uint64_t *names_at)
{
	struct invariant head = {
		.size = sizeof(head),
		.arena_start = arena->start,
		.arena_end = arena->next,
		.seats = arena->mode->seats ? arena->mode->seats : 1,
		.statics = (uint32_t)arena->statics.count,
		.slots = arena->slots,
		.shapes = arena->mode->shapes,
		.stays = !succeeds(arena->mode),
		.spaces = spaces(arena->mode),
		.reuses = arena->mode->ending == TARGET_REUSES,
	};

	if (!head.stays) {
		head.shift = arena->page;
		head.arena_end += INVARIANT_TURNS * head.shift;
	}
	/* Behind the head, aligned as that is. */
	head.seats_at = reserve(&head, head.seats * sizeof(struct invariant_seat));
	head.files_at = reserve(&head, arena->files->count * sizeof(struct invariant_file));
	head.statics_at = reserve(&head, arena->statics.count * sizeof(struct expected));
	head.moving_at = reserve(&head, arena->moving.count * sizeof(struct expected));
	head.shapes_at = reserve(&head, arena->shape_count * sizeof(struct shape));
	*names_at = reserve(&head, names_size(arena->files));
	return head;
}

static void write_files(const struct target_files *files, char *base, uint64_t files_at,
			uint64_t names_at)
{
	struct invariant_file *file = (struct invariant_file *)(base + files_at);

	for (unsigned int i = 0; i < files->count; i++, file++) {
		file->inode = files->list[i].inode;
		file->device_major = files->list[i].device_major;
		file->device_minor = files->list[i].device_minor;
		file->name_at = names_at;
		file->fd = files->list[i].fd;
		strcpy(base + names_at, files->list[i].name);
		names_at += strlen(files->list[i].name) + 1;
	}
}

struct invariant *target_arena_publish(const struct target_arena *arena, int fd)
{
	uint64_t names_at;
	struct invariant head = make_head(arena, &names_at);
	char *base;

	if (ftruncate(fd, (off_t)head.size))
		die("cannot set the size of the shared file");
	base = mmap(NULL, head.size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (base == MAP_FAILED)
		die("cannot map the shared file");
	memcpy(base, &head, sizeof(head));
	memcpy(base + head.statics_at, arena->statics.list,
	       arena->statics.count * sizeof(struct expected));
	memcpy(base + head.moving_at, arena->moving.list,
	       arena->moving.count * sizeof(struct expected));
	memcpy(base + head.shapes_at, arena->shapes, arena->shape_count * sizeof(struct shape));
	write_files(arena->files, base, head.files_at, names_at);
	for (uint32_t i = 0; i < head.seats; i++)
		atomic_store(&invariant_seat((struct invariant *)base, i)->number, 1);
	return (struct invariant *)base;
}
