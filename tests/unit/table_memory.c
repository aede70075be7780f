/* SPDX-License-Identifier: BSD-2-Clause */
/* Every allocation of the table's own fails once: that is told, and nothing leaks. */
#include <errno.h>
#include <unistd.h>

#include "allocations.h"
#include "clock.h"
#include "mapsnap-table.h"
#include "unit.h"

static const struct mapsnap_options any = {
	.size = sizeof(any),
	.fallback = MAPSNAP_FALLBACK_UNVERIFIED,
};

static struct mapsnap_table *new_table(void)
{
	struct mapsnap_table_options options = {
		.size = sizeof(options),
		.read = &any,
		.history = 2,
	};
	struct mapsnap_table *table;

	return ran_out(mapsnap_table_new(&options, &table)) ? NULL : table;
}

static void make_and_free(void *unused)
{
	(void)unused;
	mapsnap_table_free(new_table());
}

/* One that is in no table is not there; one that is stays as it was. */
static void follow_oneself(void *unused)
{
	struct mapsnap_table *table = new_table();
	struct mapsnap_member member;
	uint64_t address = (uintptr_t)follow_oneself;
	struct mapsnap_answer answer;
	bool added;

	(void)unused;
	if (!table)
		return;
	added = !ran_out(mapsnap_table_add(table, getpid()));
	assert_int_equal(mapsnap_table_member(table, getpid(), &member), added ? 0 : -ESRCH);
	if (added) {
		int r = mapsnap_table_refresh_pid(table, getpid());

		assert_true(r == 0 || r == -ENOMEM);
		assert_int_equal(mapsnap_table_resolve(table, getpid(), &address, 1, &answer), 0);
		assert_int_equal(answer.found, MAPSNAP_FOUND_MAPPING);
	}
	assert_int_equal(mapsnap_table_refresh(table, NULL), 0);
	mapsnap_table_free(table);
}

static void making_a_table_survives_every_failure(void **state)
{
	(void)state;
	assert_survives_every_failure(make_and_free, NULL);
}

static void following_a_process_survives_every_failure(void **state)
{
	(void)state;
	assert_survives_every_failure(follow_oneself, NULL);
}

/* Nor is memory taken by what only looks. */
static void readers_allocate_nothing(void **state)
{
	struct mapsnap_table *table = new_table();
	uint64_t addresses[200];
	struct mapsnap_answer answers[200];
	struct mapsnap_sample samples[200];
	struct mapsnap *snapshot;
	struct mapsnap_step step;

	(void)state;
	assert_int_equal(mapsnap_table_add(table, getpid()), 0);
	for (size_t i = 0; i < 200; i++) {
		addresses[i] = (uintptr_t)readers_allocate_nothing + i * 4096;
		samples[i] = (struct mapsnap_sample){ .address = addresses[i], .time_ns = now_ns() };
	}
	allocations_forbid();
	mapsnap_table_enter();
	assert_int_equal(mapsnap_table_resolve(table, getpid(), addresses, 200, answers), 0);
	assert_int_equal(mapsnap_table_resolve_samples(table, getpid(), samples, 200, answers), 0);
	mapsnap_table_leave();
	assert_int_equal(mapsnap_table_get(table, getpid(), &snapshot, NULL), 0);
	assert_int_equal(mapsnap_table_next(table, getpid(), 0, &step), 0);
	allocations_allow();
	mapsnap_unref(snapshot);
	mapsnap_unref(step.before);
	mapsnap_unref(step.after);
	mapsnap_table_free(table);
}

UNIT_MAIN("table_memory", cmocka_unit_test(making_a_table_survives_every_failure),
	  cmocka_unit_test(following_a_process_survives_every_failure),
	  cmocka_unit_test(readers_allocate_nothing))
