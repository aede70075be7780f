/* SPDX-License-Identifier: BSD-2-Clause */
/* What must hold of an answer to PROCMAP_SNAPSHOT. */
#ifndef FUZZ_REPLY_H
#define FUZZ_REPLY_H

#include "fuzz_request.h"

/* What is wrong with it, as a sentence, or NULL. `error`: 0 or a positive errno. */
const char *fuzz_reply_fault(const struct fuzz_request *request, int error, bool may_be_gone);

/* Of an answer without error and fault: the log that it tells of, if any. */
void fuzz_reply_log(const struct fuzz_request *request, struct fuzz_log *log);

/* The same: whether it is of one instant. */
bool fuzz_reply_proved(const struct fuzz_request *request);

#endif
