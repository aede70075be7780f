/* SPDX-License-Identifier: BSD-2-Clause */
#include "worker.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "contest.h"
#include "memory.h"
#include "processor.h"

#define AREA_PAGES 64

/* One of the two threads that fault. */
struct faulter {
	pthread_barrier_t *begin;
	char *area;
	uint64_t duration_ns;
	double per_second;
};

/* A hole on either side: it is a mapping of its own. */
static char *map_alone(size_t size)
{
	size_t page = page_size();
	char *p = map_memory(size + 2 * page, MAP_PRIVATE);

	munmap(p, page);
	munmap(p + page + size, page);
	return p + page;
}

/* Nothing is left but a hole, so that the target stays as large as it was made. */
static char *find_hole(void)
{
	char *page = map_alone(page_size());

	munmap(page, page_size());
	return page;
}

static double time_pair(const struct worker *worker)
{
	uint64_t begin = now_ns();

	if (mmap(worker->page, page_size(), PROT_READ | PROT_WRITE,
		 MAP_ANONYMOUS | MAP_PRIVATE | MAP_FIXED_NOREPLACE, -1, 0) == MAP_FAILED ||
	    munmap(worker->page, page_size()) < 0)
		_exit(1);
	return (double)(now_ns() - begin);
}

static void sleep_until(uint64_t ns)
{
	struct timespec until = { (time_t)(ns / SECOND), (long)(ns % SECOND) };

	clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
}

static void map_pairs(struct worker *worker)
{
	const struct worker_task *task = &worker->task;
	uint64_t period = task->pairs_per_second ? SECOND / task->pairs_per_second : 0;
	uint64_t next = now_ns(), end = next + task->duration_ns;

	worker->pairs = 0;
	do {
		worker->took_ns[worker->pairs++] = time_pair(worker);
		next += period;
		if (period)
			sleep_until(next);
	} while (now_ns() < end && worker->pairs < WORKER_MOST_PAIRS);
}

static long faults_of_thread(void)
{
	struct rusage usage;

	getrusage(RUSAGE_THREAD, &usage);
	return usage.ru_minflt;
}

static void fault_area(char *area)
{
	size_t size = AREA_PAGES * page_size();

	if (madvise(area, size, MADV_DONTNEED) < 0)
		_exit(1);
	for (size_t at = 0; at < size; at += page_size())
		*(volatile char *)(area + at) = 1;
}

/* The kernel has counted every one of them. */
static void *fault(void *context)
{
	struct faulter *faulter = context;
	uint64_t begin, now;
	long before, faults = 0;

	fault_area(faulter->area);
	pthread_barrier_wait(faulter->begin);
	before = faults_of_thread();
	begin = now_ns();
	do {
		fault_area(faulter->area);
		faults += AREA_PAGES;
		now = now_ns();
	} while (now < begin + faulter->duration_ns);
	if (faults_of_thread() - before < faults)
		_exit(1);
	faulter->per_second = (double)faults * 1e9 / (double)(now - begin);
	return NULL;
}

/* On the processor of the reader, as its only other thread. */
static void *fault_beside_reader(void *context)
{
	processor_return();
	return fault(context);
}

static void fault_twice(struct worker *worker)
{
	pthread_barrier_t begin;
	struct faulter faulters[2];
	pthread_t thread;

	pthread_barrier_init(&begin, NULL, 2);
	for (size_t i = 0; i < 2; i++)
		faulters[i] = (struct faulter){
			.begin = &begin,
			.area = map_alone(AREA_PAGES * page_size()),
			.duration_ns = worker->task.duration_ns,
		};
	if (pthread_create(&thread, NULL, fault_beside_reader, &faulters[1]) != 0)
		_exit(1);
	fault(&faulters[0]);
	pthread_join(thread, NULL);
	pthread_barrier_destroy(&begin);
	for (size_t i = 0; i < 2; i++)
		munmap(faulters[i].area, AREA_PAGES * page_size());
	worker->faults_per_second = faulters[0].per_second + faulters[1].per_second;
}

static void work_for_ever(void *context)
{
	struct worker *worker = context;
	char order;

	processor_leave();
	worker->page = find_hole();
	while (read(worker->orders[0], &order, 1) == 1) {
		if (worker->task.fault)
			fault_twice(worker);
		else
			map_pairs(worker);
		if (write(worker->answers[1], "", 1) != 1)
			break;
	}
}

struct worker *worker_start(enum target_backing backing, size_t mappings)
{
	struct worker *worker = map_memory(sizeof(*worker), MAP_SHARED);

	if (pipe2(worker->orders, O_CLOEXEC) < 0 || pipe2(worker->answers, O_CLOEXEC) < 0)
		die("cannot create a pipe: %s", strerror(errno));
	worker->pid = target_start_acting(backing, mappings, work_for_ever, worker);
	close(worker->orders[0]);
	close(worker->answers[1]);
	return worker;
}

void worker_stop(struct worker *worker)
{
	target_stop();
	close(worker->orders[1]);
	close(worker->answers[0]);
	munmap(worker, sizeof(*worker));
}

void worker_do(struct worker *worker, const struct worker_task *task)
{
	char answer;

	worker->task = *task;
	if (write(worker->orders[1], "", 1) != 1 || read(worker->answers[0], &answer, 1) != 1)
		die("the target ended by itself");
}
