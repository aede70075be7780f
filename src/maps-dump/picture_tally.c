/* SPDX-License-Identifier: BSD-2-Clause */
#include "picture_tally.h"

enum access access_of(uint16_t permissions)
{
	if (permissions & MAPSNAP_EXECUTE)
		return permissions & MAPSNAP_WRITE ? ACCESS_WRITE_EXECUTE : ACCESS_EXECUTE;
	if (permissions & MAPSNAP_WRITE)
		return ACCESS_WRITE;
	return permissions & MAPSNAP_READ ? ACCESS_READ : ACCESS_NONE;
}

const char *access_name(enum access access)
{
	static const char *const names[] = {
		[ACCESS_NONE] = "no access",
		[ACCESS_READ] = "read only",
		[ACCESS_WRITE] = "writable",
		[ACCESS_EXECUTE] = "executable",
		[ACCESS_WRITE_EXECUTE] = "writable and executable",
	};

	return names[access];
}

static void add(struct sum *sum, const struct mapsnap_mapping *m)
{
	sum->mappings++;
	sum->bytes += m->end - m->start;
}

static struct tally tally_of_mappings(const struct mapsnap *snapshot, size_t first, size_t mappings)
{
	struct tally tally = { 0 };

	for (size_t i = first; i < first + mappings; i++) {
		const struct mapsnap_mapping *m = mapsnap_at(snapshot, i);
		enum access access = access_of(m->permissions);

		add(&tally.all, m);
		add(&tally.kind[m->kind], m);
		add(&tally.access[access], m);
		if (m->flags & MAPSNAP_DELETED)
			add(&tally.deleted, m);
		tally.bytes[m->kind][access] += m->end - m->start;
	}
	return tally;
}

struct tally tally_of_picture(const struct picture *picture)
{
	return tally_of_mappings(picture->snapshot, 0, mapsnap_count(picture->snapshot));
}

struct tally tally_of_region(const struct picture *picture, const struct region *region)
{
	const struct block *first = &picture->blocks.list[region->first_block];
	const struct block *last = first + region->blocks - 1;

	return tally_of_mappings(picture->snapshot, first->number,
				 last->number + last->mappings - first->number);
}

struct tally tally_of_block(const struct picture *picture, const struct block *block)
{
	return tally_of_mappings(picture->snapshot, block->number, block->mappings);
}
