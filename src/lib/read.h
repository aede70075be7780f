/* SPDX-License-Identifier: BSD-2-Clause */
/* From an open process and the caller's options to a snapshot that was read anew. */
#ifndef READ_H
#define READ_H

#include "mapsnap.h"
#include "process.h"
#include "request.h"
#include "snapshot.h"

/* The options, and in `sequence` what to verify by, if there is anything. 0 or what mapsnap_read()
 * says. */
int read_request(struct request *request, struct mapsnap_process *process,
		 const struct mapsnap_options *options);

/* What is known before anything is read, from now on. */
struct mapsnap_info read_begin(const struct mapsnap_process *process, const struct want *want);

/* Reads every mapping, in what is left of the time since `info` began. As mapsnap_read(). */
int read_anew(struct mapsnap_process *process, const struct request *request,
	      struct mapsnap_info info, struct mapsnap **snapshot);

/*
 * Reads what is mapped in [start, end) now, unverified: what one mapping says is
 * of one instant in any case. Later reads of the process are as if this one had
 * not been. As mapsnap_read().
 */
int read_aside(struct mapsnap_process *process, uint64_t start, uint64_t end, uint32_t omit,
	       struct mapsnap **snapshot);

/* That this snapshot was read from the process last. */
void read_remember(struct mapsnap_process *process, struct mapsnap *snapshot);

#endif
