/* SPDX-License-Identifier: BSD-2-Clause */
/* What is to be dumped: processes, and files of saved captures. */
#ifndef TARGET_H
#define TARGET_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct target {
	pid_t pid;        /* 0 where path is the target */
	const char *path; /* "-": standard input */
	bool found;       /* by criteria: one that is gone was no target */
};

struct targets {
	struct target *list;
	size_t count;
};

/*
 * Adds what an argument names: digits are a pid, /proc/PID/maps is that
 * process, anything else is a file. Returns 0, -ERANGE (no pid is that
 * number), -EEXIST (standard input, which can be read once) or -ENOMEM.
 */
int targets_add(struct targets *targets, const char *argument);

/* What processes are to have in common: of each kind one that is listed. */
struct criteria {
	const char **names;   /* as commands, see command.h */
	const char **cgroups; /* paths in the hierarchy, those below included */
	uid_t *users;         /* effective */
	size_t name_count, cgroup_count, user_count;
};

/* Each adds one. Returns 0, -ENOMEM, or for a user -ENOENT: there is none called so. */
int criteria_add_name(struct criteria *criteria, const char *name);
int criteria_add_cgroup(struct criteria *criteria, const char *path);
int criteria_add_user(struct criteria *criteria, const char *user);

bool criteria_are_any(const struct criteria *criteria);
void criteria_free(struct criteria *criteria);

/*
 * Adds every process that meets them; without any, every process but kernel
 * threads, which never have mappings. This process itself is left out. Returns
 * how many there were, or a negative errno.
 */
int targets_find(struct targets *targets, const struct criteria *criteria);

/* Whether a process is going to be read, and not a saved capture. */
bool target_is_live(const struct target *target);

void targets_free(struct targets *targets);

#endif
