/* SPDX-License-Identifier: BSD-2-Clause */
/* Files with names that are hard to print, to parse, or to tell from others. */
#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "target_names.h"

static const char *const kept[] = {
	"with space",         " leading",
	"trailing ",          "two  spaces",
	"tab\tinside",        "carriage\rreturn",
	"new\nline",          "\n",
	"ends in newline\n",  "literal\\012newline",
	"back\\slash",        "ends in backslash\\",
	"literal (deleted)",  "(deleted)",
	" (deleted)",         "[heap]",
	"[anon:x]",           "quote\"apostrophe'",
	"percent%s%n",        "7f00-7f01 r-xp 00000000 08:02 173521 x",
	"\033[31mred\033[0m", "\001\177",
	"utf8-\303\274",      "latin1-\374",
	"\377\376",
};

static const char *const removed[] = {
	"gone", "gone with space", "gone\nnewline", "gone (deleted)", "gone\377",
};

static int create(const char *name)
{
	return open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
}

void target_names_map_files(void)
{
	for (unsigned int i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		target_names_map_fd(create(kept[i]), kept[i]);
	for (unsigned int i = 0; i < sizeof(removed) / sizeof(removed[0]); i++) {
		target_names_map_fd(create(removed[i]), removed[i]);
		unlink(removed[i]);
	}
}

void target_names_remove_files(void)
{
	for (unsigned int i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
		unlink(kept[i]);
}
