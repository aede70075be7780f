/* SPDX-License-Identifier: BSD-2-Clause */
#include "options_finish.h"

#include <err.h>
#include <errno.h>
#include <string.h>

#include "service_find.h"
#include "status.h"

/* No match is an error: a name that was mistyped must not look like success. */
static void find_processes(struct options *options)
{
	const struct criteria *criteria = &options->criteria;
	const char *of = options->client ? " that mapsnapd tells of" : "";
	int found =
		options->client ? service_find(options) : targets_find(&options->targets, criteria);

	if (found < 0)
		errx(STATUS_FAILED, "can't list processes in /proc: %s", strerror(-found));
	if (found || options->all)
		return;
	if (criteria->name_count == 1 && !criteria->user_count && !criteria->cgroup_count)
		errx(STATUS_FAILED, "--name: no process%s is called %s", of, criteria->names[0]);
	errx(STATUS_FAILED, "no process%s meets --name, --user and --cgroup", of);
}

/* What goes with what; the rest would be passed over silently. */
static void check_combination(const struct options *options, struct argp_state *state)
{
	const struct output_format *format = options->format;
	bool lines = !format || format == &output_jsonl;

	if (options->check && (options->targets.count || options->all || format))
		argp_error(state, "--check goes with no target and no other output");
	if (options->all && criteria_are_any(&options->criteria))
		argp_error(state, "--all is every process: without --name, --user and --cgroup");
	if (options->diff + options->lookup + (options->watch_ns != 0) + options->check > 1)
		argp_error(state, "only one of --lookup, --diff, --watch and --check");
	if ((options->diff || options->lookup || options->watch_ns) && !lines)
		argp_error(state, "--lookup, --diff and --watch print text or --jsonl");
	if (options->sort.column && format != &output_table)
		argp_error(state, "--sort goes with --table");
	if (options->lookup && !selection_is_all(&options->selection))
		argp_error(state, "--lookup goes without filters: what they leave out would seem "
				  "not to be mapped");
}

/* How it reads is the service's own choice. */
static void check_service(const struct options *options, struct argp_state *state)
{
	const struct mapsnap_options *read = &options->read;

	if (!options->socket)
		return;
	if (options->watch_ns || options->check)
		argp_error(state, "--watch and --check read here: without --socket");
	if (read->attempts || read->deadline_ns || read->route || options->source ||
	    read->fallback != MAPSNAP_FALLBACK_UNVERIFIED)
		argp_error(state,
			   "--attempts, --deadline, --fallback, --source and --route say how "
			   "to read: without --socket");
	for (size_t i = 0; i < options->targets.count; i++)
		if (options->targets.list[i].path && target_is_live(&options->targets.list[i]))
			argp_error(state, "--socket: mapsnapd knows processes by their PID: %s",
				   options->targets.list[i].path);
}

static void open_client(struct options *options)
{
	int error = options->socket ? client_new(options->socket, &options->client) : 0;

	if (error)
		errx(STATUS_FAILED, "--socket: %s",
		     error == -EOPNOTSUPP ? client_missing() : strerror(-error));
}

static void check_targets(const struct options *options, struct argp_state *state)
{
	const struct targets *targets = &options->targets;

	if (!options->check && !options->all && targets->count == 0)
		errx(STATUS_USAGE, "say what to dump: a PID, --name NAME, --all or a saved file; "
				   "--help tells more");
	if (options->diff && targets->count != 2)
		argp_error(state, "--diff compares two targets, not %zu", targets->count);
	for (size_t i = 0; options->watch_ns && i < targets->count; i++)
		if (!targets->list[i].pid)
			argp_error(state, "--watch: not a process: %s", targets->list[i].path);
}

/* The addresses are what is to be read, and nothing else. */
static void narrow_to(const struct addresses *addresses, struct mapsnap_options *read)
{
	uint64_t first = UINT64_MAX, last = 0;

	for (size_t i = 0; i < addresses->count; i++) {
		if (addresses->list[i] < first)
			first = addresses->list[i];
		if (addresses->list[i] > last)
			last = addresses->list[i];
	}
	/* The last byte there is can't be the end of a range, and is never mapped. */
	if (first > last || last == UINT64_MAX)
		return;
	read->range_start = first;
	read->range_end = last + 1;
}

static const struct output_format *choose_format(const struct options *options)
{
	if (options->lookup)
		return options->format ? &output_lookup_jsonl : &output_lookup;
	return options->format ? options->format : &output_text;
}

void options_finish(struct options *options, struct argp_state *state)
{
	check_combination(options, state);
	check_service(options, state);
	open_client(options);
	if (options->all || criteria_are_any(&options->criteria))
		find_processes(options);
	check_targets(options, state);
	options->format = choose_format(options);
	selection_narrow(&options->selection, &options->read);
	if (options->lookup)
		narrow_to(&options->addresses, &options->read);
	/* What is not consistent is then refused by its label, which says why. */
	if (options->require_consistent && options->read.fallback == MAPSNAP_FALLBACK_ERROR)
		options->read.fallback = MAPSNAP_FALLBACK_UNVERIFIED;
}
