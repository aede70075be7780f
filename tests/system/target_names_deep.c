/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Paths of PATH_MAX bytes and more. No call takes such a path, but one can walk
 * there; the kernel prints it whole.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "die.h"
#include "target_names.h"

/* PATH_MAX counts the NUL: the longest that a query gives, one more, one page, two pages. */
static const size_t lengths[] = { PATH_MAX - 1, PATH_MAX, 5000, 9000 };

#define FILES (sizeof(lengths) / sizeof(lengths[0]))

/* Each level adds a slash and this much. */
#define LEVEL 200

static unsigned int depth;
static char *files[FILES];
static unsigned int depths[FILES];

static char *letters(char letter, size_t n)
{
	char *name = malloc(n + 1);

	if (!name)
		die("no memory for a name");
	memset(name, letter, n);
	name[n] = '\0';
	return name;
}

static void descend(void)
{
	char *name = letters('d', LEVEL);

	if (mkdir(name, 0700) || chdir(name))
		die("cannot make a directory %u levels deep", depth + 1);
	free(name);
	depth++;
}

static void ascend(void)
{
	char *name = letters('d', LEVEL);

	if (chdir("..") || rmdir(name))
		die("cannot remove a directory %u levels deep", depth);
	free(name);
	depth--;
}

void target_names_map_deep(void)
{
	char *here = getcwd(NULL, 0);
	size_t length;

	if (!here)
		die("getcwd");
	length = strlen(here);
	free(here);
	for (unsigned int i = 0; i < FILES; i++) {
		for (; length + 1 + NAME_MAX < lengths[i]; length += 1 + LEVEL)
			descend();
		files[i] = letters((char)('a' + i), lengths[i] - length - 1);
		depths[i] = depth;
		target_names_map_fd(open(files[i], O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600),
				    "a deep path");
	}
	for (unsigned int up = depth; up > 0; up--)
		if (chdir(".."))
			die("cannot go up again");
}

void target_names_remove_deep(void)
{
	char *name = letters('d', LEVEL);

	for (unsigned int i = 0; i < depth; i++)
		if (chdir(name))
			die("cannot go down again");
	free(name);
	for (unsigned int i = FILES; i-- > 0;) {
		while (depth > depths[i])
			ascend();
		unlink(files[i]);
		free(files[i]);
	}
	while (depth > 0)
		ascend();
}
