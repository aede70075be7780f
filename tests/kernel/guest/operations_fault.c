/* SPDX-License-Identifier: BSD-2-Clause */
/* Page faults. */
#include <signal.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "operation.h"
#include "scene.h"

#define HUGE (512 * PAGE)

static void nothing_yet(void)
{
	scene_pages(64, PROT_READ | PROT_WRITE);
	madvise(scene->at, 64 * PAGE, MADV_DONTNEED);
}

static int touch(void)
{
	for (size_t i = 0; i < 64; i++)
		((volatile char *)scene->at)[i * PAGE] = 1;
	return 0;
}

static void no_huge_page_yet(void)
{
	char *at = scene_pages(1024, PROT_READ | PROT_WRITE);

	scene->at = (char *)(((uintptr_t)at + HUGE - 1) & -HUGE);
	madvise(scene->at, HUGE, MADV_DONTNEED);
	if (madvise(scene->at, HUGE, MADV_HUGEPAGE))
		scene_cannot("needs CONFIG_TRANSPARENT_HUGEPAGE");
}

/* Refused: it was no huge page that came. */
static int touch_huge_page(void)
{
	unsigned char there[512] = { 0 };
	int present = 0;

	*(volatile char *)scene->at = 1;
	mincore(scene->at, HUGE, there);
	for (size_t i = 0; i < 512; i++)
		present += there[i] & 1;
	return present == 512 ? 0 : -present;
}

static void file(void)
{
	scene_file(64);
	madvise(scene->at, 64 * PAGE, MADV_DONTNEED);
}

static void shared_with_child(void)
{
	scene_pages(64, PROT_READ | PROT_WRITE);
	if (fork() == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		for (;;)
			pause();
	}
}

static const struct operation list[] = {
	{ "page faults, anonymous memory", QUIET, 0, nothing_yet, touch, NULL },
	{ "page fault, a transparent huge page", QUIET, 0, no_huge_page_yet, touch_huge_page,
	  NULL },
	{ "page faults, a file", QUIET, 0, file, touch, NULL },
	{ "page faults, copied from a child", QUIET, 0, shared_with_child, touch, NULL },
};

const struct operation_group operations_fault = OPERATION_GROUP(list);
