/* SPDX-License-Identifier: BSD-2-Clause */
#include "source_bpf.h"

#include "mapsnap-bpf.h"

int source_bpf_open(struct source *source)
{
	int error = mapsnap_bpf_open(&source->bpf);

	if (error) {
		source->no_bpf = mapsnap_bpf_reason(error);
		return error;
	}
	source->sequence = mapsnap_bpf_sequence(source->bpf);
	return 0;
}

void source_bpf_close(struct source *source)
{
	mapsnap_bpf_close(source->bpf);
}
