/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Stacks of threads that come and go, as a thread library makes them: reserved,
 * made usable but for a guard at the low end, used by a thread, unmapped.
 */
#include <errno.h>
#include <pthread.h>
#include <stdint.h>
#include <unistd.h>

#include "die.h"
#include "target_mode.h"

#define GUARD 1 /* page */

enum {
	ABSENT,
	RESERVED,
	USED,
	SHAPES
};

/* Room for the thread's own data beside the least that a stack may be. */
static unsigned int pages(unsigned int statics)
{
	long least = sysconf(_SC_THREAD_STACK_MIN), page = sysconf(_SC_PAGESIZE);

	(void)statics;
	return GUARD + (unsigned int)((least + 65536 + page - 1) / page);
}

static void describe(struct target_arena *arena, unsigned int slot)
{
	unsigned int all = arena->place_pages;

	target_arena_shape(arena);
	target_arena_shape(arena);
	target_arena_piece(arena, slot, (struct target_piece){ .to = all });
	target_arena_shape(arena);
	target_arena_piece(arena, slot, (struct target_piece){ .to = GUARD });
	target_arena_piece(arena, slot,
			   (struct target_piece){ .from = GUARD,
						  .to = all,
						  .permissions = MAPSNAP_READ | MAPSNAP_WRITE });
}

static void *nothing(void *argument)
{
	return argument;
}

/* libc maps nothing for a thread that is given its stack. */
static void run_thread(const struct expected *stack)
{
	pthread_attr_t attributes;
	pthread_t thread;

	pthread_attr_init(&attributes);
	errno = pthread_attr_setstack(&attributes, (void *)(uintptr_t)stack->start,
				      stack->end - stack->start);
	if (errno == 0)
		errno = pthread_create(&thread, &attributes, nothing, NULL);
	if (errno)
		die("cannot run a thread");
	pthread_join(thread, NULL);
	pthread_attr_destroy(&attributes);
}

static void change(struct target_arena *arena, unsigned int slot, unsigned int shape)
{
	const struct expected *reserved = target_arena_expected(arena, slot, RESERVED);
	const struct expected *stack = target_arena_expected(arena, slot, USED) + 1;

	switch (shape) {
	case ABSENT:
		target_arena_map(arena, reserved);
		break;
	case RESERVED:
		target_arena_protect(stack->start, stack->end, stack->permissions);
		break;
	case USED:
		run_thread(stack);
		target_arena_unmap(reserved->start, reserved->end);
		break;
	}
}

const struct target_mode target_mode_stacks = {
	.name = "stacks",
	.slots = 64,
	.places = 1,
	.shapes = SHAPES,
	.burst = 2,
	.pages = pages,
	.describe = describe,
	.change = change,
};
