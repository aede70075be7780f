/* SPDX-License-Identifier: BSD-2-Clause */
/* In a build without libmapsnap-bpf. */
#include <errno.h>

#include "source_bpf.h"

int source_bpf_open(struct source *source)
{
	source->no_bpf = "this program was built without libmapsnap-bpf";
	return -EOPNOTSUPP;
}

void source_bpf_close(struct source *source)
{
	(void)source;
}
