/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From attempts at reading to one labelled result: begin, read, retry;
 * attempts, pacing, fallback.
 */
#ifndef VERIFY_H
#define VERIFY_H

#include "builder.h"
#include "mapsnap.h"
#include "process.h"
#include "request.h"

/*
 * Fills the builder and says in info how consistent that is. Returns 0 or what
 * mapsnap_read() documents, with a sentence kept in the process.
 */
int verify_read(struct mapsnap_process *process, const struct request *request,
		struct builder *builder, struct mapsnap_info *info);

#endif
