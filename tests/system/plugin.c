/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One of several plugins that differ in a number, and so in their build-ids, but are of
 * one size: the next is mapped where the last one was.
 */
#include "plugin.h"

extern const char __start_burning[] __attribute__((visibility("hidden")));
extern const char __stop_burning[] __attribute__((visibility("hidden")));

/* It calls nothing, so that all its time is spent within the section. */
__attribute__((section("burning"), noinline)) static void burn(uint64_t rounds)
{
	volatile uint64_t number = PLUGIN;

	for (uint64_t i = 0; i < rounds; i++)
		number = number * 6364136223846793005u + PLUGIN;
}

__attribute__((visibility("default"))) const struct plugin plugin = {
	.burn = burn,
	.start = __start_burning,
	.end = __stop_burning,
};
