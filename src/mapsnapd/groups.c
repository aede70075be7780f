/* SPDX-License-Identifier: BSD-2-Clause */
#include "groups.h"

#include <stdio.h>
#include <string.h>

static unsigned int find(const struct groups *groups, const char *name)
{
	unsigned int number = 1;

	while (number <= GROUPS_MOST &&
	       (!groups->list[number].members || strcmp(groups->list[number].name, name) != 0))
		number++;
	return number;
}

static unsigned int find_free(const struct groups *groups)
{
	unsigned int number = 1;

	while (number <= GROUPS_MOST && groups->list[number].members)
		number++;
	return number;
}

unsigned int groups_join(struct groups *groups, const char *name)
{
	char cut[sizeof(groups->list->name)];
	unsigned int number;

	snprintf(cut, sizeof(cut), "%s", name);
	number = find(groups, cut);
	if (number > GROUPS_MOST)
		number = find_free(groups);
	if (number > GROUPS_MOST)
		number = GROUPS_OTHER;
	else
		memcpy(groups->list[number].name, cut, sizeof(cut));
	groups->list[number].members++;
	return number;
}

void groups_leave(struct groups *groups, unsigned int number)
{
	groups->list[number].members--;
}
