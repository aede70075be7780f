/* SPDX-License-Identifier: BSD-2-Clause */
/* What can be done to an address space, and what the maps sequence promises about it. */
#ifndef OPERATION_H
#define OPERATION_H

#include <stddef.h>
#include <sys/types.h>

/* Of the text of maps, before against after, and of the number. */
enum promise {
	CHANGES, /* the text does, so the number must move */
	SPARES,  /* the text does not; the number may move */
	RETURNS, /* the text changes and is then as before; the number must move */
	QUIET,   /* neither: what is common or changes nothing must not look like a change */
	UNSEEN,  /* the text changes, the number does not: the documented exceptions */
	LEAVES,  /* the address space is not this process's any more: the call fails */
};

/* One of act and meddle is NULL. They return 0 or a negative errno. */
struct operation {
	const char *name;
	enum promise promise;
	int result;            /* what act or meddle must return */
	void (*prepare)(void); /* in the process, before the first look; or NULL */
	int (*act)(void);      /* in the process */
	int (*meddle)(pid_t);  /* in another one, while the process is stopped */
};

struct operation_group {
	const struct operation *operations;
	size_t count;
};

#define OPERATION_GROUP(list)                          \
	{                                              \
		list, sizeof(list) / sizeof((list)[0]) \
	}

/* A file each. */
extern const struct operation_group operations_mmap, operations_mremap, operations_protect,
	operations_seal, operations_brk, operations_names, operations_prctl, operations_lock,
	operations_advise, operations_numa, operations_fault, operations_uffd, operations_stack,
	operations_process, operations_exec, operations_special, operations_uprobe, operations_file;

#endif
