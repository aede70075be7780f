/* SPDX-License-Identifier: BSD-2-Clause */
#include "table_torture_source.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "die.h"
#ifdef HAVE_BPF
#include "mapsnap-bpf.h"
#endif

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

#ifdef HAVE_BPF

static const struct mapsnap_sequence *open_bpf(struct table_source *source)
{
	int r = mapsnap_bpf_open(&source->bpf);

	errno = 0;
	if (r)
		die("no source by eBPF: %s", mapsnap_bpf_reason(r));
	return mapsnap_bpf_sequence(source->bpf);
}

void table_source_close(struct table_source *source)
{
	mapsnap_bpf_close(source->bpf);
}

#else

static const struct mapsnap_sequence *open_bpf(struct table_source *source)
{
	(void)source;
	errno = 0;
	die("no source by eBPF: built without libmapsnap-bpf");
}

void table_source_close(struct table_source *source)
{
	(void)source;
}

#endif

/* NULL, for the library takes it by itself. */
static const struct mapsnap_sequence *open_ioctl(void)
{
	if (mapsnap_kernel_source() == MAPSNAP_SOURCE_IOCTL)
		return NULL;
	errno = 0;
	die("no source by ioctl: this kernel has no PROCMAP_SEQ");
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
		return open_bpf(source);
	if (strcmp(name, "ioctl") == 0)
		return open_ioctl();
	die_misused("no such source");
}
