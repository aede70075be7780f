/* SPDX-License-Identifier: BSD-2-Clause */
#include "torture_source.h"

#include <string.h>

static int read_target(const struct mapsnap_sequence *self, int maps_fd, uint64_t *sequence)
{
	const struct torture_source *source = (const struct torture_source *)self;

	(void)maps_fd;
	*sequence = invariant_sequence(source->invariant);
	return 0;
}

static int read_liar(const struct mapsnap_sequence *self, int maps_fd, uint64_t *sequence)
{
	(void)self;
	(void)maps_fd;
	*sequence = 2;
	return 0;
}

bool torture_source_make(struct torture_source *source, const char *name,
			 const struct invariant *invariant,
			 const struct mapsnap_sequence **sequence)
{
	*source = (struct torture_source){
		.sequence = { .size = sizeof(source->sequence), .source = MAPSNAP_SOURCE_IOCTL },
		.invariant = invariant,
	};
	*sequence = &source->sequence;
	if (strcmp(name, "target") == 0)
		source->sequence.read = read_target;
	else if (strcmp(name, "liar") == 0)
		source->sequence.read = read_liar;
	else
		*sequence = NULL;
	return *sequence || strcmp(name, "none") == 0;
}
