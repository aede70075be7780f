/* SPDX-License-Identifier: BSD-2-Clause */
/* What is to be looked at in a round, and in which order: who has waited longest comes first. */
#ifndef TASK_H
#define TASK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct task {
	pid_t pid;
	bool told;         /* it is known to have changed */
	uint64_t since_ns; /* that it waits */
};

void tasks_sort(struct task *tasks, size_t count);

#endif
