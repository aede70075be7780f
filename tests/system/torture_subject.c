/* SPDX-License-Identifier: BSD-2-Clause */
#include "torture_subject.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "die.h"

/* A plain open knows the main thread alone; of a process that goes on without it there is nothing.
 */
static int open_both(struct torture_subject *subject, pid_t pid)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/%d/maps", (int)pid);
	subject->maps_fd = open(path, O_RDONLY | O_CLOEXEC);
	if (subject->maps_fd < 0 && errno != ESRCH)
		return -errno;
	return mapsnap_open_pid(pid, &subject->process);
}

/* Without users it reads as empty. */
bool torture_subject_in_use(const struct torture_subject *subject)
{
	char c;

	return pread(subject->maps_fd, &c, 1, 0) > 0;
}

bool torture_subject_open(struct torture_subject *subject, const struct invariant *invariant,
			  uint32_t seat)
{
	struct invariant_moment before, after;
	int r;

	*subject = (struct torture_subject){
		.invariant = invariant,
		.seat = invariant_seat(invariant, seat),
		.maps_fd = -1,
	};
	before = invariant_now(subject->seat);
	if (before.number % 2)
		return false;
	subject->space = invariant_space(invariant, seat, before.number);
	subject->opened = before.sequence;
	r = open_both(subject, atomic_load(&subject->seat->pid));
	after = invariant_now(subject->seat);
	errno = -r;
	if (r && torture_subject_stands(subject, &after))
		die("cannot open the target");
	if (r || !torture_subject_stands(subject, &after) || !torture_subject_in_use(subject)) {
		torture_subject_close(subject);
		return false;
	}
	return true;
}

void torture_subject_close(struct torture_subject *subject)
{
	mapsnap_close(subject->process);
	if (subject->maps_fd >= 0)
		close(subject->maps_fd);
	subject->process = NULL;
	subject->maps_fd = -1;
}

bool torture_subject_over(const struct torture_subject *subject,
			  const struct invariant_moment *moment)
{
	return moment->number > subject->space.number + 1;
}

bool torture_subject_stands(const struct torture_subject *subject,
			    const struct invariant_moment *moment)
{
	return moment->number == subject->space.number;
}
