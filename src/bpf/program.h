/* SPDX-License-Identifier: BSD-2-Clause */
/* The eBPF program: loaded into the kernel, known again, run. */
#ifndef PROGRAM_H
#define PROGRAM_H

#include "request.h"

/* Loads it. The fd, close-on-exec, or a negative errno as mapsnap_bpf_open() documents. */
int program_load(void);

/* Whether the fd is that program, of this version: 0, -EINVAL or -EBADF. */
int program_check(int fd);

/* Answers a request: 0 or a negative errno. */
int program_run(int fd, struct request *request);

#endif
