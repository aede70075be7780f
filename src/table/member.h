/* SPDX-License-Identifier: BSD-2-Clause */
/* A process in the table: known by its pid, through exec and reuse. */
#ifndef MEMBER_H
#define MEMBER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "generation.h"
#include "mapsnap-table.h"
#include "rcu.h"

struct member {
	struct cds_lfht_node node;
	pid_t pid;
	_Atomic(struct generation *) latest;
	_Atomic uint64_t start_time;
	_Atomic uint64_t ended_ns; /* 0: it has not */
	_Atomic int32_t error;     /* the last */

	/* The writers'. */
	struct mapsnap_process *process; /* NULL: nothing is open */
	size_t place;                    /* in the table's arrays */
	uint32_t program;
	uint64_t program_ns; /* from when on it is known to run */
	uint64_t since_ns;   /* it did not run before; of the first as far as is known */
	bool followed;       /* by pid, to another program */
	bool parked;         /* open only while it is read */
	bool lingering;      /* there are snapshots of programs before */
	struct member *next_retired;
};

/* Takes over the process. NULL: no memory; then the process is still the caller's. */
struct member *member_new(pid_t pid, struct mapsnap_process *process);

/* When nobody can see it any more, nor any of its generations. */
void member_free(struct member *member);

/* Whether what has its pid now is the process that it is, maybe with another program. */
bool member_is(const struct member *member, const struct mapsnap_process *process);

/* Closes what is open: it has ended, or can't be read. */
void member_close(struct member *member);

/* The next program: what runs there now is open as `process`. */
void member_replace(struct member *member, struct mapsnap_process *process);

/* The next program: it can't be opened. */
void member_replace_unread(struct member *member);

#endif
