/* SPDX-License-Identifier: BSD-2-Clause */
#include "reading.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "text.h"
#include "unit.h"

#define MOST_LINES 40000

static int open_by_script(void **state)
{
	struct mapsnap_process *process;
	int r = process_open_pid(&scripted_kernel, PID, &process);

	script_played();
	*state = process;
	return r;
}

int open_process_42(void **state)
{
	script_begin();
	script(OPEN_PROCESS);
	return open_by_script(state);
}

int open_kernel_thread_42(void **state)
{
	script_begin();
	script(OPEN_KERNEL_THREAD);
	return open_by_script(state);
}

int open_maps_file(void **state)
{
	struct mapsnap_process *process;
	int r;

	script_begin();
	script_gives(CALLERS_FD);
	script(OPEN_FD(ONE));
	r = process_open_fd(&scripted_kernel, CALLERS_FD, &process);
	script_played();
	*state = process;
	return r;
}

int close_process(void **state)
{
	mapsnap_close(*state);
	script_end();
	return 0;
}

struct mapsnap *read_well(struct mapsnap_process *process, const struct mapsnap_options *options)
{
	struct mapsnap *snapshot = NULL;
	int r = mapsnap_read(process, options, &snapshot);

	if (r)
		fail_msg("mapsnap_read() returned %d: %s", r, mapsnap_error(process));
	script_played();
	return snapshot;
}

void read_badly(struct mapsnap_process *process, const struct mapsnap_options *options, int error)
{
	struct mapsnap *const untouched = (void *)&error;
	struct mapsnap *snapshot = untouched;

	assert_int_equal(mapsnap_read(process, options, &snapshot), error);
	assert_ptr_equal(snapshot, untouched);
	assert_string_not_equal(mapsnap_error(process), "");
	script_played();
}

void assert_text_and_drop(struct mapsnap *snapshot, const char *text)
{
	size_t length;
	char *has = text_of(snapshot, &length);

	assert_string_equal(has, text);
	free(has);
	mapsnap_unref(snapshot);
}

const char *many_lines(size_t lines, uint64_t first)
{
	static char text[MOST_LINES * LINE_LENGTH + 1];
	static size_t used;
	char *begin = text + used, *p = begin;

	assert_true(used + lines * LINE_LENGTH + 1 <= sizeof(text));
	for (size_t i = 0; i < lines; i++, first += 0x1000)
		p += sprintf(p, "%08" PRIx64 "-%08" PRIx64 " rw-p 00000000 00:00 0 \n", first,
			     first + 0x1000);
	used += lines * LINE_LENGTH + 1;
	return begin;
}

void script_pages(const char *text, size_t lines, uint64_t sequence)
{
	for (size_t line = 0; line < lines; line += PAGE_LINES) {
		script(PAGE(text, line));
		if ((line + PAGE_LINES) % LOOK_LINES == 0)
			script(SEQUENCE(sequence));
	}
	script(PAGES_END(lines));
}
