/* SPDX-License-Identifier: BSD-2-Clause */
#include "names.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "kind.h"
#include "mapsnap.h"
#include "outcome.h"

#define NEWLINE        "\\012"
#define NEWLINE_LENGTH 4
#define DELETED        " (deleted)"
#define DELETED_LENGTH 10

/* Typical length of a name, for sizing the bytes by the number of names. */
#define TYPICAL_LENGTH 64

int names_init(struct names *names, size_t capacity)
{
	*names = (struct names){ .capacity = capacity, .size = capacity * TYPICAL_LENGTH };
	names->bytes = malloc(names->size);
	names->list = malloc(capacity * sizeof(*names->list));
	names->slots = malloc(2 * capacity * sizeof(*names->slots));
	if (!names->bytes || !names->list || !names->slots) {
		names_free(names);
		return -ENOMEM;
	}
	names_clear(names);
	return 0;
}

void names_free(struct names *names)
{
	free(names->bytes);
	free(names->list);
	free(names->slots);
	*names = (struct names){ 0 };
}

void names_clear(struct names *names)
{
	names->bytes[0] = '\0';
	names->used = 1;
	names->list[0] = (struct name){ .kind = MAPSNAP_KIND_ANONYMOUS };
	names->count = 1;
	names->last = 0;
	memset(names->slots, 0, 2 * names->capacity * sizeof(*names->slots));
}

/* Where the hash says to look first; capacity is a power of two. */
static size_t home(const struct names *names, uint32_t hash)
{
	return hash & (2 * names->capacity - 1);
}

static void insert(struct names *names, size_t index)
{
	size_t i = home(names, names->list[index].hash);

	while (names->slots[i])
		i = (i + 1) & (2 * names->capacity - 1);
	names->slots[i] = (uint32_t)index;
}

static int grow_list(struct names *names)
{
	size_t capacity = 2 * names->capacity;
	struct name *list = realloc(names->list, capacity * sizeof(*list));
	uint32_t *slots;

	if (!list)
		return -ENOMEM;
	names->list = list;
	slots = realloc(names->slots, 2 * capacity * sizeof(*slots));
	if (!slots)
		return -ENOMEM;
	names->slots = slots;
	names->capacity = capacity;
	memset(slots, 0, 2 * capacity * sizeof(*slots));
	for (size_t i = 1; i < names->count; i++)
		insert(names, i);
	return 0;
}

static int grow_bytes(struct names *names, size_t wanted)
{
	size_t size = 2 * names->size;
	char *bytes;

	while (size - names->used < wanted)
		size *= 2;
	bytes = realloc(names->bytes, size);
	if (!bytes)
		return -ENOMEM;
	names->bytes = bytes;
	names->size = size;
	return 0;
}

int names_grow(struct names *names)
{
	int r = grow_list(names);

	return r ? r : grow_bytes(names, 0);
}

/* Makes room for a name more, of at most this many bytes. */
static int make_room(struct names *names, size_t bytes)
{
	bool list_full = names->count == names->capacity;
	bool bytes_full = names->size - names->used < bytes;
	int r = 0;

	if ((list_full || bytes_full) && names->fixed)
		return FULL;
	if (list_full)
		r = grow_list(names);
	if (r == 0 && bytes_full)
		r = grow_bytes(names, bytes);
	return r;
}

/* Eight bytes a step; only has to spread the names of one process. */
static uint32_t hash_name(const char *name, size_t length)
{
	uint64_t h = length * 0x9e3779b97f4a7c15u;
	uint64_t word;

	for (; length >= sizeof(word); name += sizeof(word), length -= sizeof(word)) {
		memcpy(&word, name, sizeof(word));
		h = (h ^ word) * 0x9e3779b97f4a7c15u;
		h ^= h >> 32;
	}
	word = 0;
	memcpy(&word, name, length);
	h = (h ^ word) * 0x9e3779b97f4a7c15u;
	return (uint32_t)(h >> 32);
}

static bool ends_deleted(const char *name, size_t length)
{
	return length > DELETED_LENGTH &&
	       memcmp(name + length - DELETED_LENGTH, DELETED, DELETED_LENGTH) == 0;
}

/* Copies `from` to `to` with each newline as \012; returns the length. */
static size_t escape(char *to, const char *from, size_t length)
{
	char *p = to;

	for (size_t i = 0; i < length; i++) {
		if (from[i] == '\n')
			p = mempcpy(p, NEWLINE, NEWLINE_LENGTH);
		else
			*p++ = from[i];
	}
	return (size_t)(p - to);
}

/* The reverse; where a file is really called \012 it is the wrong guess. */
static size_t unescape(char *to, const char *from, size_t length)
{
	const char *end = from + length;
	char *p = to;

	while (from < end) {
		if (end - from >= NEWLINE_LENGTH && memcmp(from, NEWLINE, NEWLINE_LENGTH) == 0) {
			*p++ = '\n';
			from += NEWLINE_LENGTH;
		} else {
			*p++ = *from++;
		}
	}
	return (size_t)(p - to);
}

/* The most bytes that a name can need: raw and path with their NULs. */
static size_t most_bytes(size_t length, bool escaped)
{
	return (escaped ? length : length * NEWLINE_LENGTH) + 1 + length + 1;
}

static void put_raw(struct names *names, struct name *n, const char *name, size_t length,
		    bool escaped)
{
	char *raw = names->bytes + names->used;

	if (escaped)
		memcpy(raw, name, length);
	else
		length = escape(raw, name, length);
	raw[length] = '\0';
	n->offset = names->used;
	n->length = (uint32_t)length;
	n->kind = kind_of_name(raw, length);
	n->flags = 0;
	names->used += length + 1;
}

/* Whether anything in the name can make the path differ: in most names nothing does. */
static bool plain(const struct name *n, const char *raw, const char *name, size_t length,
		  bool escaped)
{
	if (raw[0] == '[')
		return true;
	return n->length == length && !ends_deleted(name, length) &&
	       !(escaped && memchr(name, '\\', length));
}

/* Writes the path behind the raw name, if it differs. */
static void put_path(struct names *names, struct name *n, const char *name, size_t length,
		     bool escaped)
{
	const char *raw = names->bytes + n->offset;
	char *path = names->bytes + names->used;
	size_t path_length = length;

	n->path = n->offset;
	if (plain(n, raw, name, length, escaped))
		return;
	if (escaped)
		path_length = unescape(path, name, length);
	else
		memcpy(path, name, length);
	if (path_length != length)
		n->flags |= MAPSNAP_PATH_AMBIGUOUS;
	if (ends_deleted(path, path_length)) {
		n->flags |= MAPSNAP_DELETED | MAPSNAP_PATH_AMBIGUOUS;
		path_length -= DELETED_LENGTH;
	}
	if (path_length == n->length)
		return;
	path[path_length] = '\0';
	n->path = names->used;
	names->used += path_length + 1;
}

/*
 * Whether the stored name is the given one. As the text prints them, names are
 * told by that alone. As files are called, a newline differs from the four
 * characters, though both print alike: the path tells, which was cut before
 * " (deleted)".
 */
static bool is_given(const struct names *names, const struct name *n, const char *name,
		     size_t length, bool escaped)
{
	const char *path = names->bytes + n->path;
	size_t path_length;

	if (escaped || n->path == n->offset)
		return n->length == length && memcmp(names->bytes + n->offset, name, length) == 0;
	path_length = strlen(path);
	if (n->flags & MAPSNAP_DELETED)
		return length == path_length + DELETED_LENGTH && ends_deleted(name, length) &&
		       memcmp(path, name, path_length) == 0;
	return length == path_length && memcmp(path, name, length) == 0;
}

/* The index of a name that is stored already, or 0. */
static size_t find(const struct names *names, uint32_t hash, const char *name, size_t length,
		   bool escaped)
{
	size_t i = home(names, hash);

	for (; names->slots[i]; i = (i + 1) & (2 * names->capacity - 1)) {
		const struct name *n = &names->list[names->slots[i]];

		if (n->hash == hash && is_given(names, n, name, length, escaped))
			return names->slots[i];
	}
	return 0;
}

static int add_new(struct names *names, uint32_t hash, const char *name, size_t length,
		   bool escaped)
{
	struct name *n;
	int r = make_room(names, most_bytes(length, escaped));

	if (r)
		return r;
	n = &names->list[names->count];
	n->hash = hash;
	put_raw(names, n, name, length, escaped);
	put_path(names, n, name, length, escaped);
	insert(names, names->count++);
	return DONE;
}

/* Neighbours mostly share a name: compare with the last one before hashing. */
int names_add(struct names *names, const char *name, size_t length, bool escaped, size_t *index)
{
	uint32_t hash;
	int r;

	*index = names->last;
	if (is_given(names, &names->list[*index], name, length, escaped))
		return DONE;
	hash = hash_name(name, length);
	*index = find(names, hash, name, length, escaped);
	if (*index == 0) {
		*index = names->count;
		r = add_new(names, hash, name, length, escaped);
		if (r)
			return r;
	}
	names->last = *index;
	return DONE;
}
