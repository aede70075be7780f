/* SPDX-License-Identifier: BSD-2-Clause */
/* The public calls: the source that the program makes, for one and for many. */
#include "mapsnap-bpf.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "program.h"

/* A hostile process makes 32 bits come round in 3.5 minutes. */
#define VALID_NS (60 * 1000000000ull)

struct mapsnap_bpf {
	struct mapsnap_sequence sequence; /* first: read() is given a pointer to it */
	int program_fd;
};

/*
 * A number that is odd while a change is under way, whatever the kernel
 * counts. Where it counts unlocks, a change under way needs no sign: it keeps
 * maps from being read, and then counts.
 */
static uint64_t to_sequence(const struct request *request, uint32_t counter)
{
	return request->counter == REQUEST_COUNT_OF_UNLOCKS ? (uint64_t)counter << 1 : counter;
}

/*
 * Equal and even numbers prove it on every architecture, arm64 included. The
 * kernel counts, smp_wmb(), changes the map, smp_wmb(), and counts again. On
 * this side it takes a fence before and after each reading of the number:
 * neither entering the kernel nor running the program orders memory accesses.
 * A fence in user space does (dmb ish there): it is between all accesses of
 * the processor before it and all after it, whatever the privilege level; and
 * if the thread goes on on another processor, the scheduler keeps its order.
 * The fences are the callers': sequence_read() and polling.c of
 * libmapsnap. The number is one aligned load and can't be torn.
 */
static int read_one(const struct mapsnap_sequence *self, int maps_fd, uint64_t *sequence)
{
	const struct mapsnap_bpf *bpf = (const struct mapsnap_bpf *)self;
	struct request request;
	int r;

	request.count = 1;
	request.entries[0].fd = maps_fd;
	r = program_run(bpf->program_fd, &request);
	if (r == 0)
		r = request.entries[0].error;
	if (r == 0)
		*sequence = to_sequence(&request, request.entries[0].sequence);
	return r;
}

static void answer(const struct request *request, struct mapsnap_poll *entries, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		struct mapsnap_poll *entry = &entries[i];

		entry->result = entry->maps_fd < 0 ? 0 : request->entries[i].error;
		if (entry->result == 0)
			entry->now = to_sequence(request, request->entries[i].sequence);
	}
}

/* As many as fit into one request. */
static int read_some(const struct mapsnap_bpf *bpf, struct mapsnap_poll *entries, size_t n)
{
	struct request request;
	int r;

	request.count = (uint32_t)n;
	for (size_t i = 0; i < n; i++)
		request.entries[i].fd = entries[i].maps_fd;
	r = program_run(bpf->program_fd, &request);
	if (r == 0)
		answer(&request, entries, n);
	return r;
}

static int read_many(const struct mapsnap_sequence *self, struct mapsnap_poll *entries, size_t n)
{
	const struct mapsnap_bpf *bpf = (const struct mapsnap_bpf *)self;

	for (size_t i = 0, some; i < n; i += some) {
		int r;

		some = n - i < REQUEST_ENTRIES ? n - i : REQUEST_ENTRIES;
		r = read_some(bpf, entries + i, some);
		if (r)
			return r;
	}
	return 0;
}

/* program_fd becomes the object's, or is closed. */
static int new_bpf(int program_fd, struct mapsnap_bpf **bpf)
{
	struct mapsnap_bpf *b = malloc(sizeof(*b));

	if (!b) {
		close(program_fd);
		return -ENOMEM;
	}
	*b = (struct mapsnap_bpf){
		.sequence = {
			.size = sizeof(b->sequence),
			.source = MAPSNAP_SOURCE_BPF,
			.flags = MAPSNAP_SEQUENCE_TELLS_EXEC,
			.valid_ns = VALID_NS,
			.read = read_one,
			.read_many = read_many,
		},
		.program_fd = program_fd,
	};
	*bpf = b;
	return 0;
}

int mapsnap_bpf_open(struct mapsnap_bpf **bpf)
{
	int fd = program_load();

	return fd < 0 ? fd : new_bpf(fd, bpf);
}

int mapsnap_bpf_from_fd(int prog_fd, struct mapsnap_bpf **bpf)
{
	struct request nothing = { .count = 0 };
	int r = program_check(prog_fd);
	int fd;

	if (r == 0)
		r = program_run(prog_fd, &nothing);
	if (r)
		return r;
	fd = fcntl(prog_fd, F_DUPFD_CLOEXEC, 3);
	return fd < 0 ? -errno : new_bpf(fd, bpf);
}

void mapsnap_bpf_close(struct mapsnap_bpf *bpf)
{
	if (!bpf)
		return;
	close(bpf->program_fd);
	free(bpf);
}

int mapsnap_bpf_fd(const struct mapsnap_bpf *bpf)
{
	return bpf->program_fd;
}

const struct mapsnap_sequence *mapsnap_bpf_sequence(const struct mapsnap_bpf *bpf)
{
	return &bpf->sequence;
}
