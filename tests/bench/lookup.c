/* SPDX-License-Identifier: BSD-2-Clause */
#include "lookup.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "contest.h"
#include "layout.h"
#include "opened.h"
#include "uapi/procmap_query.h"

/* Where the mapping begins, and where in its file the address is. */
static uint64_t place_of(uint64_t start, uint64_t file_offset)
{
	return start + file_offset;
}

static uint64_t place_in(const struct mapsnap_mapping *m, uint64_t address)
{
	if (!m)
		return 0;
	return place_of(m->start, m->inode ? address - m->start + m->offset : 0);
}

static int compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static bool is_at(const char *place, uint64_t address)
{
	return address - (uintptr_t)place < (uint64_t)sysconf(_SC_PAGESIZE);
}

static bool is_steady(const struct lookup *lookup, uint64_t address)
{
	const struct mapsnap_mapping *m = search_find(&lookup->search, address);
	const struct mover *mover = lookup->publisher->mover;

	return !is_at(mover->places[0], address) && !is_at(mover->places[1], address) &&
	       !(m && m->kind == MAPSNAP_KIND_VSYSCALL);
}

/* Nowhere that the mapping which moves may be, nor in the gate, which PROCMAP_QUERY does not know.
 */
static void choose_addresses(struct lookup *lookup, const struct mapsnap *snapshot)
{
	layout_addresses(snapshot, lookup->addresses, LOOKUP_ADDRESSES);
	for (size_t i = 0; i < LOOKUP_ADDRESSES; i++)
		if (!is_steady(lookup, lookup->addresses[i]))
			lookup->addresses[i] = 0;
}

static void arrange(struct lookup *lookup, enum lookup_order order)
{
	lookup->batch = order == LOOKUP_ONE_BY_ONE ? 1 : LOOKUP_MOST_BATCH;
	for (size_t i = 0; order == LOOKUP_ASCENDING && i < LOOKUP_ADDRESSES; i += lookup->batch)
		qsort(lookup->addresses + i, lookup->batch, sizeof(*lookup->addresses), compare);
}

void lookup_begin(struct lookup *lookup, struct publisher *publisher, enum lookup_order order)
{
	struct mapsnap *snapshot;

	*lookup = (struct lookup){ .publisher = publisher, .pid = publisher->mover->pid };
	if (mapsnap_table_get(publisher->table, lookup->pid, &snapshot, NULL))
		die("the target is not in the table");
	lookup->maps_fd = opened_maps(lookup->pid);
	search_init(&lookup->search, snapshot);
	lookup->addresses = malloc(LOOKUP_ADDRESSES * sizeof(*lookup->addresses));
	if (!lookup->addresses)
		die("out of memory");
	choose_addresses(lookup, snapshot);
	arrange(lookup, order);
	lookup->sum = lookup_by_search(lookup);
	mapsnap_unref(snapshot);
}

void lookup_end(struct lookup *lookup)
{
	close(lookup->maps_fd);
	search_free(&lookup->search);
	free(lookup->addresses);
}

uint64_t lookup_by_table(const struct lookup *lookup)
{
	struct mapsnap_answer answers[LOOKUP_MOST_BATCH];
	uint64_t sum = 0;

	for (size_t i = 0; i < LOOKUP_ADDRESSES; i += lookup->batch) {
		mapsnap_table_enter();
		if (mapsnap_table_resolve(lookup->publisher->table, lookup->pid,
					  lookup->addresses + i, lookup->batch, answers))
			die("the target is no longer in the table");
		for (size_t k = 0; k < lookup->batch; k++)
			if (answers[k].mapping)
				sum += place_of(answers[k].mapping->start, answers[k].file_offset);
		mapsnap_table_leave();
	}
	return sum;
}

uint64_t lookup_by_mutex(const struct lookup *lookup)
{
	struct guarded *guarded = &lookup->publisher->guarded;
	const struct mapsnap_mapping *found[LOOKUP_MOST_BATCH];
	uint64_t sum = 0;

	for (size_t i = 0; i < LOOKUP_ADDRESSES; i += lookup->batch) {
		const uint64_t *addresses = lookup->addresses + i;

		pthread_mutex_lock(&guarded->mutex);
		mapsnap_find_many(guarded->snapshot, addresses, lookup->batch, found);
		for (size_t k = 0; k < lookup->batch; k++)
			sum += place_in(found[k], addresses[k]);
		pthread_mutex_unlock(&guarded->mutex);
	}
	return sum;
}

uint64_t lookup_by_search(const struct lookup *lookup)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < LOOKUP_ADDRESSES; i++) {
		uint64_t address = lookup->addresses[i];

		sum += place_in(search_find(&lookup->search, address), address);
	}
	return sum;
}

static uint64_t query(const struct lookup *lookup, uint64_t address)
{
	struct procmap_query q = { .size = sizeof(q), .query_addr = address };

	if (ioctl(lookup->maps_fd, PROCMAP_QUERY, &q) == 0)
		return place_of(q.vma_start, q.inode ? address - q.vma_start + q.vma_offset : 0);
	if (errno != ENOENT)
		die("PROCMAP_QUERY of the target: %s", strerror(errno));
	return 0;
}

uint64_t lookup_by_query(const struct lookup *lookup)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < LOOKUP_ADDRESSES; i++)
		sum += query(lookup, lookup->addresses[i]);
	return sum;
}

void lookup_check_place(const struct lookup *lookup)
{
	const struct mover *mover = lookup->publisher->mover;
	uint64_t places[] = { (uintptr_t)mover->places[0], (uintptr_t)mover->places[1] };
	struct mapsnap_answer answers[2];

	if (mapsnap_table_resolve(lookup->publisher->table, lookup->pid, places, 2, answers) ||
	    answers[0].found == answers[1].found)
		die("a mapping that moves is answered in both places, or in none");
}
