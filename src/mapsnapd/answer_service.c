/* SPDX-License-Identifier: BSD-2-Clause */
/* What is told of the service itself. */
#include "clock.h"
#include "request.h"

/* Ten rounds, or what may lie between two where nothing is left to spend, without an end. */
static bool is_well(const struct watch *watch)
{
	uint64_t last = tally_of(&watch->tally.last_ns);
	uint64_t patience = 10 * atomic_load(&watch->in_force.least_ns) +
			    2 * atomic_load(&watch->in_force.most_ns) + 10 * SECOND;

	return last && now_ns() - last < patience;
}

void answer_health(const struct request *request, struct reply *reply)
{
	struct object object;

	if (!is_well(&request->service->watch)) {
		reply_later(reply, 1, "no round has come to its end lately");
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
	add_decimal(&object, "interval_ns", atomic_load(&watch->in_force.least_ns), true);
	add_decimal(&object, "running_ns", now_ns() - service->started_ns, true);
	add_decimal(&object, "processes", mapsnap_table_pids(watch->table, NULL, 0), true);
	add_decimal(&object, "memory", mapsnap_table_memory(watch->table), true);
	add_decimal(&object, "rounds", tally_of(&watch->tally.rounds), true);
	reply_object(reply, &object);
}
