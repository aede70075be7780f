/* SPDX-License-Identifier: BSD-2-Clause */
/* Which of many changed, asked of a source one by one and all at once. */
#include "polling.h"

#include <errno.h>

#include "reading.h"
#include "unit.h"

#define ENTRY(number, proved)                                                                 \
	{                                                                                     \
		.maps_fd = MAPS_FD, .result = 77, .sequence = (number), .proved_ns = (proved) \
	}

#define YEAR (365 * 24 * 3600 * (uint64_t)1000000000)

static int begin(void **state)
{
	(void)state;
	script_begin();
	script_gives(MAPS_FD);
	return 0;
}

static int end(void **state)
{
	(void)state;
	script_end();
	return 0;
}

static size_t poll_well(const struct mapsnap_sequence *source, struct mapsnap_poll *entries,
			size_t n)
{
	size_t noted = 12345;

	assert_int_equal(poll_sequences(&scripted_kernel, source, entries, n, &noted), 0);
	script_played();
	return noted;
}

static void one_by_one_each_is_answered(void **state)
{
	struct mapsnap_poll entries[] = {
		ENTRY(4, START),
		ENTRY(4, START),
		ENTRY(4, START),
		ENTRY(4, START),
		{ .maps_fd = -1, .result = 77, .now = 99 },
	};

	(void)state;
	script(CLOCK, SEQUENCE(4), SEQUENCE(6), SEQUENCE_FAILS(-ESRCH), SEQUENCE_FAILS(-ESTALE),
	       CLOCK);
	assert_int_equal(poll_well(&scripted_sequence, entries, 5), 3);
	assert_int_equal(entries[0].result, 0);
	assert_int_equal(entries[1].result, 1);
	assert_int_equal(entries[1].now, 6);
	assert_int_equal(entries[2].result, -ESRCH);
	assert_int_equal(entries[3].result, -ESTALE);
	assert_int_equal(entries[4].result, 0);
	assert_int_equal(entries[4].now, 99);
}

/* From before the first question on, and only where nothing changed. */
static void a_proof_is_renewed(void **state)
{
	struct mapsnap_poll entries[] = { ENTRY(4, START - 5), ENTRY(4, START - 5) };

	(void)state;
	script(TIME_PASSES(10), CLOCK, TIME_PASSES(7), SEQUENCE(4), SEQUENCE(6), CLOCK);
	poll_well(&scripted_sequence, entries, 2);
	assert_int_equal(entries[0].proved_ns, START + 10);
	assert_int_equal(entries[1].proved_ns, START - 5);
}

static void an_odd_sequence_counts_as_changed(void **state)
{
	struct mapsnap_poll entry = ENTRY(5, START);

	(void)state;
	script(CLOCK, SEQUENCE(5), CLOCK);
	assert_int_equal(poll_well(&scripted_sequence, &entry, 1), 1);
	assert_int_equal(entry.result, 1);
}

/* The age that counts is the one after the answer. */
static void a_proof_is_no_older_than_the_source_can_vouch_for(void **state)
{
	struct mapsnap_sequence minute = scripted_sequence;
	struct mapsnap_poll entries[] = { ENTRY(4, START), ENTRY(4, START + 1), ENTRY(4, 0) };

	(void)state;
	minute.valid_ns = 60 * (uint64_t)1000000000;
	script(TIME_PASSES(minute.valid_ns - 4), CLOCK, SEQUENCE(4), TIME_PASSES(5), SEQUENCE(4),
	       SEQUENCE(4), CLOCK);
	assert_int_equal(poll_well(&minute, entries, 3), 2);
	assert_int_equal(entries[0].result, 1);
	assert_int_equal(entries[1].result, 0);
	assert_int_equal(entries[2].result, 1);
}

static void the_kernels_own_is_asked_where_no_source_is_named(void **state)
{
	struct mapsnap_poll entries[] = { ENTRY(4, START), ENTRY(4, START), ENTRY(4, START) };

	(void)state;
	script(TIME_PASSES(YEAR), CLOCK, SEQ(4), SEQ(8), SEQ_FAILS(-ENOTTY), CLOCK);
	assert_int_equal(poll_well(NULL, entries, 3), 2);
	assert_int_equal(entries[0].result, 0);
	assert_int_equal(entries[1].result, 1);
	assert_int_equal(entries[2].result, -ENOTTY);
}

static void where_there_is_to_be_no_source_nobody_is_asked(void **state)
{
	struct mapsnap_poll entry = ENTRY(4, START);
	size_t noted = 12345;

	(void)state;
	script(CLOCK);
	assert_int_equal(poll_sequences(&scripted_kernel, &no_sequence, &entry, 1, &noted),
			 -EOPNOTSUPP);
	assert_int_equal(noted, 12345);
}

static int three_at_once(const struct mapsnap_sequence *self, struct mapsnap_poll *entries,
			 size_t n)
{
	(void)self;
	if (n != 3)
		return -EBUSY;
	for (size_t i = 0; i < n; i++) {
		entries[i].result = 0;
		entries[i].now = 4 + 2 * i;
	}
	entries[2].result = -ESRCH;
	return 0;
}

static void a_source_that_can_is_asked_for_all_at_once(void **state)
{
	struct mapsnap_sequence source = scripted_sequence;
	struct mapsnap_poll entries[] = { ENTRY(4, START), ENTRY(4, START), ENTRY(4, START) };
	size_t noted = 12345;

	(void)state;
	source.read_many = three_at_once;
	script(CLOCK, CLOCK);
	assert_int_equal(poll_well(&source, entries, 3), 2);
	assert_int_equal(entries[0].result, 0);
	assert_int_equal(entries[1].result, 1);
	assert_int_equal(entries[2].result, -ESRCH);
	script(CLOCK);
	assert_int_equal(poll_sequences(&scripted_kernel, &source, entries, 2, &noted), -EBUSY);
	assert_int_equal(noted, 12345);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

UNIT_MAIN("polling", TEST(one_by_one_each_is_answered), TEST(a_proof_is_renewed),
	  TEST(an_odd_sequence_counts_as_changed),
	  TEST(a_proof_is_no_older_than_the_source_can_vouch_for),
	  TEST(the_kernels_own_is_asked_where_no_source_is_named),
	  TEST(where_there_is_to_be_no_source_nobody_is_asked),
	  TEST(a_source_that_can_is_asked_for_all_at_once))
