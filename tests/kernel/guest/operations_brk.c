/* SPDX-License-Identifier: BSD-2-Clause */
/* brk. */
#include <errno.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "operation.h"
#include "scene.h"

/* Past the C library, which keeps a brk of its own. Returns as other calls do. */
static int set_brk(char *end)
{
	return syscall(SYS_brk, end) == (long)end ? 0 : -ENOMEM;
}

/* The heap ends half a page behind scene->at, four pages behind what the C library had. */
static void heap(void)
{
	unsigned long end = (unsigned long)syscall(SYS_brk, 0);

	scene->at = (char *)((end + PAGE - 1) & -PAGE) + 4 * PAGE;
	scene_need(set_brk(scene->at + PAGE / 2) == 0, "brk");
}

static int grow(void)
{
	return set_brk(scene->at + 3 * PAGE);
}

static int shrink(void)
{
	return set_brk(scene->at - 2 * PAGE);
}

static int grow_within_page(void)
{
	return set_brk(scene->at + PAGE);
}

static int shrink_within_page(void)
{
	return set_brk(scene->at + 1);
}

static int keep(void)
{
	return set_brk(scene->at + PAGE / 2);
}

static int ask(void)
{
	return set_brk(NULL) ? 0 : -EINVAL;
}

/* In a child the heap is a copy that nobody needs any more. */
static void beginning_of_heap(void)
{
	scene->at = scene_mapping("[heap]").start;
}

static int shrink_to_nothing(void)
{
	return set_brk(scene->at);
}

static int shrink_below_beginning(void)
{
	return set_brk(scene->at - PAGE);
}

static void no_more_heap(void)
{
	struct rlimit limit = { PAGE, PAGE };

	heap();
	scene_need(setrlimit(RLIMIT_DATA, &limit) == 0, "a limit");
}

static void neighbour(void)
{
	heap();
	scene_need(mmap(scene->at + 2 * PAGE, PAGE, PROT_READ,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) != MAP_FAILED,
		   "a neighbour");
}

/* Memory of the heap that was unmapped is not there to be given back. */
static void hole(void)
{
	heap();
	scene_need(munmap(scene->at - PAGE, 2 * PAGE) == 0, "a hole");
}

static int shrink_over_hole(void)
{
	return set_brk(scene->at - PAGE);
}

static const struct operation list[] = {
	{ "brk grows", CHANGES, 0, heap, grow, NULL },
	{ "brk shrinks", CHANGES, 0, heap, shrink, NULL },
	{ "brk shrinks to nothing", CHANGES, 0, beginning_of_heap, shrink_to_nothing, NULL },
	{ "brk grows within a page", QUIET, 0, heap, grow_within_page, NULL },
	{ "brk shrinks within a page", QUIET, 0, heap, shrink_within_page, NULL },
	{ "brk stays", QUIET, 0, heap, keep, NULL },
	{ "brk is asked for", QUIET, 0, heap, ask, NULL },
	{ "brk grows failed: RLIMIT_DATA", QUIET, -ENOMEM, no_more_heap, grow, NULL },
	{ "brk grows failed: something is there", QUIET, -ENOMEM, neighbour, grow, NULL },
	{ "brk shrinks failed: a hole", QUIET, -ENOMEM, hole, shrink_over_hole, NULL },
	{ "brk shrinks failed: below its beginning", QUIET, -ENOMEM, beginning_of_heap,
	  shrink_below_beginning, NULL },
};

const struct operation_group operations_brk = OPERATION_GROUP(list);
