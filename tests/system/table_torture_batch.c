/* SPDX-License-Identifier: BSD-2-Clause */
#include "table_torture_batch.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "die.h"

/* Address spaces that come before and after, as far as their arenas lie. */
#define NEIGHBOURS 24

static void enlarge(struct table_batch *batch, size_t n)
{
	if (n <= batch->room)
		return;
	batch->room = n;
	batch->addresses = reallocarray(batch->addresses, n, sizeof(*batch->addresses));
	batch->samples = reallocarray(batch->samples, n, sizeof(*batch->samples));
	batch->answers = reallocarray(batch->answers, n, sizeof(*batch->answers));
	batch->list = reallocarray(batch->list, n, sizeof(*batch->list));
	errno = 0;
	if (!batch->addresses || !batch->samples || !batch->answers || !batch->list)
		die("no memory for %zu addresses", n);
}

/* In the midst of each page, where no boundary is. */
static void cover(struct table_batch *batch, uint64_t start, uint64_t end)
{
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);

	batch->n = (end - start) / page;
	enlarge(batch, batch->n);
	for (size_t i = 0; i < batch->n; i++)
		batch->addresses[i] = start + i * page + page / 2;
}

void table_batch_begin(struct table_batch *batch, const struct cast_part *part,
		       const struct cast_look *look)
{
	const struct invariant *invariant = part->invariant;
	uint64_t around = NEIGHBOURS * invariant->seats * invariant->shift;
	uint64_t shift = invariant_space(invariant, part->seat, look->moment.number & ~1ull).shift;
	uint64_t end = invariant->arena_end - INVARIANT_TURNS * invariant->shift;

	batch->pid = look->pid;
	batch->bounds = (struct table_bounds){
		.part = part,
		.number = look->moment.number & ~1ull,
	};
	cover(batch, invariant->arena_start + (shift > around ? shift - around : 0),
	      end + shift + around);
}

bool table_batch_covers_bounds(const struct table_batch *batch)
{
	const struct table_bounds *bounds = &batch->bounds;

	if (!bounds->part->invariant->shift)
		return true;
	return bounds->upper.number + 1 < bounds->number + 2 * NEIGHBOURS &&
	       bounds->lower.number + 2 * NEIGHBOURS > bounds->number;
}

void table_batch_free(struct table_batch *batch)
{
	free(batch->addresses);
	free(batch->samples);
	free(batch->answers);
	free(batch->list);
}

void table_batch_sample(struct table_batch *batch, uint64_t time_ns, uint64_t sequence)
{
	for (size_t i = 0; i < batch->n; i++)
		batch->samples[i] = (struct mapsnap_sample){
			.address = batch->addresses[i],
			.time_ns = time_ns,
			.sequence = sequence,
		};
}

bool table_batch_is_of_one(const struct table_batch *batch, char *why, size_t size)
{
	const struct mapsnap_answer *first = &batch->answers[0], *a;

	for (a = first; a < first + batch->n; a++) {
		if (a->revision == first->revision && a->sequence == first->sequence &&
		    a->consistency == first->consistency)
			continue;
		snprintf(why, size, "one batch is of revisions %" PRIu64 " and %" PRIu64,
			 first->revision, a->revision);
		return false;
	}
	return true;
}

static uint64_t offset_in_file(const struct mapsnap_mapping *m, uint64_t address)
{
	return m->inode ? address - m->start + m->offset : 0;
}

static bool fits(const struct mapsnap_answer *answer, uint64_t address)
{
	const struct mapsnap_mapping *m = answer->mapping;

	if (answer->found != MAPSNAP_FOUND_MAPPING)
		return answer->found == MAPSNAP_FOUND_NOTHING && !m && !answer->file_offset;
	return m && m->start <= address && address < m->end &&
	       answer->file_offset == offset_in_file(m, address);
}

static bool contains(const struct mapsnap_mapping *m, uint64_t address)
{
	return m->start <= address && address < m->end;
}

/* False where the answers around this one have it otherwise. */
static bool put_in(struct table_batch *batch, size_t i)
{
	const struct mapsnap_answer *answer = &batch->answers[i];
	const struct mapsnap_mapping *last = batch->count ? &batch->list[batch->count - 1] : NULL;
	const struct mapsnap_mapping *m = answer->mapping;

	if (last && contains(last, batch->addresses[i]))
		return m && m->start == last->start && m->end == last->end &&
		       m->permissions == last->permissions && m->offset == last->offset;
	if (!m)
		return true;
	batch->list[batch->count++] = *m;
	return i == 0 || !contains(m, batch->addresses[i - 1]);
}

static bool make_list(struct table_batch *batch, char *why, size_t size)
{
	batch->count = 0;
	for (size_t i = 0; i < batch->n; i++) {
		if (fits(&batch->answers[i], batch->addresses[i]) && put_in(batch, i))
			continue;
		snprintf(why, size, "the answer for %" PRIx64 " does not go with the others",
			 batch->addresses[i]);
		return false;
	}
	return true;
}

bool table_batch_holds(struct table_batch *batch, struct table_shown *shown, char *why, size_t size)
{
	*shown = (struct table_shown){ 0 };
	return make_list(batch, why, size) &&
	       table_bounds_hold(&batch->bounds, batch->list, batch->count, shown, why, size);
}

/* The answer for the first page of it. */
static const struct mapsnap_answer *answer_for(const struct table_batch *batch,
					       const struct expected *expected)
{
	uint64_t page = batch->addresses[1] - batch->addresses[0];

	return &batch->answers[(expected->start - batch->addresses[0] + page / 2) / page];
}

size_t table_batch_count_statics(const struct table_batch *batch, size_t *answered)
{
	const struct invariant *invariant = batch->bounds.part->invariant;
	const struct expected *statics =
		(const void *)((const char *)invariant + invariant->statics_at);
	struct invariant_space space =
		invariant_space(invariant, batch->bounds.part->seat, batch->bounds.upper.number);

	*answered = 0;
	for (uint32_t i = 0; i < invariant->statics; i++) {
		struct expected e = invariant_shifted(&statics[i], space.shift);
		const struct mapsnap_answer *answer = answer_for(batch, &e);

		*answered += answer->mapping && answer->mapping->start == e.start &&
			     answer->mapping->end == e.end;
	}
	return invariant->statics;
}

static bool is_unknown(const struct table_batch *batch)
{
	for (size_t i = 0; i < batch->n; i++)
		if (batch->answers[i].found == MAPSNAP_FOUND_UNKNOWN)
			return true;
	return false;
}

/* What is mapped for ever is in every snapshot. */
static bool is_complete(const struct table_batch *batch)
{
	size_t answered;

	if (batch->bounds.part->invariant->shift || is_unknown(batch))
		return true;
	return table_batch_count_statics(batch, &answered) == answered;
}

bool table_batch_is_possible(const struct table_batch *batch, char *why, size_t size)
{
	for (size_t i = 0; i < batch->n; i++) {
		if (batch->answers[i].found == MAPSNAP_FOUND_UNKNOWN ||
		    fits(&batch->answers[i], batch->addresses[i]))
			continue;
		snprintf(why, size, "the answer for %" PRIx64 " is of another address",
			 batch->addresses[i]);
		return false;
	}
	if (is_complete(batch))
		return true;
	snprintf(why, size, "something is not found that was mapped all the time");
	return false;
}
