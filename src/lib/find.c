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
static const struct mapsnap_mapping *find_without_search(const struct mapsnap *snapshot,
							 uint64_t address)
{
	for (size_t i = 0; snapshot->torn && i < snapshot->count; i++)
		if (contains(&snapshot->mappings[i], address))
			return &snapshot->mappings[i];
	return NULL;
}

/*
 * The mapping of a start, by its distance in bytes: a division and a
 * multiplication would be the longest part of what each lookup waits for.
 */
static inline const struct mapsnap_mapping *mapping_at(const struct mapsnap *snapshot,
						       const uint64_t *start)
{
	size_t bytes = (size_t)((const char *)start - (const char *)snapshot->starts);

	return (const void *)((const char *)snapshot->mappings +
			      bytes * (sizeof(*snapshot->mappings) / sizeof(*start)));
}

/*
 * One check for what a search can't answer, foretold well; then it finds the
 * last start that is not above the address, and only the end is in question.
 */
const struct mapsnap_mapping *mapsnap_find(const struct mapsnap *snapshot, uint64_t address)
{
	const uint64_t *base = snapshot->starts;
	const struct mapsnap_mapping *m;

	if (__builtin_expect(address - snapshot->low >= snapshot->span, 0))
		return find_without_search(snapshot, address);
	for (size_t n = snapshot->count; n > 1; n -= n / 2) {
		const uint64_t *middle = base + n / 2;

		base = UNPREDICTABLE(*middle <= address) ? middle : base;
	}
	m = mapping_at(snapshot, base);
	return address < m->end ? m : NULL;
}

/* LANES searches in step, among n starts from `from` on. */
static void find_lanes(const struct mapsnap *snapshot, size_t from, size_t n,
		       const uint64_t *addresses, const struct mapsnap_mapping **found)
{
	const uint64_t *base[LANES];

	for (int i = 0; i < LANES; i++)
		base[i] = snapshot->starts + from;
	for (; n > 1; n -= n / 2)
		for (int i = 0; i < LANES; i++) {
			const uint64_t *middle = base[i] + n / 2;

			base[i] = UNPREDICTABLE(*middle <= addresses[i]) ? middle : base[i];
		}
	for (int i = 0; i < LANES; i++) {
		found[i] = mapping_at(snapshot, base[i]);
		__builtin_prefetch(found[i]);
	}
	for (int i = 0; i < LANES; i++)
		found[i] = contains(found[i], addresses[i]) ? found[i] : NULL;
}

/* The last start not above the address, which is not below the start at `from`: strides. */
static size_t last_below_from(const struct mapsnap *snapshot, size_t from, uint64_t address)
{
	const uint64_t *starts = snapshot->starts;
	size_t stride = 1;

	while (from + stride < snapshot->count && starts[from + stride] <= address) {
		from += stride;
		stride *= 2;
	}
	for (stride /= 2; stride; stride /= 2)
		if (from + stride < snapshot->count && starts[from + stride] <= address)
			from += stride;
	return from;
}

static bool ascend(const uint64_t *addresses, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (addresses[i] < addresses[i - 1])
			return false;
	return true;
}

/* Whole groups of LANES; returns how many addresses that are. */
static size_t find_groups(const struct mapsnap *snapshot, const uint64_t *addresses, size_t n,
			  const struct mapsnap_mapping **found)
{
	bool narrow = snapshot->count / DENSE <= n && ascend(addresses, n);
	size_t from = 0, last = snapshot->count - 1, i;

	for (i = 0; n - i >= LANES; i += LANES) {
		if (narrow)
			last = last_below_from(snapshot, from, addresses[i + LANES - 1]);
		find_lanes(snapshot, from, last - from + 1, addresses + i, found + i);
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
	size_t i = 0;

	if (snapshot->span)
		i = find_groups(snapshot, addresses, n, found);
	for (; i < n; i++)
		found[i] = mapsnap_find(snapshot, addresses[i]);
	return count_found(found, n);
}
