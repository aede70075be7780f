/* SPDX-License-Identifier: BSD-2-Clause */
#include "observation.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "forked.h"
#include "maps_text.h"
#include "scene.h"
#include "uapi/procmap_seq.h"

int sequence_of(int fd, uint64_t *seq)
{
	struct procmap_seq request = { .size = sizeof(request) };

	if (ioctl(fd, PROCMAP_SEQ, &request))
		return -errno;
	*seq = request.seq;
	return 0;
}

static struct look look_at(int maps)
{
	struct maps_text text = { 0 };
	struct look look = { 0 };

	if (maps_text_read(&text, maps))
		abort();
	look.text = text.bytes;
	look.length = text.length;
	look.error = sequence_of(maps, &look.seq);
	return look;
}

static void perform(void *argument)
{
	const struct operation *operation = argument;

	if (operation->prepare)
		operation->prepare();
	forked_pause();
	scene->result = operation->act();
	forked_idle(NULL);
}

/* It stops again once it has done it; some end instead. */
static int let_it_act(pid_t pid)
{
	siginfo_t info;

	scene->result = 1;
	forked_continue(pid);
	waitid(P_PID, (id_t)pid, &info, WSTOPPED | WEXITED | WNOWAIT);
	return scene->result;
}

static int open_maps(pid_t pid)
{
	char path[32];

	snprintf(path, sizeof(path), "/proc/%d/maps", (int)pid);
	return open(path, O_RDONLY | O_CLOEXEC);
}

static bool is_stopped(pid_t pid)
{
	siginfo_t info = { 0 };

	return waitid(P_PID, (id_t)pid, &info, WSTOPPED | WEXITED | WNOWAIT | WNOHANG) == 0 &&
	       info.si_code == CLD_STOPPED;
}

/* A process that did not get ready, and gave no reason, leaves result at 1, which no operation has.
 */
struct observation observe(const struct operation *operation)
{
	struct observation seen = { .made = true, .result = 1 };
	pid_t pid;
	int maps;

	*scene = (struct scene){ .fd = -1 };
	pid = forked(perform, (void *)(uintptr_t)operation);
	maps = open_maps(pid);
	if (is_stopped(pid) && maps >= 0) {
		seen.before = look_at(maps);
		seen.result = operation->act ? let_it_act(pid) : operation->meddle(pid);
		seen.after = look_at(maps);
	} else if (scene->reason[0]) {
		seen.skipped = strdup(scene->reason);
	}
	if (maps >= 0)
		close(maps);
	forked_kill(pid);
	if (scene->helper)
		kill(scene->helper, SIGKILL);
	return seen;
}

void observation_free(struct observation *observation)
{
	free(observation->before.text);
	free(observation->after.text);
	free((void *)(uintptr_t)observation->skipped);
	*observation = (struct observation){ 0 };
}

bool observed_other_text(const struct observation *observation)
{
	const struct look *before = &observation->before, *after = &observation->after;

	return before->length != after->length ||
	       memcmp(before->text, after->text, after->length) != 0;
}

bool observed_other_number(const struct observation *observation)
{
	return observation->before.seq != observation->after.seq;
}
