/* SPDX-License-Identifier: BSD-2-Clause */
/* The sequence of a kernel that has PROCMAP_SEQ: the call itself, and what the library makes of it.
 */
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "asserts.h"
#include "bpf/target.h"
#include "uapi/procmap_seq.h"

static struct mapsnap_process *process;

static void need_sequence(void)
{
	if (mapsnap_kernel_source() != MAPSNAP_SOURCE_IOCTL)
		skip_because("needs a kernel with PROCMAP_SEQ");
}

static int start_thread(void **state, enum target_thread thread)
{
	static struct target target;

	target_start(&target, thread);
	process = must_open(target.pid);
	*state = &target;
	return 0;
}

static int start(void **state)
{
	return start_thread(state, TARGET_MAIN);
}

static int start_without_main_thread(void **state)
{
	return start_thread(state, TARGET_OTHER);
}

static int stop(void **state)
{
	mapsnap_close(process);
	target_stop(*state);
	return 0;
}

/* --- the call */

/* 0 or a negative errno. */
static int ask(const struct target *target, uint64_t *sequence)
{
	struct procmap_seq argument = { .size = sizeof(argument), .seq = *sequence };
	int r = ioctl(target->maps_fd, PROCMAP_SEQ, &argument) ? -errno : 0;

	*sequence = argument.seq;
	return r;
}

static uint64_t sequence_of(const struct target *target)
{
	uint64_t sequence = 0;

	assert_int_equal(ask(target, &sequence), 0);
	return sequence;
}

static void a_kernel_without_it_says_so(void **state)
{
	uint64_t sequence = 1;

	if (mapsnap_kernel_source() == MAPSNAP_SOURCE_IOCTL)
		skip_because("this kernel has PROCMAP_SEQ");
	assert_int_equal(ask(*state, &sequence), -ENOTTY);
	assert_int_equal(sequence, 1);
}

static void at_rest_it_is_even_and_stays(void **state)
{
	uint64_t first;

	need_sequence();
	first = sequence_of(*state);
	assert_int_equal(first % 2, 0);
	for (int i = 0; i < 1000; i++)
		assert_int_equal(sequence_of(*state), first);
	target_order(*state, TARGET_REST);
	assert_int_equal(sequence_of(*state), first);
}

static void while_the_target_is_busy_it_never_goes_back(void **state)
{
	uint64_t first, last, now;

	need_sequence();
	first = last = sequence_of(*state);
	target_order(*state, TARGET_CHURN);
	for (int i = 0; i < 100000 || last == first; i++) {
		now = sequence_of(*state);
		assert_true(now >= last);
		last = now;
	}
}

/* As a kernel would see it that knows a longer struct, and a program that does. */
static int ask_with(const struct target *target, uint64_t size, uint64_t flags, unsigned char tail)
{
	static struct {
		struct procmap_seq known;
		unsigned char tail[1 << 16];
	} argument;

	argument.known = (struct procmap_seq){ .size = size, .flags = flags };
	argument.tail[15] = tail;
	return ioctl(target->maps_fd, PROCMAP_SEQ, &argument) ? -errno : 0;
}

static void each_error_is_as_documented(void **state)
{
	const size_t size = sizeof(struct procmap_seq), page = (size_t)sysconf(_SC_PAGESIZE);
	const struct target *target = *state;

	need_sequence();
	for (size_t smaller = 0; smaller < size; smaller++)
		assert_int_equal(ask_with(target, smaller, 0, 0), -EINVAL);
	for (uint64_t flag = 1; flag; flag <<= 1)
		assert_int_equal(ask_with(target, size, flag, 0), -EINVAL);
	assert_int_equal(ask_with(target, size, 0, 1), 0);
	assert_int_equal(ask_with(target, size + 16, 0, 0), 0);
	assert_int_equal(ask_with(target, size + 16, 0, 1), -E2BIG);
	assert_int_equal(ask_with(target, page, 0, 0), 0);
	assert_int_equal(ask_with(target, page + 1, 0, 0), -E2BIG);
	assert_int_equal(ask_with(target, UINT64_MAX, 0, 0), -E2BIG);
	assert_int_equal(ioctl(target->maps_fd, PROCMAP_SEQ, NULL), -1);
	assert_int_equal(errno, EFAULT);
}

/* --- by the library */

static struct mapsnap *read_verified(void)
{
	struct mapsnap *snapshot = must_read(process, NULL);
	const struct mapsnap_info *info = mapsnap_info(snapshot);

	assert_int_equal(info->consistency, MAPSNAP_VERIFIED);
	assert_int_equal(info->reason, MAPSNAP_REASON_UNCHANGED);
	assert_int_equal(info->source, MAPSNAP_SOURCE_IOCTL);
	return snapshot;
}

static struct mapsnap *refreshed(struct mapsnap *old)
{
	struct mapsnap *fresh = NULL;

	assert_int_equal(mapsnap_refresh(process, NULL, old, &fresh), 0);
	return fresh;
}

static void assert_unchanged(struct mapsnap *old)
{
	struct mapsnap *fresh = refreshed(old);

	assert_ptr_equal(fresh, old);
	mapsnap_unref(fresh);
}

static void assert_is(const struct mapsnap *snapshot, const struct maps_text *text)
{
	struct maps_text has = text_of(snapshot);

	assert_same_text(&has, text);
	maps_text_free(&has);
}

/* False where the order could not be carried out, so that the text is the same. */
static bool shows(const struct target *target, enum target_order order)
{
	struct mapsnap *old = read_verified(), *fresh;
	struct maps_text before = text_of(old), after = { 0 };
	bool changed;

	assert_unchanged(old);
	target_order(target, order);
	assert_int_equal(maps_text_of(&after, target->pid), 0);
	changed = before.length != after.length ||
		  memcmp(before.bytes, after.bytes, after.length) != 0;
	fresh = refreshed(old);
	if (changed)
		assert_ptr_not_equal(fresh, old);
	assert_is(fresh, &after);
	assert_unchanged(fresh);
	mapsnap_unref(fresh);
	mapsnap_unref(old);
	maps_text_free(&before);
	maps_text_free(&after);
	return changed;
}

static void a_process_at_rest_is_unchanged(void **state)
{
	struct mapsnap *old;

	need_sequence();
	old = read_verified();
	for (int i = 0; i < 100; i++) {
		target_order(*state, TARGET_REST);
		assert_unchanged(old);
	}
	mapsnap_unref(old);
}

static void what_is_mapped_protected_and_unmapped_shows(void **state)
{
	need_sequence();
	assert_true(shows(*state, TARGET_MAP));
	assert_true(shows(*state, TARGET_PROTECT));
	assert_true(shows(*state, TARGET_UNMAP));
}

static void a_heap_that_grows_and_shrinks_shows(void **state)
{
	need_sequence();
	assert_true(shows(*state, TARGET_GROW));
	assert_true(shows(*state, TARGET_SHRINK));
}

static void a_name_shows(void **state)
{
	need_sequence();
	target_order(*state, TARGET_MAP);
	if (!shows(*state, TARGET_NAME))
		skip_because("this kernel names no anonymous mappings");
}

static void another_stack_label_shows(void **state)
{
	need_sequence();
	target_order(*state, TARGET_MAP);
	if (!shows(*state, TARGET_LABEL))
		skip_because("needs CAP_SYS_RESOURCE, for PR_SET_MM");
}

/* A refresh and a read fail so, again and again. */
static void assert_gone(struct mapsnap *old, int error)
{
	struct mapsnap *fresh;

	assert_int_equal(mapsnap_refresh(process, NULL, old, &fresh), error);
	assert_read_fails(process, error);
	assert_int_equal(mapsnap_refresh(process, NULL, old, &fresh), error);
	mapsnap_unref(old);
}

static void after_exit_it_is_gone(void **state)
{
	struct mapsnap *old;
	uint64_t sequence = 1;

	need_sequence();
	old = read_verified();
	target_order(*state, TARGET_EXIT);
	assert_int_equal(ask(*state, &sequence), -ESRCH);
	assert_int_equal(sequence, 1);
	assert_gone(old, -ESRCH);
}

static void a_zombie_is_gone(void **state)
{
	struct mapsnap *old;
	uint64_t sequence = 1;

	need_sequence();
	old = read_verified();
	target_order(*state, TARGET_END);
	assert_int_equal(ask(*state, &sequence), -ESRCH);
	assert_gone(old, -ESRCH);
}

static void after_exec_it_is_stale(void **state)
{
	struct mapsnap *old;

	need_sequence();
	old = read_verified();
	target_order(*state, TARGET_EXEC);
	assert_gone(old, -ESTALE);
}

/* The old address space has not moved, and is not the process's any more. */
static void after_exec_it_is_stale_though_another_process_keeps_the_map(void **state)
{
	struct mapsnap *old;
	uint64_t sequence = 1;

	need_sequence();
	target_order(*state, TARGET_SHARE);
	old = read_verified();
	target_order(*state, TARGET_EXEC);
	assert_int_equal(ask(*state, &sequence), -ESTALE);
	assert_int_equal(sequence, 1);
	assert_gone(old, -ESTALE);
}

static void a_process_whose_main_thread_has_ended_is_verified(void **state)
{
	struct mapsnap *old, *fresh;
	uint64_t before;

	need_sequence();
	/* By the file of the main thread, opened when there was one; and by that of another. */
	before = sequence_of(*state);
	old = read_verified();
	assert_unchanged(old);
	target_order(*state, TARGET_MAP);
	assert_true(sequence_of(*state) > before);
	fresh = refreshed(old);
	assert_ptr_not_equal(fresh, old);
	mapsnap_unref(fresh);
	mapsnap_unref(old);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, stop)

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		TEST(a_kernel_without_it_says_so),
		TEST(at_rest_it_is_even_and_stays),
		TEST(while_the_target_is_busy_it_never_goes_back),
		TEST(each_error_is_as_documented),
		TEST(a_process_at_rest_is_unchanged),
		TEST(what_is_mapped_protected_and_unmapped_shows),
		TEST(a_heap_that_grows_and_shrinks_shows),
		TEST(a_name_shows),
		TEST(another_stack_label_shows),
		TEST(after_exit_it_is_gone),
		TEST(a_zombie_is_gone),
		TEST(after_exec_it_is_stale),
		TEST(after_exec_it_is_stale_though_another_process_keeps_the_map),
		cmocka_unit_test_setup_teardown(a_process_whose_main_thread_has_ended_is_verified,
						start_without_main_thread, stop),
	};

	return run_suite(tests, NULL, NULL);
}
