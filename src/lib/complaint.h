/* SPDX-License-Identifier: BSD-2-Clause */
/* The sentences of a read that failed, kept in the process. Each returns the error. */
#ifndef COMPLAINT_H
#define COMPLAINT_H

#include <stddef.h>
#include <stdint.h>

#include "frozen.h"
#include "process.h"
#include "request.h"
#include "route.h"

/* Before anything was read: the fallback is one that can't be had. */
int complain_no_source(struct mapsnap_process *process);
int complain_no_lock(struct mapsnap_process *process);
int complain_no_freeze(struct mapsnap_process *process);

/* What had changed after so many attempts could not be had by the fallback either. */
int complain_unsettled(struct mapsnap_process *process, const struct request *request,
		       uint32_t attempts, uint32_t reason);

/* Its threads could not be stopped, or it changed even so. */
int complain_not_frozen(struct mapsnap_process *process, const struct frozen *frozen);

/* What a route, a source or an allocation said, at the mapping of this number. */
int complain(struct mapsnap_process *process, const struct route *route, size_t line, int said);

#endif
