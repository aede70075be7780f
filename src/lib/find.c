/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From addresses to mappings. Nothing here allocates or locks.
 *
 * A branchless search over the starts: trees (B+, Eytzinger) were measured and
 * are no faster here, since the outcomes of one search do not wait for those of
 * another and the processor overlaps them.
 */
#include "snapshot.h"

/* Each step is a coin toss: to be a conditional move, never a jump. */
#define UNPREDICTABLE(condition) __builtin_expect_with_probability(!!(condition), 1, 0.5)

/* So many searches side by side hide each other's cache misses. */
#define LANES 8

/*
 * Ascending addresses narrow the search of a group: it lies behind the last one's
 * answer. With more mappings than this an address, finding where it ends costs more.
 */
#define DENSE 64

static bool contains(const struct mapsnap_mapping *m, uint64_t address)
{
	return address - m->start < m->end - m->start;
}

/* Out of reach of a search: the starts of a torn list do not ascend. */
__attribute__((cold, noinline)) static const struct mapsnap_mapping *
find_without_search(const struct mapsnap *snapshot, uint64_t address)
{
	struct mapsnap_walk walk = { .snapshot = snapshot };
	const struct mapsnap_mapping *m = NULL;

	if (!snapshot->list->torn)
		return NULL;
	do
		m = mapsnap_walk_next(&walk);
	while (m && !contains(m, address));
	return m;
}

/* The last chunk that starts not above the address, or the first. */
static inline const struct chunk *chunk_of(const struct list *list, uint64_t address)
{
	const uint64_t *base = list->starts;

	for (size_t n = list->chunks; n > 1; n -= n / 2) {
		const uint64_t *middle = base + n / 2;

		base = UNPREDICTABLE(*middle <= address) ? middle : base;
	}
	return list->chunk[base - list->starts];
}

/* The same of its mappings, in steps that are always the same. */
static inline const uint64_t *start_in(const struct chunk *chunk, uint64_t address)
{
	const uint64_t *base = chunk->starts;

#pragma GCC unroll 8
	for (size_t half = CHUNK_MOST / 2; half; half /= 2)
		base += half & -(size_t)(base[half] <= address);
	return base;
}

/*
 * The mapping of a start, by its distance in bytes: a division and a
 * multiplication would be the longest part of what each lookup waits for.
 */
static inline const struct mapsnap_mapping *mapping_at(const struct chunk *chunk,
						       const uint64_t *start)
{
	size_t bytes = (size_t)((const char *)start - (const char *)chunk->starts);

	return (const void *)((const char *)chunk->mappings +
			      bytes * (sizeof(*chunk->mappings) / sizeof(*start)));
}

/*
 * One check for what a search can't answer, foretold well; then it finds the
 * last start that is not above the address, and only the end is in question.
 */
const struct mapsnap_mapping *mapsnap_find(const struct mapsnap *snapshot, uint64_t address)
{
	const struct list *list = snapshot->list;
	const struct mapsnap_mapping *m;
	const struct chunk *chunk;

	if (__builtin_expect(address - list->low >= list->span, 0))
		return find_without_search(snapshot, address);
	chunk = chunk_of(list, address);
	m = mapping_at(chunk, start_in(chunk, address));
	return address < m->end ? m : NULL;
}

/* LANES searches in step, each among n starts from its base on. */
static inline void search_lanes(const uint64_t **base, size_t n, const uint64_t *addresses)
{
	for (; n > 1; n -= n / 2)
		for (int i = 0; i < LANES; i++) {
			const uint64_t *middle = base[i] + n / 2;

			base[i] = UNPREDICTABLE(*middle <= addresses[i]) ? middle : base[i];
		}
}

static void take_found(const struct chunk *const *chunks, const uint64_t *const *base,
		       const uint64_t *addresses, const struct mapsnap_mapping **found)
{
	for (int i = 0; i < LANES; i++) {
		found[i] = mapping_at(chunks[i], base[i]);
		__builtin_prefetch(found[i]);
	}
	for (int i = 0; i < LANES; i++)
		found[i] = contains(found[i], addresses[i]) ? found[i] : NULL;
}

/* Where a mapping is in its list. */
struct place {
	size_t chunk, number;
};

/* All in one chunk, from one mapping to another. */
static void find_in_chunk(const struct chunk *chunk, size_t from, size_t last,
			  const uint64_t *addresses, const struct mapsnap_mapping **found)
{
	const struct chunk *chunks[LANES];
	const uint64_t *base[LANES];

	for (int i = 0; i < LANES; i++) {
		chunks[i] = chunk;
		base[i] = chunk->starts + from;
	}
	search_lanes(base, last - from + 1, addresses);
	take_found(chunks, base, addresses, found);
}

/*
 * First for the chunk of each, then in it. The last byte there is, which nothing
 * can contain, is sought as the one before: it is not below what fills a chunk up.
 */
static void find_in_list(const struct list *list, size_t from, size_t last,
			 const uint64_t *addresses, const struct mapsnap_mapping **found)
{
	const struct chunk *chunks[LANES];
	const uint64_t *base[LANES];
	uint64_t sought[LANES];

	for (int i = 0; i < LANES; i++) {
		base[i] = list->starts + from;
		sought[i] = addresses[i] - (addresses[i] == UINT64_MAX);
	}
	search_lanes(base, last - from + 1, sought);
	for (int i = 0; i < LANES; i++) {
		chunks[i] = list->chunk[base[i] - list->starts];
		base[i] = chunks[i]->starts;
	}
	search_lanes(base, CHUNK_MOST, sought);
	take_found(chunks, base, addresses, found);
}

static void find_between(const struct list *list, const struct place *from,
			 const struct place *last, const uint64_t *addresses,
			 const struct mapsnap_mapping **found)
{
	if (from->chunk == last->chunk)
		find_in_chunk(list->chunk[from->chunk], from->number, last->number, addresses,
			      found);
	else
		find_in_list(list, from->chunk, last->chunk, addresses, found);
}

/* By strides, of n starts the last not above the address, which is not below the one at `from`. */
static size_t last_below_from(const uint64_t *starts, size_t n, size_t from, uint64_t address)
{
	size_t stride = 1;

	while (from + stride < n && starts[from + stride] <= address) {
		from += stride;
		stride *= 2;
	}
	for (stride /= 2; stride; stride /= 2)
		if (from + stride < n && starts[from + stride] <= address)
			from += stride;
	return from;
}

static struct place place_from(const struct list *list, const struct place *from, uint64_t address)
{
	size_t number = last_below_from(list->starts, list->chunks, from->chunk, address);
	const struct chunk *chunk = list->chunk[number];

	return (struct place){
		.chunk = number,
		.number = last_below_from(chunk->starts, chunk->count,
					  number == from->chunk ? from->number : 0, address),
	};
}

static bool ascend(const uint64_t *addresses, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (addresses[i] < addresses[i - 1])
			return false;
	return true;
}

/* Whole groups of LANES; returns how many addresses that are. */
static size_t find_groups(const struct list *list, const uint64_t *addresses, size_t n,
			  const struct mapsnap_mapping **found)
{
	bool narrow = list->count / DENSE <= n && ascend(addresses, n);
	struct place from = { 0, 0 }, last = { list->chunks - 1, 0 };
	size_t i;

	last.number = list->chunk[last.chunk]->count - 1;
	for (i = 0; n - i >= LANES; i += LANES) {
		if (narrow)
			last = place_from(list, &from, addresses[i + LANES - 1]);
		find_between(list, &from, &last, addresses + i, found + i);
		if (narrow)
			from = last;
	}
	return i;
}

static size_t count_found(const struct mapsnap_mapping *const *found, size_t n)
{
	size_t hits = 0;

	for (size_t i = 0; i < n; i++)
		hits += found[i] != NULL;
	return hits;
}

size_t mapsnap_find_many(const struct mapsnap *snapshot, const uint64_t *addresses, size_t n,
			 const struct mapsnap_mapping **found)
{
	const struct list *list = snapshot->list;
	size_t i = 0;

	if (list->span)
		i = find_groups(list, addresses, n, found);
	for (; i < n; i++)
		found[i] = mapsnap_find(snapshot, addresses[i]);
	return count_found(found, n);
}
