/* SPDX-License-Identifier: BSD-2-Clause */
/* mapsnap-target: a process to read, which keeps its promises, see invariant.h. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "die.h"
#include "target_arena.h"
#include "target_change.h"
#include "target_end.h"
#include "target_mode.h"
#include "target_names.h"

#define MOST_FILES 300

struct settings {
	const struct target_mode *mode;
	unsigned int mappings;
	uint64_t rate; /* changes a second; 0: at rest */
	enum target_backing backing;
	int invariant_fd;
	bool names;
};

static struct target_files files;

static const char usage[] =
	"Usage: mapsnap-target [--mode MODE] [--mappings N] [--rate N|max] [--backing KIND]\n"
	"                      [--invariant FD]\n"
	"       mapsnap-target --names\n"
	"\n"
	"A process with many mappings, of which some keep changing; or one with every form of\n"
	"name. Prints \"ready\", and ends at the end of its input or at SIGTERM.\n"
	"\n"
	"  --mode MODE      move, pairs, boundary, grow, stacks or wide (move)\n"
	"  --mappings N     static mappings, 10 to 60000 (5000); the changing ones come on top\n"
	"  --rate N|max     changes a second, at random times (0)\n"
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

static void parse_options(struct settings *settings, int argc, char **argv)
{
	static const struct option options[] = {
		{ "mode", required_argument, NULL, 'm' },
		{ "mappings", required_argument, NULL, 'n' },
		{ "rate", required_argument, NULL, 'r' },
		{ "backing", required_argument, NULL, 'b' },
		{ "invariant", required_argument, NULL, 'i' },
		{ "names", no_argument, NULL, 'N' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (option) {
		case 'm':
			settings->mode = target_mode_find(optarg);
			break;
		case 'n':
			settings->mappings = (unsigned int)die_unless_number(optarg);
			break;
		case 'r':
			settings->rate =
				strcmp(optarg, "max") ? die_unless_number(optarg) : TARGET_FLAT_OUT;
			break;
		case 'b':
			settings->backing = backing_from(optarg);
			break;
		case 'i':
			settings->invariant_fd = (int)die_unless_number(optarg);
			break;
		case 'N':
			settings->names = true;
			break;
		case 'h':
			fputs(usage, stdout);
			exit(0);
		default:
			die_misused("no such option");
		}
	}
	if (optind < argc || !settings->mode || settings->mappings < 10)
		die_misused("a mode that exists and at least 10 mappings are needed");
}

static void remove_files(void)
{
	if (files.directory)
		target_files_remove(&files);
}

/* Without a checker the promise is kept all the same. */
static int shared_file(const struct settings *settings)
{
	if (settings->invariant_fd >= 0)
		return settings->invariant_fd;
	return memfd_create("invariant", MFD_CLOEXEC);
}

static void run_arena(const struct settings *settings)
{
	struct target_arena arena;
	struct invariant *invariant;
	unsigned int count = settings->mappings / 4;

	atexit(remove_files);
	target_files_make(&files, count < MOST_FILES ? count : MOST_FILES);
	target_arena_make(&arena, settings->mode, &files, settings->backing, settings->mappings);
	invariant = target_arena_publish(&arena, shared_file(settings));
	puts("ready");
	fflush(stdout);
	target_change(&arena, invariant, settings->rate);
}

int main(int argc, char **argv)
{
	struct settings settings = {
		.mode = target_modes[0],
		.mappings = 5000,
		.invariant_fd = -1,
	};

	parse_options(&settings, argc, argv);
	target_end_init();
	if (settings.names)
		target_names_run();
	else
		run_arena(&settings);
	return 0;
}
