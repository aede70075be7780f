/* SPDX-License-Identifier: BSD-2-Clause */
#include "tally.h"

#include "unit.h"

static uint64_t count_snapshots(const struct tally *tally)
{
	uint64_t sum = 0;

	for (size_t label = 0; label < TALLY_LABELS; label++)
		for (size_t source = 0; source < TALLY_SOURCES; source++)
			sum += tally_of(&tally->snapshots[label][source]);
	return sum;
}

static void a_label_that_is_not_known_is_taken_for_none_that_is(void **state)
{
	struct mapsnap_info info = { .consistency = MAPSNAP_FROZEN,
				     .source = MAPSNAP_SOURCE_IOCTL };
	static struct tally tally;

	(void)state;
	tally_snapshot(&tally, &info);
	assert_int_equal(tally_of(&tally.snapshots[MAPSNAP_FROZEN][MAPSNAP_SOURCE_IOCTL]), 1);
	info.consistency = TALLY_LABELS;
	tally_snapshot(&tally, &info);
	info = (struct mapsnap_info){ .source = TALLY_SOURCES };
	tally_snapshot(&tally, &info);
	assert_int_equal(count_snapshots(&tally), 1);
	/* It was read all the same. */
	assert_int_equal(atomic_load(&tally.reading.counts[0]), 3);
}

static void an_event_that_is_not_known_is_taken_for_none_that_is(void **state)
{
	static struct tally tally;
	uint64_t sum = 0;

	(void)state;
	tally_event(&tally, MAPSNAP_EVENT_ADDED);
	tally_event(&tally, MAPSNAP_EVENT_LOST);
	tally_event(&tally, MAPSNAP_EVENT_LOST + 1 + MAPSNAP_EVENT_ADDED);
	tally_event(&tally, UINT32_MAX);
	for (size_t type = 0; type < TALLY_EVENTS; type++)
		sum += tally_of(&tally.became[type]);
	assert_int_equal(sum, 2);
	assert_int_equal(tally_of(&tally.became[MAPSNAP_EVENT_ADDED]), 1);
}

UNIT_MAIN("tally", cmocka_unit_test(a_label_that_is_not_known_is_taken_for_none_that_is),
	  cmocka_unit_test(an_event_that_is_not_known_is_taken_for_none_that_is))
