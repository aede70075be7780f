/* SPDX-License-Identifier: BSD-2-Clause */
#include "fuzz_window.h"

#include <string.h>
#include <sys/mman.h>

#define PAGE      4096UL
#define UNTOUCHED 0xa5

int fuzz_window_open(struct fuzz_window *window, size_t size)
{
	unsigned char *room =
		mmap(NULL, size + 2 * PAGE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (room == MAP_FAILED || mprotect(room + PAGE, size, PROT_READ | PROT_WRITE))
		return -1;
	*window = (struct fuzz_window){ .pages = room + PAGE, .size = size };
	return 0;
}

static void offer(struct fuzz_window *window, uint64_t at, uint64_t length)
{
	memset(window->pages, UNTOUCHED, window->size);
	window->at = at;
	window->length = length;
}

void fuzz_window_offer(struct fuzz_window *window, uint64_t length, struct fuzz_random *random)
{
	uint64_t room = window->size - length;
	uint64_t places[] = { 0, room, fuzz_below(random, room + 1) };

	offer(window, (uintptr_t)window->pages + places[fuzz_below(random, 3)], length);
}

void fuzz_window_offer_bad(struct fuzz_window *window, uint64_t length, struct fuzz_random *random)
{
	uint64_t pages = (uintptr_t)window->pages;
	uint64_t places[] = {
		pages + window->size - fuzz_below(random, length),
		pages - 1 - fuzz_below(random, PAGE),
		pages + window->size,
		1 + fuzz_below(random, PAGE),
		(1ULL << 47) - 1 - fuzz_below(random, 2 * PAGE),
		UINT64_MAX - fuzz_number(random),
	};

	offer(window, places[fuzz_below(random, sizeof(places) / sizeof(*places))], length);
}

void fuzz_window_close(struct fuzz_window *window)
{
	offer(window, 0, 0);
}

bool fuzz_window_has(const struct fuzz_window *window, uint64_t length)
{
	uint64_t from = window->at - (uintptr_t)window->pages;

	return from <= window->size && length <= window->size - from;
}

bool fuzz_window_good(const struct fuzz_window *window)
{
	return window->length == 0 || fuzz_window_has(window, window->length);
}

static bool is_untouched(const unsigned char *from, const unsigned char *to)
{
	return from == to ||
	       (*from == UNTOUCHED && memcmp(from, from + 1, (size_t)(to - from) - 1) == 0);
}

bool fuzz_window_untouched(const struct fuzz_window *window)
{
	uint64_t from = window->at - (uintptr_t)window->pages;
	const unsigned char *end = window->pages + window->size;

	if (from > window->size)
		return is_untouched(window->pages, end);
	return is_untouched(window->pages, window->pages + from) &&
	       (window->length >= window->size - from ||
		is_untouched(window->pages + from + window->length, end));
}

bool fuzz_window_clean(const struct fuzz_window *window)
{
	return is_untouched(window->pages, window->pages + window->size);
}
