/* SPDX-License-Identifier: BSD-2-Clause */
/* The text of a maps file as cat reads it, without the library. */
#ifndef MAPS_TEXT_H
#define MAPS_TEXT_H

#include <stddef.h>
#include <sys/types.h>

struct maps_text {
	char *bytes; /* no NUL behind */
	size_t length;
	size_t size;
};

/* Reads from the beginning to the end of file. 0 or a negative errno. */
int maps_text_read(struct maps_text *text, int fd);

/* The same of /proc/PID/maps. */
int maps_text_of(struct maps_text *text, pid_t pid);

void maps_text_free(struct maps_text *text);

#endif
