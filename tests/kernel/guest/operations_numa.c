/* SPDX-License-Identifier: BSD-2-Clause */
/* Where memory is to lie: mbind, set_mempolicy. */
#include <linux/mempolicy.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "operation.h"
#include "scene.h"

static int bind(char *at, size_t pages, int mode)
{
	unsigned long node_0 = mode == MPOL_DEFAULT ? 0 : 1;

	return outcome(syscall(SYS_mbind, at, pages * PAGE, mode, &node_0, 64, 0));
}

static void unbound(void)
{
	eight_pages();
	if (bind(scene->at, 8, MPOL_DEFAULT))
		scene_cannot("needs CONFIG_NUMA");
}

static void bound(void)
{
	unbound();
	scene_need(bind(scene->at, 8, MPOL_BIND) == 0, "mbind");
}

static int bind_all(void)
{
	return bind(scene->at, 8, MPOL_BIND);
}

static int bind_part(void)
{
	return bind(scene->at + 2 * PAGE, 2, MPOL_BIND);
}

static int bind_what_comes(void)
{
	unsigned long node_0 = 1;

	return outcome(syscall(SYS_set_mempolicy, MPOL_BIND, &node_0, 64));
}

static const struct operation list[] = {
	{ "mbind of a whole mapping", SPARES, 0, unbound, bind_all, NULL },
	{ "mbind of part of a mapping", CHANGES, 0, unbound, bind_part, NULL },
	{ "mbind to what it is", SPARES, 0, bound, bind_all, NULL },
	{ "set_mempolicy", QUIET, 0, unbound, bind_what_comes, NULL },
};

const struct operation_group operations_numa = OPERATION_GROUP(list);
