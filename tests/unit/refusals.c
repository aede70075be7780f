/* SPDX-License-Identifier: BSD-2-Clause */
#include "refusals.h"

#include <errno.h>
#include <stdlib.h>

#include "unit.h"

#define LATER (REFUSALS_KEPT_NS - 1)

static struct refusals refusals;
static const uint64_t now = 5 * REFUSALS_KEPT_NS;

static int begin(void **state)
{
	(void)state;
	refusals_init(&refusals);
	return 0;
}

static int end(void **state)
{
	(void)state;
	refusals_free(&refusals);
	return 0;
}

/* A client of these groups, who asks for this program of process 7. */
static struct refusal_case ask(gid_t first, gid_t second, uint32_t program)
{
	const struct mapsnap_member member = { .start_time = 100, .program = program };
	struct peer *peer = calloc(1, sizeof(*peer) + 2 * sizeof(gid_t));
	struct refusal_case of;

	assert_non_null(peer);
	peer->uid = 1;
	peer->gid = 2;
	peer->group_count = second ? 2 : 1;
	peer->groups[0] = first;
	if (second)
		peer->groups[1] = second;
	of = refusal_case_of(refusal_case_by(peer), 7, &member);
	free(peer);
	return of;
}

static void a_refusal_holds_for_a_while(void **state)
{
	static const int verdicts[] = { -EACCES, -EPERM, -ESRCH };
	const struct refusal_case of = ask(3, 4, 0);

	(void)state;
	assert_int_equal(refusals_find(&refusals, &of, now), 0);
	for (size_t i = 0; i < sizeof(verdicts) / sizeof(verdicts[0]); i++) {
		refusals_note(&refusals, &of, verdicts[i], now);
		assert_int_equal(refusals_find(&refusals, &of, now), verdicts[i]);
		assert_int_equal(refusals_find(&refusals, &of, now + LATER), verdicts[i]);
		assert_int_equal(refusals_find(&refusals, &of, now + LATER + 1), 0);
	}
}

static void nothing_else_is_kept(void **state)
{
	static const int verdicts[] = { 0, -EAGAIN, -ENOMEM, -EPIPE, -ETIMEDOUT, -EMFILE };
	const struct refusal_case of = ask(3, 4, 0);

	(void)state;
	for (size_t i = 0; i < sizeof(verdicts) / sizeof(verdicts[0]); i++) {
		refusals_note(&refusals, &of, verdicts[i], now);
		assert_int_equal(refusals_find(&refusals, &of, now), 0);
	}
}

static void it_is_of_that_client_and_that_program_alone(void **state)
{
	const struct refusal_case of = ask(3, 4, 0);
	struct refusal_case others[] = { of,           of,           of,
					 of,           ask(3, 4, 1), ask(4, 3, 0),
					 ask(3, 0, 0), ask(4, 0, 0), ask(3, 5, 0) };

	(void)state;
	others[0].uid++;
	others[1].gid++;
	others[2].pid++;
	others[3].start_time++;
	refusals_note(&refusals, &of, -EACCES, now);
	for (size_t i = 0; i < sizeof(others) / sizeof(others[0]); i++)
		assert_int_equal(refusals_find(&refusals, &others[i], now), 0);
	/* Also where all of them have the same row. */
	for (uint32_t i = 1; i <= 100000; i++) {
		const struct refusal_case other = ask(3, 4, i);

		assert_int_equal(refusals_find(&refusals, &other, now), 0);
	}
}

static void of_more_than_there_is_room_for_the_oldest_are_given_up(void **state)
{
	const uint32_t count = REFUSALS_ROWS * REFUSALS_ROW;
	uint32_t found = 0;

	(void)state;
	for (uint32_t i = 0; i < 4 * count; i++) {
		const struct refusal_case of = ask(3, 4, i);

		refusals_note(&refusals, &of, -EACCES, now + i);
		assert_int_equal(refusals_find(&refusals, &of, now + i), -EACCES);
	}
	for (uint32_t i = 0; i < 4 * count; i++) {
		const struct refusal_case of = ask(3, 4, i);

		found += refusals_find(&refusals, &of, now + 4 * count) != 0;
		if (i < 4 * count - count / 32)
			continue;
		assert_int_equal(refusals_find(&refusals, &of, now + 4 * count), -EACCES);
	}
	assert_in_range(found, count - count / 100, count);
}

static void said_again_it_holds_for_longer(void **state)
{
	const struct refusal_case of = ask(3, 4, 0);

	(void)state;
	refusals_note(&refusals, &of, -EACCES, now);
	refusals_note(&refusals, &of, -EPERM, now + LATER);
	assert_int_equal(refusals_find(&refusals, &of, now + 2 * LATER), -EPERM);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

UNIT_MAIN("refusals", TEST(a_refusal_holds_for_a_while), TEST(nothing_else_is_kept),
	  TEST(it_is_of_that_client_and_that_program_alone),
	  TEST(of_more_than_there_is_room_for_the_oldest_are_given_up),
	  TEST(said_again_it_holds_for_longer))
