/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading one's own process does not change what is read. */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "asserts.h"

#define MAPPINGS 5000
#define ROOM     (1 << 22)

/*
 * Looks at our maps itself whenever the library asks whether they changed, and
 * so just before an attempt and just after. Allocates nothing.
 */
struct witness {
	struct mapsnap_sequence sequence;
	unsigned int looks;
	struct maps_text last[2];
};

static char seen[2][ROOM];

static size_t read_maps(char *buffer)
{
	int fd = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
	size_t length = 0;
	ssize_t n;

	while ((n = read(fd, buffer + length, ROOM - length)) > 0)
		length += (size_t)n;
	close(fd);
	return length;
}

static int look(const struct mapsnap_sequence *self, int maps_fd, uint64_t *sequence)
{
	struct witness *witness = (struct witness *)(uintptr_t)self;
	struct maps_text *text = &witness->last[witness->looks % 2];

	(void)maps_fd;
	text->bytes = seen[witness->looks % 2];
	text->length = read_maps(text->bytes);
	witness->looks++;
	*sequence = 2;
	return 0;
}

static struct witness make_witness(void)
{
	return (struct witness){
		.sequence = {
			.size = sizeof(struct mapsnap_sequence),
			.source = MAPSNAP_SOURCE_BPF,
			.read = look,
		},
	};
}

/* The same before, in and after the attempt. */
static void assert_undisturbed(struct mapsnap_process *process, uint32_t route)
{
	struct witness witness = make_witness();
	struct mapsnap_options options = {
		.size = sizeof(options),
		.sequence = &witness.sequence,
		.route = route,
	};
	struct mapsnap *snapshot = must_read(process, &options);
	struct maps_text text = text_of(snapshot);

	assert_true(witness.looks >= 2);
	assert_int_equal(mapsnap_info(snapshot)->attempts, 1);
	assert_same_text(&witness.last[0], &witness.last[1]);
	assert_same_text(&text, &witness.last[0]);
	maps_text_free(&text);
	mapsnap_unref(snapshot);
}

static void assert_undisturbed_again_and_again(struct mapsnap_process *process, uint32_t route)
{
	for (unsigned int i = 0; i < 5; i++)
		assert_undisturbed(process, route);
	mapsnap_close(process);
}

static void reading_oneself_by_pid_changes_no_mapping(void **state)
{
	struct mapsnap_process *process;

	(void)state;
	assert_int_equal(mapsnap_open_pid(getpid(), &process), 0);
	assert_undisturbed_again_and_again(process, MAPSNAP_ROUTE_TEXT);
}

static void reading_oneself_by_maps_fd_changes_no_mapping(void **state)
{
	struct mapsnap_process *process;
	int fd = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);

	(void)state;
	assert_int_equal(mapsnap_open_fd(fd, &process), 0);
	close(fd);
	assert_undisturbed_again_and_again(process, MAPSNAP_ROUTE_TEXT);
}

static char *map_many(void)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	char *area = mmap(NULL, MAPPINGS * page, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	assert_true(area != MAP_FAILED);
	for (size_t i = 0; i < MAPPINGS; i += 2)
		assert_int_equal(mprotect(area + i * page, page, PROT_NONE), 0);
	return area;
}

static void unmap_many(char *area)
{
	munmap(area, MAPPINGS * (size_t)sysconf(_SC_PAGESIZE));
}

/* The room that it takes was not known before. */
static void reading_thousands_of_ones_own_mappings_by_pid_changes_none(void **state)
{
	char *area = map_many();

	reading_oneself_by_pid_changes_no_mapping(state);
	unmap_many(area);
}

static void reading_thousands_of_ones_own_mappings_by_maps_fd_changes_none(void **state)
{
	char *area = map_many();

	reading_oneself_by_maps_fd_changes_no_mapping(state);
	unmap_many(area);
}

static void reading_thousands_of_ones_own_mappings_by_one_call_changes_none(void **state)
{
	char *area;

	(void)state;
	need_snapshot();
	area = map_many();
	assert_undisturbed_again_and_again(must_open(getpid()), MAPSNAP_ROUTE_SNAPSHOT);
	unmap_many(area);
}

/* A page of a file 100 levels deep. All is removed at once: the mapping keeps its path. */
static void *map_deep_file(void)
{
	static char top[] = "/tmp/mapsnap-own.XXXXXX";
	char name[201];
	unsigned int depth = 0;
	void *page;
	int fd;

	memset(name, 'd', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	assert_int_equal(mkdtemp(top) ? chdir(top) : -1, 0);
	while (depth < 100 && mkdir(name, 0700) == 0 && chdir(name) == 0)
		depth++;
	fd = open("file", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	page = mmap(NULL, 1, PROT_READ, MAP_PRIVATE, fd, 0);
	close(fd);
	unlink("file");
	while (depth > 0 && chdir("..") == 0 && rmdir(name) == 0)
		depth--;
	assert_int_equal(chdir("/") || rmdir(top), 0);
	assert_true(page != MAP_FAILED);
	return page;
}

static void reading_an_own_path_of_20000_bytes_changes_no_mapping(void **state)
{
	void *page = map_deep_file();

	reading_oneself_by_pid_changes_no_mapping(state);
	munmap(page, 1);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		tidy_test(reading_oneself_by_pid_changes_no_mapping),
		tidy_test(reading_oneself_by_maps_fd_changes_no_mapping),
		tidy_test(reading_thousands_of_ones_own_mappings_by_pid_changes_none),
		tidy_test(reading_thousands_of_ones_own_mappings_by_maps_fd_changes_none),
		tidy_test(reading_thousands_of_ones_own_mappings_by_one_call_changes_none),
		tidy_test(reading_an_own_path_of_20000_bytes_changes_no_mapping),
	};

	return run_suite(tests, NULL, NULL);
}
