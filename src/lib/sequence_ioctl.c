/* SPDX-License-Identifier: BSD-2-Clause */
#include "sequence_ioctl.h"

#include <errno.h>
#include <fcntl.h>

#include "sequence.h"
#include "uapi/procmap_seq.h"

/*
 * The kernel compares the address space with that of the process which the file
 * was opened for, so that one call answers for exit and exec as well.
 */
static int read_ioctl(const struct mapsnap_sequence *self, int maps_fd, uint64_t *sequence)
{
	const struct sequence_ioctl *source = (const struct sequence_ioctl *)self;
	struct procmap_seq argument = { .size = sizeof(argument) };
	int r = source->kernel->ioctl(maps_fd, PROCMAP_SEQ, &argument);

	if (r < 0)
		return r;
	*sequence = argument.seq;
	return 0;
}

void sequence_ioctl_init(struct sequence_ioctl *source, const struct kernel *kernel)
{
	*source = (struct sequence_ioctl){
		.sequence = {
			.size = sizeof(source->sequence),
			.source = MAPSNAP_SOURCE_IOCTL,
			.flags = MAPSNAP_SEQUENCE_TELLS_EXEC,
			.valid_ns = 0, /* 64 bits never come round */
			.read = read_ioctl,
		},
		.kernel = kernel,
	};
}

/*
 * That the process is gone is an answer too. Anything else is none: ENOTTY from
 * a kernel without the call, or what a seccomp filter or a security module
 * that does not know it says in its place.
 */
static bool answers(int r)
{
	return r == 0 || r == -ESRCH || r == -ESTALE;
}

const struct mapsnap_sequence *sequence_ioctl_get(struct sequence_ioctl *source, int maps_fd)
{
	uint64_t sequence;

	if (!source->asked)
		source->there = answers(sequence_read(&source->sequence, maps_fd, &sequence));
	source->asked = true;
	return source->there ? &source->sequence : NULL;
}

bool sequence_ioctl_exists(const struct kernel *kernel)
{
	struct sequence_ioctl source;
	int maps_fd = kernel->openat(AT_FDCWD, "/proc/self/maps", O_RDONLY);

	if (maps_fd < 0)
		return false;
	sequence_ioctl_init(&source, kernel);
	sequence_ioctl_get(&source, maps_fd);
	kernel->close(maps_fd);
	return source.there;
}
