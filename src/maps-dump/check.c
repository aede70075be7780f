/* SPDX-License-Identifier: BSD-2-Clause */
#include "check.h"

#include <err.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "permission.h"
#include "target.h"

static void say_machine(struct writer *writer)
{
	struct utsname name;

	if (uname(&name) < 0)
		return;
	writer_printf(writer, "machine  %s %s, %s\n", name.sysname, name.release, name.machine);
}

static void say_source(struct writer *writer, const struct options *options,
		       const struct source *source, uint32_t used)
{
	writer_printf(writer, "source   %s\n", mapsnap_source_name(used));
	if (options->source == SOURCE_NONE)
		writer_printf(writer, "         --source none asks for no proof\n");
	if (source->no_ioctl)
		writer_printf(writer, "         no ioctl: %s\n", source->no_ioctl);
	if (source->no_bpf)
		writer_printf(writer, "         no bpf: %s\n", source->no_bpf);
}

/* What a target of now would get. */
static void say_label(struct writer *writer, const struct mapsnap_info *info)
{
	writer_printf(writer, "label    %s: %s\n", mapsnap_consistency_name(info->consistency),
		      mapsnap_reason_text(info->reason));
}

/* By trying it on maps-dump itself. */
static void say_route(struct writer *writer, const struct options *options,
		      struct mapsnap_process *process, uint32_t route, const char *call)
{
	const struct mapsnap_options by_route = {
		.size = sizeof(by_route),
		.sequence = options->read.sequence,
		.fallback = MAPSNAP_FALLBACK_UNVERIFIED,
		.route = route,
	};
	struct mapsnap *snapshot;
	int error = mapsnap_read(process, &by_route, &snapshot);

	if (error) {
		writer_printf(writer, "%-8s no: %s\n", mapsnap_route_name(route),
			      mapsnap_error(process));
		return;
	}
	writer_printf(writer, "%-8s yes: %s gave the %zu mappings of maps-dump\n",
		      mapsnap_route_name(route), call, mapsnap_count(snapshot));
	mapsnap_unref(snapshot);
}

/* Tried on every process: capabilities alone do not tell, security modules have a say. */
static void say_reach(struct writer *writer)
{
	const struct criteria everyone = { 0 };
	struct targets targets = { 0 };
	size_t readable = 0, refused = 0;

	if (targets_find(&targets, &everyone) < 0)
		return;
	for (size_t i = 0; i < targets.count; i++) {
		struct mapsnap_process *process;
		int error = mapsnap_open_pid(targets.list[i].pid, &process);

		if (!error)
			mapsnap_close(process);
		readable += error == 0;
		refused += status_of_error(error) == STATUS_NO_PERMISSION;
	}
	writer_printf(writer, "reach    %zu of %zu other processes; CAP_SYS_PTRACE is %s\n",
		      readable, readable + refused,
		      has_ptrace_capability() ? "effective" : "not effective");
	if (refused)
		writer_printf(writer, "         the rest: %s\n", permission_advice());
	targets_free(&targets);
}

/* Everyone may read their own process, so what fails here is the machine. */
static enum status check_process(const struct options *options, const struct source *source,
				 struct writer *writer, struct mapsnap_process *process)
{
	struct mapsnap_info info;
	struct mapsnap *snapshot;
	int error = mapsnap_read(process, &options->read, &snapshot);

	if (error) {
		warnx("can't read the maps of maps-dump itself: %s", mapsnap_error(process));
		return status_of_error(error);
	}
	info = *mapsnap_info(snapshot);
	mapsnap_unref(snapshot);
	say_machine(writer);
	say_source(writer, options, source, info.source);
	say_label(writer, &info);
	say_route(writer, options, process, MAPSNAP_ROUTE_QUERY, "PROCMAP_QUERY");
	say_route(writer, options, process, MAPSNAP_ROUTE_SNAPSHOT, "PROCMAP_SNAPSHOT");
	say_reach(writer);
	return options->require_consistent && !is_consistent(&info) ? STATUS_NOT_CONSISTENT
								    : STATUS_DONE;
}

enum status check(const struct options *options, const struct source *source, struct writer *writer)
{
	struct mapsnap_process *process;
	enum status status;
	int error = mapsnap_open_pid(getpid(), &process);

	if (error) {
		warnx("can't open the maps of maps-dump itself: %s", strerror(-error));
		return status_of_error(error);
	}
	status = check_process(options, source, writer, process);
	mapsnap_close(process);
	return status;
}
