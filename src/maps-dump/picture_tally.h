/* SPDX-License-Identifier: BSD-2-Clause */
/* How many mappings there are of each kind and access, and how large they are together. */
#ifndef PICTURE_TALLY_H
#define PICTURE_TALLY_H

#include "mapsnap.h"
#include "picture.h"

enum {
	KINDS = MAPSNAP_KIND_SPECIAL + 1
};

/* What may be done with a mapping: exactly one of these. */
enum access {
	ACCESS_NONE,
	ACCESS_READ,
	ACCESS_EXECUTE,
	ACCESS_WRITE,
	ACCESS_WRITE_EXECUTE,
	ACCESSES
};

enum access access_of(uint16_t permissions);

/* "no access", "writable", ... */
const char *access_name(enum access access);

struct sum {
	size_t mappings;
	uint64_t bytes;
};

struct tally {
	struct sum all;
	struct sum kind[KINDS];
	struct sum access[ACCESSES];
	struct sum deleted; /* of any kind */
	uint64_t bytes[KINDS][ACCESSES];
};

struct tally tally_of_picture(const struct picture *picture);
struct tally tally_of_region(const struct picture *picture, const struct region *region);
struct tally tally_of_block(const struct picture *picture, const struct block *block);

#endif
