/* SPDX-License-Identifier: BSD-2-Clause */
#include "torture_source.h"

#include <errno.h>
#include <string.h>

#include "kernel_source.h"

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

void torture_source_of(struct torture_source *source, const struct torture_subject *subject)
{
	source->subject = subject;
}

/* None where it can't be had. */
static const struct mapsnap_sequence *any_of_kernel(void)
{
	const char *reason;

	return kernel_source_has_own() ? NULL : kernel_source_bpf(&reason);
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
		*sequence = kernel_source_need_bpf();
	else if (strcmp(name, "ioctl") == 0)
		*sequence = kernel_source_need_own();
	else if (strcmp(name, "auto") == 0)
		*sequence = any_of_kernel();
	else
		return false;
	return true;
}
