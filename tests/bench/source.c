/* SPDX-License-Identifier: BSD-2-Clause */
#include "source.h"

#include <stdio.h>

struct mapsnap_bpf *source_open(const char *bench)
{
	struct mapsnap_bpf *bpf;
	int r = mapsnap_bpf_open(&bpf);

	if (r == 0)
		return bpf;
	fprintf(stderr, "mapsnap-bench: %s is left out: %s\n", bench, mapsnap_bpf_reason(r));
	return NULL;
}
