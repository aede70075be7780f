/* SPDX-License-Identifier: BSD-2-Clause */
/* Control groups, see cgroups(7). */
#ifndef CGROUP_H
#define CGROUP_H

#include <stdbool.h>
#include <sys/types.h>

/*
 * Whether a process is in the group with this path, or in one below it. The path
 * is that of /proc/PID/cgroup, or where the group is mounted under /sys/fs/cgroup.
 */
bool cgroup_holds(const char *path, pid_t pid);

#endif
