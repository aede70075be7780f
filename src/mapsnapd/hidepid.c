/* SPDX-License-Identifier: BSD-2-Clause */
#include "hidepid.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

/* Of several the last counts; kernels before 5.8 show a number for each word. */
static bool hides(char *options)
{
	const char *value = NULL;
	char *rest;

	for (char *o = strtok_r(options, ",\n", &rest); o; o = strtok_r(NULL, ",\n", &rest))
		if (strncmp(o, "hidepid=", strlen("hidepid=")) == 0)
			value = o + strlen("hidepid=");
	return value && strcmp(value, "off") != 0 && strcmp(value, "0") != 0;
}

static bool is_of(const char *line, dev_t device)
{
	unsigned int major, minor;

	return sscanf(line, "%*u %*u %u:%u", &major, &minor) == 2 &&
	       makedev(major, minor) == device;
}

/* All its mounts say the same; what is not among them can't be told. */
bool hidepid_is_set_in(FILE *mounts, dev_t device)
{
	char *line = NULL, *super;
	bool found = false, set = true;
	size_t room = 0;

	while (!found && getline(&line, &room, mounts) >= 0) {
		if (!is_of(line, device))
			continue;
		super = strrchr(line, ' ');
		found = true;
		set = !super || hides(super + 1);
	}
	free(line);
	return set;
}

bool hidepid_is_set(void)
{
	struct stat proc;
	FILE *mounts;
	bool set;

	if (stat("/proc", &proc))
		return true;
	mounts = fopen("/proc/self/mountinfo", "re");
	if (!mounts)
		return true;
	set = hidepid_is_set_in(mounts, proc.st_dev);
	fclose(mounts);
	return set;
}
