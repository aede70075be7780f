/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The names of one snapshot, each stored once. Found by content alone: device
 * and inode do not name a file (btrfs subvolumes, FUSE, hard links).
 */
#ifndef NAMES_H
#define NAMES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct name {
	uint32_t hash;
	uint32_t length;
	size_t offset; /* into names::bytes */
	size_t path;   /* the same, of the unescaped path; often equal */
	uint8_t kind;  /* enum mapsnap_kind */
	uint8_t flags; /* MAPSNAP_DELETED... */
};

struct names {
	bool fixed; /* must not allocate now */
	char *bytes;
	size_t used, size;
	struct name *list; /* list[0] is "" */
	size_t count, capacity;
	uint32_t *slots; /* indexes into list; 0 is free; twice capacity of them */
	size_t last;     /* index of the one added last */
};

int names_init(struct names *names, size_t capacity);
void names_free(struct names *names);
void names_clear(struct names *names);

/* Doubles the room, allowed at any time. */
int names_grow(struct names *names);

/*
 * Stores this name if it is new, and gives its index. The name is as the text
 * prints it where `escaped`, and as the file is called otherwise. Returns DONE,
 * -ENOMEM, or FULL.
 */
int names_add(struct names *names, const char *name, size_t length, bool escaped, size_t *index);

#endif
