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

/* Above this many mappings an address, strides from the last hit are slower. */
#define DENSE 4

static bool contains(const struct mapsnap_mapping *m, uint64_t address)
{
	return address - m->start < m->end - m->start;
}

static const struct mapsnap_mapping *if_contains(const struct mapsnap_mapping *m, uint64_t address)
{
	return contains(m, address) ? m : NULL;
}

/* The starts of a torn list do not ascend, and no search over them finds anything. */
static const struct mapsnap_mapping *find_in_torn(const struct mapsnap *snapshot, uint64_t address)
{
	for (size_t i = 0; i < snapshot->count; i++)
		if (contains(&snapshot->mappings[i], address))
			return &snapshot->mappings[i];
	return NULL;
}

/* The last of n starts that is not above the address, else the first. n is not 0. */
static inline size_t last_below(const uint64_t *starts, size_t n, uint64_t address)
{
	const uint64_t *base = starts;

	while (n > 1) {
		const uint64_t *middle = base + n / 2;

		base = UNPREDICTABLE(*middle <= address) ? middle : base;
		n -= n / 2;
	}
	return (size_t)(base - starts);
}

const struct mapsnap_mapping *mapsnap_find(const struct mapsnap *snapshot, uint64_t address)
{
	if (__builtin_expect(snapshot->torn, 0))
		return find_in_torn(snapshot, address);
	if (snapshot->count == 0)
		return NULL;
	return if_contains(snapshot->mappings +
				   last_below(snapshot->starts, snapshot->count, address),
			   address);
}

/* LANES searches in step. */
static void find_lanes(const struct mapsnap *snapshot, const uint64_t *addresses,
		       const struct mapsnap_mapping **found)
{
	const uint64_t *base[LANES];

	for (int i = 0; i < LANES; i++)
		base[i] = snapshot->starts;
	for (size_t n = snapshot->count; n > 1; n -= n / 2)
		for (int i = 0; i < LANES; i++) {
			const uint64_t *middle = base[i] + n / 2;

			base[i] = UNPREDICTABLE(*middle <= addresses[i]) ? middle : base[i];
		}
	for (int i = 0; i < LANES; i++) {
		found[i] = snapshot->mappings + (base[i] - snapshot->starts);
		__builtin_prefetch(found[i]);
	}
	for (int i = 0; i < LANES; i++)
		found[i] = if_contains(found[i], addresses[i]);
}

static void find_any_order(const struct mapsnap *snapshot, const uint64_t *addresses, size_t n,
			   const struct mapsnap_mapping **found)
{
	size_t i = 0;

	for (; n - i >= LANES; i += LANES)
		find_lanes(snapshot, addresses + i, found + i);
	for (; i < n; i++)
		found[i] = mapsnap_find(snapshot, addresses[i]);
}

/* As last_below(), for an address not below the one whose answer was `from`. */
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

static void find_ascending(const struct mapsnap *snapshot, const uint64_t *addresses, size_t n,
			   const struct mapsnap_mapping **found)
{
	size_t at = 0;

	for (size_t i = 0; i < n; i++) {
		at = last_below_from(snapshot, at, addresses[i]);
		found[i] = if_contains(&snapshot->mappings[at], addresses[i]);
	}
}

static bool ascend(const uint64_t *addresses, size_t n)
{
	for (size_t i = 1; i < n; i++)
		if (addresses[i] < addresses[i - 1])
			return false;
	return true;
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
	if (snapshot->torn || snapshot->count == 0)
		for (size_t i = 0; i < n; i++)
			found[i] = mapsnap_find(snapshot, addresses[i]);
	else if (snapshot->count / DENSE <= n && ascend(addresses, n))
		find_ascending(snapshot, addresses, n, found);
	else
		find_any_order(snapshot, addresses, n, found);
	return count_found(found, n);
}
