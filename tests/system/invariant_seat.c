/* SPDX-License-Identifier: BSD-2-Clause */
#include "invariant.h"

struct invariant_seat *invariant_seat(const struct invariant *invariant, uint32_t seat)
{
	return (struct invariant_seat *)((uintptr_t)invariant + invariant->seats_at) + seat;
}

/* No two address spaces that are there at a time have the same. */
static uint64_t shift_of(const struct invariant *invariant, uint32_t seat, uint64_t number)
{
	return (number / 2 * invariant->seats + seat) % INVARIANT_TURNS * invariant->shift;
}

struct invariant_space invariant_space(const struct invariant *invariant, uint32_t seat,
				       uint64_t number)
{
	return (struct invariant_space){
		.number = number,
		.shift = shift_of(invariant, seat, number),
		.landmark = atomic_load(&invariant_seat(invariant, seat)->landmark),
	};
}

uint64_t invariant_last(const struct invariant *invariant, uint64_t number)
{
	uint64_t spaces = invariant->spaces;

	if (spaces == 0)
		return UINT64_MAX;
	return ((number / 2 - 1) / spaces + 1) * spaces * 2;
}

uint64_t invariant_number_at(const struct invariant *invariant, uint64_t start)
{
	const struct expected *first =
		(const void *)((const char *)invariant + invariant->statics_at);

	return (start - first->start) / invariant->shift / invariant->seats * 2;
}

struct expected invariant_shifted(const struct expected *expected, uint64_t shift)
{
	struct expected e = *expected;

	e.start += shift;
	e.end += shift;
	if (e.file)
		e.offset += shift;
	return e;
}

static uint64_t look(const _Atomic uint64_t *counter)
{
	uint64_t n;

	atomic_thread_fence(memory_order_seq_cst);
	n = atomic_load(counter);
	atomic_thread_fence(memory_order_seq_cst);
	return n;
}

static void bump(_Atomic uint64_t *counter)
{
	atomic_thread_fence(memory_order_seq_cst);
	atomic_fetch_add(counter, 1);
	atomic_thread_fence(memory_order_seq_cst);
}

/* Both belong together only where the number stayed. */
struct invariant_moment invariant_now(const struct invariant_seat *seat)
{
	struct invariant_moment moment;

	do {
		moment.number = look(&seat->number);
		moment.sequence = look(&seat->sequence);
	} while (look(&seat->number) != moment.number);
	return moment;
}

void invariant_change_begin(struct invariant_seat *seat)
{
	bump(&seat->sequence);
}

void invariant_change_end(struct invariant_seat *seat)
{
	bump(&seat->sequence);
}

void invariant_sit_down(struct invariant_seat *seat, uint64_t sequence)
{
	atomic_store(&seat->sequence, sequence);
	bump(&seat->number);
}

void invariant_get_up(struct invariant_seat *seat)
{
	bump(&seat->number);
}
