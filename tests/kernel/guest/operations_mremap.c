/* SPDX-License-Identifier: BSD-2-Clause */
/* mremap, remap_file_pages. */
#include <errno.h>
#include <sys/mman.h>

#include "operation.h"
#include "scene.h"

static void file_of_eight_pages(void)
{
	scene_file(8);
}

/* To 8 pages below, where nothing is. */
static int remap(size_t size, int flags)
{
	return outcome((long)mremap(scene->at, 8 * PAGE, size, flags, scene->at - 12 * PAGE));
}

static int grow(void)
{
	return remap(10 * PAGE, 0);
}

static int shrink(void)
{
	return remap(6 * PAGE, 0);
}

static int move(void)
{
	return remap(8 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED);
}

static int move_and_keep(void)
{
	return remap(8 * PAGE, MREMAP_MAYMOVE | MREMAP_FIXED | MREMAP_DONTUNMAP);
}

static void two_mappings(void)
{
	eight_pages();
	scene_need(mprotect(scene->at + 4 * PAGE, 4 * PAGE, PROT_READ) == 0, "protection");
}

static int keep_size(void)
{
	return remap(8 * PAGE, 0);
}

static void no_room_behind(void)
{
	eight_pages();
	scene_need(mmap(scene->at + 8 * PAGE, PAGE, PROT_READ,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) != MAP_FAILED,
		   "a neighbour");
}

static int remap_hole(void)
{
	return outcome((long)mremap(scene->at - 4 * PAGE, PAGE, 2 * PAGE, MREMAP_MAYMOVE));
}

static int remap_pages(void)
{
	return outcome(remap_file_pages(scene->at, 2 * PAGE, 0, 4, 0));
}

static const struct operation list[] = {
	{ "mremap grows a mapping", CHANGES, 0, eight_pages, grow, NULL },
	{ "mremap shrinks a mapping", CHANGES, 0, eight_pages, shrink, NULL },
	{ "mremap moves a mapping", CHANGES, 0, eight_pages, move, NULL },
	{ "mremap moves two mappings at once", CHANGES, 0, two_mappings, move, NULL },
	{ "mremap with MREMAP_DONTUNMAP", CHANGES, 0, eight_pages, move_and_keep, NULL },
	{ "mremap to the same size", QUIET, 0, eight_pages, keep_size, NULL },
	{ "mremap failed: no room to grow", QUIET, -ENOMEM, no_room_behind, grow, NULL },
	{ "mremap failed: a hole", QUIET, -EFAULT, eight_pages, remap_hole, NULL },
	{ "remap_file_pages", CHANGES, 0, file_of_eight_pages, remap_pages, NULL },
};

const struct operation_group operations_mremap = OPERATION_GROUP(list);
