/* SPDX-License-Identifier: BSD-2-Clause */
#include "bodies.h"

#include <stdlib.h>
#include <string.h>

#include "unit.h"

static struct bodies bodies;
static const struct body_key own = { BODY_OWN };

static struct body *add(size_t size, struct body_key key)
{
	return bodies_add(&bodies, calloc(1, size), size, key, 0);
}

static int begin(void **state)
{
	(void)state;
	bodies_init(&bodies, 100);
	return 0;
}

static int end(void **state)
{
	(void)state;
	assert_int_equal(bodies_used(&bodies), 0);
	bodies_free(&bodies);
	return 0;
}

static void they_take_no_more_than_they_may(void **state)
{
	struct body *a = add(60, own), *b = add(40, own);

	(void)state;
	assert_non_null(a);
	assert_non_null(b);
	assert_int_equal(bodies_used(&bodies), 100);
	assert_false(bodies_have_room(&bodies, 1));
	assert_null(add(1, own));
	body_unref(a);
	assert_true(bodies_have_room(&bodies, 60));
	assert_false(bodies_have_room(&bodies, 61));
	assert_false(bodies_have_room(&bodies, SIZE_MAX));
	/* As if there were no other. */
	assert_true(bodies_could_have_room(&bodies, 100));
	assert_false(bodies_could_have_room(&bodies, 101));
	a = add(60, own);
	assert_non_null(a);
	body_unref(b);
	body_unref(a);
}

static void who_is_to_leave_room_does(void **state)
{
	struct body *a = bodies_add(&bodies, calloc(1, 40), 40, own, 50);

	(void)state;
	assert_non_null(a);
	assert_null(bodies_add(&bodies, calloc(1, 11), 11, own, 50));
	body_unref(a);
}

static void what_many_ask_for_is_there_once(void **state)
{
	const struct body_key key = { BODY_SNAPSHOT, 7 };
	struct body *a = add(60, key), *b;

	(void)state;
	b = bodies_find(&bodies, key);
	assert_ptr_equal(a, b);
	assert_null(bodies_find(&bodies, (struct body_key){ BODY_EVENT, 7 }));
	assert_null(bodies_find(&bodies, (struct body_key){ BODY_SNAPSHOT, 8 }));
	body_unref(a);
	assert_int_equal(bodies_used(&bodies), 60);
	body_unref(b);
	assert_null(bodies_find(&bodies, key));
}

static void what_is_of_one_client_is_shared_with_nobody(void **state)
{
	struct body *a = add(10, own);

	(void)state;
	assert_null(bodies_find(&bodies, own));
	body_unref(a);
}

static void any_of_them_may_go_first(void **state)
{
	static const int orders[][3] = { { 0, 1, 2 }, { 1, 0, 2 }, { 2, 1, 0 }, { 1, 2, 0 } };

	(void)state;
	for (size_t i = 0; i < sizeof(orders) / sizeof(orders[0]); i++) {
		struct body *three[3];

		for (uint64_t k = 0; k < 3; k++)
			three[k] = add(30, (struct body_key){ BODY_EVENT, k });
		for (int k = 0; k < 3; k++) {
			const struct body_key key = three[orders[i][k]]->key;

			body_unref(three[orders[i][k]]);
			assert_null(bodies_find(&bodies, key));
		}
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

UNIT_MAIN("bodies", TEST(they_take_no_more_than_they_may), TEST(who_is_to_leave_room_does),
	  TEST(what_many_ask_for_is_there_once), TEST(what_is_of_one_client_is_shared_with_nobody),
	  TEST(any_of_them_may_go_first))
