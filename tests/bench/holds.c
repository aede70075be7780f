/* SPDX-License-Identifier: BSD-2-Clause */
#include "holds.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "contest.h"

#define TRACEFS "/sys/kernel/tracing"
#define EVENTS  "events/mmap_lock/mmap_lock_"

/* A line of the trace. */
struct event {
	double us;
	bool acquired; /* or released */
	bool write, success;
	char mm[32];
};

static bool write_file(const struct holds *holds, const char *name, const char *text)
{
	int fd = openat(holds->dir_fd, name, O_WRONLY | O_TRUNC | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return false;
	n = write(fd, text, strlen(text));
	close(fd);
	return n == (ssize_t)strlen(text);
}

static bool is_true(const char *line, const char *key)
{
	const char *at = strstr(line, key);

	return at && strncmp(at + strlen(key), "true", 4) == 0;
}

/* "  name-12 [000] ..... 3.000123: mmap_lock_released: mm=0000000012345678 memcg_path=/
 * write=false" */
static bool parse(const char *line, struct event *event)
{
	const char *name = strstr(line, ": mmap_lock_"), *mm = strstr(line, " mm=");
	const char *time = name;

	if (!name || !mm)
		return false;
	while (time > line && time[-1] != ' ')
		time--;
	event->us = strtod(time, NULL) * 1e6;
	event->acquired = strncmp(name, ": mmap_lock_acquire_returned", 28) == 0;
	event->write = is_true(line, " write=");
	event->success = !event->acquired || is_true(line, " success=");
	return sscanf(mm, " mm=%31s", event->mm) == 1;
}

static void note(struct holds *holds, const struct event *event, double *since)
{
	if (event->write || !event->success || strcmp(event->mm, holds->own) == 0)
		return;
	if (event->acquired)
		*since = event->us;
	else if (*since > 0 && holds->count < HOLDS_MOST)
		holds->took_us[holds->count++] = event->us - *since;
	if (!event->acquired)
		*since = 0;
}

static FILE *open_trace(const struct holds *holds)
{
	int fd = openat(holds->dir_fd, "trace", O_RDONLY | O_CLOEXEC);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "r");

	if (!file)
		die("cannot read the trace: %s", strerror(errno));
	return file;
}

/* Whatever we change of our own memory map is called by its name. */
static void find_own(struct holds *holds)
{
	struct event event;
	char line[512];
	FILE *trace;
	void *page;

	holds_begin(holds);
	page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	munmap(page, 4096);
	write_file(holds, "tracing_on", "0");
	trace = open_trace(holds);
	while (fgets(line, sizeof(line), trace))
		if (parse(line, &event) && event.write)
			memcpy(holds->own, event.mm, sizeof(holds->own));
	fclose(trace);
	if (!holds->own[0])
		die("the trace shows no lock of our own");
}

/* They are not enabled here: code that is patched while it runs is what an emulator does worst. */
static bool is_enabled(const struct holds *holds, const char *name)
{
	int fd = openat(holds->dir_fd, name, O_RDONLY | O_CLOEXEC);
	char c = '0';

	if (fd < 0)
		return false;
	if (read(fd, &c, 1) != 1)
		c = '0';
	close(fd);
	return c == '1';
}

static bool set_up(const struct holds *holds)
{
	char own[32];

	snprintf(own, sizeof(own), "common_pid == %d", gettid());
	return is_enabled(holds, EVENTS "acquire_returned/enable") &&
	       is_enabled(holds, EVENTS "released/enable") &&
	       write_file(holds, "tracing_on", "0") && write_file(holds, "trace_clock", "mono") &&
	       write_file(holds, "buffer_size_kb", "8192") &&
	       write_file(holds, EVENTS "acquire_returned/filter", own) &&
	       write_file(holds, EVENTS "released/filter", own);
}

bool holds_open(struct holds *holds, const char *bench)
{
	*holds = (struct holds){ 0 };
	mount("tracefs", TRACEFS, "tracefs", 0, NULL);
	holds->dir_fd = open(TRACEFS, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (holds->dir_fd < 0 || !set_up(holds)) {
		fprintf(stderr,
			"mapsnap-bench: %s is left out: the events mmap_lock_acquire_returned and "
			"mmap_lock_released are not traced, see tests/bench/README.md\n",
			bench);
		return false;
	}
	find_own(holds);
	return true;
}

void holds_close(struct holds *holds)
{
	write_file(holds, EVENTS "acquire_returned/filter", "0");
	write_file(holds, EVENTS "released/filter", "0");
	close(holds->dir_fd);
}

/* Truncating the trace empties it. */
void holds_begin(struct holds *holds)
{
	holds->count = 0;
	write_file(holds, "trace", "");
	write_file(holds, "tracing_on", "1");
}

void holds_end(struct holds *holds)
{
	struct event event;
	double since = 0;
	char line[512];
	FILE *trace;

	write_file(holds, "tracing_on", "0");
	trace = open_trace(holds);
	while (fgets(line, sizeof(line), trace))
		if (parse(line, &event))
			note(holds, &event, &since);
	fclose(trace);
}
