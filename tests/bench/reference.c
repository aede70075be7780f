/* SPDX-License-Identifier: BSD-2-Clause */
#include "reference.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "contest.h"

#define CACHE_LINE 64

size_t bare_read(int maps_fd)
{
	static char buffer[65536];
	off_t offset = 0;
	ssize_t n;

	while ((n = pread(maps_fd, buffer, sizeof(buffer), offset)) > 0)
		offset += n;
	if (n < 0)
		die("cannot read the target's maps: %s", strerror(errno));
	return (size_t)offset;
}

static uint16_t permission_bits(const char *text)
{
	return (uint16_t)((text[0] == 'r' ? MAPSNAP_READ : 0) |
			  (text[1] == 'w' ? MAPSNAP_WRITE : 0) |
			  (text[2] == 'x' ? MAPSNAP_EXECUTE : 0) |
			  (text[3] == 's' ? MAPSNAP_SHARED : 0));
}

static struct mapsnap_mapping *list_next(struct list *list)
{
	if (list->count == list->capacity) {
		list->capacity = list->capacity ? 2 * list->capacity : 64;
		list->mappings = realloc(list->mappings, list->capacity * sizeof(*list->mappings));
		if (!list->mappings)
			die("out of memory");
	}
	return &list->mappings[list->count++];
}

static void list_add(struct list *list, char *line, ssize_t length)
{
	struct mapsnap_mapping *m = list_next(list);
	char text[5];
	int at = 0;

	/* NOLINTNEXTLINE(cert-err34-c): this is how it is commonly done */
	if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %4s %" SCNx64 " %x:%x %" SCNu64 " %n", &m->start,
		   &m->end, text, &m->offset, &m->device_major, &m->device_minor, &m->inode,
		   &at) != 7)
		die("the reference cannot parse: %s", line);
	if (line[length - 1] == '\n')
		line[--length] = '\0';
	/* The space in the format took a newline, too. */
	m->name = strdup(at > length ? "" : line + at);
	if (!m->name)
		die("out of memory");
	m->name_length = (uint32_t)strlen(m->name);
	m->permissions = permission_bits(text);
}

void list_read(struct list *list, pid_t pid)
{
	char path[32], *line = NULL;
	size_t size = 0;
	ssize_t length;
	FILE *file;

	snprintf(path, sizeof(path), "/proc/%d/maps", pid);
	file = fopen(path, "re");
	if (!file)
		die("cannot open %s: %s", path, strerror(errno));
	*list = (struct list){ 0 };
	while ((length = getline(&line, &size, file)) > 0)
		list_add(list, line, length);
	free(line);
	fclose(file);
}

void list_free(struct list *list)
{
	for (size_t i = 0; i < list->count; i++)
		free((char *)list->mappings[i].name);
	free(list->mappings);
}

static uint64_t mix(uint64_t sum, uint64_t value)
{
	sum = (sum ^ value) * 0x9e3779b97f4a7c15u;
	return sum ^ sum >> 32;
}

uint64_t checksum(const struct mapsnap_mapping *mappings, size_t count, uint32_t permissions)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < count; i++) {
		const struct mapsnap_mapping *m = &mappings[i];

		if ((m->permissions & permissions) != permissions)
			continue;
		sum = mix(mix(mix(sum, m->start), m->end), m->offset);
		sum = mix(mix(mix(sum, m->inode), m->device_major), m->device_minor);
		sum = mix(mix(sum, m->permissions), m->name_length);
		for (const char *p = m->name; *p; p++)
			sum = mix(sum, (unsigned char)*p);
	}
	return sum;
}

void search_init(struct search *search, const struct mapsnap *snapshot)
{
	size_t count = mapsnap_count(snapshot);

	struct mapsnap_walk walk = { .snapshot = snapshot };

	_Static_assert(sizeof(*search->mappings) == CACHE_LINE, "a mapping is a cache line");
	search->count = count;
	search->mappings = aligned_alloc(CACHE_LINE, count * sizeof(*search->mappings));
	search->starts = malloc(count * sizeof(*search->starts));
	if (!search->mappings || !search->starts)
		die("out of memory");
	for (size_t i = 0; i < count; i++) {
		search->mappings[i] = *mapsnap_walk_next(&walk);
		search->starts[i] = search->mappings[i].start;
	}
}

void search_free(struct search *search)
{
	free(search->mappings);
	free(search->starts);
}

/* The probability makes gcc take a conditional move. */
const struct mapsnap_mapping *search_find(const struct search *search, uint64_t address)
{
	const uint64_t *base = search->starts;
	const struct mapsnap_mapping *m;

	for (size_t n = search->count; n > 1;) {
		size_t half = n / 2;
		const uint64_t *middle = base + half;

		base = __builtin_expect_with_probability(*middle <= address, 1, 0.5) ? middle
										     : base;
		n -= half;
	}
	m = search->mappings + (base - search->starts);
	return address - m->start < m->end - m->start ? m : NULL;
}

/* Where the names are is all in which records of equal mappings differ. */
static bool differ(const struct mapsnap_mapping *a, const struct mapsnap_mapping *b)
{
	return memcmp(a, b, offsetof(struct mapsnap_mapping, name)) != 0 ||
	       a->permissions != b->permissions || a->name_length != b->name_length ||
	       memcmp(a->name, b->name, a->name_length) != 0;
}

size_t count_differences(const struct list *before, const struct list *after)
{
	const struct mapsnap_mapping *a = before->mappings, *a_end = a + before->count;
	const struct mapsnap_mapping *b = after->mappings, *b_end = b + after->count;
	size_t n = 0;

	while (a < a_end && b < b_end) {
		n += differ(a, b);
		if (a->start == b->start) {
			a++;
			b++;
		} else if (a->start < b->start) {
			a++;
		} else {
			b++;
		}
	}
	return n + (size_t)(a_end - a) + (size_t)(b_end - b);
}
