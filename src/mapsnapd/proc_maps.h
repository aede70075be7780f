/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef PROC_MAPS_H
#define PROC_MAPS_H

#include <stdint.h>
#include <sys/types.h>

/*
 * Opens the maps file of the process with this pid and start time (clock ticks
 * after boot, field 22 of /proc/PID/stat), never that of another one which got
 * the pid. The kernel has then found that the caller may read its memory map.
 * Returns the descriptor, -ESRCH (it is gone, or hidden from the caller), -EACCES
 * or -EPERM (as the kernel said), -EMFILE, -ENFILE, -ENOMEM, -ENOENT (/proc is
 * not mounted), or -EAGAIN (its threads end again and again).
 */
int proc_maps_open(pid_t pid, uint64_t start_time);

#endif
