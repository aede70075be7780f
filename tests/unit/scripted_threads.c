/* SPDX-License-Identifier: BSD-2-Clause */
#include "scripted_threads.h"

#include <dirent.h>
#include <string.h>

struct entries entries_of(const char *const *names, size_t n)
{
	struct entries entries = { .length = 0 };

	for (size_t i = 0; i < n; i++) {
		char *entry = entries.bytes + entries.length;
		size_t size = offsetof(struct dirent64, d_name) + strlen(names[i]) + 1;
		unsigned short length = (unsigned short)((size + 7) / 8 * 8);

		memcpy(entry + offsetof(struct dirent64, d_reclen), &length, sizeof(length));
		strcpy(entry + offsetof(struct dirent64, d_name), names[i]);
		entries.length += length;
	}
	return entries;
}
