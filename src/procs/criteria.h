/* SPDX-License-Identifier: BSD-2-Clause */
/* What processes are to have in common. */
#ifndef CRITERIA_H
#define CRITERIA_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Of each kind one that is listed; all kinds that are. */
struct criteria {
	char **names;   /* as commands, see command.h */
	char **cgroups; /* paths in the hierarchy, those below included */
	uid_t *users;   /* effective */
	size_t name_count, cgroup_count, user_count;
};

/*
 * Each adds one, and keeps nothing of what it is given. Returns 0, -ENOMEM, or for
 * a user -ENOENT: there is none called so.
 */
int criteria_add_name(struct criteria *criteria, const char *name);
int criteria_add_cgroup(struct criteria *criteria, const char *path);
int criteria_add_user(struct criteria *criteria, const char *user);

bool criteria_are_any(const struct criteria *criteria);
void criteria_free(struct criteria *criteria);

#endif
