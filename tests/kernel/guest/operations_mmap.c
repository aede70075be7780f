/* SPDX-License-Identifier: BSD-2-Clause */
/* mmap, munmap. */
#include <errno.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include "operation.h"
#include "scene.h"

#define ANONYMOUS (MAP_PRIVATE | MAP_ANONYMOUS)
#define READWRITE (PROT_READ | PROT_WRITE)

static int map(void *at, size_t pages, int protection, int flags)
{
	return outcome((long)mmap(at, pages * PAGE, protection, flags, -1, 0));
}

static int map_anew(void)
{
	return map(scene->at - 4 * PAGE, 2, PROT_READ, ANONYMOUS | MAP_FIXED);
}

static int map_shared(void)
{
	return map(NULL, 2, READWRITE, MAP_SHARED | MAP_ANONYMOUS);
}

static int map_beside(void)
{
	return map(scene->at + 8 * PAGE, 2, READWRITE, ANONYMOUS | MAP_FIXED);
}

static int map_over(void)
{
	return map(scene->at + 2 * PAGE, 2, PROT_READ, ANONYMOUS | MAP_FIXED);
}

static int map_over_alike(void)
{
	return map(scene->at, 8, READWRITE, ANONYMOUS | MAP_FIXED);
}

static int map_nothing(void)
{
	return map(NULL, 0, READWRITE, ANONYMOUS);
}

static int map_where_one_is(void)
{
	return map(scene->at, 2, READWRITE, ANONYMOUS | MAP_FIXED_NOREPLACE);
}

static void no_room(void)
{
	struct rlimit limit = { PAGE, PAGE };

	eight_pages();
	scene_need(setrlimit(RLIMIT_AS, &limit) == 0, "a limit");
}

static int map_too_much(void)
{
	return map(NULL, 1024, READWRITE, ANONYMOUS);
}

/* Found out when what was there is already on its way out, and comes back. */
static void two_huge_pages(void)
{
	char *at = scene_pages(1024, READWRITE);

	if (mmap(NULL, 512 * PAGE, READWRITE, ANONYMOUS | MAP_HUGETLB, -1, 0) != MAP_FAILED)
		scene_cannot("needs a kernel that has no huge pages to give");
	if (errno != ENOMEM)
		scene_cannot("needs CONFIG_HUGETLBFS");
	scene->at = (char *)(((unsigned long)at + 512 * PAGE - 1) & -(512 * PAGE));
}

static int map_huge_over(void)
{
	return map(scene->at, 512, READWRITE, ANONYMOUS | MAP_HUGETLB | MAP_FIXED);
}

static int unmap_all(void)
{
	return outcome(munmap(scene->at, 8 * PAGE));
}

static int unmap_beginning(void)
{
	return outcome(munmap(scene->at, PAGE));
}

static int unmap_middle(void)
{
	return outcome(munmap(scene->at + 3 * PAGE, PAGE));
}

static int unmap_hole(void)
{
	return outcome(munmap(scene->at - 4 * PAGE, 2 * PAGE));
}

static int unmap_unaligned(void)
{
	return outcome(munmap(scene->at + 1, PAGE));
}

static const struct operation list[] = {
	{ "mmap of new memory", CHANGES, 0, eight_pages, map_anew, NULL },
	{ "mmap of shared memory", CHANGES, 0, NULL, map_shared, NULL },
	{ "mmap that extends a mapping", CHANGES, 0, eight_pages, map_beside, NULL },
	{ "mmap over part of a mapping", CHANGES, 0, eight_pages, map_over, NULL },
	{ "mmap over a mapping by one alike", SPARES, 0, eight_pages, map_over_alike, NULL },
	{ "mmap over a mapping, failed late: no huge pages", CHANGES, -ENOMEM, two_huge_pages,
	  map_huge_over, NULL },
	{ "mmap failed: no length", QUIET, -EINVAL, eight_pages, map_nothing, NULL },
	{ "mmap failed: something is there", QUIET, -EEXIST, eight_pages, map_where_one_is, NULL },
	{ "mmap failed: RLIMIT_AS", QUIET, -ENOMEM, no_room, map_too_much, NULL },
	{ "munmap of a mapping", CHANGES, 0, eight_pages, unmap_all, NULL },
	{ "munmap of the beginning of a mapping", CHANGES, 0, eight_pages, unmap_beginning, NULL },
	{ "munmap in the middle of a mapping", CHANGES, 0, eight_pages, unmap_middle, NULL },
	{ "munmap of a hole", QUIET, 0, eight_pages, unmap_hole, NULL },
	{ "munmap failed: not aligned", QUIET, -EINVAL, eight_pages, unmap_unaligned, NULL },
};

const struct operation_group operations_mmap = OPERATION_GROUP(list);
