/* SPDX-License-Identifier: BSD-2-Clause */
#include "text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "unit.h"

#define LONGEST_LINE (2 * LONG_NAME)

/* xorshift64 */
uint64_t random_next(struct random *random)
{
	uint64_t x = random->state;

	x ^= x << 13;
	x ^= x >> 7;
	x ^= x << 17;
	random->state = x;
	return x;
}

uint64_t random_below(struct random *random, uint64_t n)
{
	return random_next(random) % n;
}

size_t text_line(char *buffer, const struct mapsnap_mapping *m)
{
	uint32_t has = m->permissions;
	int n = sprintf(buffer, "%08llx-%08llx %c%c%c%c %08llx %02x:%02x %llu ",
			(unsigned long long)m->start, (unsigned long long)m->end,
			has & MAPSNAP_READ ? 'r' : '-', has & MAPSNAP_WRITE ? 'w' : '-',
			has & MAPSNAP_EXECUTE ? 'x' : '-', has & MAPSNAP_SHARED ? 's' : 'p',
			(unsigned long long)m->offset, m->device_major, m->device_minor,
			(unsigned long long)m->inode);

	if (m->name_length)
		n += sprintf(buffer + n, "%*s %s", n < 72 ? 72 - n : 0, "", m->name);
	n += sprintf(buffer + n, "\n");
	return (size_t)n;
}

static void make_up_file(struct random *random, struct mapsnap_mapping *m, char *name)
{
	static const char *const names[] = {
		"/usr/lib/x86_64-linux-gnu/libsomething.so.%d",
		"/a\\012b.%d",
		"/tmp/gone %d (deleted)",
		"/memfd:%d (deleted)",
		"[anon:%d]",
	};

	snprintf(name, LONG_NAME, names[random_below(random, 5)], (int)random_below(random, 900));
	m->name_length = (uint32_t)strlen(name);
	m->offset = random_next(random) >> random_below(random, 64) & ~0xfffull;
	m->inode = random_next(random) >> random_below(random, 64);
	m->device_major = (uint32_t)random_below(random, 300);
	m->device_minor = (uint32_t)random_next(random) >> random_below(random, 32);
}

char *text_made_up(struct random *random, size_t mappings, size_t *length)
{
	char *text = malloc(mappings * LONGEST_LINE + 1);
	char *p = text;
	uint64_t end = random_below(random, 2) ? 0 : random_next(random) >> 20;
	char name[LONG_NAME];

	assert_non_null(text);
	*p = '\0';
	for (size_t i = 0; i < mappings; i++) {
		struct mapsnap_mapping m = { .start = end, .name = name };

		if (i && random_below(random, 2))
			m.start += 1 + random_below(random, 1u << 20);
		m.end = m.start + 1 + random_below(random, 1u << 20);
		if (i + 1 == mappings && random_below(random, 2))
			m.end = UINT64_MAX;
		m.permissions = (uint16_t)random_below(random, 16);
		if (random_below(random, 2))
			make_up_file(random, &m, name);
		p += text_line(p, &m);
		end = m.end;
	}
	*length = (size_t)(p - text);
	return text;
}

struct mapsnap *text_parsed(const char *text, size_t length)
{
	char *exact = malloc(length ? length : 1);
	struct mapsnap *snapshot = NULL;
	size_t line = 0;
	int r;

	assert_non_null(exact);
	memcpy(exact, text, length);
	r = mapsnap_parse(exact, length, &snapshot, &line);
	free(exact);
	if (r)
		fail_msg("mapsnap_parse() returned %d at line %zu", r, line);
	return snapshot;
}

char *text_of(const struct mapsnap *snapshot, size_t *length)
{
	size_t count = mapsnap_count(snapshot);
	size_t size = 1, at = 0;
	char *text;

	for (size_t i = 0; i < count; i++)
		size += mapsnap_format(mapsnap_at(snapshot, i), NULL, 0);
	text = calloc(1, size);
	assert_non_null(text);
	for (size_t i = 0; i < count; i++)
		at += mapsnap_format(mapsnap_at(snapshot, i), text + at, size - at);
	*length = at;
	return text;
}
