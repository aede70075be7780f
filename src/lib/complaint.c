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
