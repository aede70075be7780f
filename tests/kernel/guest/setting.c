/* SPDX-License-Identifier: BSD-2-Clause */
#include "setting.h"

#include <fcntl.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

bool setting_write(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);
	bool good = fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text);

	if (fd >= 0)
		close(fd);
	return good;
}
