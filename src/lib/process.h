/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An open process: the address space that its maps fd pins, and what tells
 * whether that is still the process's own.
 */
#ifndef PROCESS_H
#define PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "auxv.h"
#include "kernel.h"
#include "mapsnap.h"
#include "sequence_ioctl.h"

/* Asked for once something changed during a read; from then on with each. */
enum process_log {
	LOG_NOT_ASKED,
	LOG_ASKED,
	LOG_ABSENT,
};

struct mapsnap_process {
	const struct kernel *kernel;
	int maps_fd;
	int dir_fd; /* /proc/PID, which pins the pid; -1: not known */
	pid_t pid;  /* 0: not known */
	uint64_t start_time;
	uint64_t opened; /* when; with the address of this struct, a name for it */
	bool kernel_thread;
	bool own;            /* the reader's own process */
	bool snapshot_asked; /* whether the kernel has the snapshot call */
	bool snapshot_there;
	bool no_query;                  /* the kernel is known to have no PROCMAP_QUERY */
	enum process_log log;           /* of what changes, by the kernel */
	uint64_t cookie;                /* of that log; 0: there is none */
	uint32_t unfit;                 /* routes that can't read it, a ROUTE_BIT() each */
	struct sequence_ioctl sequence; /* the kernel's own */
	size_t last_count;              /* mappings at the last read */
	size_t last_buffer;             /* bytes of a buffer that it took */
	/* The last proof: this sequence was the current one at that time. */
	uint64_t proved_sequence;
	uint64_t proved_ns;
	struct auxv auxv; /* of the program that was opened */
	char error[256];
};

/* The public calls, with the kernel as a parameter. */
int process_open_pid(const struct kernel *kernel, pid_t pid, struct mapsnap_process **process);
int process_open_pidfd(const struct kernel *kernel, int pidfd, struct mapsnap_process **process);
int process_open_fd(const struct kernel *kernel, int maps_fd, struct mapsnap_process **process);
void process_close(struct mapsnap_process *process);

/* What the kernel itself has to verify by; NULL: nothing, or no mappings to verify. */
const struct mapsnap_sequence *process_sequence(struct mapsnap_process *process);

/* Whether the kernel can read under a lock, which is asked the first time only. */
bool process_can_lock(struct mapsnap_process *process);

/*
 * Whether the address space has users and is still the process's own: 0,
 * -ESRCH, -ESTALE, or what the kernel said. alive: known to have users.
 */
int process_check(struct mapsnap_process *process, bool alive);

/* Which of the two it is, once the address space is known to be dead. */
int process_gone(struct mapsnap_process *process);

/* -ESTALE, with a sentence. */
int process_replaced(struct mapsnap_process *process);

/*
 * The directory of a thread that has not ended, to open what belongs to the
 * process: its main one's or, where that has ended, another one's. To be given back
 * with process_leave_thread(). Below 0: -ESRCH, -ESTALE, or what the kernel said.
 */
int process_thread_dir(struct mapsnap_process *process);
void process_leave_thread(struct mapsnap_process *process, int thread_dir);

/* What changes from now on is of interest. */
void process_want_log(struct mapsnap_process *process);

/* Keeps the sentence for mapsnap_error() and returns `error`. */
int process_fail(struct mapsnap_process *process, int error, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#endif
