/* SPDX-License-Identifier: BSD-2-Clause */
/* mapsnap-target: a process to read, which keeps its promises, see invariant.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "command_line.h"
#include "die.h"
#include "target_arena.h"
#include "target_change.h"
#include "target_end.h"
#include "target_keeper.h"
#include "target_mode.h"
#include "target_names.h"
#include "target_stay.h"
#include "target_successor.h"

#define MOST_FILES 300

struct settings {
	const struct target_mode *mode;
	unsigned int mappings;
	unsigned int arena;
	uint64_t rate; /* changes a second; 0: at rest */
	enum target_backing backing;
	int invariant_fd;
	int seat; /* -1: not after exec */
	bool names;
};

static struct target_files files;
static pid_t owner; /* of the files */

static const char usage[] =
	"Usage: mapsnap-target [--mode MODE] [--mappings N] [--rate N|max] [--backing KIND]\n"
	"                      [--invariant FD]\n"
	"       mapsnap-target --names\n"
	"       mapsnap-target --seat N --invariant FD    (what itself becomes by exec)\n"
	"\n"
	"A process with many mappings, of which some keep changing; or one with every form of\n"
	"name. Prints \"ready\", and ends at the end of its input or at SIGTERM.\n"
	"\n"
	"  --mode MODE      move, pairs, boundary, grow, stacks, wide, exec, execs, exit,\n"
	"                   reuse or fork (move)\n"
	"  --mappings N     static mappings, 10 or more (5000); the changing ones come on top\n"
	"  --rate N|max     changes a second, at random times (0); of modes exec, execs, exit\n"
	"                   and reuse address spaces of a process a second\n"
	"  --arena N        which one, 0 to 99 (0): no two have an address in common\n"
	"  --backing KIND   of the static mappings: mixed, anonymous or files (mixed)\n"
	"  --invariant FD   write the promise into this file, for whoever checks\n";

static enum target_backing backing_from(const char *text)
{
	static const char *const names[] = {
		[TARGET_MIXED] = "mixed",
		[TARGET_ANONYMOUS] = "anonymous",
		[TARGET_FILES] = "files",
	};

	for (unsigned int i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(text, names[i]) == 0)
			return (enum target_backing)i;
	die_misused("no such backing");
}

static void set_option(void *to, int option, const char *value)
{
	struct settings *settings = to;

	switch (option) {
	case 'm':
		settings->mode = target_mode_find(value);
		break;
	case 'n':
		settings->mappings = (unsigned int)die_unless_number(value);
		break;
	case 'r':
		settings->rate = strcmp(value, "max") ? die_unless_number(value) : TARGET_FLAT_OUT;
		break;
	case 'a':
		settings->arena = (unsigned int)die_unless_number(value);
		break;
	case 'b':
		settings->backing = backing_from(value);
		break;
	case 'i':
		settings->invariant_fd = (int)die_unless_number(value);
		break;
	case 's':
		settings->seat = (int)die_unless_number(value);
		break;
	case 'N':
		settings->names = true;
		break;
	}
}

static const struct option options[] = {
	{ "mode", required_argument, NULL, 'm' },
	{ "mappings", required_argument, NULL, 'n' },
	{ "rate", required_argument, NULL, 'r' },
	{ "arena", required_argument, NULL, 'a' },
	{ "backing", required_argument, NULL, 'b' },
	{ "invariant", required_argument, NULL, 'i' },
	{ "seat", required_argument, NULL, 's' },
	{ "names", no_argument, NULL, 'N' },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

static const struct command_line command_line = { usage, options, set_option };

static void parse_options(struct settings *settings, int argc, char **argv)
{
	command_line_parse(&command_line, settings, argc, argv);
	if (!settings->mode || settings->mappings < 10 || settings->arena > 99)
		die_misused("a mode that exists and at least 10 mappings are needed");
}

static void remove_files(void)
{
	if (files.directory && getpid() == owner)
		target_files_remove(&files);
}

/* Without a checker the promise is kept all the same. */
static int shared_file(const struct settings *settings)
{
	if (settings->invariant_fd >= 0)
		return settings->invariant_fd;
	return memfd_create("invariant", 0);
}

static void say_ready(void)
{
	puts("ready");
	fflush(stdout);
}

/* The arena is that of other processes, one after the other. */
static void run_keeper(struct invariant *invariant, int fd)
{
	target_keeper_begin(invariant, fd);
	say_ready();
	target_keeper_run();
}

static void run_changes(struct target_arena *arena, struct invariant *invariant, uint64_t rate)
{
	target_arena_make(arena);
	target_stay_begin(invariant_seat(invariant, 0), 0);
	say_ready();
	target_change(arena, invariant, rate);
}

static void run_arena(const struct settings *settings)
{
	struct target_arena arena;
	struct invariant *invariant;
	unsigned int count = settings->mappings / 4;
	int fd = shared_file(settings);

	owner = getpid();
	atexit(remove_files);
	target_files_make(&files, count < MOST_FILES ? count : MOST_FILES);
	target_arena_plan(&arena, settings->mode, &files, settings->backing, settings->mappings,
			  settings->arena);
	invariant = target_arena_publish(&arena, fd);
	target_stay_init(invariant, settings->rate);
	if (invariant->stays)
		run_changes(&arena, invariant, settings->rate);
	else
		run_keeper(invariant, fd);
}

int main(int argc, char **argv)
{
	struct settings settings = {
		.mode = target_modes[0],
		.mappings = 5000,
		.invariant_fd = -1,
		.seat = -1,
	};

	parse_options(&settings, argc, argv);
	if (settings.seat >= 0)
		target_successor_again(settings.invariant_fd, (uint32_t)settings.seat);
	target_end_init();
	if (settings.names)
		target_names_run();
	else
		run_arena(&settings);
	return 0;
}
