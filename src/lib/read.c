/* SPDX-License-Identifier: BSD-2-Clause */
/* The public calls that open, read and refresh: check, one private call, convert. */
#include <errno.h>
#include <string.h>

#include "process.h"
#include "request.h"
#include "sequence.h"
#include "snapshot.h"
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

const char *mapsnap_error(const struct mapsnap_process *process)
{
	return process->error;
}

uint32_t mapsnap_kernel_source(void)
{
	return sequence_ioctl_exists(&kernel_linux) ? MAPSNAP_SOURCE_IOCTL : MAPSNAP_SOURCE_NONE;
}

/* The options, and in `sequence` what to verify by, if there is anything. */
static int make_request(struct request *request, struct mapsnap_process *process,
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

/* What is known before anything is read. */
static struct mapsnap_info info_of(const struct mapsnap_process *process, const struct want *want)
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

/* Whether its sequence tells of which state it is. */
static bool has_sequence(const struct mapsnap_info *info)
{
	return info->reason == MAPSNAP_REASON_UNCHANGED || info->reason == MAPSNAP_REASON_HELD;
}

static void remember(struct mapsnap_process *process, struct mapsnap *snapshot)
{
	snapshot->process = process;
	snapshot->process_opened = process->opened;
	process->last_count = snapshot->count;
	if (!has_sequence(&snapshot->info))
		return;
	process->proved_sequence = snapshot->info.sequence;
	process->proved_ns = snapshot->info.begin_ns;
}

static int read_snapshot(struct mapsnap_process *process, const struct request *request,
			 struct mapsnap **snapshot)
{
	struct mapsnap_info info = info_of(process, &request->want);
	struct builder builder;
	int r = builder_init(&builder, &request->want, with_slack(process->last_count),
			     with_slack(process->last_buffer), process->own);

	if (r)
		return process_fail(process, r, "out of memory");
	r = verify_read(process, request, &builder, &info);
	if (r == 0) {
		info.end_ns = process->kernel->now();
		r = snapshot_new(&builder, &info, snapshot);
		if (r)
			process_fail(process, r, "out of memory");
	}
	if (r == 0) {
		remember(process, *snapshot);
		process->last_buffer = builder.buffer_used;
	}
	builder_free(&builder);
	return r;
}

int mapsnap_read(struct mapsnap_process *process, const struct mapsnap_options *options,
		 struct mapsnap **snapshot)
{
	struct request request;
	int r = make_request(&request, process, options);

	if (r)
		return r;
	return read_snapshot(process, &request, snapshot);
}

static bool same_want(const struct mapsnap_info *info, const struct want *want)
{
	return info->filter == want->filter && info->omit == want->omit &&
	       info->range_start == want->start && info->range_end == want->end + 1;
}

/* Only a proof by this very source, for this very address space, can be renewed. */
static bool comparable(const struct mapsnap_process *process, const struct request *request,
		       const struct mapsnap *old)
{
	return request->sequence && has_sequence(&old->info) &&
	       old->info.source == request->sequence->source && old->process == process &&
	       old->process_opened == process->opened && same_want(&old->info, &request->want);
}

/* The last proof is recent enough for a counter that wraps round. */
static bool proof_holds(const struct mapsnap_process *process,
			const struct mapsnap_sequence *source, const struct mapsnap *old,
			uint64_t now)
{
	return source->valid_ns == 0 || (old->info.sequence == process->proved_sequence &&
					 now - process->proved_ns <= source->valid_ns);
}

/* 1: old is up to date. 0: it may not be. Or a negative errno. */
static int unchanged(struct mapsnap_process *process, const struct request *request,
		     const struct mapsnap *old)
{
	const struct mapsnap_sequence *source = request->sequence;
	uint64_t since, now;
	int r;

	if (!comparable(process, request, old))
		return 0;
	since = process->kernel->now();
	r = sequence_read(source, process->maps_fd, &now);
	if (r == -ESRCH)
		return process_gone(process);
	if (r == -ESTALE)
		return process_replaced(process);
	if (r)
		return process_fail(process, r, "the sequence source failed: %s",
				    strerrordesc_np(-r));
	if (now != old->info.sequence || !proof_holds(process, source, old, process->kernel->now()))
		return 0;
	process->proved_ns = since;
	r = sequence_tells_exec(source) ? 0 : process_check(process, true);
	return r ? r : 1;
}

int mapsnap_refresh(struct mapsnap_process *process, const struct mapsnap_options *options,
		    struct mapsnap *old, struct mapsnap **fresh)
{
	struct request request;
	int r = make_request(&request, process, options);

	if (r)
		return r;
	r = unchanged(process, &request, old);
	if (r < 0)
		return r;
	if (r == 0)
		return read_snapshot(process, &request, fresh);
	*fresh = mapsnap_ref(old);
	return 0;
}
