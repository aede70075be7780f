/* SPDX-License-Identifier: BSD-2-Clause */
/* madvise, process_madvise. */
#include <errno.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "operation.h"
#include "scene.h"

#ifndef MADV_COLLAPSE
#define MADV_COLLAPSE 25
#endif
#ifndef MADV_GUARD_INSTALL
#define MADV_GUARD_INSTALL 102
#endif
#ifndef PR_SET_MEMORY_MERGE
#define PR_SET_MEMORY_MERGE 67
#endif

#define HUGE (512 * PAGE)

static void file(void)
{
	scene_file(8);
}

static int advise(int advice)
{
	return outcome(madvise(scene->at, 8 * PAGE, advice));
}

/* One operation for each piece of advice about a whole mapping. */
#define ADVISE(name, advice)           \
	static int name(void)          \
	{                              \
		return advise(advice); \
	}

ADVISE(dontneed, MADV_DONTNEED)
ADVISE(free_lazily, MADV_FREE)
ADVISE(cold, MADV_COLD)
ADVISE(pageout, MADV_PAGEOUT)
ADVISE(populate, MADV_POPULATE_WRITE)
ADVISE(guard, MADV_GUARD_INSTALL)
ADVISE(punch, MADV_REMOVE)
ADVISE(dontfork, MADV_DONTFORK)
ADVISE(dontdump, MADV_DONTDUMP)
ADVISE(wipe, MADV_WIPEONFORK)
ADVISE(read_ahead, MADV_SEQUENTIAL)
ADVISE(normal, MADV_NORMAL)
ADVISE(mergeable, MADV_MERGEABLE)
ADVISE(huge, MADV_HUGEPAGE)
ADVISE(no_huge, MADV_NOHUGEPAGE)

static int dontfork_part(void)
{
	return outcome(madvise(scene->at + 2 * PAGE, 2 * PAGE, MADV_DONTFORK));
}

/* Room for a huge page, in small ones. */
static void small_pages(void)
{
	char *at = scene_pages(1024, PROT_READ | PROT_WRITE);

	scene->at = (char *)(((uintptr_t)at + HUGE - 1) & -HUGE);
	madvise(scene->at, HUGE, MADV_DONTNEED);
	scene_need(madvise(scene->at, HUGE, MADV_NOHUGEPAGE) == 0, "small pages");
	for (size_t i = 0; i < HUGE; i += PAGE)
		scene->at[i] = 1;
	scene_need(madvise(scene->at, HUGE, MADV_HUGEPAGE) == 0, "huge pages allowed");
}

static int collapse(void)
{
	return outcome(madvise(scene->at, HUGE, MADV_COLLAPSE));
}

static int merge_equal_memory(void)
{
	return outcome(prctl(PR_SET_MEMORY_MERGE, 1, 0, 0, 0));
}

static int advise_by_another(pid_t pid)
{
	struct iovec range = { scene->at, 8 * PAGE };
	int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	int r = outcome(syscall(SYS_process_madvise, pidfd, &range, 1, MADV_PAGEOUT, 0));

	close(pidfd);
	return r;
}

static const struct operation list[] = {
	{ "madvise MADV_DONTNEED", QUIET, 0, eight_pages, dontneed, NULL },
	{ "madvise MADV_FREE", QUIET, 0, eight_pages, free_lazily, NULL },
	{ "madvise MADV_COLD", QUIET, 0, eight_pages, cold, NULL },
	{ "madvise MADV_PAGEOUT", QUIET, 0, eight_pages, pageout, NULL },
	{ "madvise MADV_POPULATE_WRITE", QUIET, 0, eight_pages, populate, NULL },
	{ "madvise MADV_GUARD_INSTALL", QUIET, 0, eight_pages, guard, NULL },
	{ "madvise MADV_REMOVE", QUIET, 0, file, punch, NULL },
	{ "madvise MADV_COLLAPSE", QUIET, 0, small_pages, collapse, NULL },
	{ "madvise MADV_DONTFORK", SPARES, 0, eight_pages, dontfork, NULL },
	{ "madvise MADV_DONTFORK for part of a mapping", CHANGES, 0, eight_pages, dontfork_part,
	  NULL },
	{ "madvise MADV_DONTDUMP", SPARES, 0, eight_pages, dontdump, NULL },
	{ "madvise MADV_WIPEONFORK", SPARES, 0, eight_pages, wipe, NULL },
	{ "madvise MADV_SEQUENTIAL", SPARES, 0, eight_pages, read_ahead, NULL },
	{ "madvise MADV_MERGEABLE", SPARES, 0, eight_pages, mergeable, NULL },
	{ "madvise MADV_HUGEPAGE", SPARES, 0, eight_pages, huge, NULL },
	{ "madvise MADV_NOHUGEPAGE", SPARES, 0, eight_pages, no_huge, NULL },
	{ "madvise to what it is", QUIET, 0, eight_pages, normal, NULL },
	{ "PR_SET_MEMORY_MERGE", SPARES, 0, eight_pages, merge_equal_memory, NULL },
	{ "process_madvise by another process", QUIET, 0, eight_pages, NULL, advise_by_another },
};

const struct operation_group operations_advise = OPERATION_GROUP(list);
