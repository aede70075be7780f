/* SPDX-License-Identifier: BSD-2-Clause */
/* The files behind a target's mappings, each with what maps shows of it. */
#ifndef TARGET_FILES_H
#define TARGET_FILES_H

#include <stdbool.h>
#include <stdint.h>

struct target_file {
	int fd; /* -1: none, mappings are anonymous */
	uint64_t inode;
	uint32_t device_major;
	uint32_t device_minor;
	char *name;
};

struct target_files {
	char *directory;
	struct target_file *list; /* the first is none */
	unsigned int count;
	bool executable; /* the file system allows that */
};

/* Makes so many files in a new directory. Exits where it can't. */
void target_files_make(struct target_files *files, unsigned int count);

/* Removes them. */
void target_files_remove(struct target_files *files);

#endif
