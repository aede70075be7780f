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

int builder_init(struct builder *builder, const struct want *want, size_t capacity, bool fixed)
{
	size_t names = power_of_two(capacity) / MAPPINGS_A_NAME;

	if (capacity < FEWEST_MAPPINGS)
		capacity = FEWEST_MAPPINGS;
	capacity++; /* the slot that is always free */
	*builder = (struct builder){
		.want = want,
		.everything = want_all(want),
		.capacity = capacity,
		.buffer_size = BUFFER_SIZE,
	};
	builder->mappings = malloc(capacity * sizeof(*builder->mappings));
	builder->buffer = malloc(BUFFER_SIZE);
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
	names_clear(&builder->names);
}

static int grow_mappings(struct builder *builder)
{
	size_t capacity = 2 * builder->capacity;
	struct mapsnap_mapping *mappings = realloc(builder->mappings, capacity * sizeof(*mappings));

	if (!mappings)
		return -ENOMEM;
	builder->mappings = mappings;
	builder->capacity = capacity;
	return 0;
}

static int grow_buffer(struct builder *builder)
{
	size_t size = 2 * builder->buffer_size;
	char *buffer = realloc(builder->buffer, size);

	if (!buffer)
		return -ENOMEM;
	builder->buffer = buffer;
	builder->buffer_size = size;
	return 0;
}

int builder_grow(struct builder *builder)
{
	int r = grow_mappings(builder);

	if (r == 0)
		r = grow_buffer(builder);
	return r ? r : names_grow(&builder->names);
}

int builder_grow_buffer(struct builder *builder)
{
	return builder->names.fixed ? FULL : grow_buffer(builder);
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

int builder_take(struct builder *builder)
{
	struct mapsnap_mapping *m = builder_slot(builder);
	int r = DONE;

	note_order(builder, m);
	if (!builder->everything && !want_mapping(builder->want, m))
		return DONE;
	if (m->name_length && want_names(builder->want))
		r = set_name(builder, m);
	else
		set_nameless(m);
	if (r)
		return r;
	if (++builder->count < builder->capacity)
		return DONE;
	return builder->names.fixed ? FULL : grow_mappings(builder);
}

void builder_finish(struct builder *builder, uint64_t *starts)
{
	const struct names *names = &builder->names;

	for (size_t i = 0; i < builder->count; i++) {
		struct mapsnap_mapping *m = &builder->mappings[i];
		const struct name *name = &names->list[(uintptr_t)m->name];

		m->name = names->bytes + name->offset;
		m->path = names->bytes + name->path;
		starts[i] = m->start;
	}
}
