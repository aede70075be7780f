/* SPDX-License-Identifier: BSD-2-Clause */
/* The kernel's own sequence, which nobody hands in: PROCMAP_SEQ, call by call. */
#include "sequence_ioctl.h"

#include <errno.h>
#include <string.h>

#include "reading.h"
#include "route.h"
#include "unit.h"

/* The first call finds out whether the kernel has it. */
#define FOUND     SEQ(2)
#define NOT_FOUND SEQ_FAILS(-ENOTTY)

/* It has no more than that, which the first read finds out. */
#define NO_SNAPSHOT SNAPSHOT_FAILS(-ENOTTY)

/* Nothing but the sequence is asked, neither for users nor for exec. */
#define VERIFIED(sequence, text)     CLOCK, SEQ(sequence), WHOLE_TEXT(text), SEQ(sequence), CLOCK, CLOCK
#define MOVED(sequence, text, later) CLOCK, SEQ(sequence), WHOLE_TEXT(text), SEQ(later)
#define STILL_ODD(sequence)          CLOCK, SEQ(sequence)

static void find_sequence(struct mapsnap_process *process)
{
	assert_non_null(process_sequence(process));
	process->unfit = ROUTE_BIT(MAPSNAP_ROUTE_SNAPSHOT);
}

static int open_where_it_is_found(void **state)
{
	int r = open_process_42(state);

	if (r)
		return r;
	script(FOUND);
	find_sequence(*state);
	script_played();
	return 0;
}

static void a_read_without_a_source_is_verified_by_the_kernels_own(void **state)
{
	const struct mapsnap_info *info;
	struct mapsnap *snapshot;

	script(FOUND, CALL, NO_SNAPSHOT, VERIFIED(4, TWO));
	snapshot = read_well(*state, NULL);
	info = mapsnap_info(snapshot);
	assert_int_equal(info->consistency, MAPSNAP_VERIFIED);
	assert_int_equal(info->reason, MAPSNAP_REASON_UNCHANGED);
	assert_int_equal(info->source, MAPSNAP_SOURCE_IOCTL);
	assert_int_equal(info->attempts, 1);
	assert_int_equal(info->sequence, 4);
	assert_text_and_drop(snapshot, TWO);
}

static void the_kernel_is_asked_once_whether_it_has_a_sequence(void **state)
{
	script(FOUND, CALL, NO_SNAPSHOT, VERIFIED(4, ONE), CALL, VERIFIED(4, ONE));
	for (int i = 0; i < 2; i++) {
		struct mapsnap *snapshot;

		assert_int_equal(mapsnap_read(*state, OPTIONS(UNVERIFIED), &snapshot), 0);
		assert_text_and_drop(snapshot, ONE);
	}
}

static void read_unverified(struct mapsnap_process *process)
{
	struct mapsnap *snapshot;

	script(CALL, UNWATCHED(ONE), RETURN_UNVERIFIED);
	snapshot = read_well(process, OPTIONS(UNVERIFIED));
	assert_int_equal(mapsnap_info(snapshot)->consistency, MAPSNAP_UNVERIFIED);
	assert_int_equal(mapsnap_info(snapshot)->reason, MAPSNAP_REASON_NO_SOURCE);
	assert_int_equal(mapsnap_info(snapshot)->source, MAPSNAP_SOURCE_NONE);
	assert_text_and_drop(snapshot, ONE);
}

static void a_kernel_that_has_none_is_asked_once_too(void **state)
{
	script(NOT_FOUND);
	read_unverified(*state);
	read_unverified(*state);
	script(CALL);
	read_badly(*state, NULL, -EOPNOTSUPP);
}

/* As a seccomp filter or a security module says it of a call that it does not know. */
static void a_call_that_is_forbidden_is_none(void **state)
{
	const int errors[] = { -EPERM, -EACCES, -ENOSYS, -EINVAL };

	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		struct mapsnap_process *process = *state;

		process->sequence.asked = false;
		script(SEQ_FAILS(errors[i]));
		read_unverified(process);
	}
}

static void a_change_under_way_is_an_answer_to_whether_there_is_one(void **state)
{
	script(SEQ(3), CALL, NO_SNAPSHOT, VERIFIED(4, ONE));
	assert_text_and_drop(read_well(*state, NULL), ONE);
}

static void one_change_costs_one_attempt_more(void **state)
{
	struct mapsnap *snapshot;

	script(CALL, MOVED(4, ONE, 6), PAUSE(START + US(50)), VERIFIED(6, TWO));
	snapshot = read_well(*state, NULL);
	assert_int_equal(mapsnap_info(snapshot)->attempts, 2);
	assert_int_equal(mapsnap_info(snapshot)->sequence, 6);
	assert_text_and_drop(snapshot, TWO);
}

static void all_of_its_64_bits_count(void **state)
{
	struct mapsnap *snapshot;

	script(CALL, MOVED(4, ONE, 4 + ((uint64_t)1 << 32)), PAUSE(START + US(50)),
	       VERIFIED(UINT64_MAX - 1, TWO));
	snapshot = read_well(*state, NULL);
	assert_int_equal(mapsnap_info(snapshot)->attempts, 2);
	assert_int_equal(mapsnap_info(snapshot)->sequence, UINT64_MAX - 1);
	assert_text_and_drop(snapshot, TWO);
}

static void an_odd_sequence_is_an_attempt_in_which_nothing_is_read(void **state)
{
	struct mapsnap *snapshot;

	script(CALL, STILL_ODD(5), PAUSE(START + US(50)), VERIFIED(6, ONE));
	snapshot = read_well(*state, NULL);
	assert_int_equal(mapsnap_info(snapshot)->attempts, 2);
	assert_text_and_drop(snapshot, ONE);
}

#define MOVES_TWICE CALL, MOVED(4, ONE, 6), PAUSE(START + US(50)), MOVED(6, ONE, 8)

static void change_during_every_attempt_is_no_proof(void **state)
{
	const struct mapsnap_info *info;
	struct mapsnap *snapshot;

	script(MOVES_TWICE);
	read_badly(*state, OPTIONS(.attempts = 2), -EAGAIN);
	script(CALL, MOVED(4, ONE, 5), UNWATCHED(TWO), RETURN_UNVERIFIED);
	snapshot = read_well(*state, OPTIONS(.attempts = 1, UNVERIFIED));
	info = mapsnap_info(snapshot);
	assert_int_equal(info->consistency, MAPSNAP_UNVERIFIED);
	assert_int_equal(info->reason, MAPSNAP_REASON_CHANGED);
	assert_int_equal(info->source, MAPSNAP_SOURCE_IOCTL);
	assert_int_equal(info->sequence, 0);
	assert_text_and_drop(snapshot, TWO);
}

static void queries_are_verified_by_it_as_well(void **state)
{
	struct mapsnap *snapshot;

	script(CALL, CLOCK, SEQ(4),
	       QUERY(0, "",
		     .query_flags =
			     PROCMAP_QUERY_COVERING_OR_NEXT_VMA | PROCMAP_QUERY_FILE_BACKED_VMA,
		     .vma_start = 0x10000, .vma_end = 0x11000),
	       QUERY_FAILS(0x11000, -ENOENT), SEQ(4), CLOCK, CLOCK);
	snapshot = read_well(*state, OPTIONS(.filter = MAPSNAP_FILTER_FILE));
	assert_int_equal(mapsnap_info(snapshot)->consistency, MAPSNAP_VERIFIED);
	assert_int_equal(mapsnap_info(snapshot)->route, MAPSNAP_ROUTE_QUERY);
	mapsnap_unref(snapshot);
}

/* A read until its first look in the middle, which is the caller's; after that the end is near. */
static void script_until_a_look(const char *lines)
{
	script(CALL, CLOCK, SEQ(4));
	for (size_t line = 0; line < LOOK_LINES; line += PAGE_LINES)
		script(PAGE(lines, line));
}

/* What a failing look says, and what is asked besides. */
struct failure {
	int says;
	const struct step *then;
	size_t n;
};

static void script_failure(const struct failure *failure)
{
	script(SEQ_FAILS(failure->says));
	if (failure->n)
		script_add(failure->then, failure->n);
}

/* At the beginning, in the middle, at the end, and in a later attempt. */
static void assert_ends(struct mapsnap_process *process, const struct failure *failure, int error)
{
	script(CALL, CLOCK);
	script_failure(failure);
	read_badly(process, OPTIONS(UNVERIFIED), error);
	script_until_a_look(many_lines(LOOK_LINES, 0x400000));
	script_failure(failure);
	read_badly(process, OPTIONS(UNVERIFIED), error);
	script(CALL, CLOCK, SEQ(4), WHOLE_TEXT(ONE));
	script_failure(failure);
	read_badly(process, OPTIONS(UNVERIFIED), error);
	script(CALL, MOVED(4, ONE, 6), PAUSE(script_now() + US(50)), CLOCK);
	script_failure(failure);
	read_badly(process, OPTIONS(UNVERIFIED), error);
}

/* The text of a process that exits ends early, without an error and with the sequence unmoved. */
static void what_is_read_of_a_process_that_exits_is_never_verified(void **state)
{
	const struct step has_ended[] = { HAS_ENDED };
	const struct step has_another[] = { OTHER_AUXV(DIR_FD) };

	assert_ends(*state, &(struct failure){ -ESRCH, has_ended, 3 }, -ESRCH);
	assert_ends(*state, &(struct failure){ -ESRCH, has_another, 2 }, -ESTALE);
}

static void an_exec_is_told_by_the_kernel_alone(void **state)
{
	assert_ends(*state, &(struct failure){ .says = -ESTALE }, -ESTALE);
	assert_non_null(strstr(mapsnap_error(*state), "exec"));
}

static void an_exec_is_told_of_a_maps_file_too(void **state)
{
	script(FOUND);
	find_sequence(*state);
	assert_ends(*state, &(struct failure){ .says = -ESTALE }, -ESTALE);
	assert_ends(*state, &(struct failure){ .says = -ESRCH }, -ESRCH);
}

static void any_other_error_ends_the_read(void **state)
{
	const int errors[] = { -EIO, -ENOTTY, -EINVAL, -E2BIG, -EFAULT };

	for (size_t i = 0; i < sizeof(errors) / sizeof(errors[0]); i++)
		assert_ends(*state, &(struct failure){ .says = errors[i] }, errors[i]);
}

/* That it is gone says that there is somebody to ask. */
static void a_process_that_is_gone_at_the_first_question_is_gone(void **state)
{
	struct mapsnap_process *process = *state;

	script(SEQ_FAILS(-ESRCH), CALL, NO_SNAPSHOT, CLOCK, SEQ_FAILS(-ESRCH), HAS_ENDED);
	read_badly(process, NULL, -ESRCH);
	process->sequence.asked = false;
	script(SEQ_FAILS(-ESTALE), CALL, CLOCK, SEQ_FAILS(-ESTALE));
	read_badly(process, NULL, -ESTALE);
}

static struct mapsnap *read_at(struct mapsnap_process *process, uint64_t sequence)
{
	script(CALL, VERIFIED(sequence, ONE));
	return read_well(process, NULL);
}

static void assert_refreshed(struct mapsnap_process *process, struct mapsnap *old, bool same)
{
	struct mapsnap *fresh = NULL;

	assert_int_equal(mapsnap_refresh(process, NULL, old, &fresh), 0);
	script_played();
	assert_int_equal(fresh == old, same);
	mapsnap_unref(fresh);
}

/* And after ten years, too: it does not come round. */
static void that_nothing_changed_is_one_call(void **state)
{
	struct mapsnap *old = read_at(*state, 4);

	for (int i = 0; i < 3; i++) {
		script(TIME_PASSES(10ull * 365 * 24 * 3600 * MS(1000)), CLOCK, SEQ(4), CLOCK);
		assert_refreshed(*state, old, true);
	}
	mapsnap_unref(old);
}

static void what_may_have_changed_is_read_anew(void **state)
{
	const uint64_t later[] = { 6, 2, 4 + ((uint64_t)1 << 32) };

	for (size_t i = 0; i < 3; i++) {
		struct mapsnap *old = read_at(*state, 4);

		script(CLOCK, SEQ(later[i]), VERIFIED(later[i], TWO));
		assert_refreshed(*state, old, false);
		mapsnap_unref(old);
	}
}

static void a_refresh_of_what_is_gone_fails(void **state)
{
	struct mapsnap *old = read_at(*state, 4), *fresh;

	script(CLOCK, SEQ_FAILS(-ESRCH), HAS_ENDED);
	assert_int_equal(mapsnap_refresh(*state, NULL, old, &fresh), -ESRCH);
	script(CLOCK, SEQ_FAILS(-ESTALE));
	assert_int_equal(mapsnap_refresh(*state, NULL, old, &fresh), -ESTALE);
	script(CLOCK, SEQ_FAILS(-EIO));
	assert_int_equal(mapsnap_refresh(*state, NULL, old, &fresh), -EIO);
	mapsnap_unref(old);
}

static void a_source_that_is_given_wins(void **state)
{
	struct mapsnap *old;

	script(CALL, ATTEMPT(4, ONE), RETURN);
	old = read_well(*state, WATCHED());
	assert_int_equal(mapsnap_info(old)->source, MAPSNAP_SOURCE_BPF);
	/* What the one proved, the other can't renew. */
	script(FOUND, CALL, NO_SNAPSHOT, VERIFIED(4, TWO));
	assert_refreshed(*state, old, false);
	mapsnap_unref(old);
}

static void it_can_be_refused(void **state)
{
	struct mapsnap *snapshot;

	script(CALL, UNWATCHED(ONE), RETURN_UNVERIFIED);
	snapshot = read_well(*state, BLIND(UNVERIFIED));
	assert_int_equal(mapsnap_info(snapshot)->reason, MAPSNAP_REASON_NO_SOURCE);
	assert_int_equal(mapsnap_info(snapshot)->source, MAPSNAP_SOURCE_NONE);
	mapsnap_unref(snapshot);
	script(CALL);
	read_badly(*state, BLIND(), -EOPNOTSUPP);
}

/* In /proc/self/maps, whatever process is going to be read. */
static bool exists_where_it_says(int said)
{
	bool exists;

	script_begin();
	script(OPENAT(AT_FDCWD, "/proc/self/maps", MAPS_FD), SEQ_FAILS(said));
	exists = sequence_ioctl_exists(&scripted_kernel);
	script_end();
	return exists;
}

static void whether_there_is_one_is_known_before_anything_is_opened(void **state)
{
	(void)state;
	assert_true(exists_where_it_says(0));
	assert_false(exists_where_it_says(-ENOTTY));
	assert_false(exists_where_it_says(-EPERM));
	script_begin();
	script(OPENAT(AT_FDCWD, "/proc/self/maps", -ENOENT));
	assert_false(sequence_ioctl_exists(&scripted_kernel));
	script_end();
}

static void of_a_kernel_thread_there_is_nothing_to_ask(void **state)
{
	struct mapsnap *snapshot;

	assert_null(process_sequence(*state));
	script(CALL, STAT(DIR_FD, "I", KERNEL_THREAD), CLOCK);
	snapshot = read_well(*state, NULL);
	assert_int_equal(mapsnap_info(snapshot)->consistency, MAPSNAP_VERIFIED);
	assert_int_equal(mapsnap_info(snapshot)->source, MAPSNAP_SOURCE_NONE);
	mapsnap_unref(snapshot);
}

#define UNASKED(name) cmocka_unit_test_setup_teardown(name, open_process_42, close_process)
#define TEST(name)    cmocka_unit_test_setup_teardown(name, open_where_it_is_found, close_process)

UNIT_MAIN("sequence_ioctl", UNASKED(a_read_without_a_source_is_verified_by_the_kernels_own),
	  UNASKED(the_kernel_is_asked_once_whether_it_has_a_sequence),
	  UNASKED(a_kernel_that_has_none_is_asked_once_too),
	  UNASKED(a_call_that_is_forbidden_is_none),
	  UNASKED(a_change_under_way_is_an_answer_to_whether_there_is_one),
	  UNASKED(a_process_that_is_gone_at_the_first_question_is_gone),
	  UNASKED(a_source_that_is_given_wins), UNASKED(it_can_be_refused),
	  TEST(one_change_costs_one_attempt_more), TEST(all_of_its_64_bits_count),
	  TEST(an_odd_sequence_is_an_attempt_in_which_nothing_is_read),
	  TEST(change_during_every_attempt_is_no_proof), TEST(queries_are_verified_by_it_as_well),
	  TEST(what_is_read_of_a_process_that_exits_is_never_verified),
	  TEST(an_exec_is_told_by_the_kernel_alone), TEST(any_other_error_ends_the_read),
	  TEST(that_nothing_changed_is_one_call), TEST(what_may_have_changed_is_read_anew),
	  TEST(a_refresh_of_what_is_gone_fails),
	  cmocka_unit_test(whether_there_is_one_is_known_before_anything_is_opened),
	  cmocka_unit_test_setup_teardown(an_exec_is_told_of_a_maps_file_too, open_maps_file,
					  close_process),
	  cmocka_unit_test_setup_teardown(of_a_kernel_thread_there_is_nothing_to_ask,
					  open_kernel_thread_42, close_process))
