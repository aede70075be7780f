/* SPDX-License-Identifier: BSD-2-Clause */
/* PROCMAP_SNAPSHOT of a whole address space, into memory that the caller has brought. */
#ifndef SNAPSHOT_CALL_H
#define SNAPSHOT_CALL_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "uapi/procmap_snapshot.h"

struct snapshot_room {
	struct procmap_record *records;
	size_t nr_records;
	char *names;
	size_t names_size;
};

/* Written to already: nothing of it is to be had first. False where there is no memory. */
bool snapshot_room_open(struct snapshot_room *room, size_t nr_records, size_t names_size);
void snapshot_room_close(struct snapshot_room *room);

/* By the file of /proc/PID/maps, with PROCMAP_SNAPSHOT_LOCKED or 0: 0 or a negative errno. */
int snapshot_call(int maps, __u64 flags, const struct snapshot_room *room,
		  struct procmap_snapshot *answer);

/* Whether this kernel has it; asked about this process. */
bool snapshot_call_exists(void);

/* The file of the process's maps, which must be there to open. */
int snapshot_maps_of(pid_t pid);

#endif
