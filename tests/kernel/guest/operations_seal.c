/* SPDX-License-Identifier: BSD-2-Clause */
/* mseal, and what it refuses. */
#include <errno.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "operation.h"
#include "scene.h"

#ifndef SYS_mseal
#define SYS_mseal 462
#endif

static int seal(void *at, size_t size)
{
	return outcome(syscall(SYS_mseal, at, size, 0));
}

static void sealed_pages(void)
{
	eight_pages();
	if (seal(scene->at, 8 * PAGE))
		scene_cannot("needs mseal, Linux 6.10");
}

static int seal_all(void)
{
	return seal(scene->at, 8 * PAGE);
}

static int seal_part(void)
{
	return seal(scene->at + 2 * PAGE, 2 * PAGE);
}

static int protect_all(void)
{
	return outcome(mprotect(scene->at, 8 * PAGE, PROT_READ));
}

static int unmap_part(void)
{
	return outcome(munmap(scene->at + 2 * PAGE, PAGE));
}

/* Two mappings in a row, the second sealed. */
static void sealed_neighbour(void)
{
	eight_pages();
	scene_need(mprotect(scene->at + 4 * PAGE, 4 * PAGE, PROT_READ) == 0, "protection");
	if (seal(scene->at + 4 * PAGE, 4 * PAGE))
		scene_cannot("needs mseal, Linux 6.10");
}

/* The last two pages of the heap. */
static void sealed_heap(void)
{
	scene->at = (char *)syscall(SYS_brk, 0);
	scene->at = (char *)(((unsigned long)scene->at + PAGE - 1) & -PAGE);
	scene_need(syscall(SYS_brk, scene->at + 4 * PAGE) == (long)(scene->at + 4 * PAGE), "brk");
	if (seal(scene->at + 2 * PAGE, 2 * PAGE))
		scene_cannot("needs mseal, Linux 6.10");
}

/* The first has been split by then, and stays so. */
static int unmap_part_of_both(void)
{
	return outcome(munmap(scene->at + 2 * PAGE, 4 * PAGE));
}

/* For a moment brk lies below the last two pages, and they are not labelled [heap]. */
static int shrink_heap(void)
{
	return syscall(SYS_brk, scene->at + 2 * PAGE) == (long)(scene->at + 4 * PAGE) ? -EPERM : 0;
}

static const struct operation list[] = {
	{ "mseal of a whole mapping", SPARES, 0, eight_pages, seal_all, NULL },
	{ "mseal of part of a mapping", CHANGES, 0, eight_pages, seal_part, NULL },
	{ "mseal of a sealed mapping", QUIET, 0, sealed_pages, seal_all, NULL },
	{ "mprotect failed: sealed", QUIET, -EPERM, sealed_pages, protect_all, NULL },
	{ "munmap failed: sealed", QUIET, -EPERM, sealed_pages, unmap_part, NULL },
	{ "munmap failed half-way: sealed", CHANGES, -EPERM, sealed_neighbour, unmap_part_of_both,
	  NULL },
	{ "brk shrinks failed: sealed", RETURNS, -EPERM, sealed_heap, shrink_heap, NULL },
};

const struct operation_group operations_seal = OPERATION_GROUP(list);
