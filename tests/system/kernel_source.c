/* SPDX-License-Identifier: BSD-2-Clause */
#include "kernel_source.h"

#include <errno.h>
#include <stddef.h>

#include "die.h"
#ifdef HAVE_BPF
#include "mapsnap-bpf.h"
#endif

bool kernel_source_has_own(void)
{
	return mapsnap_kernel_source() == MAPSNAP_SOURCE_IOCTL;
}

#ifdef HAVE_BPF

static struct mapsnap_bpf *bpf;

const struct mapsnap_sequence *kernel_source_bpf(const char **reason)
{
	int r = mapsnap_bpf_open(&bpf);

	*reason = r ? mapsnap_bpf_reason(r) : NULL;
	return r ? NULL : mapsnap_bpf_sequence(bpf);
}

void kernel_source_close(void)
{
	mapsnap_bpf_close(bpf);
	bpf = NULL;
}

#else

const struct mapsnap_sequence *kernel_source_bpf(const char **reason)
{
	*reason = "built without libmapsnap-bpf";
	return NULL;
}

void kernel_source_close(void)
{
}

#endif

/* NULL, for the library takes it by itself. */
const struct mapsnap_sequence *kernel_source_need_own(void)
{
	if (kernel_source_has_own())
		return NULL;
	errno = 0;
	die("no source by ioctl: this kernel has no PROCMAP_SEQ");
}

const struct mapsnap_sequence *kernel_source_need_bpf(void)
{
	const char *reason;
	const struct mapsnap_sequence *sequence = kernel_source_bpf(&reason);

	errno = 0;
	if (!sequence)
		die("no source by eBPF: %s", reason);
	return sequence;
}
