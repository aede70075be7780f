/* SPDX-License-Identifier: BSD-2-Clause */
#include "auxv.h"

#include <string.h>

#include "procfs.h"

/* How often another thread is looked for, while those that are found end. */
#define LOOKS 16

bool auxv_same(const struct auxv *a, const struct auxv *b)
{
	return a->length == b->length && memcmp(a->bytes, b->bytes, a->length) == 0;
}

/* What has ended belongs to root: its own user may not ask it either. */
static int why_denied(const struct kernel *kernel, int dir, int denied)
{
	struct proc_stat stat;
	int r = procfs_stat(kernel, dir, &stat);

	if (r)
		return r;
	return stat.ended ? -ESRCH : denied;
}

int auxv_read(const struct kernel *kernel, int dir, struct auxv *auxv)
{
	ssize_t n = procfs_read(kernel, dir, "auxv", auxv->bytes, sizeof(auxv->bytes));

	if (auxv_denied((int)n))
		return why_denied(kernel, dir, (int)n);
	if (n <= 0)
		return n ? (int)n : -ESRCH;
	auxv->length = (size_t)n;
	return 0;
}

/* -EAGAIN: a thread ended while it was looked at. */
static int find_other(const struct kernel *kernel, int dir, struct auxv *auxv)
{
	int thread_dir = procfs_open_live_thread(kernel, dir);
	int r;

	if (thread_dir < 0)
		return thread_dir;
	r = auxv_read(kernel, thread_dir, auxv);
	if (r == 0)
		return thread_dir;
	kernel->close(thread_dir);
	return r == -ESRCH ? -EAGAIN : r;
}

int auxv_find(const struct kernel *kernel, int dir, struct auxv *auxv)
{
	int found = auxv_read(kernel, dir, auxv);

	if (found != -ESRCH)
		return found ? found : dir;
	for (int i = 0; i < LOOKS; i++) {
		found = find_other(kernel, dir, auxv);
		if (found != -EAGAIN)
			return found;
	}
	return -ESRCH;
}

void auxv_leave(const struct kernel *kernel, int dir, int found)
{
	if (found >= 0 && found != dir)
		kernel->close(found);
}
