/* SPDX-License-Identifier: BSD-2-Clause */
/* Options as a file may have them, and cursors as clients may send them. */
#include "configuration.h"

#include <pwd.h>
#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "cursor.h"

/* Who there is on this machine is nothing that the input says. */
struct passwd *getpwnam(const char *name)
{
	static struct passwd somebody = { .pw_uid = 1000 };

	return *name == 's' ? &somebody : NULL;
}

static void read_options(struct options *options, const uint8_t *data, size_t size)
{
	FILE *file = fmemopen((void *)data, size, "r");
	char error[300] = "";

	CHECK(file);
	if (!configuration_read(file, options, "f", error, sizeof(error)))
		CHECK(strncmp(error, "f:", 2) == 0 && memchr(error, 0, sizeof(error)));
	fclose(file);
}

static void check_sense(const struct options *options)
{
	for (size_t i = 1; i < options->pid_count; i++)
		CHECK(options->pids[i - 1] < options->pids[i]);
	CHECK(options->share >= 0 && options->share <= 1);
	CHECK(options->bounds.least_ns <= 86400000000000);
}

static void parse_cursor(const char *text)
{
	char again[CURSOR_SIZE];
	struct cursor cursor;

	if (cursor_parse(text, &cursor))
		CHECK(strcmp(cursor_print(&cursor, again), text) == 0 && cursor.event);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct options options = { 0 };
	char *text = malloc(size + 1), *rest, *line;

	memcpy(text, data, size);
	text[size] = '\0';
	read_options(&options, data, size);
	for (line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
		parse_cursor(line);
	check_sense(&options);
	options_free(&options);
	free(text);
	return 0;
}
