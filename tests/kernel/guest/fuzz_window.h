/* SPDX-License-Identifier: BSD-2-Clause */
/* Memory that is offered to the kernel, between two pages that are not there. */
#ifndef FUZZ_WINDOW_H
#define FUZZ_WINDOW_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "fuzz_random.h"

struct fuzz_window {
	unsigned char *pages;
	size_t size;
	uint64_t at; /* address of what is offered; it may lie anywhere */
	uint64_t length;
};

/* 0, or -1 where it can't be had. */
int fuzz_window_open(struct fuzz_window *window, size_t size);

/* Offers so much, inside; where, is left to chance, at either end as often as in between. */
void fuzz_window_offer(struct fuzz_window *window, uint64_t length, struct fuzz_random *random);

/* Offers what goes beyond the end, or lies elsewhere: in the guards, at 0, in the kernel's half. */
void fuzz_window_offer_bad(struct fuzz_window *window, uint64_t length, struct fuzz_random *random);

/* Offers nothing. */
void fuzz_window_close(struct fuzz_window *window);

/* Whether the first so many bytes of what is offered are there; whether all are. */
bool fuzz_window_has(const struct fuzz_window *window, uint64_t length);
bool fuzz_window_good(const struct fuzz_window *window);

/* Whether all that was not offered is as it was left by the offer. */
bool fuzz_window_untouched(const struct fuzz_window *window);

/* The same of all of it. */
bool fuzz_window_clean(const struct fuzz_window *window);

#endif
