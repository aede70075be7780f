/* SPDX-License-Identifier: BSD-2-Clause */
#include "configuration.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "setting.h"

/* Longer than any path is; what has no lines at all is no file of ours. */
#define MOST_BYTES 65536

/* What blanks are, those that other systems end lines with among them. */
#define BLANKS " \t\r\n"

/* Without the blanks around it. */
static char *trim(char *text)
{
	char *begin = text + strspn(text, BLANKS), *end = begin + strlen(begin);

	while (end > begin && strchr(BLANKS, end[-1]))
		end--;
	*end = '\0';
	return begin;
}

/* NAME, or NAME = VALUE with anything in the value. */
static bool take_setting(struct options *options, char *line, char *error, size_t size)
{
	char *value = strchr(line, '='), *name;
	const struct setting *setting;

	if (value)
		*value++ = '\0';
	name = trim(line);
	setting = setting_find(name);
	if (setting)
		return setting_set(setting, options, value ? trim(value) : NULL, error, size);
	snprintf(error, size, "%.100s: %s", name,
		 value ? "there is no such option" : "write OPTION = VALUE");
	return false;
}

static bool take_line(struct options *options, char *line, size_t length, char *error, size_t size)
{
	const char *begin = line + strspn(line, BLANKS);

	if (length > MOST_BYTES || strlen(line) != length) {
		snprintf(error, size, "%s",
			 length > MOST_BYTES ? "too long" : "there is a NUL in it");
		return false;
	}
	return !*begin || *begin == '#' || *begin == ';' ||
	       take_setting(options, line, error, size);
}

bool configuration_read(FILE *file, struct options *options, const char *path, char *error,
			size_t size)
{
	char *line = NULL, sentence[256];
	bool taken = true;
	size_t room = 0, number = 0;
	ssize_t length;

	while (taken && (length = getline(&line, &room, file)) >= 0) {
		number++;
		taken = take_line(options, line, (size_t)length, sentence, sizeof(sentence));
	}
	if (!taken)
		snprintf(error, size, "%s:%zu: %s", path, number, sentence);
	else if (!feof(file))
		snprintf(error, size, "%s: %s", path, strerror(errno));
	free(line);
	return taken && feof(file);
}
