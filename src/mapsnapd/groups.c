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

/* Groups are to be as different as what is shown of them. */
static void clean(char *shown, size_t size, const char *name)
{
	snprintf(shown, size, "%s", name);
	for (; *shown; shown++)
		if (*shown < ' ' || *shown > '~')
			*shown = '?';
}

static unsigned int find_or_take(const struct groups *groups, const char *shown)
{
	unsigned int number = find(groups, shown);

	if (strcmp(shown, GROUPS_OTHER_NAME) == 0)
		return GROUPS_OTHER;
	return number <= GROUPS_MOST ? number : find_free(groups);
}

unsigned int groups_join(struct groups *groups, const char *name)
{
	char shown[sizeof(groups->list->name)];
	unsigned int number;

	clean(shown, sizeof(shown), name);
	number = find_or_take(groups, shown);
	if (number > GROUPS_MOST)
		number = GROUPS_OTHER;
	if (number != GROUPS_OTHER)
		memcpy(groups->list[number].name, shown, sizeof(shown));
	groups->list[number].members++;
	return number;
}

void groups_leave(struct groups *groups, unsigned int number)
{
	groups->list[number].members--;
}
