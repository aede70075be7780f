/* SPDX-License-Identifier: BSD-2-Clause */
/* mprotect, pkey_mprotect. */
#include <errno.h>
#include <sys/mman.h>

#include "operation.h"
#include "scene.h"

#define READWRITE (PROT_READ | PROT_WRITE)

static void two_mappings(void)
{
	eight_pages();
	scene_need(mprotect(scene->at + 4 * PAGE, 4 * PAGE, PROT_READ) == 0, "protection");
}

static void hole_between(void)
{
	eight_pages();
	scene_need(munmap(scene->at + 4 * PAGE, PAGE) == 0, "a hole");
}

static int protect_all(void)
{
	return outcome(mprotect(scene->at, 8 * PAGE, PROT_READ));
}

static int protect_part(void)
{
	return outcome(mprotect(scene->at + 2 * PAGE, 2 * PAGE, PROT_READ));
}

static int protect_as_it_is(void)
{
	return outcome(mprotect(scene->at, 8 * PAGE, READWRITE));
}

static int protect_hole(void)
{
	return outcome(mprotect(scene->at - 4 * PAGE, PAGE, PROT_READ));
}

static int protect_unaligned(void)
{
	return outcome(mprotect(scene->at + 1, PAGE, PROT_READ));
}

static void protection_key(void)
{
	eight_pages();
	scene->fd = pkey_alloc(0, 0);
	if (scene->fd < 0)
		scene_cannot("needs a processor with protection keys");
}

static int protect_by_key(void)
{
	return outcome(pkey_mprotect(scene->at, 8 * PAGE, READWRITE, scene->fd));
}

static int allocate_key(void)
{
	return outcome(pkey_alloc(0, 0));
}

static int free_key(void)
{
	return outcome(pkey_free(scene->fd));
}

static const struct operation list[] = {
	{ "mprotect of a whole mapping", CHANGES, 0, eight_pages, protect_all, NULL },
	{ "mprotect of part of a mapping", CHANGES, 0, eight_pages, protect_part, NULL },
	{ "mprotect that merges two mappings", CHANGES, 0, two_mappings, protect_as_it_is, NULL },
	{ "mprotect to what it is", QUIET, 0, eight_pages, protect_as_it_is, NULL },
	{ "mprotect failed half-way: a hole", CHANGES, -ENOMEM, hole_between, protect_all, NULL },
	{ "mprotect failed: a hole", QUIET, -ENOMEM, eight_pages, protect_hole, NULL },
	{ "mprotect failed: not aligned", QUIET, -EINVAL, eight_pages, protect_unaligned, NULL },
	{ "pkey_mprotect, only the key", SPARES, 0, protection_key, protect_by_key, NULL },
	{ "pkey_alloc", QUIET, 0, protection_key, allocate_key, NULL },
	{ "pkey_free", QUIET, 0, protection_key, free_key, NULL },
};

const struct operation_group operations_protect = OPERATION_GROUP(list);
