/* SPDX-License-Identifier: BSD-2-Clause */
#include "layout.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "contest.h"

#define PAGE       4096u
#define MOST_PAGES 64
#define LINE_SIZE  256

#define PROGRAM_START   0x555555554000u
#define LIBRARIES_START 0x7f0000000000u
#define ADDRESS_END     0x800000000000u

/* xorshift64 */
uint64_t random_next(struct random *random)
{
	random->state ^= random->state << 13;
	random->state ^= random->state >> 7;
	random->state ^= random->state << 17;
	return random->state;
}

static uint64_t some_pages(struct random *random)
{
	return (1 + random_next(random) % MOST_PAGES) * PAGE;
}

static bool one_in(struct random *random, uint64_t n)
{
	return random_next(random) % n == 0;
}

/* The next mapping behind this one, or the first behind a zeroed one. */
static void advance(struct mapsnap_mapping *m, char *name, size_t i, size_t mappings,
		    struct random *random)
{
	uint64_t gap = one_in(random, 8) ? some_pages(random) : 0;

	m->start = i ? m->end + gap : PROGRAM_START;
	if (i == mappings / 20)
		m->start = LIBRARIES_START;
	m->end = m->start + some_pages(random);
	m->offset = (i + 1) * PAGE; /* no two alike: a wrong answer shows in a sum */
	m->inode = 1000 + i / 5;
	m->device_major = 8;
	m->permissions = i % 5 == 1 ? MAPSNAP_READ | MAPSNAP_EXECUTE : MAPSNAP_READ;
	m->name = name;
	m->name_length =
		(uint32_t)sprintf(name, "/usr/lib/x86_64-linux-gnu/libexample-%zu.so.1", i / 5);
}

struct mapsnap *layout_snapshot(size_t mappings, size_t changes)
{
	struct random random = { 88172645463325252u };
	size_t distance = changes ? mappings / changes : 0;
	char *text = malloc(mappings * LINE_SIZE), *p = text;
	struct mapsnap_mapping m = { 0 };
	struct mapsnap *snapshot;
	char name[64];

	if (!text)
		die("out of memory");
	for (size_t i = 0; i < mappings; i++) {
		struct mapsnap_mapping line;

		advance(&m, name, i, mappings, &random);
		line = m;
		if (changes && i % distance == distance / 2)
			line.offset += PAGE;
		p += mapsnap_format(&line, p, LINE_SIZE);
	}
	if (mapsnap_parse(text, (size_t)(p - text), &snapshot, NULL) < 0)
		die("the library does not parse what it wrote");
	free(text);
	return snapshot;
}

static uint64_t address_at(const struct mapsnap_mapping *m, struct random *random)
{
	switch (random_next(random) % 40) {
	case 0:
		return m->end + random_next(random) % 2;
	case 1:
		return random_next(random) % ADDRESS_END;
	default:
		return m->start + random_next(random) % (m->end - m->start);
	}
}

void layout_addresses(const struct mapsnap *snapshot, uint64_t *addresses, size_t n)
{
	struct random random = { 1442695040888963407u };

	for (size_t i = 0; i < n; i++) {
		size_t number = random_next(&random) % mapsnap_count(snapshot);

		addresses[i] = address_at(mapsnap_at(snapshot, number), &random);
	}
}
