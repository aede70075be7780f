/* SPDX-License-Identifier: BSD-2-Clause */
#include "builder.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "outcome.h"

/*
 * read(2) returns at most a page of text unless one line is longer, so this
 * holds every line but those of paths deeper than PATH_MAX.
 */
#define BUFFER_SIZE 16384

/* One name for so many mappings: a shared object has four or five. */
#define MAPPINGS_A_NAME 4
#define FEWEST_MAPPINGS 256

static size_t power_of_two(size_t at_least)
{
	size_t n = FEWEST_MAPPINGS;

	while (n < at_least)
		n *= 2;
	return n;
}

int builder_init(struct builder *builder, const struct want *want, size_t capacity, size_t buffer,
		 bool fixed)
{
	size_t names = power_of_two(capacity) / MAPPINGS_A_NAME;

	if (capacity < FEWEST_MAPPINGS)
		capacity = FEWEST_MAPPINGS;
	capacity++; /* the slot that is always free */
	*builder = (struct builder){
		.want = want,
		.everything = want_all(want),
		.capacity = capacity,
		.buffer_size = buffer > BUFFER_SIZE ? buffer : BUFFER_SIZE,
	};
	builder->mappings = malloc(capacity * sizeof(*builder->mappings));
	builder->buffer = malloc(builder->buffer_size);
	if (!builder->mappings || !builder->buffer || names_init(&builder->names, names) < 0) {
		builder_free(builder);
		return -ENOMEM;
	}
	builder->names.fixed = fixed;
	return 0;
}

void builder_free(struct builder *builder)
{
	free(builder->mappings);
	free(builder->buffer);
	names_free(&builder->names);
	*builder = (struct builder){ 0 };
}

void builder_clear(struct builder *builder, bool escaped)
{
	builder->count = 0;
	builder->last_end = 0;
	builder->torn = false;
	builder->escaped = escaped;
	builder->buffer_used = 0;
	names_clear(&builder->names);
}

static int set_capacity(struct builder *builder, size_t capacity)
{
	struct mapsnap_mapping *mappings = realloc(builder->mappings, capacity * sizeof(*mappings));

	if (!mappings)
		return -ENOMEM;
	builder->mappings = mappings;
	builder->capacity = capacity;
	return 0;
}

static int set_buffer(struct builder *builder, size_t size)
{
	char *buffer = realloc(builder->buffer, size);

	if (!buffer)
		return -ENOMEM;
	builder->buffer = buffer;
	builder->buffer_size = size;
	return 0;
}

void builder_ask(struct builder *builder, size_t mappings, size_t buffer)
{
	builder->asked_mappings = mappings;
	builder->asked_buffer = buffer;
}

static int double_all(struct builder *builder)
{
	int r = set_capacity(builder, 2 * builder->capacity);

	if (r == 0)
		r = set_buffer(builder, 2 * builder->buffer_size);
	return r ? r : names_grow(&builder->names);
}

/* The names in step with the mappings, as at first. */
static int grow_to_asked(struct builder *builder)
{
	size_t mappings = with_slack(builder->asked_mappings);
	size_t buffer = with_slack(builder->asked_buffer);
	int r = 0;

	if (mappings >= builder->capacity)
		r = set_capacity(builder, mappings + 1);
	if (r == 0 && buffer > builder->buffer_size)
		r = set_buffer(builder, buffer);
	while (r == 0 && builder->names.capacity < power_of_two(mappings) / MAPPINGS_A_NAME)
		r = names_grow(&builder->names);
	return r;
}

int builder_grow(struct builder *builder)
{
	int r = builder->asked_mappings ? grow_to_asked(builder) : double_all(builder);

	builder_ask(builder, 0, 0);
	return r;
}

int builder_grow_buffer(struct builder *builder)
{
	return builder->names.fixed ? FULL : set_buffer(builder, 2 * builder->buffer_size);
}

/* A later mapping never begins before an earlier one ends, in one address space. */
static void note_order(struct builder *builder, const struct mapsnap_mapping *m)
{
	builder->torn |= m->start < builder->last_end;
	builder->last_end = m->end;
}

static void set_nameless(struct mapsnap_mapping *m)
{
	m->name = NULL; /* the index of "" */
	m->name_length = 0;
	m->kind = has_file(m) ? MAPSNAP_KIND_FILE : MAPSNAP_KIND_ANONYMOUS;
	m->flags = 0;
}

static int set_name(struct builder *builder, struct mapsnap_mapping *m)
{
	const struct name *name;
	size_t index;
	int r = names_add(&builder->names, m->name, m->name_length, builder->escaped, &index);

	if (r)
		return r;
	name = &builder->names.list[index];
	m->name = (const char *)(uintptr_t)index;
	m->name_length = name->length;
	m->kind = name->kind;
	m->flags = name->flags;
	return DONE;
}

static bool is_wanted(const struct builder *builder, const struct mapsnap_mapping *m)
{
	return builder->everything || want_mapping(builder->want, m);
}

/* What stands in the slot is whole. */
static int keep(struct builder *builder)
{
	if (++builder->count < builder->capacity)
		return DONE;
	return builder->names.fixed ? FULL : set_capacity(builder, 2 * builder->capacity);
}

int builder_take(struct builder *builder)
{
	struct mapsnap_mapping *m = builder_slot(builder);
	int r = DONE;

	note_order(builder, m);
	if (!is_wanted(builder, m))
		return DONE;
	if (m->name_length && want_names(builder->want))
		r = set_name(builder, m);
	else
		set_nameless(m);
	return r ? r : keep(builder);
}

int builder_take_like(struct builder *builder, size_t like)
{
	const struct mapsnap_mapping *named = &builder->mappings[like];
	struct mapsnap_mapping *m = builder_slot(builder);

	note_order(builder, m);
	if (!is_wanted(builder, m))
		return DONE;
	m->name = named->name;
	m->name_length = named->name_length;
	m->kind = named->kind;
	m->flags = named->flags;
	return keep(builder);
}

/* Each is looked for: in a torn list not even the starts are in order. */
void builder_drop(struct builder *builder, const struct ranges *ranges)
{
	size_t kept = 0;

	for (size_t i = 0; i < builder->count; i++) {
		const struct mapsnap_mapping *m = &builder->mappings[i];

		if (!ranges_touch(ranges, m->start, m->end))
			builder->mappings[kept++] = *m;
	}
	builder->count = kept;
}

static void note_order_anew(struct builder *builder)
{
	builder->torn = false;
	builder->last_end = 0;
	for (size_t i = 0; i < builder->count; i++)
		note_order(builder, &builder->mappings[i]);
}

/* From the end, where there is room: those to be brought in are few. */
int builder_merge(struct builder *builder, size_t from)
{
	size_t new = builder->count - from;
	struct mapsnap_mapping *later = malloc(new * sizeof(*later) + 1);
	struct mapsnap_mapping *to = builder->mappings + builder->count;

	if (!later)
		return -ENOMEM;
	memcpy(later, builder->mappings + from, new * sizeof(*later));
	while (new) {
		if (from && builder->mappings[from - 1].end > later[new - 1].end)
			*--to = builder->mappings[--from];
		else
			*--to = later[--new];
	}
	free(later);
	note_order_anew(builder);
	return DONE;
}

void *builder_records(struct builder *builder, size_t size, size_t *room)
{
	*room = builder->capacity - 1; /* but for the slot that is always free */
	return (char *)builder->mappings + *room * (sizeof(*builder->mappings) - size);
}

const struct mapsnap_mapping *builder_resolve(struct builder *builder, size_t from, size_t count)
{
	const struct names *names = &builder->names;

	for (size_t i = from; i < from + count; i++) {
		struct mapsnap_mapping *m = &builder->mappings[i];
		const struct name *name = &names->list[(uintptr_t)m->name];

		m->name = names->bytes + name->offset;
		m->path = names->bytes + name->path;
	}
	return builder->mappings + from;
}
