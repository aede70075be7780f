/* SPDX-License-Identifier: BSD-2-Clause */
/* Control groups, see cgroups(7). */
#ifndef CGROUP_H
#define CGROUP_H

#include <stdbool.h>
#include <sys/types.h>

/*
 * The groups that a process is in, as /proc/PID/cgroup lists them: one of each
 * hierarchy. For free(); NULL and errno where they can't be read.
 */
char *cgroups_of(pid_t pid);

/*
 * Whether one of these groups is the one with this path, or below it. The path is
 * that of /proc/PID/cgroup, or where the group is mounted under /sys/fs/cgroup.
 */
bool cgroups_are_within(const char *groups, const char *path);

/*
 * The path of the last of these groups: of the unified hierarchy where there is one,
 * else of the hierarchy that was mounted first. For free(); NULL: out of memory.
 */
char *cgroups_main_path(const char *groups);

#endif
