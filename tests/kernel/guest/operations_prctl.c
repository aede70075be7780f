/* SPDX-License-Identifier: BSD-2-Clause */
/* prctl(PR_SET_MM): what is labelled [heap] and [stack]. */
#include <errno.h>
#include <linux/prctl.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "operation.h"
#include "scene.h"

#define NOBODY 65534

/* Two pages that are to get the label. */
static void two_pages(void)
{
	scene_pages(2, PROT_READ | PROT_WRITE);
}

static void pages_above_heap(void)
{
	unsigned long end = (unsigned long)syscall(SYS_brk, 0);

	scene->at = (char *)((end + PAGE - 1) & -PAGE) + 16 * PAGE;
	scene_need(mmap(scene->at, 2 * PAGE, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0) == scene->at,
		   "pages above the heap");
}

static int set(int what, const char *address)
{
	return outcome(prctl(PR_SET_MM, what, address, 0, 0));
}

static int set_brk(void)
{
	return set(PR_SET_MM_BRK, scene->at + PAGE);
}

/* The heap is made to end where a page does. */
static void heap(void)
{
	char *end = scene_mapping("[heap]").end;

	scene->at = end + 2 * PAGE;
	scene_need(syscall(SYS_brk, scene->at) == (long)scene->at, "brk");
}

static int set_start_brk(void)
{
	return set(PR_SET_MM_START_BRK, scene->at);
}

static int set_start_brk_higher(void)
{
	return set(PR_SET_MM_START_BRK, scene->at + PAGE);
}

static void beginning_of_heap(void)
{
	scene->at = scene_mapping("[heap]").start;
}

static int set_start_stack(void)
{
	return set(PR_SET_MM_START_STACK, scene->at + PAGE);
}

static int set_arg_start(void)
{
	return set(PR_SET_MM_ARG_START, scene->at);
}

static int set_invalid(void)
{
	return set(PR_SET_MM_START_STACK, NULL);
}

/* All begin and end in the two pages: what is zero would be refused. */
static int set_map(void)
{
	uint64_t at = (uintptr_t)scene->at;
	struct prctl_mm_map map = {
		.start_code = at,
		.end_code = at + PAGE,
		.start_data = at,
		.end_data = at + PAGE,
		.start_brk = at + PAGE,
		.brk = at + 2 * PAGE,
		.start_stack = at,
		.arg_start = at,
		.arg_end = at + 1,
		.env_start = at,
		.env_end = at + 1,
		.exe_fd = UINT32_MAX,
	};

	return outcome(prctl(PR_SET_MM, PR_SET_MM_MAP, &map, sizeof(map), 0));
}

static int set_map_of_other_size(void)
{
	return outcome(prctl(PR_SET_MM, PR_SET_MM_MAP, scene, 8, 0));
}

static void without_privilege(void)
{
	two_pages();
	if (setresgid(NOBODY, NOBODY, NOBODY) || setresuid(NOBODY, NOBODY, NOBODY))
		scene_cannot("needs root, to become somebody else");
	prctl(PR_SET_DUMPABLE, 1);
}

static const struct operation list[] = {
	{ "PR_SET_MM_BRK", CHANGES, 0, pages_above_heap, set_brk, NULL },
	{ "PR_SET_MM_START_BRK, to the end of the heap", CHANGES, 0, heap, set_start_brk, NULL },
	{ "PR_SET_MM_START_BRK, within the heap", SPARES, 0, beginning_of_heap,
	  set_start_brk_higher, NULL },
	{ "PR_SET_MM_START_STACK", CHANGES, 0, two_pages, set_start_stack, NULL },
	{ "PR_SET_MM_ARG_START", SPARES, 0, two_pages, set_arg_start, NULL },
	{ "PR_SET_MM_MAP, without privilege", CHANGES, 0, without_privilege, set_map, NULL },
	{ "PR_SET_MM failed: no privilege", QUIET, -EPERM, without_privilege, set_start_stack,
	  NULL },
	{ "PR_SET_MM failed: no address", QUIET, -EINVAL, two_pages, set_invalid, NULL },
	{ "PR_SET_MM_MAP failed: size", QUIET, -EINVAL, two_pages, set_map_of_other_size, NULL },
};

const struct operation_group operations_prctl = OPERATION_GROUP(list);
