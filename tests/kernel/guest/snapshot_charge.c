/* SPDX-License-Identifier: BSD-2-Clause */
/* Who pays for the memory that a PROCMAP_SNAPSHOT under the lock takes: its caller, not the target.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "asserts.h"
#include "forked.h"
#include "setting.h"
#include "snapshot_call.h"

#define PAGE     4096UL
#define CGROUPS  "/tmp/mapsnap-cgroups"
#define GROUP    CGROUPS "/caller"
#define MAPPINGS 30000
#define RECORDS  ((long)(MAPPINGS * sizeof(struct procmap_record)))

static void have_many_mappings(void *unused)
{
	(void)unused;
	for (int i = 0; i < MAPPINGS; i++) {
		int protection = i % 2 ? PROT_READ : PROT_READ | PROT_WRITE;

		if (mmap(NULL, PAGE, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED)
			_exit(1);
	}
	forked_pause();
}

static long read_number(const char *path)
{
	char text[32] = "";
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || read(fd, text, sizeof(text) - 1) <= 0)
		return -1;
	close(fd);
	return atol(text);
}

/* One call, by a process that is alone in a memory cgroup. */
struct call {
	int maps;
	long allowed;     /* bytes beyond what the process has already; 0: any number */
	int result;       /* of the call, or 1: it did not come to it */
	long peak_before; /* bytes that the group had at most until the call */
	long peak_after;
};

/* False where there are none. */
static bool group_open(void)
{
	mkdir(CGROUPS, 0700);
	return mount("cgroup2", CGROUPS, "cgroup2", 0, NULL) == 0 &&
	       setting_write(CGROUPS "/cgroup.subtree_control", "+memory") &&
	       mkdir(GROUP, 0700) == 0;
}

static void group_close(void)
{
	rmdir(GROUP);
	umount(CGROUPS);
}

static bool limit_group(long allowed)
{
	char limit[32];

	if (allowed == 0)
		return true;
	snprintf(limit, sizeof(limit), "%ld", read_number(GROUP "/memory.current") + allowed);
	return setting_write(GROUP "/memory.max", limit);
}

static void call_in_group(void *shared)
{
	struct procmap_snapshot answer;
	struct snapshot_room room;
	struct call *call = shared;

	if (!setting_write(GROUP "/cgroup.procs", "0") ||
	    !snapshot_room_open(&room, MAPPINGS + 1024, 64 * PAGE) || !limit_group(call->allowed))
		return;
	call->peak_before = read_number(GROUP "/memory.peak");
	call->result = snapshot_call(call->maps, PROCMAP_SNAPSHOT_LOCKED, &room, &answer);
	call->peak_after = read_number(GROUP "/memory.peak");
}

/* Returns the caller's wait status. */
static int make_call(struct call *call)
{
	int status = 0;

	waitpid(forked(call_in_group, call), &status, 0);
	return status;
}

struct stage {
	struct call *call;
	pid_t target;
};

static int set_stage(void **state)
{
	static struct stage stage;

	if (!snapshot_call_exists() || !group_open())
		return 0;
	stage.call = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	stage.target = forked(have_many_mappings, NULL);
	*stage.call = (struct call){ .maps = snapshot_maps_of(stage.target), .result = 1 };
	*state = &stage;
	return 0;
}

static int clear_stage(void **state)
{
	struct stage *stage = *state;

	if (!stage)
		return 0;
	close(stage->call->maps);
	forked_kill(stage->target);
	munmap(stage->call, PAGE);
	group_close();
	return 0;
}

#define need_stage(state)                                                 \
	do {                                                              \
		if (!*(state))                                            \
			skip_because("needs PROCMAP_SNAPSHOT and memcg"); \
	} while (0)

static void the_caller_is_charged(void **state)
{
	struct stage *stage = *state;

	need_stage(state);
	assert_int_equal(make_call(stage->call), 0);
	assert_int_equal(stage->call->result, 0);
	assert_true(stage->call->peak_after - stage->call->peak_before >= RECORDS);
}

/* Either it is told, or it is the one that is killed. */
static void a_caller_beyond_its_limit_harms_nobody_else(void **state)
{
	struct stage *stage = *state;
	siginfo_t info = { 0 };
	int status;

	need_stage(state);
	stage->call->allowed = RECORDS / 2;
	status = make_call(stage->call);
	if (WIFSIGNALED(status))
		assert_int_equal(WTERMSIG(status), SIGKILL);
	else
		assert_int_equal(stage->call->result, -ENOMEM);
	waitid(P_PID, (id_t)stage->target, &info, WEXITED | WNOHANG | WNOWAIT);
	assert_int_equal(info.si_pid, 0);
}

#define staged_test(f) cmocka_unit_test_setup_teardown(f, set_stage, clear_stage)

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		staged_test(the_caller_is_charged),
		staged_test(a_caller_beyond_its_limit_harms_nobody_else),
	};

	return run_suite(tests, NULL, NULL);
}
