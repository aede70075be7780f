/* SPDX-License-Identifier: BSD-2-Clause */
/* Options as a file may have them, and cursors as clients may send them. */
#include "setting.h"

#include <stdlib.h>
#include <string.h>

#include "check.h"
#include "cursor.h"

/* All but users, who are looked up on this machine. */
static const char *const names[] = { "all",          "name",    "cgroup", "pid",     "interval",
				     "max-interval", "max-cpu", "keep",   "memory",  "source",
				     "group-by",     "socket",  "group",  "clients", "pending" };

#define NAMES (sizeof(names) / sizeof(names[0]))

static void set(struct options *options, uint8_t name, const char *value)
{
	char error[64] = "";

	if (!setting_set(setting_find(names[name % NAMES]), options, value, error, sizeof(error)))
		CHECK(*error && memchr(error, 0, sizeof(error)));
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

/* A line each: the first byte says which. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct options options = { 0 };
	char *text = malloc(size + 1), *rest, *line;

	memcpy(text, data, size);
	text[size] = '\0';
	for (line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		set(&options, (uint8_t)*line, line + 1);
		parse_cursor(line);
	}
	check_sense(&options);
	options_free(&options);
	free(text);
	return 0;
}
