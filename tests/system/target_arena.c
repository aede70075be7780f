/* SPDX-License-Identifier: BSD-2-Clause */
#include "target_arena.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "die.h"
#include "target_mode.h"

/*
 * Below where programs and libraries are placed on 48-bit machines, above where
 * sanitizers of a checker in the same process would put theirs.
 */
#define ARENA_START 0x200000000000u
#define ARENA_SIZE  0x1000000000u

/* Nothing in the list is merged with its neighbours: the permissions differ. */
static const uint32_t static_permissions[] = { MAPSNAP_READ, MAPSNAP_READ | MAPSNAP_WRITE, 0 };

static void append(struct expected_list *list, struct expected expected)
{
	if (list->count == list->size) {
		list->size = 2 * list->size + 64;
		list->list = reallocarray(list->list, list->size, sizeof(*list->list));
		if (!list->list)
			die("no memory for the arena's description");
	}
	list->list[list->count++] = expected;
}

static int protection(uint32_t permissions)
{
	return (permissions & MAPSNAP_READ ? PROT_READ : 0) |
	       (permissions & MAPSNAP_WRITE ? PROT_WRITE : 0) |
	       (permissions & MAPSNAP_EXECUTE ? PROT_EXEC : 0);
}

static void *pointer(uint64_t address)
{
	return (void *)(uintptr_t)address;
}

/* MAP_NORESERVE: what is never touched need not be paid for. */
void target_map(const struct expected *e, int fd)
{
	int flags = MAP_FIXED_NOREPLACE | MAP_NORESERVE |
		    (e->permissions & MAPSNAP_SHARED ? MAP_SHARED : MAP_PRIVATE) |
		    (e->file ? 0 : MAP_ANONYMOUS);

	if (mmap(pointer(e->start), e->end - e->start, protection(e->permissions), flags, fd,
		 (off_t)e->offset) != pointer(e->start))
		die("cannot map %#lx (vm.max_map_count is the most mappings a process may have)",
		    (unsigned long)e->start);
}

void target_arena_map(const struct target_arena *arena, const struct expected *e)
{
	target_map(e, arena->files->list[e->file].fd);
}

void target_arena_unmap(uint64_t start, uint64_t end)
{
	if (munmap(pointer(start), end - start))
		die("munmap");
}

void target_arena_protect(uint64_t start, uint64_t end, uint32_t permissions)
{
	if (mprotect(pointer(start), end - start, protection(permissions)))
		die("mprotect");
}

/* To where it is: grows or shrinks; to elsewhere: moves. */
void target_arena_remap(uint64_t start, uint64_t end, uint64_t to, uint64_t to_end)
{
	int flags = to == start ? 0 : MREMAP_MAYMOVE | MREMAP_FIXED;

	if (mremap(pointer(start), end - start, to_end - to, flags, pointer(to)) != pointer(to))
		die("mremap");
}

/* One in ten executable, one in five of a file shared, three in a row before a gap. */
static void add_static(struct target_arena *arena, unsigned int i)
{
	unsigned int files = arena->files->count - 1;
	bool file = arena->backing == TARGET_FILES || (arena->backing == TARGET_MIXED && i % 2);
	struct expected e = {
		.start = arena->next,
		.end = arena->next + (1 + i % 4) * arena->page,
		.permissions = static_permissions[i % 3],
	};

	if (file) {
		e.file = 1 + i * 7 % files;
		/* Some far behind the first 4 GiB. */
		e.offset = (i % 64 + (i % 100 == 7 ? 1u << 20 : 0)) * arena->page;
	}
	if (i % 10 == 0 && (!file || arena->files->executable))
		e.permissions = MAPSNAP_READ | MAPSNAP_EXECUTE;
	if (file && i % 5 == 1)
		e.permissions |= MAPSNAP_SHARED;
	append(&arena->statics, e);
	arena->next = e.end + (i % 3 == 2 ? arena->page : 0);
}

static void add_statics(struct target_arena *arena, unsigned int until)
{
	while (arena->statics.count < until)
		add_static(arena, (unsigned int)arena->statics.count);
}

/* The places lie evenly among the static mappings, with gaps around, one at either end. */
static void lay_out(struct target_arena *arena, unsigned int statics)
{
	unsigned int places = arena->slots * arena->mode->places;

	arena->places = calloc(places, sizeof(*arena->places));
	if (!arena->places)
		die("no memory for the arena's description");
	for (unsigned int i = 0; i < places; i++) {
		add_statics(arena, places == 1 ? statics / 2 : statics / (places - 1) * i);
		arena->places[i] = arena->next + arena->page;
		arena->next = arena->places[i] + (arena->place_pages + 1) * arena->page;
	}
	add_statics(arena, statics);
}

/*
 * Slots with two places: one in the lower half, the other in the upper half.
 * With one: each in the other half than the slot before, whose change comes
 * just before its own.
 */
static unsigned int place_of(const struct target_arena *arena, unsigned int slot,
			     unsigned int which)
{
	if (arena->mode->places == 2)
		return slot + which * arena->slots;
	return slot / 2 + slot % 2 * (arena->slots / 2);
}

uint64_t target_arena_at(const struct target_arena *arena, unsigned int slot, unsigned int which,
			 unsigned int page)
{
	return arena->places[place_of(arena, slot, which)] + page * arena->page;
}

void target_arena_shape(struct target_arena *arena)
{
	arena->shapes[arena->shape_count++] =
		(struct shape){ .first = (uint32_t)arena->moving.count };
}

void target_arena_piece(struct target_arena *arena, unsigned int slot, struct target_piece piece)
{
	struct expected e = {
		.start = target_arena_at(arena, slot, piece.which, piece.from),
		.end = target_arena_at(arena, slot, piece.which, piece.to),
		.offset = piece.file ? (16 + piece.from) * arena->page : 0,
		.permissions = piece.permissions,
		.file = piece.file,
	};

	append(&arena->moving, e);
	arena->shapes[arena->shape_count - 1].count++;
}

uint32_t target_arena_file(const struct target_arena *arena, unsigned int slot)
{
	return slot % 2 ? 0 : 1 + slot % (arena->files->count - 1);
}

static const struct shape *shape_at(const struct target_arena *arena, unsigned int slot,
				    unsigned int shape)
{
	return &arena->shapes[(size_t)slot * arena->mode->shapes + shape];
}

const struct expected *target_arena_expected(const struct target_arena *arena, unsigned int slot,
					     unsigned int shape)
{
	return &arena->moving.list[shape_at(arena, slot, shape)->first];
}

static void describe_slots(struct target_arena *arena)
{
	arena->shapes = calloc((size_t)arena->slots * arena->mode->shapes, sizeof(*arena->shapes));
	if (!arena->shapes)
		die("no memory for the arena's description");
	for (unsigned int slot = 0; slot < arena->slots; slot++)
		arena->mode->describe(arena, slot);
}

static void map_first_shape(const struct target_arena *arena, unsigned int slot)
{
	for (uint32_t i = 0; i < shape_at(arena, slot, 0)->count; i++)
		target_arena_map(arena, target_arena_expected(arena, slot, 0) + i);
}

/* Fewer than the mode would have where there is little around them. */
static unsigned int slots_among(const struct target_mode *mode, unsigned int statics)
{
	unsigned int fit = statics / 16 * 2;

	if (mode->slots == 1)
		return 1;
	return fit < 2 ? 2 : fit < mode->slots ? fit : mode->slots;
}

void target_arena_plan(struct target_arena *arena, const struct target_mode *mode,
		       const struct target_files *files, enum target_backing backing,
		       unsigned int statics, unsigned int number)
{
	uint64_t start = ARENA_START + number * (uint64_t)ARENA_SIZE;

	*arena = (struct target_arena){
		.mode = mode,
		.files = files,
		.backing = backing,
		.page = (uint64_t)sysconf(_SC_PAGESIZE),
		.start = start,
		.next = start,
		.slots = slots_among(mode, statics),
		.place_pages = mode->pages(statics),
	};
	lay_out(arena, statics);
	describe_slots(arena);
}

void target_arena_make(const struct target_arena *arena)
{
	for (size_t i = 0; i < arena->statics.count; i++)
		target_arena_map(arena, &arena->statics.list[i]);
	for (unsigned int slot = 0; slot < arena->slots; slot++)
		map_first_shape(arena, slot);
}
