/* SPDX-License-Identifier: BSD-2-Clause */
#include "asserts.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

struct mapsnap_options unverified_by(uint32_t route)
{
	return (struct mapsnap_options){
		.size = sizeof(struct mapsnap_options),
		.fallback = MAPSNAP_FALLBACK_UNVERIFIED,
		.route = route,
	};
}

bool has_route(uint32_t route)
{
	struct mapsnap_options options = unverified_by(route);
	struct mapsnap_process *process = must_open(getpid());
	struct mapsnap *snapshot = NULL;
	int r = mapsnap_read(process, &options, &snapshot);

	mapsnap_unref(snapshot);
	mapsnap_close(process);
	assert_true(r == 0 || r == -EOPNOTSUPP);
	return r == 0;
}

struct mapsnap *must_read(struct mapsnap_process *process, const struct mapsnap_options *options)
{
	struct mapsnap_options text = unverified_by(MAPSNAP_ROUTE_TEXT);
	struct mapsnap *snapshot = NULL;
	int r = mapsnap_read(process, options ? options : &text, &snapshot);

	if (r)
		fail_msg("mapsnap_read: %s: %s", strerrorname_np(-r), mapsnap_error(process));
	return snapshot;
}

struct mapsnap_process *must_open(pid_t pid)
{
	struct mapsnap_process *process;
	int r = mapsnap_open_pid(pid, &process);

	if (r)
		fail_msg("mapsnap_open_pid(%d): %s", (int)pid, strerrorname_np(-r));
	return process;
}

int open_pidfd(pid_t pid)
{
	return (int)syscall(SYS_pidfd_open, pid, 0);
}

int open_file_of(pid_t pid, const char *name)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	return open(path, O_RDONLY | O_CLOEXEC);
}

struct mapsnap_process *must_open_maps(pid_t pid)
{
	struct mapsnap_process *process;
	int fd = open_file_of(pid, "maps");

	assert_int_equal(mapsnap_open_fd(fd, &process), 0);
	close(fd);
	return process;
}

void assert_readable(struct mapsnap_process *process)
{
	struct mapsnap *snapshot = must_read(process, NULL);

	assert_true(mapsnap_count(snapshot) > 5);
	mapsnap_unref(snapshot);
}

void assert_read_fails(struct mapsnap_process *process, int error)
{
	struct mapsnap *snapshot;

	for (unsigned int i = 0; i < 4; i++) {
		struct mapsnap_options options =
			unverified_by(i % 2 ? MAPSNAP_ROUTE_AUTO : MAPSNAP_ROUTE_TEXT);

		options.filter = i % 2 ? MAPSNAP_FILTER_FILE : 0;
		assert_int_equal(mapsnap_read(process, &options, &snapshot), error);
		assert_true(strlen(mapsnap_error(process)) > 10);
	}
}

struct mapsnap *must_read_pid(pid_t pid, const struct mapsnap_options *options)
{
	struct mapsnap_process *process = must_open(pid);
	struct mapsnap *snapshot = must_read(process, options);

	mapsnap_close(process);
	return snapshot;
}

struct mapsnap *parsed_from_cat(pid_t pid)
{
	struct maps_text cat = { 0 };
	struct mapsnap *snapshot = NULL;
	size_t line;

	assert_int_equal(maps_text_of(&cat, pid), 0);
	assert_int_equal(mapsnap_parse(cat.bytes, cat.length, &snapshot, &line), 0);
	maps_text_free(&cat);
	return snapshot;
}

struct maps_text text_of(const struct mapsnap *snapshot)
{
	struct maps_text text = { 0 };

	for (size_t i = 0; i < mapsnap_count(snapshot); i++)
		text.size += mapsnap_format(mapsnap_at(snapshot, i), NULL, 0);
	text.size++; /* the NUL behind the last line */
	text.bytes = malloc(text.size);
	assert_non_null(text.bytes);
	for (size_t i = 0; i < mapsnap_count(snapshot); i++)
		text.length += mapsnap_format(mapsnap_at(snapshot, i), text.bytes + text.length,
					      text.size - text.length);
	return text;
}

void *shared_page(void)
{
	void *page = mmap(NULL, (size_t)sysconf(_SC_PAGESIZE), PROT_READ | PROT_WRITE,
			  MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	assert_true(page != MAP_FAILED);
	return page;
}

void unshare_page(void *page)
{
	munmap(page, (size_t)sysconf(_SC_PAGESIZE));
}

void assert_same_text(const struct maps_text *a, const struct maps_text *b)
{
	assert_int_equal(a->length, b->length);
	assert_memory_equal(a->bytes, b->bytes, a->length);
}

void assert_as_cat(const struct mapsnap *snapshot, pid_t pid)
{
	struct maps_text ours = text_of(snapshot), cat = { 0 };

	assert_int_equal(maps_text_of(&cat, pid), 0);
	assert_same_text(&ours, &cat);
	maps_text_free(&ours);
	maps_text_free(&cat);
}

void assert_same_mapping(const struct mapsnap_mapping *a, const struct mapsnap_mapping *b)
{
	assert_int_equal(a->start, b->start);
	assert_int_equal(a->end, b->end);
	assert_int_equal(a->offset, b->offset);
	assert_int_equal(a->inode, b->inode);
	assert_int_equal(a->device_major, b->device_major);
	assert_int_equal(a->device_minor, b->device_minor);
	assert_int_equal(a->permissions, b->permissions);
	assert_int_equal(a->kind, b->kind);
	assert_int_equal(a->name_length, b->name_length);
	assert_string_equal(a->name, b->name);
	assert_int_equal(strlen(a->name), a->name_length);
	if (!((a->flags | b->flags) & MAPSNAP_PATH_AMBIGUOUS)) {
		assert_string_equal(a->path, b->path);
		assert_int_equal(a->flags, b->flags);
	}
}

void assert_same_mappings(const struct mapsnap *a, const struct mapsnap *b)
{
	assert_int_equal(mapsnap_count(a), mapsnap_count(b));
	for (size_t i = 0; i < mapsnap_count(a); i++)
		assert_same_mapping(mapsnap_at(a, i), mapsnap_at(b, i));
}

void assert_no_difference(const struct mapsnap *a, const struct mapsnap *b)
{
	struct mapsnap_diff diff = { .before = a, .after = b };
	struct mapsnap_change change;

	assert_int_equal(mapsnap_diff_next(&diff, &change), 0);
}

/* Without opening anything: some tests have no descriptor left for that. */
uintptr_t open_descriptors(void)
{
	struct rlimit limit;
	uintptr_t n = 0;

	getrlimit(RLIMIT_NOFILE, &limit);
	for (int fd = 0; fd < (int)limit.rlim_cur && fd < 65536; fd++)
		n += fcntl(fd, F_GETFD) >= 0;
	return n;
}

int count_descriptors(void **state)
{
	*state = (void *)open_descriptors();
	return 0;
}

int assert_no_descriptor_left(void **state)
{
	assert_int_equal(open_descriptors(), (uintptr_t)*state);
	return 0;
}
