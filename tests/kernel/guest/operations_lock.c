/* SPDX-License-Identifier: BSD-2-Clause */
/* mlock, munlock, mlockall. */
#include <errno.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "operation.h"
#include "scene.h"

#define NOBODY 65534

static void locked(void)
{
	eight_pages();
	scene_need(mlock(scene->at, 8 * PAGE) == 0, "mlock");
}

static void half_locked(void)
{
	eight_pages();
	scene_need(mlock(scene->at, 4 * PAGE) == 0, "mlock");
}

static void all_locked(void)
{
	eight_pages();
	scene_need(mlockall(MCL_CURRENT) == 0, "mlockall");
}

static void not_allowed(void)
{
	struct rlimit limit = { 0, 0 };

	eight_pages();
	scene_need(setrlimit(RLIMIT_MEMLOCK, &limit) == 0, "a limit");
	if (setresuid(NOBODY, NOBODY, NOBODY))
		scene_cannot("needs root, to become somebody else");
}

static int lock_all(void)
{
	return outcome(mlock(scene->at, 8 * PAGE));
}

static int lock_part(void)
{
	return outcome(mlock(scene->at + 2 * PAGE, 2 * PAGE));
}

static int lock_on_fault(void)
{
	return outcome(mlock2(scene->at, 8 * PAGE, MLOCK_ONFAULT));
}

static int lock_hole(void)
{
	return outcome(mlock(scene->at - 4 * PAGE, PAGE));
}

static int unlock_all(void)
{
	return outcome(munlock(scene->at, 8 * PAGE));
}

static int unlock_part(void)
{
	return outcome(munlock(scene->at + 2 * PAGE, 2 * PAGE));
}

static int lock_everything(void)
{
	return outcome(mlockall(MCL_CURRENT));
}

static int lock_what_comes(void)
{
	return outcome(mlockall(MCL_FUTURE));
}

static int unlock_everything(void)
{
	return outcome(munlockall());
}

static const struct operation list[] = {
	{ "mlock of a whole mapping", QUIET, 0, eight_pages, lock_all, NULL },
	{ "mlock2 of a whole mapping, on fault", QUIET, 0, eight_pages, lock_on_fault, NULL },
	{ "mlock of part of a mapping", CHANGES, 0, eight_pages, lock_part, NULL },
	{ "mlock that merges two mappings", CHANGES, 0, half_locked, lock_all, NULL },
	{ "mlock of a locked mapping", QUIET, 0, locked, lock_all, NULL },
	{ "mlock failed: a hole", QUIET, -ENOMEM, eight_pages, lock_hole, NULL },
	{ "mlock failed: RLIMIT_MEMLOCK", QUIET, -EPERM, not_allowed, lock_all, NULL },
	{ "munlock of a whole mapping", QUIET, 0, locked, unlock_all, NULL },
	{ "munlock of part of a mapping", CHANGES, 0, locked, unlock_part, NULL },
	{ "mlockall of what there is", QUIET, 0, eight_pages, lock_everything, NULL },
	{ "mlockall of what comes", QUIET, 0, eight_pages, lock_what_comes, NULL },
	{ "munlockall", QUIET, 0, all_locked, unlock_everything, NULL },
};

const struct operation_group operations_lock = OPERATION_GROUP(list);
