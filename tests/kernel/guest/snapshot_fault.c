/* SPDX-License-Identifier: BSD-2-Clause */
/* PROCMAP_SNAPSHOT where memory can't be had, or can't be written to, somewhere in the middle. */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "asserts.h"
#include "fault.h"
#include "forked.h"
#include "snapshot_call.h"

#define PAGE   4096UL
#define FOLDER "/tmp/mapsnap-fault"

/* Mappings of files in a file system of its own, one of them named, as a target has them. */
static void have_files_and_names(void *unused)
{
	(void)unused;
	for (int i = 0; i < 8; i++) {
		char path[64];
		int fd;

		snprintf(path, sizeof(path), FOLDER "/%d", i);
		fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
		if (mmap(NULL, PAGE, PROT_READ, MAP_SHARED, fd, 0) == MAP_FAILED)
			_exit(1);
		close(fd);
	}
	void *named = mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	prctl(PR_SET_VMA, PR_SET_VMA_ANON_NAME, named, PAGE, "name");
	forked_pause();
}

/* How often a failure was answered by each. */
struct failures {
	int no_memory;
	int bad_copy;
};

/* One that may fail inside, into room that was cleared: what is not given is not there. */
static int call(int maps, __u64 flags, const struct snapshot_room *room)
{
	struct procmap_snapshot answer;

	memset(room->records, 0, room->nr_records * sizeof(*room->records));
	memset(room->names, 0, room->names_size);
	return snapshot_call(maps, flags, room, &answer);
}

static void assert_same(const struct snapshot_room *a, const struct snapshot_room *b)
{
	assert_memory_equal(a->records, b->records, a->nr_records * sizeof(*a->records));
	assert_memory_equal(a->names, b->names, a->names_size);
}

/*
 * The n-th failure, for each n that the call comes to. The allocator can make do
 * without some of what it asks for itself; then nothing is missing.
 */
static struct failures fail_each(struct fault *fault, int maps, __u64 flags,
				 const struct snapshot_room *room,
				 const struct snapshot_room *whole)
{
	struct failures failures = { 0 };
	bool happened = true;

	assert_int_equal(call(maps, flags, whole), 0);
	for (int n = 1; happened; n++) {
		int result;

		assert_true(fault_arm(fault, n));
		result = call(maps, flags, room);
		happened = fault_happened(fault);
		if (result == 0)
			assert_same(room, whole);
		else if (!happened || (result != -ENOMEM && result != -EFAULT))
			fail_msg("failure %d: it returns %d", n, result);
		failures.no_memory += result == -ENOMEM;
		failures.bad_copy += result == -EFAULT;
	}
	return failures;
}

/*
 * No memory for so many of the walk and its two arrays, at least. Of copies the
 * argument in two parts, the records, a name each, the answer.
 */
static void assert_failures_are_told(__u64 flags, int allocations)
{
	struct failures failures;
	struct snapshot_room room, whole;
	struct fault fault;
	pid_t target;
	int maps;

	if (!snapshot_call_exists() || !fault_open(&fault))
		skip_because("needs PROCMAP_SNAPSHOT and fault injection");
	assert_true(mkdir(FOLDER, 0700) == 0 || errno == EEXIST);
	assert_int_equal(mount("tmpfs", FOLDER, "tmpfs", 0, NULL), 0);
	assert_true(snapshot_room_open(&room, 128, 4 * PAGE));
	assert_true(snapshot_room_open(&whole, 128, 4 * PAGE));
	target = forked(have_files_and_names, NULL);
	maps = snapshot_maps_of(target);
	failures = fail_each(&fault, maps, flags, &room, &whole);
	assert_true(failures.no_memory >= allocations);
	assert_true(failures.bad_copy >= 2 + 1 + 9 + 1);
	forked_kill(target);
	close(maps);
	/* Busy, if a call that failed had kept a file. */
	assert_int_equal(umount(FOLDER), 0);
	snapshot_room_close(&room);
	snapshot_room_close(&whole);
	fault_close(&fault);
}

static void a_failure_inside_the_lockless_call_is_told(void **state)
{
	(void)state;
	assert_failures_are_told(0, 3);
}

static void a_failure_inside_the_locked_call_is_told(void **state)
{
	(void)state;
	/* The arrays of more than a page can be had from vmalloc() as well. */
	assert_failures_are_told(PROCMAP_SNAPSHOT_LOCKED, 1);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_failure_inside_the_lockless_call_is_told),
		cmocka_unit_test(a_failure_inside_the_locked_call_is_told),
	};

	return run_suite(tests, NULL, NULL);
}
