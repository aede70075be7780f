/* SPDX-License-Identifier: BSD-2-Clause */
#include "source.h"

#include <stdio.h>

#ifdef HAVE_BPF

struct mapsnap_bpf *source_open_bpf(const char *bench)
{
	struct mapsnap_bpf *bpf;
	int r = mapsnap_bpf_open(&bpf);

	if (r == 0)
		return bpf;
	fprintf(stderr, "mapsnap-bench: %s is left out: %s\n", bench, mapsnap_bpf_reason(r));
	return NULL;
}

static bool open_bpf(const char *bench, struct source *source)
{
	source->bpf = source_open_bpf(bench);
	if (source->bpf)
		source->sequence = mapsnap_bpf_sequence(source->bpf);
	return source->bpf;
}

void source_close(struct source *source)
{
	mapsnap_bpf_close(source->bpf);
}

#else

static bool open_bpf(const char *bench, struct source *source)
{
	(void)source;
	fprintf(stderr,
		"mapsnap-bench: %s is left out: the kernel has no PROCMAP_SEQ, and this program "
		"was built without libmapsnap-bpf\n",
		bench);
	return false;
}

void source_close(struct source *source)
{
	(void)source;
}

#endif

bool source_open(const char *bench, struct source *source)
{
	uint32_t kind = mapsnap_kernel_source();

	*source = (struct source){ .sequence = NULL };
	if (kind == MAPSNAP_SOURCE_NONE) {
		if (!open_bpf(bench, source))
			return false;
		kind = MAPSNAP_SOURCE_BPF;
	}
	source->name = mapsnap_source_name(kind);
	return true;
}
