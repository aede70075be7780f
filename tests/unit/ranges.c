/* SPDX-License-Identifier: BSD-2-Clause */
/* Sets of ranges, against a bit for each address. */
#include "ranges.h"

#include <string.h>

#include "text.h"
#include "unit.h"

#define ADDRESSES 64
#define MOST      16

struct made_up {
	struct procmap_range list[MOST];
	struct ranges ranges;
	bool in[ADDRESSES];
};

/* In order and apart. */
static void make_up(struct random *random, struct made_up *set)
{
	uint64_t at = random_below(random, 8);

	memset(set, 0, sizeof(*set));
	while (set->ranges.count < MOST && at + 1 < ADDRESSES) {
		uint64_t end = at + 1 + random_below(random, 5);

		if (end > ADDRESSES)
			end = ADDRESSES;
		set->list[set->ranges.count++] = (struct procmap_range){ at, end };
		memset(set->in + at, true, end - at);
		at = end + 1 + random_below(random, 12);
	}
	set->ranges.list = set->list;
}

static bool any(const bool *in, uint64_t start, uint64_t end)
{
	return memchr(in + start, true, end - start) != NULL;
}

static void assert_touch(const struct ranges *ranges, const bool *in)
{
	for (uint64_t start = 0; start < ADDRESSES; start++)
		for (uint64_t end = start + 1; end <= ADDRESSES; end++)
			assert_int_equal(ranges_touch(ranges, start, end), any(in, start, end));
}

static void a_set_touches_what_has_an_address_in_it(void **state)
{
	struct random random = { 0x70c4 };
	struct made_up set;

	(void)state;
	for (int i = 0; i < 200; i++) {
		make_up(&random, &set);
		assert_touch(&set.ranges, set.in);
	}
}

static void a_sum_has_what_either_has(void **state)
{
	struct random random = { 0x5033 };
	struct made_up one, more;

	(void)state;
	for (int i = 0; i < 500; i++) {
		struct ranges sum = { 0 };

		make_up(&random, &one);
		make_up(&random, &more);
		assert_int_equal(ranges_add(&sum, &one.ranges), 0);
		assert_int_equal(ranges_add(&sum, &more.ranges), 0);
		for (size_t j = 0; j < ADDRESSES; j++)
			one.in[j] |= more.in[j];
		assert_touch(&sum, one.in);
		for (size_t j = 1; j < sum.count; j++)
			assert_true(sum.list[j - 1].end < sum.list[j].start);
		ranges_free(&sum);
		assert_int_equal(sum.count, 0);
	}
}

UNIT_MAIN("ranges", cmocka_unit_test(a_set_touches_what_has_an_address_in_it),
	  cmocka_unit_test(a_sum_has_what_either_has))
