/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A process that loads a plugin, lets it take time, unloads it and goes on with the
 * next, whose code then is at the addresses of the last. It writes down what ran when.
 */
#ifndef PLUGINS_H
#define PLUGINS_H

#include <limits.h>
#include <stdatomic.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define PLUGINS            4
#define PLUGINS_MOST_CALLS 65536

struct plugins_call {
	uint64_t begin_ns, end_ns; /* CLOCK_MONOTONIC; 0: it has not ended */
	uint64_t start, end;       /* of the code that ran */
	uint32_t plugin;
};

struct plugins_file {
	char path[PATH_MAX];
	uint8_t build_id[20]; /* as the process itself finds it in its memory */
	size_t build_id_length;
};

/* Shared with the process. */
struct plugins {
	pid_t pid;
	uint64_t life_ns; /* of each */
	struct plugins_file files[PLUGINS];
	atomic_size_t count; /* of calls that have begun */
	struct plugins_call calls[PLUGINS_MOST_CALLS];
};

/* Returns when the first plugin is at work. */
struct plugins *plugins_start(uint64_t life_ns);

/* Ends the process. What it wrote down stays until plugins_free(). */
void plugins_stop(struct plugins *plugins);
void plugins_free(struct plugins *plugins);

/* Which one was at work at this address and moment; PLUGINS: none, or it is not known. */
uint32_t plugins_at(const struct plugins *plugins, uint64_t address, uint64_t time_ns);

/* Which one has this path, or this build-id; PLUGINS: none. */
uint32_t plugins_of_path(const struct plugins *plugins, const char *path);
uint32_t plugins_of_build_id(const struct plugins *plugins, const uint8_t *bytes, size_t length);

#endif
