/* SPDX-License-Identifier: BSD-2-Clause */
#include "crew.h"

#include <pthread.h>

#include "contest.h"
#include "processor.h"

struct crew {
	pthread_barrier_t begin;
	uint64_t duration_ns;
	void (*work)(void *context, size_t thread);
	void *context;
};

struct member {
	struct crew *crew;
	size_t number;
	double per_second;
	double per_cpu_second;
};

static void *do_work(void *context)
{
	struct member *member = context;
	const struct crew *crew = member->crew;
	uint64_t began, began_cpu, took;
	size_t works = 0;

	if (member->number)
		processor_leave();
	crew->work(crew->context, member->number);
	pthread_barrier_wait(&member->crew->begin);
	began = now_ns();
	began_cpu = spent_ns();
	do {
		crew->work(crew->context, member->number);
		works++;
		took = now_ns() - began;
	} while (took < crew->duration_ns);
	member->per_second = (double)works * 1e9 / (double)took;
	member->per_cpu_second = (double)works * 1e9 / (double)(spent_ns() - began_cpu);
	return NULL;
}

struct crew_result crew_run(size_t threads, uint64_t duration_ns,
			    void (*work)(void *context, size_t thread), void *context)
{
	struct crew crew = { .duration_ns = duration_ns, .work = work, .context = context };
	struct crew_result result = { 0 };
	struct member members[CREW_MOST];
	pthread_t ids[CREW_MOST];

	pthread_barrier_init(&crew.begin, NULL, (unsigned int)threads);
	for (size_t i = 0; i < threads; i++) {
		members[i] = (struct member){ .crew = &crew, .number = i };
		if (pthread_create(&ids[i], NULL, do_work, &members[i]) != 0)
			die("cannot start a thread");
	}
	for (size_t i = 0; i < threads; i++) {
		pthread_join(ids[i], NULL);
		result.per_second += members[i].per_second;
		result.per_cpu_second += members[i].per_cpu_second;
	}
	pthread_barrier_destroy(&crew.begin);
	return result;
}
