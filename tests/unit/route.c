/* SPDX-License-Identifier: BSD-2-Clause */
/* Which route is taken: the fastest that gives exactly what is wanted. */
#include "route.h"

#include "unit.h"

#define GATE_ADDRESS 0xffffffffff600000

struct choice {
	uint32_t filter, omit;
	uint64_t start, end; /* inclusive */
	enum mapsnap_route route;
};

#define TEXT  MAPSNAP_ROUTE_TEXT
#define QUERY MAPSNAP_ROUTE_QUERY

static const struct choice choices[] = {
	/* The whole text is the faster one. */
	{ 0, 0, 0, UINT64_MAX, TEXT },
	{ MAPSNAP_FILTER_NO_GATE, 0, 0, UINT64_MAX, TEXT },
	/* The kernel passes over what is not wanted. The gate can be neither of these. */
	{ MAPSNAP_WRITE, 0, 0, UINT64_MAX, QUERY },
	{ MAPSNAP_SHARED, 0, 0, UINT64_MAX, QUERY },
	{ MAPSNAP_FILTER_FILE, 0, 0, UINT64_MAX, QUERY },
	{ MAPSNAP_EXECUTE | MAPSNAP_FILTER_FILE, 0, 0, UINT64_MAX, QUERY },
	/* It is executable, on some kernels readable, and a query never tells it. */
	{ MAPSNAP_EXECUTE, 0, 0, UINT64_MAX, TEXT },
	{ MAPSNAP_READ, 0, 0, UINT64_MAX, TEXT },
	{ MAPSNAP_EXECUTE | MAPSNAP_FILTER_NO_GATE, 0, 0, UINT64_MAX, QUERY },
	{ MAPSNAP_READ | MAPSNAP_FILTER_NO_GATE, 0, 0, UINT64_MAX, QUERY },
	/* Names cost time to write. */
	{ 0, MAPSNAP_OMIT_NAMES, 0, UINT64_MAX, TEXT },
	{ MAPSNAP_FILTER_NO_GATE, MAPSNAP_OMIT_NAMES, 0, UINT64_MAX, QUERY },
	/* A part of the addresses, with the gate and without. */
	{ 0, 0, 0, 0xfff, QUERY },
	{ 0, 0, 0x1000, 0x1fff, QUERY },
	{ 0, 0, 0x1000, UINT64_MAX, TEXT },
	{ MAPSNAP_FILTER_NO_GATE, 0, 0x1000, UINT64_MAX, QUERY },
	{ 0, 0, 0x1000, GATE_ADDRESS, TEXT },
	{ 0, 0, 0x1000, GATE_ADDRESS - 1, QUERY },
};

#define NO_QUERY    ROUTE_BIT(MAPSNAP_ROUTE_QUERY)
#define NO_SNAPSHOT ROUTE_BIT(MAPSNAP_ROUTE_SNAPSHOT)

static struct want want_of(const struct choice *c)
{
	return (struct want){
		.filter = c->filter, .omit = c->omit, .start = c->start, .end = c->end
	};
}

static void without_the_snapshot_the_fastest_exact_route_is_taken(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(choices) / sizeof(choices[0]); i++) {
		const struct want want = want_of(&choices[i]);

		if (route_choose(&want, MAPSNAP_ROUTE_AUTO, NO_SNAPSHOT)->id != choices[i].route)
			fail_msg("choice %zu", i);
	}
}

static void without_the_query_all_is_text(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(choices) / sizeof(choices[0]); i++) {
		const struct want want = want_of(&choices[i]);

		assert_ptr_equal(route_choose(&want, MAPSNAP_ROUTE_AUTO, NO_SNAPSHOT | NO_QUERY),
				 &route_text);
	}
}

/* The gate and all names included. */
static void the_snapshot_is_the_fastest_for_everything(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(choices) / sizeof(choices[0]); i++) {
		const struct want want = want_of(&choices[i]);

		assert_ptr_equal(route_choose(&want, MAPSNAP_ROUTE_AUTO, 0), &route_snapshot);
		assert_ptr_equal(route_choose(&want, MAPSNAP_ROUTE_AUTO, NO_QUERY),
				 &route_snapshot);
	}
}

static void a_route_that_was_asked_for_is_taken(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(choices) / sizeof(choices[0]); i++) {
		const struct want want = want_of(&choices[i]);

		for (uint32_t unfit = 0; unfit < 16; unfit++) {
			assert_ptr_equal(route_choose(&want, TEXT, unfit), &route_text);
			assert_ptr_equal(route_choose(&want, QUERY, unfit), &route_query);
			assert_ptr_equal(route_choose(&want, MAPSNAP_ROUTE_SNAPSHOT, unfit),
					 &route_snapshot);
		}
	}
}

UNIT_MAIN("route", cmocka_unit_test(without_the_snapshot_the_fastest_exact_route_is_taken),
	  cmocka_unit_test(without_the_query_all_is_text),
	  cmocka_unit_test(the_snapshot_is_the_fastest_for_everything),
	  cmocka_unit_test(a_route_that_was_asked_for_is_taken))
