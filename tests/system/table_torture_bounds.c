/* SPDX-License-Identifier: BSD-2-Clause */
#include "table_torture_bounds.h"

#include <inttypes.h>
#include <stdio.h>

/* Which address space these are of; 0: of one in which nothing is mapped yet. */
static uint64_t number_of(const struct table_bounds *bounds, const struct mapsnap_mapping *mappings,
			  size_t count)
{
	if (!bounds->part->invariant->shift)
		return bounds->number;
	return count ? invariant_number_at(bounds->part->invariant, mappings[0].start) : 0;
}

/* One that ends may still be there; one that is made may be there already. */
static bool was_there(const struct table_bounds *bounds, uint64_t number)
{
	const struct invariant *invariant = bounds->part->invariant;

	if (cast_has_own_pids(bounds->part) &&
	    invariant_last(invariant, number) != invariant_last(invariant, bounds->number))
		return false;
	return number >= (bounds->lower.number & ~UINT64_C(1)) &&
	       number <= bounds->upper.number + 1;
}

/* It may have been seen before it stood. */
static bool may_be_unfinished(const struct table_bounds *bounds, uint64_t number)
{
	return bounds->part->invariant->shift && number > bounds->lower.number;
}

static bool is_whole(const struct table_bounds *bounds, const struct invariant_space *space,
		     const struct mapsnap_mapping *mappings, size_t count, char *why, size_t size)
{
	uint64_t before = 0, after = INVARIANT_AT_ITS_END;

	if (space->number == bounds->lower.number)
		before = bounds->lower.sequence;
	if (space->number == bounds->upper.number)
		after = bounds->upper.sequence;
	return invariant_holds(bounds->part->invariant, space, mappings, count, before, after, why,
			       size);
}

static bool is_empty_rightly(const struct table_bounds *bounds, char *why, size_t size)
{
	if (bounds->upper.number > bounds->lower.number || bounds->upper.number % 2)
		return true;
	snprintf(why, size, "nothing is mapped, while address space %" PRIu64 " stood",
		 bounds->upper.number / 2);
	return false;
}

bool table_bounds_hold(const struct table_bounds *bounds, const struct mapsnap_mapping *mappings,
		       size_t count, struct table_shown *shown, char *why, size_t size)
{
	const struct invariant *invariant = bounds->part->invariant;
	struct invariant_space space;

	*shown = (struct table_shown){ .number = number_of(bounds, mappings, count) };
	shown->unfinished = shown->number == 0;
	if (shown->unfinished)
		return is_empty_rightly(bounds, why, size);
	if (!was_there(bounds, shown->number)) {
		snprintf(why, size,
			 "it is address space %" PRIu64 ", and not one of %" PRIu64 " to %" PRIu64,
			 shown->number / 2, bounds->lower.number / 2, bounds->upper.number / 2);
		return false;
	}
	space = invariant_space(invariant, bounds->part->seat, shown->number);
	space.landmark = 0;
	if (is_whole(bounds, &space, mappings, count, why, size))
		return true;
	shown->unfinished = may_be_unfinished(bounds, shown->number) &&
			    invariant_begun(invariant, &space, mappings, count, why, size);
	return shown->unfinished;
}

bool table_bounds_stood(const struct table_bounds *bounds)
{
	return bounds->lower.number == bounds->upper.number && bounds->lower.number % 2 == 0 &&
	       bounds->lower.number != 0;
}
