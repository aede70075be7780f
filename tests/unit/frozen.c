/* SPDX-License-Identifier: BSD-2-Clause */
/* The fallback frozen: whose threads are stopped, and how they go on. */
#include <string.h>

#include "reading.h"
#include "scripted_threads.h"
#include "unit.h"

#define FROZEN .fallback = MAPSNAP_FALLBACK_FROZEN

#define NUMBERS(line) FILE_TEXT(AT_FDCWD, "/proc/self/status", "Name:\ta\n" line "Threads:\t1\n")
#define OUR_NUMBERS   NUMBERS("NSpid:\t7\n")

/* The fallback begins, by default with 100 ms and the time that what hangs gets besides. */
#define BEGIN OUR_NUMBERS, CLOCK, WORK_APART(START + MS(120))

/* What /proc has, for as long as a script is played. */
static struct entries one, two, three, other_two, init, others, sharing;

#define THREADS_OF(dir, list) OPENAT(dir, "task", TASK_FD), LIST(list), LIST_END
#define THREADS(list)         THREADS_OF(DIR_FD, list)

/* The only thread is stopped, and found to be the only one; or there are two. */
#define STOP_ONE                                                                            \
	OPEN_LIST, LIST(one), SEIZE(42), LIST_END, CLOCK, INTERRUPT(42), STANDS(42), CLOCK, \
		THREADS(one), STANDS(42)
#define SEIZE_TWO     OPEN_LIST, LIST(two), SEIZE(42), SEIZE(43), LIST_END
#define INTERRUPT_TWO CLOCK, INTERRUPT(42), INTERRUPT(43)
#define STAND_TWO     STANDS(42), STANDS(43)
#define STOP_TWO      SEIZE_TWO, INTERRUPT_TWO, STAND_TWO, CLOCK, THREADS(two), STAND_TWO

/* The other processes: only the first one, which may be compared and has memory. */
#define EXECUTED   "4194304" /* no PF_FORKNOEXEC */
#define FORKED     "4194368"
#define NS(inode)  INODE("/proc/self/ns/pid", inode)
#define INITIAL_NS NS(0xEFFFFFFC)
#define PROC_FD    13
#define PROCESSES(list) \
	OPENAT(AT_FDCWD, "/proc", PROC_FD), GETDENTS(PROC_FD, (list).bytes, (list).length)
#define PROCESSES_END GETDENTS(PROC_FD, "", 0)
#define SEARCH        INITIAL_NS, STAT(DIR_FD, "t", EXECUTED)
#define ANOTHER(pid)  SAME_MEMORY(42, pid, 0), SAME_MEMORY(2, pid, 0)
#define NO_SHARERS    SEARCH, PROCESSES(init), ANOTHER(1), PROCESSES_END
/* One whose directory has to be opened. */
#define OTHER_FD    14
#define OTHER(path) OPENAT(AT_FDCWD, path, OTHER_FD)

#define GO_ON_ONE DETACH(42, 0), CLOCK
#define GO_ON_TWO DETACH(42, 0), DETACH(43, 0), CLOCK

static int open_it(void **state)
{
	one = ENTRIES(".", "..", "42");
	two = ENTRIES(".", "..", "42", "43");
	three = ENTRIES("42", "43", "44");
	other_two = ENTRIES("50", "51");
	init = ENTRIES(".", "..", "acpi", "self", "1", "42");
	others = ENTRIES("1", "42", "50");
	sharing = ENTRIES("1", "42", "50", "60");
	return open_process_42(state);
}

static void assert_label(struct mapsnap *snapshot, uint32_t consistency, uint32_t reason,
			 uint64_t pause, const char *text)
{
	const struct mapsnap_info *info = mapsnap_info(snapshot);

	assert_int_equal(info->consistency, consistency);
	assert_int_equal(info->reason, reason);
	assert_int_equal(info->pause_ns, pause);
	assert_text_and_drop(snapshot, text);
}

static void assert_frozen(struct mapsnap *snapshot, uint64_t pause, const char *text)
{
	assert_int_equal(mapsnap_info(snapshot)->sequence, 0);
	assert_label(snapshot, MAPSNAP_FROZEN, MAPSNAP_REASON_FROZEN, pause, text);
}

static void assert_says(struct mapsnap_process *process, const char *words)
{
	if (!strstr(mapsnap_error(process), words))
		fail_msg("not said: %s, but: %s", words, mapsnap_error(process));
}

static void what_is_read_while_all_threads_stand_is_frozen(void **state)
{
	const struct mapsnap_info *info;
	struct mapsnap *snapshot;

	script(CALL, BEGIN, SEIZE_TWO, TIME_PASSES(US(5)), INTERRUPT_TWO, TIME_PASSES(US(2)),
	       STAND_TWO, CLOCK, THREADS(two), STAND_TWO, NO_SHARERS, UNWATCHED(TWO), DETACH(42, 0),
	       DETACH(43, 0), TIME_PASSES(US(1)), CLOCK, RETURN_UNVERIFIED);
	snapshot = read_well(*state, BLIND(FROZEN));
	info = mapsnap_info(snapshot);
	assert_int_equal(info->attempts, 0);
	assert_int_equal(info->source, MAPSNAP_SOURCE_NONE);
	assert_int_equal(info->route, MAPSNAP_ROUTE_TEXT);
	assert_frozen(snapshot, US(3), TWO);
}

static void the_route_is_the_one_asked_for_or_the_fastest(void **state)
{
	struct mapsnap *snapshot;

	script(CALL, BEGIN, STOP_ONE, NO_SHARERS, CLOCK, QUERY_FAILS(0, -ENOENT), CLOCK, GO_ON_ONE,
	       RETURN_UNVERIFIED);
	snapshot = read_well(*state, BLIND(FROZEN, .route = MAPSNAP_ROUTE_QUERY));
	assert_int_equal(mapsnap_info(snapshot)->route, MAPSNAP_ROUTE_QUERY);
	assert_frozen(snapshot, 0, "");
}

/* Each pass after the first is made while all that are known stand. */
static void threads_are_looked_for_until_there_is_no_new_one(void **state)
{
	script(CALL, BEGIN, OPEN_LIST, LIST(one), SEIZE(42), LIST_END, CLOCK, INTERRUPT(42),
	       STANDS(42), CLOCK, OPEN_LIST, LIST(two), SEIZE(43), LIST_END, INTERRUPT(43),
	       STAND_TWO, CLOCK, OPEN_LIST, LIST(three), SEIZE(44), LIST_END, INTERRUPT(44),
	       STAND_TWO, STANDS(44), CLOCK, THREADS(three), STAND_TWO, STANDS(44), NO_SHARERS,
	       UNWATCHED(ONE), DETACH(42, 0), DETACH(43, 0), DETACH(44, 0), CLOCK,
	       RETURN_UNVERIFIED);
	assert_frozen(read_well(*state, BLIND(FROZEN)), 0, ONE);
}

static void a_thread_that_stands_late_is_waited_for(void **state)
{
	script(CALL, BEGIN, SEIZE_TWO, INTERRUPT_TWO, STANDS(42), NO_STOP(43), REAP(43, 0),
	       OPENAT(AT_FDCWD, "/proc/43/status", -EACCES), CLOCK, SLEEP(START + US(10)),
	       STANDS(42), NO_STOP(43), REAP(43, 0), OPENAT(AT_FDCWD, "/proc/43/status", -EACCES),
	       CLOCK, SLEEP(START + US(30)), STAND_TWO, CLOCK, THREADS(two), STAND_TWO, NO_SHARERS,
	       UNWATCHED(ONE), GO_ON_TWO, RETURN_UNVERIFIED);
	assert_frozen(read_well(*state, BLIND(FROZEN)), US(30), ONE);
}

/* Otherwise it is lost: the kernel has taken it from the queue. */
static void a_signal_at_which_a_thread_stands_is_handed_on(void **state)
{
	script(CALL, BEGIN, SEIZE_TWO, INTERRUPT_TWO, STANDS(42), STANDS_AT(43, SIGUSR1), CLOCK,
	       THREADS(two), STANDS(42), STANDS_AT(43, SIGUSR1), NO_SHARERS, UNWATCHED(ONE),
	       DETACH(42, 0), DETACH(43, SIGUSR1), CLOCK, RETURN_UNVERIFIED);
	assert_frozen(read_well(*state, BLIND(FROZEN)), 0, ONE);
	/* Our own trap is none of these, a breakpoint's is. */
	script(CALL, BEGIN, OPEN_LIST, LIST(one), SEIZE(42), LIST_END, CLOCK, INTERRUPT(42),
	       AT(42, SIGTRAP, TRAP_BRKPT), CLOCK, THREADS(one), AT(42, SIGTRAP, TRAP_BRKPT),
	       NO_SHARERS, UNWATCHED(ONE), DETACH(42, SIGTRAP), CLOCK, RETURN_UNVERIFIED);
	assert_frozen(read_well(*state, BLIND(FROZEN)), 0, ONE);
}

static void a_process_that_was_stopped_is_let_go_without_a_signal(void **state)
{
	script(CALL, BEGIN, OPEN_LIST, LIST(one), SEIZE(42), LIST_END, CLOCK, INTERRUPT(42),
	       STANDS_STOPPED(42), CLOCK, THREADS(one), STANDS_STOPPED(42), NO_SHARERS,
	       UNWATCHED(ONE), GO_ON_ONE, RETURN_UNVERIFIED);
	assert_frozen(read_well(*state, BLIND(FROZEN)), 0, ONE);
}

#define FINISH_ONE NO_SHARERS, UNWATCHED(ONE), GO_ON_ONE, RETURN_UNVERIFIED

static void threads_that_end_meanwhile_are_dropped(void **state)
{
	static const int reaped[] = { 1, -ECHILD };

	for (size_t i = 0; i < 2; i++) {
		script(CALL, BEGIN, SEIZE_TWO, INTERRUPT_TWO, STANDS(42), NO_STOP(43),
		       REAP(43, reaped[i]), CLOCK, THREADS(one), STANDS(42), FINISH_ONE);
		assert_frozen(read_well(*state, BLIND(FROZEN)), 0, ONE);
	}
	/* It could be seized no more; a list may end where an entry goes away. */
	script(CALL, BEGIN, OPEN_LIST, LIST(two), SEIZE(42), SEIZE_FAILS(43, -ESRCH), LIST_END,
	       CLOCK, INTERRUPT(42), STANDS(42), CLOCK, OPEN_LIST, LIST(two),
	       SEIZE_FAILS(43, -EPERM), OPENAT(AT_FDCWD, "/proc/43", THREAD_FD),
	       STAT(THREAD_FD, "Z", NO_FLAGS), LIST_END, STANDS(42), CLOCK, THREADS(one),
	       STANDS(42), FINISH_ONE);
	assert_frozen(read_well(*state, BLIND(FROZEN)), 0, ONE);
}

/* Its end is its parent's to know of, which may be the reader's own process. */
static void the_end_of_the_main_thread_is_not_taken_from_its_parent(void **state)
{
	script(CALL, BEGIN, SEIZE_TWO, INTERRUPT_TWO, NO_STOP(42),
	       OPENAT(AT_FDCWD, "/proc/42", THREAD_FD), STAT(THREAD_FD, "Z", NO_FLAGS), STANDS(43),
	       CLOCK, THREADS(two), STANDS(43), SEARCH, PROCESSES(init), SAME_MEMORY(43, 1, 0),
	       SAME_MEMORY(2, 1, 0), PROCESSES_END, UNWATCHED(ONE), DETACH(43, 0), CLOCK,
	       RETURN_UNVERIFIED);
	assert_frozen(read_well(*state, BLIND(FROZEN)), 0, ONE);
}

static void a_main_thread_that_ended_before_is_no_obstacle(void **state)
{
	script(CALL, BEGIN, OPEN_LIST, LIST(two), SEIZE_FAILS(42, -EPERM),
	       OPENAT(AT_FDCWD, "/proc/42", THREAD_FD), STAT(THREAD_FD, "Z", NO_FLAGS), SEIZE(43),
	       LIST_END, CLOCK, INTERRUPT(42), INTERRUPT(43), STANDS(43), CLOCK, THREADS(two),
	       STANDS(43), SEARCH, PROCESSES(init), SAME_MEMORY(43, 1, 0), SAME_MEMORY(2, 1, 0),
	       PROCESSES_END, UNWATCHED(ONE), DETACH(43, 0), CLOCK, RETURN_UNVERIFIED);
	assert_frozen(read_well(*state, BLIND(FROZEN)), 0, ONE);
}

#define STATUS_OF(path, tracer) FILE_TEXT(AT_FDCWD, path, "Name:\ta\nTracerPid:\t" tracer "\n")
#define LIVES_AS(path)          OPENAT(AT_FDCWD, path, THREAD_FD), STAT(THREAD_FD, "S", NO_FLAGS)

static void a_process_that_is_traced_already_is_said_to_be(void **state)
{
	script(CALL, BEGIN, OPEN_LIST, LIST(one), SEIZE_FAILS(42, -EPERM), LIVES_AS("/proc/42"),
	       STATUS_OF("/proc/42/status", "99"));
	read_badly(*state, BLIND(FROZEN), -EBUSY);
	assert_says(*state, "thread 42 is being traced by PID 99: detach");
	/* All that could be seized go on. */
	script(CALL, BEGIN, OPEN_LIST, LIST(two), SEIZE(42), SEIZE_FAILS(43, -EPERM),
	       LIVES_AS("/proc/43"), STATUS_OF("/proc/43/status", "99"));
	read_badly(*state, BLIND(FROZEN), -EBUSY);
	assert_says(*state, "thread 43");
}

static void a_process_that_may_not_be_traced_is_said_to_be_so(void **state)
{
	script(CALL, BEGIN, OPEN_LIST, LIST(one), SEIZE_FAILS(42, -EPERM), LIVES_AS("/proc/42"),
	       STATUS_OF("/proc/42/status", "0"), SEIZE_FAILS(42, -EPERM));
	read_badly(*state, BLIND(FROZEN), -EPERM);
	assert_says(*state, "CAP_SYS_PTRACE");
	assert_says(*state, "yama");
}

/* It was the main thread's that had ended before. */
static void a_number_that_exec_gave_to_another_thread_is_tried_again(void **state)
{
	script(CALL, BEGIN, OPEN_LIST, LIST(one), SEIZE_FAILS(42, -EPERM), LIVES_AS("/proc/42"),
	       STATUS_OF("/proc/42/status", "0"), SEIZE(42), LIST_END, CLOCK, INTERRUPT(42),
	       STANDS(42), CLOCK, THREADS(one), STANDS(42), NO_SHARERS, UNWATCHED(ONE), GO_ON_ONE,
	       ALIVE, OTHER_AUXV(DIR_FD));
	read_badly(*state, BLIND(FROZEN), -ESTALE);
}

static void other_errors_end_it_and_all_go_on(void **state)
{
	script(CALL, BEGIN, OPENAT(DIR_FD, "task", -EMFILE));
	read_badly(*state, BLIND(FROZEN), -EMFILE);
	script(CALL, BEGIN, OPEN_LIST, LIST(one), SEIZE_FAILS(42, -ENOSYS));
	read_badly(*state, BLIND(FROZEN), -ENOSYS);
	script(CALL, BEGIN, OPEN_LIST, LIST(one), SEIZE(42), GETDENTS_FAILS(TASK_FD, -ENOMEM));
	read_badly(*state, BLIND(FROZEN), -ENOMEM);
	script(CALL, BEGIN, STOP_ONE, INITIAL_NS, OPENAT(DIR_FD, "stat", -ENFILE), GO_ON_ONE);
	read_badly(*state, BLIND(FROZEN), -ENFILE);
	script(CALL, BEGIN, STOP_ONE, SEARCH, OPENAT(AT_FDCWD, "/proc", -EMFILE), GO_ON_ONE);
	read_badly(*state, BLIND(FROZEN), -EMFILE);
	script(CALL, BEGIN, STOP_ONE, NO_SHARERS, CLOCK, PREAD_FAILS(MAPS_FD, 0, -EIO), GO_ON_ONE);
	read_badly(*state, BLIND(FROZEN), -EIO);
	script(CALL, OUR_NUMBERS, CLOCK, WORK_APART_FAILS(START + MS(120), -EAGAIN));
	read_badly(*state, BLIND(FROZEN), -EAGAIN);
	script(CALL, OPENAT(AT_FDCWD, "/proc/self/status", -EMFILE));
	read_badly(*state, BLIND(FROZEN), -EMFILE);
}

static void a_process_that_goes_away_is_gone(void **state)
{
	script(CALL, BEGIN, NO_FILE(DIR_FD, "task"), HAS_ENDED);
	read_badly(*state, BLIND(FROZEN), -ESRCH);
	script(CALL, BEGIN, STOP_ONE, NO_SHARERS, CLOCK, TEXT(0, ""), CLOCK, GO_ON_ONE, DEAD,
	       OTHER_AUXV(DIR_FD));
	read_badly(*state, BLIND(FROZEN), -ESTALE);
}

/* What a thread that makes a process sleeps in, and how often it slept. */
#define SLEEPS(path, count) \
	FILE_TEXT(AT_FDCWD, path, "Threads:\t1\nvoluntary_ctxt_switches:\t" count "\n")
#define IN_CALL(path, text) FILE_TEXT(AT_FDCWD, path, text)
#define WAITS(count)                                                                         \
	SLEEPS("/proc/43/status", count), IN_CALL("/proc/43/syscall", "56 0x4111 0x0 0x7f"), \
		SLEEPS("/proc/43/status", count)
#define SEEN_TO_WAIT(count) NO_STOP(43), REAP(43, 0), WAITS(count)

static void a_thread_that_waits_for_its_vfork_child_need_not_stand(void **state)
{
	script(CALL, BEGIN, SEIZE_TWO, INTERRUPT_TWO, STANDS(42), SEEN_TO_WAIT("7"), CLOCK,
	       THREADS(two), STANDS(42), SEEN_TO_WAIT("7"), NO_SHARERS, UNWATCHED(ONE), WAITS("7"),
	       GO_ON_ONE, RETURN_UNVERIFIED);
	assert_frozen(read_well(*state, BLIND(FROZEN)), 0, ONE);
}

static void a_thread_that_waited_and_ran_since_spoils_what_was_read(void **state)
{
	script(CALL, BEGIN, SEIZE_TWO, INTERRUPT_TWO, STANDS(42), SEEN_TO_WAIT("7"), CLOCK,
	       THREADS(two), STANDS(42), SEEN_TO_WAIT("7"), NO_SHARERS, UNWATCHED(ONE), WAITS("8"),
	       THREADS(two), STAND_TWO, NO_SHARERS, UNWATCHED(TWO), GO_ON_TWO, RETURN_UNVERIFIED);
	assert_frozen(read_well(*state, BLIND(FROZEN)), 0, TWO);
}

/* It stands at the second look, after the first one has met this. */
#define RUNNING(...)                                                                               \
	do {                                                                                       \
		uint64_t now = script_now();                                                       \
                                                                                                   \
		script(CALL, OUR_NUMBERS, CLOCK, WORK_APART(now + MS(120)), SEIZE_TWO,             \
		       INTERRUPT_TWO, STANDS(42), NO_STOP(43), REAP(43, 0), __VA_ARGS__, CLOCK,    \
		       SLEEP(now + US(10)), STAND_TWO, CLOCK, THREADS(two), STAND_TWO, NO_SHARERS, \
		       UNWATCHED(ONE), GO_ON_TWO, RETURN_UNVERIFIED);                              \
		assert_frozen(read_well(*state, BLIND(FROZEN)), US(10), ONE);                      \
	} while (0)

static void another_sleep_is_not_taken_for_that_of_vfork(void **state)
{
	RUNNING(SLEEPS("/proc/43/status", "7"), IN_CALL("/proc/43/syscall", "9 0x0 0x1000"));
	RUNNING(SLEEPS("/proc/43/status", "7"), IN_CALL("/proc/43/syscall", "running\n"));
	RUNNING(SLEEPS("/proc/43/status", "7"), IN_CALL("/proc/43/syscall", "-1 0x7ffc 0x7f\n"));
	RUNNING(SLEEPS("/proc/43/status", "7"), OPENAT(AT_FDCWD, "/proc/43/syscall", -ENOENT));
	RUNNING(SLEEPS("/proc/43/status", "7"), IN_CALL("/proc/43/syscall", "56 0x4111"),
		SLEEPS("/proc/43/status", "8"));
	RUNNING(FILE_TEXT(AT_FDCWD, "/proc/43/status", "Threads:\t1\n"));
}

/* From when the fallback begins, but not less than it takes to stop. */
static void what_does_not_stand_is_waited_for_until_the_deadline(void **state)
{
	script(CALL, TIME_PASSES(MS(3)), OUR_NUMBERS, CLOCK, WORK_APART(START + MS(43)), SEIZE_TWO,
	       INTERRUPT_TWO, STANDS(42), NO_STOP(43), REAP(43, 0),
	       OPENAT(AT_FDCWD, "/proc/43/status", -EACCES), TIME_PASSES(MS(20)), CLOCK, GO_ON_ONE,
	       ALIVE, SAME_PROGRAM);
	read_badly(*state, BLIND(FROZEN, .deadline_ns = 1), -EAGAIN);
	assert_says(*state, "thread 43 did not stop in time");
	/* It was about to run another program. */
	script(CALL, OUR_NUMBERS, CLOCK, WORK_APART(START + MS(23) + MS(520)), SEIZE_TWO,
	       INTERRUPT_TWO, STANDS(42), NO_STOP(43), REAP(43, 0),
	       OPENAT(AT_FDCWD, "/proc/43/status", -EACCES), TIME_PASSES(MS(500)), CLOCK, GO_ON_ONE,
	       ALIVE, OTHER_AUXV(DIR_FD));
	read_badly(*state, BLIND(FROZEN, .deadline_ns = MS(500)), -ESTALE);
}

static void a_deadline_at_the_end_of_time_does_not_come_round(void **state)
{
	script(CALL, OUR_NUMBERS, CLOCK, WORK_APART(UINT64_MAX), STOP_ONE, FINISH_ONE);
	assert_frozen(read_well(*state, BLIND(FROZEN, .deadline_ns = UINT64_MAX)), 0, ONE);
}

static void threads_that_are_made_without_end_are_given_up(void **state)
{
	script(CALL, BEGIN, OPEN_LIST, LIST(one), SEIZE(42), LIST_END, CLOCK, INTERRUPT(42),
	       STANDS(42), TIME_PASSES(MS(101)), CLOCK, GO_ON_ONE, ALIVE, SAME_PROGRAM);
	read_badly(*state, BLIND(FROZEN), -EAGAIN);
}

/* By exec that waits for a thread which waits for us; the kernel lets go of all then. */
static void a_thread_that_hangs_in_exec_is_given_up(void **state)
{
	script(CALL, BEGIN, OPEN_LIST, LIST(two), SEIZE(42), SEIZE_HANGS(43), ALIVE, SAME_PROGRAM);
	read_badly(*state, BLIND(FROZEN), -EAGAIN);
	assert_says(*state, "thread 43 did not stop in time");
	script(CALL, BEGIN, STOP_ONE, SEARCH, PROCESSES(others), ANOTHER(1), SAME_MEMORY(42, 50, 1),
	       OTHER("/proc/50"), SAME_FILE(OTHER_FD, "/proc/self", 0), STAT(OTHER_FD, "S", FORKED),
	       OPENAT(OTHER_FD, "task", TASK_FD), LIST(other_two), SEIZE_HANGS(50), ALIVE,
	       OTHER_AUXV(DIR_FD));
	read_badly(*state, BLIND(FROZEN), -ESTALE);
}

#define SHARER_IS_STOPPED                                                                        \
	SAME_MEMORY(42, 50, 1), OTHER("/proc/50"), SAME_FILE(OTHER_FD, "/proc/self", 0),         \
		STAT(OTHER_FD, "S", FORKED), OPENAT(OTHER_FD, "task", TASK_FD), LIST(other_two), \
		SEIZE(50), SEIZE(51), LIST_END, INTERRUPT(50), INTERRUPT(51), STANDS(42),        \
		STANDS(50), STANDS(51), CLOCK, THREADS_OF(OTHER_FD, other_two), STANDS(42),      \
		STANDS(50), STANDS(51)

static void processes_that_share_the_memory_are_stopped_too(void **state)
{
	script(CALL, BEGIN, STOP_ONE, SEARCH, PROCESSES(others), ANOTHER(1), SHARER_IS_STOPPED,
	       PROCESSES_END, CLOCK, PROCESSES(others), ANOTHER(1), PROCESSES_END, UNWATCHED(ONE),
	       DETACH(42, 0), DETACH(50, 0), DETACH(51, 0), CLOCK, RETURN_UNVERIFIED);
	assert_frozen(read_well(*state, BLIND(FROZEN)), 0, ONE);
}

/* One that shares it may make another, until it stands. */
static void sharers_are_looked_for_until_there_is_no_new_one(void **state)
{
	const struct entries last = ENTRIES("60");

	script(CALL, BEGIN, STOP_ONE, SEARCH, PROCESSES(others), ANOTHER(1), SHARER_IS_STOPPED,
	       PROCESSES_END, CLOCK, PROCESSES(sharing), ANOTHER(1), SAME_MEMORY(42, 60, 1),
	       OTHER("/proc/60"), SAME_FILE(OTHER_FD, "/proc/self", 0), STAT(OTHER_FD, "S", FORKED),
	       OPENAT(OTHER_FD, "task", TASK_FD), LIST(last), SEIZE(60), LIST_END, INTERRUPT(60),
	       STANDS(42), STANDS(50), STANDS(51), STANDS(60), CLOCK, THREADS_OF(OTHER_FD, last),
	       STANDS(42), STANDS(50), STANDS(51), STANDS(60), PROCESSES_END, CLOCK,
	       PROCESSES(sharing), ANOTHER(1), PROCESSES_END, UNWATCHED(ONE), DETACH(42, 0),
	       DETACH(50, 0), DETACH(51, 0), DETACH(60, 0), CLOCK, RETURN_UNVERIFIED);
	assert_frozen(read_well(*state, BLIND(FROZEN)), 0, ONE);
}

static void one_that_goes_away_is_looked_for_no_more(void **state)
{
	script(CALL, BEGIN, STOP_ONE, SEARCH, PROCESSES(sharing), ANOTHER(1),
	       SAME_MEMORY(42, 50, -ESRCH), SAME_MEMORY(42, 60, 1),
	       OPENAT(AT_FDCWD, "/proc/60", -ENOENT), OPENAT(AT_FDCWD, "/proc/self", THREAD_FD),
	       PROCESSES_END, UNWATCHED(ONE), GO_ON_ONE, RETURN_UNVERIFIED);
	assert_frozen(read_well(*state, BLIND(FROZEN)), 0, ONE);
}

static void sharers_that_cannot_be_stopped_are_named(void **state)
{
	script(CALL, BEGIN, STOP_ONE, SEARCH, PROCESSES(others), ANOTHER(1), SAME_MEMORY(42, 50, 1),
	       OTHER("/proc/50"), SAME_FILE(OTHER_FD, "/proc/self", 0), STAT(OTHER_FD, "S", FORKED),
	       OPENAT(OTHER_FD, "task", TASK_FD), LIST(other_two), SEIZE_FAILS(50, -EPERM),
	       LIVES_AS("/proc/50"), STATUS_OF("/proc/50/status", "0"), SEIZE_FAILS(50, -EPERM),
	       GO_ON_ONE);
	read_badly(*state, BLIND(FROZEN), -EPERM);
	assert_says(*state, "thread 50");
}

/* It can't be stopped, and changes no mapping. */
static void a_kernel_thread_that_borrows_the_memory_does_not_count(void **state)
{
	script(CALL, BEGIN, STOP_ONE, SEARCH, PROCESSES(others), ANOTHER(1), SAME_MEMORY(42, 50, 1),
	       OTHER("/proc/50"), SAME_FILE(OTHER_FD, "/proc/self", 0),
	       STAT(OTHER_FD, "S", KERNEL_THREAD), PROCESSES_END, UNWATCHED(ONE), GO_ON_ONE,
	       RETURN_UNVERIFIED);
	assert_frozen(read_well(*state, BLIND(FROZEN)), 0, ONE);
}

static void the_reader_itself_cannot_be_stopped(void **state)
{
	struct mapsnap_process *process = *state;

	script(CALL, BEGIN, STOP_ONE, SEARCH, PROCESSES(others), ANOTHER(1), SAME_MEMORY(42, 50, 1),
	       OTHER("/proc/50"), SAME_FILE(OTHER_FD, "/proc/self", 1), GO_ON_ONE);
	read_badly(process, BLIND(FROZEN), -EINVAL);
	process->own = true;
	script(CALL);
	read_badly(process, WATCHED(FROZEN), -EINVAL);
	assert_says(process, "the process that reads");
}

/* kcmp compares what a main thread that has ended no longer has. */
static void a_sharer_is_found_by_its_other_threads(void **state)
{
	script(CALL, BEGIN, STOP_ONE, SEARCH, PROCESSES(others), ANOTHER(1), SAME_MEMORY(42, 50, 0),
	       SAME_MEMORY(2, 50, 1), OTHER("/proc/50"), OPENAT(OTHER_FD, "task", TASK_FD),
	       LIST(other_two), SAME_MEMORY(42, 50, 0), SAME_MEMORY(42, 51, 1),
	       SAME_FILE(OTHER_FD, "/proc/self", 0), STAT(OTHER_FD, "Z", FORKED),
	       OPENAT(OTHER_FD, "task", TASK_FD), LIST(other_two), SEIZE_FAILS(50, -EPERM),
	       OPENAT(AT_FDCWD, "/proc/50", THREAD_FD), STAT(THREAD_FD, "Z", FORKED), SEIZE(51),
	       LIST_END, INTERRUPT(50), INTERRUPT(51), STANDS(42), STANDS(51), CLOCK,
	       THREADS_OF(OTHER_FD, other_two), STANDS(42), STANDS(51), PROCESSES_END, CLOCK,
	       PROCESSES(others), ANOTHER(1), PROCESSES_END, UNWATCHED(ONE), DETACH(42, 0),
	       DETACH(51, 0), CLOCK, RETURN_UNVERIFIED);
	assert_frozen(read_well(*state, BLIND(FROZEN)), 0, ONE);
	/* Kernel threads have none at all; and a list in which one ends is read again. */
	script(CALL, BEGIN, STOP_ONE, SEARCH, PROCESSES(others), ANOTHER(1), SAME_MEMORY(42, 50, 0),
	       SAME_MEMORY(2, 50, 1), OTHER("/proc/50"), OPENAT(OTHER_FD, "task", TASK_FD),
	       LIST(other_two), SAME_MEMORY(42, 50, 0), SAME_MEMORY(42, 51, -ESRCH), LIST_END,
	       PROCESSES_END, CLOCK, PROCESSES(others), ANOTHER(1), SAME_MEMORY(42, 50, 0),
	       SAME_MEMORY(2, 50, 1), OTHER("/proc/50"), OPENAT(OTHER_FD, "task", TASK_FD),
	       LIST(one), SAME_MEMORY(42, 42, 0), LIST_END, PROCESSES_END, UNWATCHED(ONE),
	       GO_ON_ONE, RETURN_UNVERIFIED);
	assert_frozen(read_well(*state, BLIND(FROZEN)), 0, ONE);
}

#define SEARCH_BY(flags) INITIAL_NS, STAT(DIR_FD, "t", flags)
#define REFUSED(error, flags)                                                         \
	PROCESSES(others), ANOTHER(1), SAME_MEMORY(42, 50, error), OTHER("/proc/50"), \
		STAT(OTHER_FD, "S", flags), PROCESSES_END
#define FINISH UNWATCHED(ONE), GO_ON_ONE, RETURN_UNVERIFIED

static void assert_sharers_unknown(struct mapsnap *snapshot)
{
	assert_label(snapshot, MAPSNAP_UNVERIFIED, MAPSNAP_REASON_SHARERS, 0, ONE);
}

static void where_sharers_cannot_be_told_it_is_unverified(void **state)
{
	static const int errors[] = { -EPERM, -EACCES, -ENOSYS, -EINVAL };

	for (size_t i = 0; i < 4; i++) {
		script(CALL, BEGIN, STOP_ONE, SEARCH, REFUSED(errors[i], FORKED), FINISH);
		assert_sharers_unknown(read_well(*state, BLIND(FROZEN)));
	}
	script(CALL, BEGIN, STOP_ONE, SEARCH_BY(FORKED), REFUSED(-EPERM, EXECUTED), FINISH);
	assert_sharers_unknown(read_well(*state, BLIND(FROZEN)));
	script(CALL, BEGIN, STOP_ONE, SEARCH, PROCESSES(others), ANOTHER(1),
	       SAME_MEMORY(42, 50, -EPERM), OTHER("/proc/50"), OPENAT(OTHER_FD, "stat", -EACCES),
	       PROCESSES_END, FINISH);
	assert_sharers_unknown(read_well(*state, BLIND(FROZEN)));
	/* And in the one but last of its threads. */
	script(CALL, BEGIN, STOP_ONE, SEARCH, PROCESSES(others), ANOTHER(1), SAME_MEMORY(42, 50, 0),
	       SAME_MEMORY(2, 50, 1), OTHER("/proc/50"), OPENAT(OTHER_FD, "task", TASK_FD),
	       LIST(other_two), SAME_MEMORY(42, 50, -EPERM), STAT(OTHER_FD, "Z", FORKED),
	       SAME_MEMORY(42, 51, 0), LIST_END, PROCESSES_END, FINISH);
	assert_sharers_unknown(read_well(*state, BLIND(FROZEN)));
}

/* What was made by exec has its memory from nobody. */
static void a_refusal_does_not_matter_where_both_called_exec(void **state)
{
	script(CALL, BEGIN, STOP_ONE, SEARCH, REFUSED(-EPERM, EXECUTED), FINISH);
	assert_frozen(read_well(*state, BLIND(FROZEN)), 0, ONE);
	script(CALL, BEGIN, STOP_ONE, SEARCH_BY(FORKED), REFUSED(-EPERM, KERNEL_THREAD), FINISH);
	assert_frozen(read_well(*state, BLIND(FROZEN)), 0, ONE);
	script(CALL, BEGIN, STOP_ONE, SEARCH, PROCESSES(others), ANOTHER(1),
	       SAME_MEMORY(42, 50, -EPERM), OTHER("/proc/50"), NO_FILE(OTHER_FD, "stat"),
	       PROCESSES_END, FINISH);
	assert_frozen(read_well(*state, BLIND(FROZEN)), 0, ONE);
}

/* Outside of it there may be processes that can't be seen, and so where the first one can't. */
static void not_all_processes_are_seen_but_in_the_initial_namespace(void **state)
{
	script(CALL, BEGIN, STOP_ONE, NS(0xEFFFFFFB), FINISH);
	assert_sharers_unknown(read_well(*state, BLIND(FROZEN)));
	script(CALL, BEGIN, STOP_ONE, INODE_FAILS("/proc/self/ns/pid", -ENOENT), FINISH);
	assert_sharers_unknown(read_well(*state, BLIND(FROZEN)));
	script(CALL, BEGIN, STOP_ONE, SEARCH, PROCESSES(one), PROCESSES_END, FINISH);
	assert_sharers_unknown(read_well(*state, BLIND(FROZEN)));
}

static void what_is_torn_even_so_is_read_again(void **state)
{
	script(CALL, BEGIN, STOP_ONE, NS(1), UNWATCHED_TORN(TORN), THREADS(one), STANDS(42), NS(1),
	       FINISH);
	assert_sharers_unknown(read_well(*state, BLIND(FROZEN)));
	script(CALL, BEGIN, STOP_ONE, NS(1), UNWATCHED_TORN(TORN), UNWATCHED(TORN), GO_ON_ONE,
	       RETURN_UNVERIFIED);
	assert_label(read_well(*state, BLIND(FROZEN, .attempts = 1)), MAPSNAP_UNVERIFIED,
		     MAPSNAP_REASON_TORN, 0, TORN);
	script(CALL, BEGIN, STOP_ONE, NO_SHARERS, UNWATCHED_TORN(TORN), GO_ON_ONE, ALIVE,
	       SAME_PROGRAM);
	read_badly(*state, BLIND(FROZEN, .attempts = 1), -EAGAIN);
	assert_says(*state, "even while its threads were stopped");
}

static void what_settles_is_not_frozen(void **state)
{
	script(CALL, ATTEMPT(4, ONE), RETURN);
	assert_label(read_well(*state, WATCHED(FROZEN)), MAPSNAP_VERIFIED, MAPSNAP_REASON_UNCHANGED,
		     0, ONE);
}

/* Then nobody else has to be looked for. */
static void a_sequence_that_stands_still_with_the_threads_verifies(void **state)
{
	struct mapsnap *snapshot;

	script(CALL, SPOILT(4, ONE, 6), BEGIN, TIME_PASSES(US(9)), STOP_ONE, TIME_PASSES(US(7)),
	       ATTEMPT(8, TWO), GO_ON_ONE, RETURN);
	snapshot = read_well(*state, WATCHED(FROZEN, .attempts = 1));
	assert_int_equal(mapsnap_info(snapshot)->sequence, 8);
	assert_int_equal(mapsnap_info(snapshot)->attempts, 1);
	assert_int_equal(mapsnap_info(snapshot)->source, MAPSNAP_SOURCE_BPF);
	assert_label(snapshot, MAPSNAP_VERIFIED, MAPSNAP_REASON_UNCHANGED, US(7), TWO);
}

static void a_sequence_that_moves_even_so_has_the_sharers_stopped(void **state)
{
	script(CALL, SPOILT(4, ONE, 6), PAUSE(START + US(50)), SPOILT(6, ONE, 8), OUR_NUMBERS,
	       CLOCK, WORK_APART(START + US(50) + MS(120)), STOP_ONE, SPOILT(8, ONE, 10),
	       THREADS(one), STANDS(42), NO_SHARERS, ATTEMPT(10, TWO), GO_ON_ONE, RETURN);
	assert_label(read_well(*state, WATCHED(FROZEN, .attempts = 2)), MAPSNAP_VERIFIED,
		     MAPSNAP_REASON_UNCHANGED, 0, TWO);
}

/* Nobody is known to run, and yet it changes: by a userfaultfd, say. */
static void what_changes_while_all_stand_is_not_called_frozen(void **state)
{
	script(CALL, SPOILT(4, ONE, 6), PAUSE(START + US(50)), SPOILT(6, ONE, 8), OUR_NUMBERS,
	       CLOCK, WORK_APART(START + US(50) + MS(120)), STOP_ONE, SPOILT(8, ONE, 10),
	       THREADS(one), STANDS(42), NO_SHARERS, SPOILT(10, ONE, 12), GO_ON_ONE, ALIVE,
	       SAME_PROGRAM);
	read_badly(*state, WATCHED(FROZEN, .attempts = 2), -EAGAIN);
}

static void what_changes_while_sharers_are_unknown_is_unverified(void **state)
{
	script(CALL, SPOILT(4, ONE, 6), PAUSE(START + US(50)), SPOILT(6, ONE, 8), OUR_NUMBERS,
	       CLOCK, WORK_APART(START + US(50) + MS(120)), STOP_ONE, SPOILT(8, ONE, 10),
	       THREADS(one), STANDS(42), NS(1), SPOILT(10, ONE, 12), FINISH);
	assert_sharers_unknown(read_well(*state, WATCHED(FROZEN, .attempts = 2)));
}

static void a_frozen_snapshot_is_read_anew_by_a_refresh(void **state)
{
	struct mapsnap *old, *fresh;

	script(CALL, BEGIN, STOP_ONE, FINISH_ONE);
	old = read_well(*state, BLIND(FROZEN));
	script(CALL, BEGIN, STOP_ONE, NO_SHARERS, UNWATCHED(TWO), GO_ON_ONE, RETURN_UNVERIFIED);
	assert_int_equal(mapsnap_refresh(*state, BLIND(FROZEN), old, &fresh), 0);
	script_played();
	mapsnap_unref(old);
	assert_frozen(fresh, 0, TWO);
}

/* The numbers of ptrace(2) would be those of other processes. */
static void the_proc_of_another_pid_namespace_will_not_do(void **state)
{
	script(CALL, NUMBERS("NSpid:\t70\t7\n"));
	read_badly(*state, BLIND(FROZEN), -EOPNOTSUPP);
	assert_says(*state, "pid namespace");
	/* In a kernel without such namespaces there is one. */
	script(CALL, NUMBERS(""), CLOCK, WORK_APART(START + MS(120)), STOP_ONE, FINISH_ONE);
	assert_frozen(read_well(*state, BLIND(FROZEN)), 0, ONE);
	/* What does not fit in is not known. */
	script(CALL, FILE_TEXT(AT_FDCWD, "/proc/self/status", "Name:\ta\nGroups:\t1 2 3"));
	read_badly(*state, BLIND(FROZEN), -EOPNOTSUPP);
}

static void who_the_process_is_has_to_be_known(void **state)
{
	script(CALL);
	read_badly(*state, BLIND(FROZEN), -EOPNOTSUPP);
	assert_says(*state, "by its pid");
}

static void a_kernel_thread_needs_no_stop(void **state)
{
	script(CALL, STAT(DIR_FD, "I", KERNEL_THREAD), CLOCK);
	assert_label(read_well(*state, BLIND(FROZEN)), MAPSNAP_VERIFIED, MAPSNAP_REASON_NO_MAPPINGS,
		     0, "");
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, open_it, close_process)

UNIT_MAIN("frozen", TEST(what_is_read_while_all_threads_stand_is_frozen),
	  TEST(the_route_is_the_one_asked_for_or_the_fastest),
	  TEST(threads_are_looked_for_until_there_is_no_new_one),
	  TEST(a_thread_that_stands_late_is_waited_for),
	  TEST(a_signal_at_which_a_thread_stands_is_handed_on),
	  TEST(a_process_that_was_stopped_is_let_go_without_a_signal),
	  TEST(threads_that_end_meanwhile_are_dropped),
	  TEST(the_end_of_the_main_thread_is_not_taken_from_its_parent),
	  TEST(a_main_thread_that_ended_before_is_no_obstacle),
	  TEST(a_process_that_is_traced_already_is_said_to_be),
	  TEST(a_process_that_may_not_be_traced_is_said_to_be_so),
	  TEST(a_number_that_exec_gave_to_another_thread_is_tried_again),
	  TEST(other_errors_end_it_and_all_go_on), TEST(a_process_that_goes_away_is_gone),
	  TEST(a_thread_that_waits_for_its_vfork_child_need_not_stand),
	  TEST(a_thread_that_waited_and_ran_since_spoils_what_was_read),
	  TEST(another_sleep_is_not_taken_for_that_of_vfork),
	  TEST(what_does_not_stand_is_waited_for_until_the_deadline),
	  TEST(a_deadline_at_the_end_of_time_does_not_come_round),
	  TEST(threads_that_are_made_without_end_are_given_up),
	  TEST(a_thread_that_hangs_in_exec_is_given_up),
	  TEST(processes_that_share_the_memory_are_stopped_too),
	  TEST(sharers_are_looked_for_until_there_is_no_new_one),
	  TEST(one_that_goes_away_is_looked_for_no_more),
	  TEST(sharers_that_cannot_be_stopped_are_named),
	  TEST(a_kernel_thread_that_borrows_the_memory_does_not_count),
	  TEST(the_reader_itself_cannot_be_stopped), TEST(a_sharer_is_found_by_its_other_threads),
	  TEST(where_sharers_cannot_be_told_it_is_unverified),
	  TEST(a_refusal_does_not_matter_where_both_called_exec),
	  TEST(not_all_processes_are_seen_but_in_the_initial_namespace),
	  TEST(what_is_torn_even_so_is_read_again), TEST(what_settles_is_not_frozen),
	  TEST(a_sequence_that_stands_still_with_the_threads_verifies),
	  TEST(a_sequence_that_moves_even_so_has_the_sharers_stopped),
	  TEST(what_changes_while_all_stand_is_not_called_frozen),
	  TEST(what_changes_while_sharers_are_unknown_is_unverified),
	  TEST(a_frozen_snapshot_is_read_anew_by_a_refresh),
	  TEST(the_proc_of_another_pid_namespace_will_not_do),
	  cmocka_unit_test_setup_teardown(who_the_process_is_has_to_be_known, open_maps_file,
					  close_process),
	  cmocka_unit_test_setup_teardown(a_kernel_thread_needs_no_stop, open_kernel_thread_42,
					  close_process))
