/* SPDX-License-Identifier: BSD-2-Clause */
#include "complaint.h"

#include <errno.h>
#include <string.h>

int complain_no_source(struct mapsnap_process *process)
{
	return process_fail(process, -EOPNOTSUPP,
			    "without a sequence source nothing can be verified; give one, or allow "
			    "the fallback unverified");
}

int complain_no_lock(struct mapsnap_process *process)
{
	return process_fail(process, -EOPNOTSUPP,
			    "the fallback locked needs PROCMAP_SNAPSHOT, which this kernel does "
			    "not have or forbids; allow the fallback unverified");
}

int complain_no_freeze(struct mapsnap_process *process)
{
	if (process->own)
		return process_fail(process, -EINVAL,
				    "the fallback frozen can't stop the process that reads");
	return process_fail(process, -EOPNOTSUPP,
			    "the fallback frozen has to know the process: open it by its pid");
}

static int complain_refused(struct mapsnap_process *process, const struct freeze *freeze, int said)
{
	switch (said) {
	case -ESRCH:
		return process_gone(process);
	case -EBUSY:
		return process_fail(process, said,
				    "thread %d is being traced by PID %d: detach that debugger",
				    freeze->obstacle, freeze->tracer);
	case -EPERM:
		return process_fail(
			process, said,
			"stopping thread %d is forbidden: that takes CAP_SYS_PTRACE, or "
			"the same user and what kernel.yama.ptrace_scope allows",
			freeze->obstacle);
	case -EINVAL:
		return process_fail(process, said,
				    "the fallback frozen can't stop the process that reads, which "
				    "shares its memory");
	case -EOPNOTSUPP:
		return process_fail(process, said,
				    "/proc is that of another pid namespace: the fallback frozen "
				    "needs one's own");
	default:
		return process_fail(process, said, "stopping it failed: %s",
				    strerrordesc_np(-said));
	}
}

/* What does not stand may be about to run another program. */
int complain_not_frozen(struct mapsnap_process *process, const struct frozen *frozen)
{
	int r;

	if (frozen->refused)
		return complain_refused(process, &frozen->freeze, frozen->refused);
	r = process_check(process, false);
	if (r)
		return r;
	if (frozen->stuck)
		return process_fail(process, -EAGAIN,
				    "thread %d did not stop in time: it gets no processor, sleeps "
				    "uninterruptibly, or is in exec; try again, or allow a later "
				    "deadline",
				    frozen->freeze.obstacle);
	return process_fail(process, -EAGAIN,
			    "its mappings changed even while its threads were stopped; try again");
}

int complain_unsettled(struct mapsnap_process *process, const struct request *request,
		       uint32_t attempts, uint32_t reason)
{
	switch (request->fallback) {
	case MAPSNAP_FALLBACK_LOCKED:
		return process_fail(process, -EAGAIN,
				    "so many mappings were made while a read waited for the lock "
				    "that there was no room for them; try again");
	case MAPSNAP_FALLBACK_UNVERIFIED:
		return process_fail(process, -EAGAIN,
				    "its mappings change so often that PROCMAP_SNAPSHOT gives "
				    "none; use the text");
	default:
		return process_fail(
			process, -EAGAIN,
			"its mappings changed during every attempt (%u, %s); allow "
			"more attempts, a later deadline, or the fallback unverified",
			attempts, reason == MAPSNAP_REASON_DEADLINE ? "until the deadline" : "all");
	}
}

int complain(struct mapsnap_process *process, const struct route *route, size_t line, int said)
{
	switch (said) {
	case -ESRCH:
		return process_gone(process);
	case -ESTALE:
		return process_replaced(process);
	case MALFORMED:
		return process_fail(process, -EBADMSG,
				    "mapping %zu is not as the kernel writes them", line);
	case UNFIT:
		return process_fail(process, -EOPNOTSUPP, "%s", route->unfit);
	default:
		return process_fail(process, said, "reading failed: %s", strerrordesc_np(-said));
	}
}
