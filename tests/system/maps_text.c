/* SPDX-License-Identifier: BSD-2-Clause */
#include "maps_text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

/* What cat asks for. The kernel gives a page at a time whatever is asked. */
#define CHUNK 131072

static int make_room(struct maps_text *text)
{
	char *bytes;

	if (text->size - text->length >= CHUNK)
		return 0;
	bytes = realloc(text->bytes, 2 * text->size + CHUNK);
	if (!bytes)
		return -ENOMEM;
	text->bytes = bytes;
	text->size = 2 * text->size + CHUNK;
	return 0;
}

int maps_text_read(struct maps_text *text, int fd)
{
	ssize_t n;

	text->length = 0;
	if (lseek(fd, 0, SEEK_SET) < 0)
		return -errno;
	do {
		if (make_room(text))
			return -ENOMEM;
		n = read(fd, text->bytes + text->length, CHUNK);
		if (n < 0)
			return -errno;
		text->length += (size_t)n;
	} while (n > 0);
	return 0;
}

int maps_text_of(struct maps_text *text, pid_t pid)
{
	char path[32];
	int fd, r;

	snprintf(path, sizeof(path), "/proc/%d/maps", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	r = maps_text_read(text, fd);
	close(fd);
	return r;
}

void maps_text_free(struct maps_text *text)
{
	free(text->bytes);
	*text = (struct maps_text){ 0 };
}
