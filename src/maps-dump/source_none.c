/* SPDX-License-Identifier: BSD-2-Clause */
/* In a build without libmapsnap-bpf. */
#include "source.h"

#include <err.h>
#include <stddef.h>

#include "status.h"

void source_open(struct source *source, bool required)
{
	source->reason = "this maps-dump was built without libmapsnap-bpf";
	if (required)
		errx(STATUS_FAILED, "--source bpf: %s", source->reason);
}

void source_close(struct source *source)
{
	(void)source;
}

const struct mapsnap_sequence *source_sequence(const struct source *source)
{
	(void)source;
	return NULL;
}
