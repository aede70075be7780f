/* SPDX-License-Identifier: BSD-2-Clause */
/* What is told of the service itself. */
#include <time.h>

#include "request.h"

#define SECOND 1000000000ull

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * SECOND + (uint64_t)now.tv_nsec;
}

/* A round that takes longer than ten is not coming to its end. */
static bool is_well(const struct watch *watch)
{
	uint64_t last = atomic_load(&watch->counts.last_ns);
	uint64_t patience = 10 * watch->options.interval_ns + 10 * SECOND;

	return last && now_ns() - last < patience;
}

void answer_health(const struct request *request, struct reply *reply)
{
	struct object object;

	if (!is_well(&request->service->watch)) {
		reply_problem(reply, 503, "no round has come to its end lately");
		reply->retry_after = 1;
		return;
	}
	object = object_new();
	add_string(&object, "status", "ok");
	reply_object(reply, &object);
}

void answer_info(const struct request *request, struct reply *reply)
{
	const struct service *service = request->service;
	const struct watch *watch = &service->watch;
	struct object object = object_new();

	add_string(&object, "version", mapsnap_version());
	add_string(&object, "source", service->source);
	add_decimal(&object, "interval_ns", watch->options.interval_ns, true);
	add_decimal(&object, "running_ns", now_ns() - service->started_ns, true);
	add_decimal(&object, "processes", mapsnap_table_pids(watch->table, NULL, 0), true);
	add_decimal(&object, "memory", mapsnap_table_memory(watch->table), true);
	add_decimal(&object, "rounds", atomic_load(&watch->counts.rounds), true);
	reply_object(reply, &object);
}
