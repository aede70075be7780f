/* SPDX-License-Identifier: BSD-2-Clause */
/* The public calls that open and read: check, one private call, convert. */
#include <errno.h>
#include <string.h>

#include "label.h"
#include "read.h"
#include "verify.h"

int mapsnap_open_pid(pid_t pid, struct mapsnap_process **process)
{
	return process_open_pid(&kernel_linux, pid, process);
}

int mapsnap_open_pidfd(int pidfd, struct mapsnap_process **process)
{
	return process_open_pidfd(&kernel_linux, pidfd, process);
}

int mapsnap_open_fd(int maps_fd, struct mapsnap_process **process)
{
	return process_open_fd(&kernel_linux, maps_fd, process);
}

void mapsnap_close(struct mapsnap_process *process)
{
	process_close(process);
}

void mapsnap_identity(const struct mapsnap_process *process, pid_t *pid, uint64_t *start_time)
{
	if (pid)
		*pid = process->pid;
	if (start_time)
		*start_time = process->start_time;
}

int mapsnap_maps_fd(const struct mapsnap_process *process)
{
	return process->maps_fd;
}

const char *mapsnap_error(const struct mapsnap_process *process)
{
	return process->error;
}

uint32_t mapsnap_kernel_source(void)
{
	return sequence_ioctl_exists(&kernel_linux) ? MAPSNAP_SOURCE_IOCTL : MAPSNAP_SOURCE_NONE;
}

int read_request(struct request *request, struct mapsnap_process *process,
		 const struct mapsnap_options *options)
{
	int r = request_from_options(request, options);

	if (r)
		return process_fail(process, r, "an option that this version does not have");
	if (!request->sequence)
		request->sequence = process_sequence(process);
	else if (request->sequence->source == MAPSNAP_SOURCE_NONE)
		request->sequence = NULL;
	return 0;
}

struct mapsnap_info read_begin(const struct mapsnap_process *process, const struct want *want)
{
	return (struct mapsnap_info){
		.filter = want->filter,
		.omit = want->omit,
		.pid = process->pid,
		.start_time = process->start_time,
		.range_start = want->start,
		.range_end = want->end + 1,
		.begin_ns = process->kernel->now(),
	};
}

/* A snapshot is never older than the log that the process had when it was read. */
void read_remember(struct mapsnap_process *process, struct mapsnap *snapshot)
{
	snapshot->process = process;
	snapshot->process_opened = process->opened;
	process->last_count = snapshot->list->count;
	if (!label_has_sequence(&snapshot->info))
		return;
	snapshot->cookie = process->cookie;
	process->proved_sequence = snapshot->info.sequence;
	process->proved_ns = snapshot->info.begin_ns;
}

static int read_into(struct mapsnap_process *process, const struct request *request,
		     struct mapsnap_info info, struct builder *builder, struct mapsnap **snapshot)
{
	int r = verify_read(process, request, builder, &info);

	if (r)
		return r;
	info.end_ns = process->kernel->now();
	r = snapshot_build(builder, &info, snapshot);
	return r ? process_fail(process, r, "out of memory") : 0;
}

int read_anew(struct mapsnap_process *process, const struct request *request,
	      struct mapsnap_info info, struct mapsnap **snapshot)
{
	struct builder builder;
	int r = builder_init(&builder, &request->want, with_slack(process->last_count),
			     with_slack(process->last_buffer), process->own);

	if (r)
		return process_fail(process, r, "out of memory");
	r = read_into(process, request, info, &builder, snapshot);
	if (r == 0) {
		read_remember(process, *snapshot);
		process->last_buffer = builder.buffer_used;
	}
	builder_free(&builder);
	return r;
}

int read_aside(struct mapsnap_process *process, uint64_t start, uint64_t end, uint32_t omit,
	       struct mapsnap **snapshot)
{
	const struct mapsnap_options options = {
		.size = sizeof(options),
		.omit = omit,
		.range_start = start,
		.range_end = end,
		.fallback = MAPSNAP_FALLBACK_UNVERIFIED,
	};
	struct request request;
	struct builder builder;
	int r = request_from_options(&request, &options);

	if (r == 0)
		r = builder_init(&builder, &request.want, 0, 0, process->own);
	if (r)
		return process_fail(process, r, "%s", strerrordesc_np(-r));
	r = read_into(process, &request, read_begin(process, &request.want), &builder, snapshot);
	builder_free(&builder);
	return r;
}

int mapsnap_read(struct mapsnap_process *process, const struct mapsnap_options *options,
		 struct mapsnap **snapshot)
{
	struct request request;
	int r = read_request(&request, process, options);

	if (r)
		return r;
	return read_anew(process, &request, read_begin(process, &request.want), snapshot);
}
