/* SPDX-License-Identifier: BSD-2-Clause */
#include "invariant.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* One list of mappings under judgement. */
struct check {
	const struct invariant *invariant;
	const struct invariant_space *space;
	const struct mapsnap_mapping *mappings;
	size_t count;
	char *why;
	size_t size;
};

static const void *at(const struct invariant *invariant, uint64_t distance)
{
	return (const char *)invariant + distance;
}

/* Says why, and is false. */
__attribute__((format(printf, 2, 3))) static bool broken(const struct check *check,
							 const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(check->why, check->size, format, arguments);
	va_end(arguments);
	return false;
}

static bool in_order(const struct check *check)
{
	uint64_t end = 0;

	for (size_t i = 0; i < check->count; i++) {
		const struct mapsnap_mapping *m = &check->mappings[i];

		if (m->start >= m->end)
			return broken(check, "%" PRIx64 "-%" PRIx64 " is empty", m->start, m->end);
		if (m->start < end)
			return broken(check, "%" PRIx64 " follows on %" PRIx64, m->start, end);
		end = m->end;
	}
	return true;
}

static bool in_arena(const struct invariant *invariant, const struct mapsnap_mapping *m)
{
	return m->end > invariant->arena_start && m->start < invariant->arena_end;
}

static bool same(const struct check *check, const struct expected *expected,
		 const struct mapsnap_mapping *m)
{
	const struct invariant_file *files = at(check->invariant, check->invariant->files_at);
	const struct invariant_file *file = &files[expected->file];
	struct expected e = invariant_shifted(expected, check->space->shift);

	return m->start == e.start && m->end == e.end && m->offset == e.offset &&
	       m->permissions == e.permissions && m->inode == file->inode &&
	       m->device_major == file->device_major && m->device_minor == file->device_minor &&
	       strcmp(m->name, at(check->invariant, file->name_at)) == 0;
}

/* The mapping that starts there. They are in order by now. */
static const struct mapsnap_mapping *starting_at(const struct check *check, uint64_t start)
{
	size_t low = 0, high = check->count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (check->mappings[middle].start < start)
			low = middle + 1;
		else
			high = middle;
	}
	if (low < check->count && check->mappings[low].start == start)
		return &check->mappings[low];
	return NULL;
}

static bool shape_stands(const struct check *check, const struct shape *shape)
{
	const struct expected *moving = at(check->invariant, check->invariant->moving_at);

	for (uint32_t i = shape->first; i < shape->first + shape->count; i++) {
		const struct mapsnap_mapping *m =
			starting_at(check, moving[i].start + check->space->shift);

		if (!m || !same(check, &moving[i], m))
			return false;
	}
	return true;
}

/*
 * The shape that a slot is in, and how many mappings that makes. Of those that
 * stand the largest: the others may be a part of it. -1: none.
 */
static int64_t shape_of(const struct check *check, uint32_t slot, uint32_t *mappings)
{
	const struct invariant *invariant = check->invariant;
	const struct shape *shapes = at(invariant, invariant->shapes_at);
	int64_t found = -1;

	shapes += (size_t)slot * invariant->shapes;
	for (uint32_t i = 0; i < invariant->shapes; i++) {
		if ((found < 0 || shapes[i].count > *mappings) && shape_stands(check, &shapes[i])) {
			found = i;
			*mappings = shapes[i].count;
		}
	}
	return found;
}

/*
 * How many changes, counted round the circle, bring the slots to where they
 * are: the first so many slots are one shape further than the others.
 */
static bool decode(const struct check *check, uint64_t *state, size_t *mappings)
{
	const struct invariant *invariant = check->invariant;
	uint32_t n = 0, further = 0;
	int64_t shape, last = shape_of(check, invariant->slots - 1, &n);

	if (last < 0)
		return broken(check, "slot %u is in none of its shapes", invariant->slots - 1);
	*mappings = n;
	for (uint32_t slot = 0; slot + 1 < invariant->slots; slot++) {
		shape = shape_of(check, slot, &n);
		*mappings += n;
		if (shape < 0)
			return broken(check, "slot %u is in none of its shapes", slot);
		if (shape == (last + 1) % invariant->shapes && further == slot)
			further++;
		else if (shape != last)
			return broken(check,
				      "slot %u is in shape %d, with %u slots before it in %d", slot,
				      (int)shape, further, (int)((last + 1) % invariant->shapes));
	}
	*state = (uint64_t)last * invariant->slots + further;
	return true;
}

/* Every static mapping, unchanged, and beside those exactly so many. */
static bool arena_is_whole(const struct check *check, size_t moving)
{
	const struct invariant *invariant = check->invariant;
	const struct expected *statics = at(invariant, invariant->statics_at);
	size_t next = 0, others = 0;

	for (size_t i = 0; i < check->count; i++) {
		const struct mapsnap_mapping *m = &check->mappings[i];

		if (!in_arena(invariant, m))
			continue;
		if (next < invariant->statics && same(check, &statics[next], m))
			next++;
		else
			others++;
	}
	if (next < invariant->statics)
		return broken(check, "the static mapping %" PRIx64 "-%" PRIx64 " is not as it was",
			      statics[next].start + check->space->shift,
			      statics[next].end + check->space->shift);
	if (others != moving)
		return broken(check, "%zu mappings beside the static ones, instead of %zu", others,
			      moving);
	return true;
}

/* Reached between the two sequences; one under way may or may not have happened. */
static bool in_time(const struct check *check, uint64_t state, uint64_t before, uint64_t after)
{
	uint64_t circle = (uint64_t)check->invariant->slots * check->invariant->shapes;
	uint64_t first = before / 2, last = (after + 1) / 2;
	uint64_t until_state = (state + circle - first % circle) % circle;

	if (first + until_state <= last)
		return true;
	return broken(check,
		      "it is the state after %" PRIu64 " of %" PRIu64
		      " changes, and was read from the %" PRIu64 "th to the %" PRIu64 "th",
		      state, circle, first, last);
}

bool invariant_cut_off(const struct invariant_space *space, const struct mapsnap_mapping *mappings,
		       size_t count)
{
	return count == 0 || mappings[count - 1].end <= space->landmark;
}

static bool has_landmark(const struct check *check)
{
	uint64_t landmark = check->space->landmark;

	if (landmark == 0)
		return true;
	if (invariant_cut_off(check->space, check->mappings, check->count))
		return broken(check, "it ends before %" PRIx64 ", where something is mapped",
			      landmark);
	for (size_t i = check->count; i-- > 0;)
		if (check->mappings[i].start <= landmark && landmark < check->mappings[i].end)
			return true;
	return broken(check, "there is nothing at %" PRIx64, landmark);
}

bool invariant_holds(const struct invariant *invariant, const struct invariant_space *space,
		     const struct mapsnap_mapping *mappings, size_t count, uint64_t before,
		     uint64_t after, char *why, size_t size)
{
	struct check check = { invariant, space, mappings, count, why, size };
	uint64_t state = 0;
	size_t moving = 0;

	return in_order(&check) && has_landmark(&check) && decode(&check, &state, &moving) &&
	       arena_is_whole(&check, moving) && in_time(&check, state, before, after);
}

bool invariant_begun(const struct invariant *invariant, const struct invariant_space *space,
		     const struct mapsnap_mapping *mappings, size_t count, char *why, size_t size)
{
	struct check check = { invariant, space, mappings, count, why, size };
	const struct expected *statics = at(invariant, invariant->statics_at);
	size_t begun = 0;

	for (size_t i = 0; i < count; i++) {
		if (!in_arena(invariant, &mappings[i]))
			continue;
		if (begun == invariant->statics || !same(&check, &statics[begun], &mappings[i]))
			return broken(&check, "%" PRIx64 " is mapped before what comes first",
				      mappings[i].start);
		begun++;
	}
	return true;
}
