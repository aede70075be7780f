/* SPDX-License-Identifier: BSD-2-Clause */
#include "table_torture_source.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "die.h"
#include "kernel_source.h"

/* Where the first mapping begins: that of the arena, of who has one. 0: there is no mapping. */
static uint64_t first_mapping(int maps_fd)
{
	char line[32] = "";
	uint64_t start = 0;

	if (pread(maps_fd, line, sizeof(line) - 1, 0) > 0)
		sscanf(line, "%" SCNx64, &start);
	return start;
}

/* Whose arena that is; NULL: nobody's yet. */
static const struct cast_part *part_at(const struct table_cast *cast, uint64_t start)
{
	for (size_t i = 0; i < cast->count; i++) {
		const struct invariant *invariant = cast->parts[i].invariant;

		if (start >= invariant->arena_start && start < invariant->arena_end)
			return &cast->parts[i];
	}
	return NULL;
}

/* Of which number the address space is; one that stays has always the same. */
static uint64_t number_at(const struct cast_part *part, uint64_t start, uint64_t now)
{
	if (!part->invariant->shift)
		return now;
	return invariant_number_at(part->invariant, start);
}

/* While it is made, it is in the midst of a change; from its end on nothing changes. */
static int read_target(const struct mapsnap_sequence *self, int maps_fd, uint64_t *sequence)
{
	const struct table_cast *cast = ((const struct table_source *)self)->cast;
	uint64_t start = first_mapping(maps_fd);
	const struct cast_part *part = part_at(cast, start);
	struct invariant_moment now;

	if (start == 0)
		return -ESRCH;
	*sequence = 1;
	if (!part)
		return 0;
	now = invariant_now(invariant_seat(part->invariant, part->seat));
	if (number_at(part, start, now.number) <= now.number)
		*sequence = TABLE_SEQUENCE_BASE + now.sequence;
	return 0;
}

bool table_source_is_target(const char *name)
{
	return strcmp(name, "target") == 0;
}

const struct mapsnap_sequence *table_source_open(struct table_source *source, const char *name,
						 const struct table_cast *cast)
{
	*source = (struct table_source){
		.sequence = { .size = sizeof(source->sequence),
			      .source = MAPSNAP_SOURCE_IOCTL,
			      .read = read_target },
		.cast = cast,
	};
	if (table_source_is_target(name))
		return &source->sequence;
	if (strcmp(name, "bpf") == 0)
		return kernel_source_need_bpf();
	if (strcmp(name, "ioctl") == 0)
		return kernel_source_need_own();
	die_misused("no such source");
}
