/* SPDX-License-Identifier: BSD-2-Clause */
/* An address space while exec makes it, and once it is made. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include "asserts.h"
#include "forked.h"
#include "observation.h"

#define EXECS 200

/* This program again; with a number it goes on until that is 0. */
static _Noreturn void exec_self(const char *option, long times)
{
	char number[24];

	snprintf(number, sizeof(number), "%ld", times);
	execl("/proc/self/exe", "test-guest-exec", option, number, NULL);
	_exit(127);
}

static void exec_and_stop(void *unused)
{
	(void)unused;
	exec_self("--stop", 0);
}

static void exec_often(void *unused)
{
	(void)unused;
	exec_self("--again", EXECS);
}

static int open_maps(pid_t pid)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/%d/maps", (int)pid);
	return open(path, O_RDONLY | O_CLOEXEC);
}

static void assert_even_and_not_0(pid_t pid)
{
	int maps = open_maps(pid);
	uint64_t seq = 0;

	assert_int_equal(sequence_of(maps, &seq), 0);
	assert_true(seq > 0 && seq % 2 == 0);
	close(maps);
}

static void after_exec_the_number_is_even_and_not_0(void **state)
{
	pid_t pid = forked(exec_and_stop, NULL);

	(void)state;
	assert_even_and_not_0(pid);
	forked_kill(pid);
}

static void exec_when_traced(void *unused)
{
	(void)unused;
	ptrace(PTRACE_TRACEME, 0, NULL, NULL);
	forked_pause();
	exec_self("--stop", 0);
}

/* Before the first instruction: all that is there was put there by the kernel. */
static void at_the_end_of_exec_the_number_is_even_and_not_0(void **state)
{
	pid_t pid = forked(exec_when_traced, NULL);
	int status = 0;

	(void)state;
	waitpid(pid, NULL, WUNTRACED);
	assert_int_equal(ptrace(PTRACE_SETOPTIONS, pid, NULL, (void *)PTRACE_O_TRACEEXEC), 0);
	assert_int_equal(ptrace(PTRACE_CONT, pid, NULL, NULL), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status >> 8, SIGTRAP | (PTRACE_EVENT_EXEC << 8));
	assert_even_and_not_0(pid);
	forked_kill(pid);
}

/* A read with the number before and after it. */
struct reading {
	struct maps_text text;
	uint64_t seq;
	bool verified;
};

/* Of what was read while it was made. */
struct tally {
	unsigned int opened, pairs, changes;
};

/* False once the address space is gone. */
static bool read_once(struct reading *reading, int maps)
{
	uint64_t after = 0;

	if (sequence_of(maps, &reading->seq) || maps_text_read(&reading->text, maps) ||
	    sequence_of(maps, &after))
		return false;
	reading->verified = after == reading->seq && after % 2 == 0;
	return true;
}

static void compare(const struct reading *a, const struct reading *b, struct tally *tally)
{
	if (!a->verified || !b->verified)
		return;
	if (a->seq != b->seq) {
		assert_true(b->seq > a->seq);
		tally->changes++;
		return;
	}
	assert_int_equal(a->text.length, b->text.length);
	assert_memory_equal(a->text.bytes, b->text.bytes, a->text.length);
	tally->pairs++;
}

/* Until it is gone. */
static void read_to_the_end(int maps, struct tally *tally)
{
	struct reading readings[2] = { 0 };
	unsigned int n = 0;

	while (read_once(&readings[n % 2], maps)) {
		if (n++ > 0)
			compare(&readings[n % 2], &readings[(n + 1) % 2], tally);
	}
	maps_text_free(&readings[0].text);
	maps_text_free(&readings[1].text);
	tally->opened++;
}

static void read_one_that_execs_often(struct tally *tally)
{
	pid_t pid = fork();
	int maps;

	if (pid == 0)
		exec_often(NULL);
	while (waitpid(pid, NULL, WNOHANG) == 0) {
		maps = open_maps(pid);
		if (maps < 0)
			continue;
		read_to_the_end(maps, tally);
		close(maps);
	}
}

/* With KASAN hardly a read is as short as what exec does in the middle of it: then more of them. */
static bool says_something(const struct tally *tally)
{
	return tally->opened > EXECS / 4 && tally->pairs > EXECS && tally->changes > 0;
}

static void while_exec_makes_it_equal_numbers_mean_equal_texts(void **state)
{
	struct tally tally = { 0 };

	(void)state;
	for (int i = 0; i < 8 && !says_something(&tally); i++)
		read_one_that_execs_often(&tally);
	printf("# %u address spaces, %u pairs of reads with the same number, %u with another\n",
	       tally.opened, tally.pairs, tally.changes);
	assert_true(says_something(&tally));
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(after_exec_the_number_is_even_and_not_0),
		cmocka_unit_test(at_the_end_of_exec_the_number_is_even_and_not_0),
		cmocka_unit_test(while_exec_makes_it_equal_numbers_mean_equal_texts),
	};
	long times = argc > 2 ? atol(argv[2]) : 0;

	if (argc > 2 && strcmp(argv[1], "--stop") == 0)
		forked_idle(NULL);
	if (argc > 2 && times > 0)
		exec_self("--again", times - 1);
	if (argc > 2)
		return 0;
	return run_suite(tests, NULL, NULL);
}
