/* SPDX-License-Identifier: BSD-2-Clause */
#include "snapshot_call.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

static void *memory(size_t size)
{
	void *p = mmap(NULL, size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

bool snapshot_room_open(struct snapshot_room *room, size_t nr_records, size_t names_size)
{
	*room = (struct snapshot_room){
		.records = memory(nr_records * sizeof(*room->records)),
		.nr_records = nr_records,
		.names = memory(names_size),
		.names_size = names_size,
	};
	return room->records && room->names;
}

void snapshot_room_close(struct snapshot_room *room)
{
	munmap(room->records, room->nr_records * sizeof(*room->records));
	munmap(room->names, room->names_size);
}

int snapshot_call(int maps, __u64 flags, const struct snapshot_room *room,
		  struct procmap_snapshot *answer)
{
	*answer = (struct procmap_snapshot){
		.size = sizeof(*answer),
		.flags = flags,
		.end = UINT64_MAX,
		.records = (uintptr_t)room->records,
		.nr_records = room->nr_records,
		.names = (uintptr_t)room->names,
		.names_size = room->names_size,
	};
	return ioctl(maps, PROCMAP_SNAPSHOT, answer) ? -errno : 0;
}

bool snapshot_call_exists(void)
{
	int maps = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
	bool has = ioctl(maps, PROCMAP_SNAPSHOT, NULL) == 0 || errno != ENOTTY;

	close(maps);
	return has;
}

int snapshot_maps_of(pid_t pid)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/%d/maps", (int)pid);
	return open(path, O_RDONLY | O_CLOEXEC);
}
