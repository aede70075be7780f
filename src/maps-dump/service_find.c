/* SPDX-License-Identifier: BSD-2-Clause */
#include "service_find.h"

#include <err.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "array.h"
#include "client.h"
#include "json_lines.h"
#include "processes.h"
#include "status.h"

struct listed {
	pid_t *pids;
	size_t count;
};

static void add(struct place *place, struct listed *listed, pid_t pid)
{
	pid_t *pids = array_grow(listed->pids, listed->count, sizeof(*pids));

	if (!pids) {
		place->error = -ENOMEM;
		return;
	}
	listed->pids = pids;
	pids[listed->count++] = pid;
}

/* Of one that has ended there may be a last snapshot, but it is no process. */
static void take(struct place *place, struct json_object *json, void *context)
{
	uint32_t pid = member_integer(place, json, "pid", INT_MAX);
	bool ended = strcmp(member_string(place, json, "state"), "ended") == 0;

	if (!place->error && !ended && (pid_t)pid != getpid())
		add(place, context, (pid_t)pid);
}

static void read_answer(const struct client_answer *answer, struct listed *listed)
{
	char sentence[256];
	int error = answer->length ? json_lines_read(answer->body, answer->length, take, listed,
						     sentence, sizeof(sentence))
				   : 0;

	if (error == -EBADMSG)
		errx(STATUS_FAILED, "the list of processes is not what mapsnapd gives: %s",
		     sentence);
	if (error)
		errx(STATUS_FAILED, "%s", strerror(-error));
}

static struct listed list(struct client *client)
{
	struct listed listed = { 0 };
	struct client_answer answer;

	if (client_get(client, "/v1/processes", &answer))
		errx(STATUS_FAILED, "%s", client_error(client));
	if (answer.status != 200)
		errx(STATUS_FAILED,
		     "mapsnapd lists no processes, but answers with status %u: try again",
		     answer.status);
	read_answer(&answer, &listed);
	free(answer.body);
	return listed;
}

static int add_all(struct targets *targets, const struct listed *listed)
{
	int error = 0;

	for (size_t i = 0; !error && i < listed->count; i++)
		error = targets_add_found(targets, listed->pids[i]);
	return error ? error : (int)listed->count;
}

static int compare(const void *a, const void *b)
{
	const pid_t *left = a, *right = b;

	return (*left > *right) - (*left < *right);
}

/* What it is called and whose it is shows in /proc. */
static int add_those_that_meet(struct targets *targets, const struct listed *listed,
			       const struct criteria *criteria)
{
	struct processes processes = { 0 };
	int error = processes_select(&processes, listed->pids, listed->count, criteria);
	int count = (int)processes.count;

	for (int i = 0; !error && i < count; i++)
		error = targets_add_found(targets, processes.list[i].pid);
	processes_free(&processes);
	return error ? error : count;
}

int service_find(struct options *options)
{
	struct listed listed = list(options->client);
	int found;

	/* As /proc lists them. */
	if (listed.count)
		qsort(listed.pids, listed.count, sizeof(*listed.pids), compare);
	if (options->all)
		found = add_all(&options->targets, &listed);
	else
		found = add_those_that_meet(&options->targets, &listed, &options->criteria);
	free(listed.pids);
	return found;
}
