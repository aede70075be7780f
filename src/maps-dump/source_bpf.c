/* SPDX-License-Identifier: BSD-2-Clause */
#include "source.h"

#include <err.h>

#include "mapsnap-bpf.h"
#include "status.h"

void source_open(struct source *source, bool required)
{
	int error = mapsnap_bpf_open(&source->bpf);

	if (!error)
		return;
	source->bpf = NULL;
	source->reason = mapsnap_bpf_reason(error);
	if (required)
		errx(status_of_error(error), "--source bpf: %s", source->reason);
}

void source_close(struct source *source)
{
	mapsnap_bpf_close(source->bpf);
}

const struct mapsnap_sequence *source_sequence(const struct source *source)
{
	return source->bpf ? mapsnap_bpf_sequence(source->bpf) : NULL;
}
