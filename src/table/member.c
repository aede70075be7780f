/* SPDX-License-Identifier: BSD-2-Clause */
#include "member.h"

#include <stdlib.h>
#include <unistd.h>

#include "clock.h"

static uint64_t start_time_of(const struct mapsnap_process *process)
{
	uint64_t start_time;

	mapsnap_identity(process, NULL, &start_time);
	return start_time;
}

static bool is_known_by_pid(const struct mapsnap_process *process)
{
	pid_t pid;

	mapsnap_identity(process, &pid, NULL);
	return pid != 0;
}

static void set_process(struct member *member, struct mapsnap_process *process)
{
	member->process = process;
	atomic_store(&member->start_time, start_time_of(process));
	atomic_store(&member->ended_ns, 0);
	atomic_store(&member->error, 0);
}

/*
 * No later than the process was started, by a clock that stands still while the machine is
 * suspended: it may have been since, but not less.
 */
static uint64_t started_ns(uint64_t start_time)
{
	uint64_t tick = SECOND / (uint64_t)sysconf(_SC_CLK_TCK), now = now_ns();
	uint64_t suspended = clock_ns(CLOCK_BOOTTIME) - now;

	return start_time * tick > suspended ? start_time * tick - suspended : 0;
}

struct member *member_new(pid_t pid, struct mapsnap_process *process)
{
	struct member *member = calloc(1, sizeof(*member));

	if (!member)
		return NULL;
	member->pid = pid;
	member->followed = is_known_by_pid(process);
	member->program_ns = now_ns();
	set_process(member, process);
	member->since_ns = started_ns(atomic_load(&member->start_time));
	return member;
}

bool member_is(const struct member *member, const struct mapsnap_process *process)
{
	return start_time_of(process) == atomic_load(&member->start_time);
}

void member_free(struct member *member)
{
	mapsnap_close(member->process);
	free(member);
}

void member_close(struct member *member)
{
	mapsnap_close(member->process);
	member->process = NULL;
}

/* Not before it was opened: it may have begun just then. */
static void begin_program(struct member *member)
{
	member->program++;
	member->program_ns = now_ns();
	member->since_ns = member->program_ns;
}

void member_replace(struct member *member, struct mapsnap_process *process)
{
	member_close(member);
	set_process(member, process);
	begin_program(member);
}

void member_replace_unread(struct member *member)
{
	member_close(member);
	begin_program(member);
}
