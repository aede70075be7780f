/* SPDX-License-Identifier: BSD-2-Clause */
/* PROCMAP_SNAPSHOT where memory can't be had, or can't be written to, somewhere in the middle. */
#include <errno.h>
#include <fcntl.h>
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

/* The n-th failure, for each n that the call comes to. */
static struct failures fail_each(struct fault *fault, int maps, __u64 flags,
				 const struct snapshot_room *room)
{
	struct failures failures = { 0 };

	for (int n = 1;; n++) {
		struct procmap_snapshot answer;
		int result;

		assert_true(fault_arm(fault, n));
		result = snapshot_call(maps, flags, room, &answer);
		if (!fault_happened(fault)) {
			assert_int_equal(result, 0);
			return failures;
		}
		assert_true(result == -ENOMEM || result == -EFAULT);
		failures.no_memory += result == -ENOMEM;
		failures.bad_copy += result == -EFAULT;
	}
}

/* The walk and its two arrays; the argument in two parts, the records, a name each, the answer. */
static void assert_failures_are_told(__u64 flags)
{
	struct failures failures;
	struct snapshot_room room;
	struct fault fault;
	pid_t target;
	int maps;

	if (!snapshot_call_exists() || !fault_open(&fault))
		skip_because("needs PROCMAP_SNAPSHOT and fault injection");
	assert_true(mkdir(FOLDER, 0700) == 0 || errno == EEXIST);
	assert_int_equal(mount("tmpfs", FOLDER, "tmpfs", 0, NULL), 0);
	assert_true(snapshot_room_open(&room, 1024, 64 * PAGE));
	target = forked(have_files_and_names, NULL);
	maps = snapshot_maps_of(target);
	failures = fail_each(&fault, maps, flags, &room);
	assert_true(failures.no_memory >= 3);
	assert_true(failures.bad_copy >= 2 + 1 + 9 + 1);
	forked_kill(target);
	close(maps);
	/* Busy, if a call that failed had kept a file. */
	assert_int_equal(umount(FOLDER), 0);
	snapshot_room_close(&room);
	fault_close(&fault);
}

static void a_failure_inside_the_lockless_call_is_told(void **state)
{
	(void)state;
	assert_failures_are_told(0);
}

static void a_failure_inside_the_locked_call_is_told(void **state)
{
	(void)state;
	assert_failures_are_told(PROCMAP_SNAPSHOT_LOCKED);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_failure_inside_the_lockless_call_is_told),
		cmocka_unit_test(a_failure_inside_the_locked_call_is_told),
	};

	return run_suite(tests, NULL, NULL);
}
