/* SPDX-License-Identifier: BSD-2-Clause */
#include "source.h"

#include <err.h>
#include <stdbool.h>

#include "source_bpf.h"
#include "status.h"

/* The library takes it by itself. */
static bool open_ioctl(struct source *source, bool required)
{
	if (mapsnap_kernel_source() == MAPSNAP_SOURCE_IOCTL)
		return true;
	source->no_ioctl =
		"this kernel has no PROCMAP_SEQ; it takes the patch that comes with mapsnap";
	if (required)
		errx(STATUS_FAILED, "--source ioctl: %s", source->no_ioctl);
	return false;
}

static void open_bpf(struct source *source, bool required)
{
	int error = source_bpf_open(source);

	if (error && required)
		errx(status_of_error(error), "--source bpf: %s", source->no_bpf);
}

void source_open(struct source *source, enum source_choice choice)
{
	static const struct mapsnap_sequence none = {
		.size = sizeof(none),
		.source = MAPSNAP_SOURCE_NONE,
	};

	if (choice == SOURCE_NONE)
		source->sequence = &none;
	else if (choice == SOURCE_BPF || !open_ioctl(source, choice == SOURCE_IOCTL))
		open_bpf(source, choice == SOURCE_BPF);
}

void source_close(struct source *source)
{
	source_bpf_close(source);
}
