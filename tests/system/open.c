/* SPDX-License-Identifier: BSD-2-Clause */
/* What a process can be opened by, and what it says of itself then. */
#include <inttypes.h>
#include <pthread.h>
#include <stdbool.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "asserts.h"
#include "forked.h"

/* include/linux/sched.h; told in field 9 of /proc/PID/stat. */
#define PF_KTHREAD 0x00200000

/* Fields of /proc/PID/stat, of a command without spaces. */
static void read_stat(pid_t pid, unsigned int *flags, uint64_t *start_time)
{
	char path[64];
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	file = fopen(path, "re");
	assert_non_null(file);
	assert_int_equal(fscanf(file,
				"%*d %*s %*c %*d %*d %*d %*d %*d %u %*u %*u %*u %*u %*u %*u %*d"
				" %*d %*d %*d %*d %*d %" SCNu64,
				flags, start_time),
			 2);
	fclose(file);
}

static void assert_reads_as_cat(struct mapsnap_process *process, pid_t pid)
{
	struct mapsnap *snapshot = must_read(process, NULL);

	assert_true(mapsnap_count(snapshot) > 5);
	assert_as_cat(snapshot, pid);
	mapsnap_unref(snapshot);
}

static void a_pid_opens_the_process_and_says_who_it_is(void **state)
{
	pid_t pid = forked(forked_idle, NULL), told;
	struct mapsnap_process *process;
	uint64_t start_time, told_time;
	unsigned int flags;

	(void)state;
	assert_int_equal(mapsnap_open_pid(pid, &process), 0);
	assert_reads_as_cat(process, pid);
	read_stat(pid, &flags, &start_time);
	mapsnap_identity(process, &told, &told_time);
	assert_int_equal(told, pid);
	assert_int_equal(told_time, start_time);
	assert_string_equal(mapsnap_error(process), "");
	mapsnap_identity(process, NULL, NULL);
	mapsnap_close(process);
	forked_kill(pid);
}

static void a_pidfd_opens_the_process_and_remains_the_callers(void **state)
{
	pid_t pid = forked(forked_idle, NULL);
	struct mapsnap_process *process;
	int pidfd = open_pidfd(pid);

	(void)state;
	assert_int_equal(mapsnap_open_pidfd(pidfd, &process), 0);
	assert_int_equal(close(pidfd), 0);
	assert_reads_as_cat(process, pid);
	mapsnap_close(process);
	forked_kill(pid);
}

static void a_maps_fd_opens_the_process_and_keeps_its_offset(void **state)
{
	pid_t pid = forked(forked_idle, NULL), told;
	struct mapsnap_process *process;
	uint64_t start_time;
	int fd = open_file_of(pid, "maps");
	char byte;

	(void)state;
	assert_int_equal(read(fd, &byte, 1), 1);
	assert_int_equal(mapsnap_open_fd(fd, &process), 0);
	assert_reads_as_cat(process, pid);
	assert_int_equal(lseek(fd, 0, SEEK_CUR), 1);
	assert_int_equal(close(fd), 0);
	assert_reads_as_cat(process, pid);
	mapsnap_identity(process, &told, &start_time);
	assert_int_equal(told, 0);
	assert_int_equal(start_time, 0);
	mapsnap_close(process);
	forked_kill(pid);
}

static pid_t *thread_id; /* shared with the child */

static void *announce_and_wait(void *unused)
{
	*thread_id = (pid_t)syscall(SYS_gettid);
	forked_pause();
	return unused;
}

static void run_a_thread(void *shared)
{
	pthread_t thread;

	thread_id = shared;
	pthread_create(&thread, NULL, announce_and_wait, NULL);
	pthread_join(thread, NULL);
}

static void a_thread_id_opens_its_process(void **state)
{
	pid_t *tid = shared_page();
	pid_t pid = forked(run_a_thread, tid), told;
	struct mapsnap_process *process;

	(void)state;
	assert_true(*tid > pid || *tid < pid);
	assert_int_equal(mapsnap_open_pid(*tid, &process), 0);
	mapsnap_identity(process, &told, NULL);
	assert_int_equal(told, pid);
	assert_reads_as_cat(process, pid);
	mapsnap_close(process);
	forked_kill(pid);
	unshare_page(tid);
}

/* kthreadd; in a container pid 2 is something else, or nothing. */
static bool pid_2_is_a_kernel_thread(void)
{
	unsigned int flags = 0;
	uint64_t start_time;

	if (access("/proc/2/stat", R_OK) == 0)
		read_stat(2, &flags, &start_time);
	return flags & PF_KTHREAD;
}

static void a_kernel_thread_reads_as_verified_and_empty(void **state)
{
	struct mapsnap_process *process;
	struct mapsnap *snapshot;

	(void)state;
	if (!pid_2_is_a_kernel_thread())
		skip_because("no kernel thread can be seen from here");
	if (geteuid() != 0)
		skip_because("only root may open a kernel thread's maps");
	assert_int_equal(mapsnap_open_pid(2, &process), 0);
	assert_int_equal(mapsnap_read(process, NULL, &snapshot), 0);
	assert_int_equal(mapsnap_count(snapshot), 0);
	assert_null(mapsnap_at(snapshot, 0));
	assert_int_equal(mapsnap_info(snapshot)->consistency, MAPSNAP_VERIFIED);
	assert_int_equal(mapsnap_info(snapshot)->reason, MAPSNAP_REASON_NO_MAPPINGS);
	mapsnap_unref(snapshot);
	mapsnap_close(process);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		tidy_test(a_pid_opens_the_process_and_says_who_it_is),
		tidy_test(a_pidfd_opens_the_process_and_remains_the_callers),
		tidy_test(a_maps_fd_opens_the_process_and_keeps_its_offset),
		tidy_test(a_thread_id_opens_its_process),
		tidy_test(a_kernel_thread_reads_as_verified_and_empty),
	};

	return run_suite(tests, NULL, NULL);
}
