/* SPDX-License-Identifier: BSD-2-Clause */
#include "torture_source.h"

#include <errno.h>
#include <string.h>

#include "die.h"
#ifdef HAVE_BPF
#include "mapsnap-bpf.h"
#endif

/* As a kernel would that counts each change, and knows of no exec. */
static int read_target(const struct mapsnap_sequence *self, int maps_fd, uint64_t *sequence)
{
	const struct torture_subject *subject = ((const struct torture_source *)self)->subject;
	struct invariant_moment now = invariant_now(subject->seat);

	(void)maps_fd;
	*sequence = now.sequence;
	/* From its end on nothing changes, as long as there is somebody to have it. */
	if (torture_subject_stands(subject, &now) || torture_subject_in_use(subject))
		return 0;
	return -ESRCH;
}

/* With MAPSNAP_SEQUENCE_TELLS_EXEC, lest the library look for an end by itself. */
static int read_liar(const struct mapsnap_sequence *self, int maps_fd, uint64_t *sequence)
{
	(void)self;
	(void)maps_fd;
	*sequence = 2;
	return 0;
}

static void promise_all(struct mapsnap_sequence *sequence)
{
	sequence->read = read_liar;
	sequence->flags = MAPSNAP_SEQUENCE_TELLS_EXEC;
}

#ifdef HAVE_BPF

static const struct mapsnap_sequence *open_bpf(struct torture_source *source, bool required)
{
	int r = mapsnap_bpf_open(&source->bpf);

	if (r && required) {
		errno = 0;
		die("no source by eBPF: %s", mapsnap_bpf_reason(r));
	}
	return r ? NULL : mapsnap_bpf_sequence(source->bpf);
}

void torture_source_end(struct torture_source *source)
{
	mapsnap_bpf_close(source->bpf);
}

#else

static const struct mapsnap_sequence *open_bpf(struct torture_source *source, bool required)
{
	(void)source;
	errno = 0;
	if (required)
		die("no source by eBPF: built without libmapsnap-bpf");
	return NULL;
}

void torture_source_end(struct torture_source *source)
{
	(void)source;
}

#endif

void torture_source_of(struct torture_source *source, const struct torture_subject *subject)
{
	source->subject = subject;
}

static bool kernel_has_sequence(void)
{
	return mapsnap_kernel_source() == MAPSNAP_SOURCE_IOCTL;
}

/* NULL, for the library takes it by itself. */
static const struct mapsnap_sequence *open_ioctl(void)
{
	if (kernel_has_sequence())
		return NULL;
	errno = 0;
	die("no source by ioctl: this kernel has no PROCMAP_SEQ");
}

bool torture_source_make(struct torture_source *source, const char *name,
			 const struct mapsnap_sequence **sequence)
{
	*source = (struct torture_source){
		.sequence = { .size = sizeof(source->sequence), .source = MAPSNAP_SOURCE_IOCTL },
	};
	*sequence = &source->sequence;
	if (strcmp(name, "target") == 0)
		source->sequence.read = read_target;
	else if (strcmp(name, "liar") == 0)
		promise_all(&source->sequence);
	else if (strcmp(name, "none") == 0)
		source->sequence.source = MAPSNAP_SOURCE_NONE;
	else if (strcmp(name, "bpf") == 0)
		*sequence = open_bpf(source, true);
	else if (strcmp(name, "ioctl") == 0)
		*sequence = open_ioctl();
	else if (strcmp(name, "auto") == 0)
		*sequence = kernel_has_sequence() ? open_ioctl() : open_bpf(source, false);
	else
		return false;
	return true;
}
