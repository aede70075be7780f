/* SPDX-License-Identifier: BSD-2-Clause */
#include "sampler.h"

#include <errno.h>
#include <linux/perf_event.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#define RING_PAGES 256

/* A record that may begin at the end of the ring and end at its beginning. */
struct record {
	struct perf_event_header header;
	uint64_t words[3]; /* of a sample: address and time; of a loss: id and number */
};

static size_t page(void)
{
	return (size_t)sysconf(_SC_PAGESIZE);
}

int sampler_open(struct sampler *sampler, pid_t pid, uint64_t period_ns)
{
	struct perf_event_attr attr = {
		.size = sizeof(attr),
		.type = PERF_TYPE_SOFTWARE,
		.config = PERF_COUNT_SW_CPU_CLOCK,
		.sample_period = period_ns,
		.sample_type = PERF_SAMPLE_IP | PERF_SAMPLE_TIME,
		.exclude_kernel = 1,
		.exclude_hv = 1,
		.use_clockid = 1,
		.clockid = CLOCK_MONOTONIC,
	};
	void *ring;
	int r;

	*sampler = (struct sampler){ 0 };
	sampler->fd = (int)syscall(SYS_perf_event_open, &attr, pid, -1, -1, PERF_FLAG_FD_CLOEXEC);
	if (sampler->fd < 0)
		return -errno;
	ring = mmap(NULL, (1 + RING_PAGES) * page(), PROT_READ | PROT_WRITE, MAP_SHARED,
		    sampler->fd, 0);
	if (ring == MAP_FAILED) {
		r = -errno;
		close(sampler->fd);
		return r;
	}
	sampler->ring = ring;
	return 0;
}

void sampler_close(struct sampler *sampler)
{
	munmap(sampler->ring, (1 + RING_PAGES) * page());
	close(sampler->fd);
}

static void copy(const struct sampler *sampler, uint64_t at, void *to, size_t size)
{
	const char *data = (const char *)sampler->ring + page();
	size_t begin = at % (RING_PAGES * page());
	size_t first = RING_PAGES * page() - begin;

	if (first > size)
		first = size;
	memcpy(to, data + begin, first);
	memcpy((char *)to + first, data, size - first);
}

size_t sampler_take(struct sampler *sampler, struct mapsnap_sample *samples, size_t n)
{
	struct perf_event_mmap_page *ring = sampler->ring;
	uint64_t head = __atomic_load_n(&ring->data_head, __ATOMIC_ACQUIRE), tail = ring->data_tail;
	size_t count = 0;

	while (count < n && tail < head) {
		struct record record = { 0 };

		copy(sampler, tail, &record.header, sizeof(record.header));
		copy(sampler, tail, &record,
		     record.header.size < sizeof(record) ? record.header.size : sizeof(record));
		tail += record.header.size;
		if (record.header.type == PERF_RECORD_SAMPLE)
			samples[count++] = (struct mapsnap_sample){ .address = record.words[0],
								    .time_ns = record.words[1] };
		else if (record.header.type == PERF_RECORD_LOST)
			sampler->lost += record.words[1];
	}
	__atomic_store_n(&ring->data_tail, tail, __ATOMIC_RELEASE);
	return count;
}
