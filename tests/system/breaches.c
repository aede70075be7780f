/* SPDX-License-Identifier: BSD-2-Clause */
/* The instrument itself: no breach of what a target promised goes unseen. */
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "../mappings.h"
#include "asserts.h"
#include "started.h"

#define STATICS "40"

static const char *const modes[] = { "move", "pairs", "boundary", "grow",  "stacks",
				     "wide", "fork",  "exec",     "execs", "exit" };

#define MODES    (sizeof(modes) / sizeof(modes[0]))
#define CHANGING (MODES - 3) /* the first so many change while their address space stands */

/* What was read of a target at rest, in a copy that can be changed. */
struct copy {
	struct started target;
	struct invariant_space space;
	struct mapsnap *snapshot;
	struct mapsnap_mapping *mappings;
	size_t count;
};

static struct copy make_copy(const char *mode)
{
	const char *const options[] = { "--mode", mode, "--mappings", STATICS, NULL };
	struct copy copy = { 0 };
	const struct invariant *invariant;
	uint32_t last;

	assert_true(started_target(&copy.target, options));
	invariant = copy.target.invariant;
	last = invariant->stays ? 0 : invariant->seats - 1;
	copy.space = invariant_space(invariant, last,
				     invariant_now(invariant_seat(invariant, last)).number);
	copy.snapshot = must_read_pid(invariant_seat(invariant, last)->pid, NULL);
	copy.count = mapsnap_count(copy.snapshot);
	copy.mappings = mappings_copied(copy.snapshot);
	assert_non_null(copy.mappings);
	return copy;
}

static void free_copy(struct copy *copy)
{
	free(copy->mappings);
	mapsnap_unref(copy->snapshot);
	started_end(&copy->target);
}

static bool holds_between(const struct copy *copy, uint64_t before, uint64_t after)
{
	char why[200] = "";
	bool holds = invariant_holds(copy->target.invariant, &copy->space, copy->mappings,
				     copy->count, before, after, why, sizeof(why));

	assert_int_equal(holds, why[0] == '\0');
	return holds;
}

static bool holds(const struct copy *copy)
{
	return holds_between(copy, 0, 0);
}

static bool in_arena(const struct copy *copy, const struct mapsnap_mapping *m)
{
	return m->start >= copy->target.invariant->arena_start &&
	       m->end <= copy->target.invariant->arena_end;
}

/* Calls it for each mapping of the arena, in each mode. */
static void for_each_mapping(void (*check)(struct copy *, size_t))
{
	for (size_t mode = 0; mode < MODES; mode++) {
		struct copy copy = make_copy(modes[mode]);

		assert_true(holds(&copy));
		for (size_t i = 0; i < copy.count; i++)
			if (in_arena(&copy, &copy.mappings[i]))
				check(&copy, i);
		assert_true(holds(&copy));
		free_copy(&copy);
	}
}

enum {
	START,
	END,
	OFFSET,
	INODE,
	MAJOR,
	MINOR,
	NAME,
	PERMISSIONS,
	FIELDS
};

static void change_field(struct mapsnap_mapping *m, unsigned int field)
{
	switch (field) {
	case START:
		m->start += 1;
		break;
	case END:
		m->end -= 1;
		break;
	case OFFSET:
		m->offset ^= 4096;
		break;
	case INODE:
		m->inode ^= (uint64_t)1 << 63;
		break;
	case MAJOR:
		m->device_major ^= 1;
		break;
	case MINOR:
		m->device_minor ^= 1;
		break;
	case NAME:
		m->name = "/another";
		break;
	case PERMISSIONS:
		m->permissions ^= MAPSNAP_EXECUTE;
		break;
	}
}

static void check_fields(struct copy *copy, size_t i)
{
	struct mapsnap_mapping kept = copy->mappings[i];

	for (unsigned int field = 0; field < FIELDS; field++) {
		change_field(&copy->mappings[i], field);
		if (holds(copy))
			fail_msg("field %u of mapping %zu may differ", field, i);
		copy->mappings[i] = kept;
	}
}

static void a_change_of_any_field_of_any_mapping_is_seen(void **state)
{
	(void)state;
	for_each_mapping(check_fields);
}

static void check_missing(struct copy *copy, size_t i)
{
	struct mapsnap_mapping *m = &copy->mappings[i], kept = *m;
	size_t behind = (copy->count - i - 1) * sizeof(*m);

	memmove(m, m + 1, behind);
	copy->count--;
	assert_false(holds(copy));
	copy->count++;
	memmove(m + 1, m, behind);
	*m = kept;
}

static void a_missing_mapping_is_seen(void **state)
{
	(void)state;
	for_each_mapping(check_missing);
}

static void check_twice(struct copy *copy, size_t i)
{
	struct mapsnap_mapping *m = &copy->mappings[i];
	size_t behind = (copy->count - i - 1) * sizeof(*m);

	memmove(m + 1, m, behind + sizeof(*m));
	copy->count++;
	assert_false(holds(copy));
	copy->count--;
	memmove(m + 1, m + 2, behind);
}

static void a_mapping_that_is_there_twice_is_seen(void **state)
{
	(void)state;
	for_each_mapping(check_twice);
}

/* In two parts that together are what it was. */
static void check_split(struct copy *copy, size_t i)
{
	struct mapsnap_mapping *m = &copy->mappings[i];
	size_t behind = (copy->count - i - 1) * sizeof(*m);

	memmove(m + 1, m, behind + sizeof(*m));
	m[0].end = m[1].start = m[0].start + (m[0].end - m[0].start) / 2;
	copy->count++;
	assert_false(holds(copy));
	copy->count--;
	m[0].end = m[1].end;
	memmove(m + 1, m + 2, behind);
}

static void a_mapping_in_two_parts_is_seen(void **state)
{
	(void)state;
	for_each_mapping(check_split);
}

static void a_mapping_too_many_in_the_arena_is_seen(void **state)
{
	struct copy copy = make_copy("move");
	struct mapsnap_mapping *m = copy.mappings;
	size_t i = 0;

	(void)state;
	/* In the gap that there is somewhere. */
	while (!in_arena(&copy, &m[i]) || m[i].end == m[i + 1].start)
		i++;
	memmove(m + i + 1, m + i, (copy.count - i) * sizeof(*m));
	m[i + 1] = (struct mapsnap_mapping){
		.start = m[i].end, .end = m[i].end + 1, .name = "", .path = ""
	};
	copy.count++;
	assert_false(holds(&copy));
	free_copy(&copy);
}

static void what_was_so_at_another_time_is_seen(void **state)
{
	(void)state;
	for (size_t mode = 0; mode < CHANGING; mode++) {
		struct copy copy = make_copy(modes[mode]);
		uint64_t circle =
			(uint64_t)copy.target.invariant->slots * copy.target.invariant->shapes;

		assert_true(holds_between(&copy, 0, 1));
		assert_true(holds_between(&copy, 0, 2));
		assert_false(holds_between(&copy, 2, 2));
		assert_false(holds_between(&copy, 2, 2 * circle - 2));
		assert_true(holds_between(&copy, 2, 2 * circle - 1));
		assert_true(holds_between(&copy, 2 * circle, 2 * circle));
		assert_false(holds_between(&copy, 2 * circle + 2, 2 * circle + 2));
		free_copy(&copy);
	}
}

/* The one mapping of a slot in this shape, in mode grow. */
static const struct expected *expected_of(const struct copy *copy, uint32_t slot, uint32_t shape)
{
	const char *base = (const char *)copy->target.invariant;
	const struct expected *moving =
		(const struct expected *)(base + copy->target.invariant->moving_at);
	const struct shape *shapes =
		(const struct shape *)(base + copy->target.invariant->shapes_at);

	return &moving[shapes[slot * copy->target.invariant->shapes + shape].first];
}

static void reshape(const struct copy *copy, uint32_t slot, uint32_t from, uint32_t to)
{
	const struct expected *before = expected_of(copy, slot, from);
	const struct expected *after = expected_of(copy, slot, to);
	struct mapsnap_mapping *m = copy->mappings;

	while (m->start != before->start)
		m++;
	m->start = after->start;
	m->end = after->end;
	m->offset = after->offset;
}

static void a_change_without_the_one_before_it_is_seen(void **state)
{
	struct copy copy = make_copy("grow");

	(void)state;
	assert_true(copy.target.invariant->slots > 2);
	reshape(&copy, 1, 0, 1);
	assert_false(holds_between(&copy, 0, 100));
	reshape(&copy, 0, 0, 1);
	assert_true(holds_between(&copy, 0, 4));
	reshape(&copy, 0, 1, 2);
	assert_false(holds_between(&copy, 0, 100));
	free_copy(&copy);
}

static void mappings_that_overlap_are_seen_outside_the_arena_too(void **state)
{
	struct copy copy = make_copy("move");
	struct mapsnap_mapping *m = copy.mappings;

	(void)state;
	while (m->start < copy.target.invariant->arena_end)
		m++;
	m[0].end = m[1].start + 1;
	assert_false(holds(&copy));
	m[0].end = m[0].start;
	assert_false(holds(&copy));
	m[0].end = m[1].start;
	assert_true(holds(&copy));
	free_copy(&copy);
}

static void a_missing_end_is_seen(void **state)
{
	(void)state;
	for (size_t mode = 0; mode < MODES; mode++) {
		struct copy copy = make_copy(modes[mode]);
		uint64_t landmark = copy.space.landmark;

		while (copy.mappings[copy.count - 1].start > landmark)
			copy.count--;
		assert_true(holds(&copy));
		assert_false(invariant_cut_off(&copy.space, copy.mappings, copy.count));
		while (copy.count-- > 0) {
			assert_false(holds(&copy));
			assert_true(invariant_cut_off(&copy.space, copy.mappings, copy.count));
		}
		free_copy(&copy);
	}
}

static void check_from_before(struct copy *copy, size_t i)
{
	struct mapsnap_mapping kept = copy->mappings[i];
	uint64_t shift = copy->target.invariant->shift;

	copy->mappings[i].start -= shift;
	copy->mappings[i].end -= shift;
	assert_int_equal(holds(copy), shift == 0);
	copy->mappings[i] = kept;
}

static void a_mapping_of_the_address_space_before_is_seen(void **state)
{
	(void)state;
	for_each_mapping(check_from_before);
}

static void another_address_space_is_seen(void **state)
{
	(void)state;
	for (size_t mode = CHANGING; mode < MODES; mode++) {
		struct copy copy = make_copy(modes[mode]);
		const struct invariant *invariant = copy.target.invariant;

		for (uint32_t seat = 0; seat < invariant->seats; seat++) {
			uint64_t landmark = copy.space.landmark;

			copy.space = invariant_space(invariant, seat, 2);
			copy.space.landmark = landmark;
			assert_int_equal(holds(&copy), seat == invariant->seats - 1);
			copy.space = invariant_space(invariant, seat, 4);
			copy.space.landmark = landmark;
			assert_false(holds(&copy));
		}
		free_copy(&copy);
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		tidy_test(a_change_of_any_field_of_any_mapping_is_seen),
		tidy_test(a_missing_mapping_is_seen),
		tidy_test(a_mapping_that_is_there_twice_is_seen),
		tidy_test(a_mapping_in_two_parts_is_seen),
		tidy_test(a_mapping_too_many_in_the_arena_is_seen),
		tidy_test(a_change_without_the_one_before_it_is_seen),
		tidy_test(mappings_that_overlap_are_seen_outside_the_arena_too),
		tidy_test(what_was_so_at_another_time_is_seen),
		tidy_test(a_missing_end_is_seen),
		tidy_test(a_mapping_of_the_address_space_before_is_seen),
		tidy_test(another_address_space_is_seen),
	};

	return run_suite(tests, NULL, NULL);
}
