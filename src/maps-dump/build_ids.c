/* SPDX-License-Identifier: BSD-2-Clause */
#include "build_ids.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/ioctl.h>

#include "elf_note.h"
#include "uapi/procmap_query.h"

/* What is asked about, by whom it is known. */
struct asked {
	int maps_fd;
	pid_t pid;
	bool kernel_knows; /* PROCMAP_QUERY is there */
};

static bool is_same(const struct procmap_query *q, const struct mapsnap_mapping *m)
{
	return q->vma_start == m->start && q->vma_end == m->end && q->vma_offset == m->offset &&
	       q->inode == m->inode && q->dev_major == m->device_major &&
	       q->dev_minor == m->device_minor;
}

/* False: the mapping is no longer there. */
static bool ask_kernel(struct asked *asked, const struct mapsnap_mapping *m, struct build_id *id)
{
	struct procmap_query q = {
		.size = sizeof(q),
		.query_addr = m->start,
		.build_id_size = sizeof(id->bytes),
		.build_id_addr = (uintptr_t)id->bytes,
	};

	if (ioctl(asked->maps_fd, PROCMAP_QUERY, &q) < 0) {
		asked->kernel_knows = errno != ENOTTY;
		return errno != ENOENT && errno != ESRCH;
	}
	if (is_same(&q, m) && q.build_id_size <= sizeof(id->bytes))
		id->length = (unsigned char)q.build_id_size;
	return is_same(&q, m);
}

static void find(struct asked *asked, const struct mapsnap_mapping *m, struct build_id *id)
{
	if (m->kind != MAPSNAP_KIND_FILE)
		return;
	if (asked->kernel_knows && !ask_kernel(asked, m, id))
		return;
	if (id->length == 0 && asked->pid)
		elf_note_read(asked->pid, m, id);
}

int build_ids_read(struct build_ids *ids, const struct mapsnap *snapshot, int maps_fd, pid_t pid)
{
	struct asked asked = { .maps_fd = maps_fd, .pid = pid, .kernel_knows = true };
	struct mapsnap_walk walk = { .snapshot = snapshot };
	const struct mapsnap_mapping *m;

	ids->list = calloc(mapsnap_count(snapshot) + 1, sizeof(*ids->list));
	if (!ids->list)
		return -ENOMEM;
	for (size_t i = 0; (m = mapsnap_walk_next(&walk)); i++)
		find(&asked, m, &ids->list[i]);
	return 0;
}

void build_ids_free(struct build_ids *ids)
{
	free(ids->list);
	ids->list = NULL;
}
