/* SPDX-License-Identifier: BSD-2-Clause */
#include "criteria.h"

#include <errno.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>

static int append(char ***list, size_t *count, const char *string)
{
	char **longer = reallocarray(*list, *count + 1, sizeof(*longer));

	if (!longer)
		return -ENOMEM;
	*list = longer;
	longer[*count] = strdup(string);
	if (!longer[*count])
		return -ENOMEM;
	(*count)++;
	return 0;
}

int criteria_add_name(struct criteria *criteria, const char *name)
{
	return append(&criteria->names, &criteria->name_count, name);
}

int criteria_add_cgroup(struct criteria *criteria, const char *path)
{
	return append(&criteria->cgroups, &criteria->cgroup_count, path);
}

/* A number that is nobody's name is an id, as chown(1) has it. */
static int find_user(const char *user, uid_t *uid)
{
	const struct passwd *entry;
	unsigned long number;
	char *end;

	errno = 0;
	entry = getpwnam(user);
	if (entry) {
		*uid = entry->pw_uid;
		return 0;
	}
	if (errno == ENOMEM)
		return -ENOMEM;
	if (strspn(user, "0123456789") == 0)
		return -ENOENT;
	errno = 0;
	number = strtoul(user, &end, 10);
	/* -1 stands for no user. */
	if (*end || errno || number >= (uid_t)-1)
		return -ENOENT;
	*uid = (uid_t)number;
	return 0;
}

int criteria_add_user(struct criteria *criteria, const char *user)
{
	uid_t *users, uid;
	int error = find_user(user, &uid);

	if (error)
		return error;
	users = reallocarray(criteria->users, criteria->user_count + 1, sizeof(*users));
	if (!users)
		return -ENOMEM;
	criteria->users = users;
	users[criteria->user_count++] = uid;
	return 0;
}

bool criteria_are_any(const struct criteria *criteria)
{
	return criteria->name_count || criteria->cgroup_count || criteria->user_count;
}

static void free_strings(char **list, size_t count)
{
	for (size_t i = 0; i < count; i++)
		free(list[i]);
	free(list);
}

void criteria_free(struct criteria *criteria)
{
	free_strings(criteria->names, criteria->name_count);
	free_strings(criteria->cgroups, criteria->cgroup_count);
	free(criteria->users);
	*criteria = (struct criteria){ 0 };
}
