/* SPDX-License-Identifier: BSD-2-Clause */
#include "polling.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "sequence.h"
#include "sequence_ioctl.h"

static void read_one_by_one(const struct mapsnap_sequence *source, struct mapsnap_poll *entries,
			    size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct mapsnap_poll *entry = &entries[i];

		entry->result = 0;
		if (entry->maps_fd >= 0)
			entry->result = source->read(source, entry->maps_fd, &entry->now);
	}
}

/* A system call is no barrier on every architecture, so there are fences around all of them. */
static int read_all(const struct mapsnap_sequence *source, struct mapsnap_poll *entries, size_t n)
{
	int r = 0;

	atomic_thread_fence(memory_order_seq_cst);
	if (source->read_many)
		r = source->read_many(source, entries, n);
	else
		read_one_by_one(source, entries, n);
	atomic_thread_fence(memory_order_seq_cst);
	return r;
}

static bool unchanged(const struct mapsnap_sequence *source, const struct mapsnap_poll *entry,
		      uint64_t after)
{
	return entry->now == entry->sequence && !sequence_odd(entry->now) && entry->proved_ns &&
	       sequence_vouches(source, after - entry->proved_ns);
}

static size_t judge(const struct mapsnap_sequence *source, struct mapsnap_poll *entries, size_t n,
		    uint64_t before, uint64_t after)
{
	size_t noted = 0;

	for (size_t i = 0; i < n; i++) {
		struct mapsnap_poll *entry = &entries[i];

		if (entry->maps_fd < 0)
			continue;
		if (entry->result == 0 && unchanged(source, entry, after))
			entry->proved_ns = before;
		else if (entry->result == 0)
			entry->result = 1;
		noted += entry->result != 0;
	}
	return noted;
}

int poll_sequences(const struct kernel *kernel, const struct mapsnap_sequence *source,
		   struct mapsnap_poll *entries, size_t n, size_t *noted)
{
	uint64_t before = kernel->now();
	struct sequence_ioctl own;
	int r;

	if (!source) {
		sequence_ioctl_init(&own, kernel);
		source = &own.sequence;
	}
	if (source->source == MAPSNAP_SOURCE_NONE)
		return -EOPNOTSUPP;
	r = read_all(source, entries, n);
	if (r)
		return r;
	*noted = judge(source, entries, n, before, kernel->now());
	return 0;
}

int mapsnap_poll(const struct mapsnap_sequence *source, struct mapsnap_poll *entries, size_t n,
		 size_t *noted)
{
	return poll_sequences(&kernel_linux, source, entries, n, noted);
}
