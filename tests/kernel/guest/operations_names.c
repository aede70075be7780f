/* SPDX-License-Identifier: BSD-2-Clause */
/* prctl(PR_SET_VMA, PR_SET_VMA_ANON_NAME). */
#include <errno.h>
#include <sys/mman.h>
#include <sys/prctl.h>

#include "operation.h"
#include "scene.h"

static int name(char *at, size_t pages, const char *text)
{
	return outcome(prctl(PR_SET_VMA, PR_SET_VMA_ANON_NAME, at, pages * PAGE, text));
}

static void nameless(void)
{
	eight_pages();
}

static void named(void)
{
	nameless();
	if (name(scene->at, 8, "first"))
		scene_cannot("needs CONFIG_ANON_VMA_NAME");
}

static void half_named(void)
{
	nameless();
	if (name(scene->at, 4, "first"))
		scene_cannot("needs CONFIG_ANON_VMA_NAME");
}

static void hole_between(void)
{
	named();
	scene_need(munmap(scene->at + 4 * PAGE, PAGE) == 0, "a hole");
}

static void shared(void)
{
	scene->at = mmap(NULL, 8 * PAGE, PROT_READ, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	scene_need(scene->at != MAP_FAILED, "shared memory");
}

static void heap(void)
{
	struct scene_range heap_range = scene_mapping("[heap]");

	scene->at = heap_range.start;
	scene->fd = (int)((unsigned long)(heap_range.end - heap_range.start) / PAGE);
}

static int set_all(void)
{
	return name(scene->at, (size_t)scene->fd, "second");
}

static int set(void)
{
	return name(scene->at, 8, "second");
}

static int set_again(void)
{
	return name(scene->at, 8, "first");
}

static int set_part(void)
{
	return name(scene->at + 2 * PAGE, 2, "second");
}

static int clear(void)
{
	return name(scene->at, 8, NULL);
}

static int clear_part(void)
{
	return name(scene->at, 2, NULL);
}

static int set_invalid(void)
{
	return name(scene->at, 8, "[");
}

static int set_on_hole(void)
{
	return name(scene->at - 4 * PAGE, 1, "second");
}

static const struct operation list[] = {
	{ "name of anonymous memory, set", CHANGES, 0, nameless, set, NULL },
	{ "name of anonymous memory, set for a part", CHANGES, 0, nameless, set_part, NULL },
	{ "name of anonymous memory, changed", CHANGES, 0, named, set, NULL },
	{ "name of anonymous memory, changed for a part", CHANGES, 0, named, set_part, NULL },
	{ "name of anonymous memory, set so that two merge", CHANGES, 0, half_named, set_again,
	  NULL },
	{ "name of anonymous memory, cleared", CHANGES, 0, named, clear, NULL },
	{ "name of anonymous memory, cleared for a part", CHANGES, 0, named, clear_part, NULL },
	{ "name of anonymous memory, set to what it is", QUIET, 0, named, set_again, NULL },
	{ "name of anonymous memory, failed half-way: a hole", CHANGES, -ENOMEM, hole_between, set,
	  NULL },
	{ "name of anonymous memory, failed: a hole", QUIET, -ENOMEM, named, set_on_hole, NULL },
	{ "name of anonymous memory, failed: not a name", QUIET, -EINVAL, named, set_invalid,
	  NULL },
	{ "name of shared memory, set", CHANGES, 0, shared, set, NULL },
	{ "name of the heap, which is not shown", SPARES, 0, heap, set_all, NULL },
};

const struct operation_group operations_names = OPERATION_GROUP(list);
