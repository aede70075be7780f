/* SPDX-License-Identifier: BSD-2-Clause */
/* mapsnap-table-torture: whether a table that many threads use says what is so. */
#include "table_torture.h"

#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>

#include "die.h"

static const char usage[] =
	"Usage: mapsnap-table-torture [OPTION...]\n"
	"\n"
	"Keeps several targets in a table, which change, call exec, end, and have their pids\n"
	"reused, while threads refresh, add, remove, listen and resolve; and checks every answer\n"
	"against what the targets promised.\n"
	"\n"
	"  --source SOURCE   what the table verifies by: ioctl, bpf or target (target)\n"
	"  --resolvers N     threads that resolve, 1 to 64 (3)\n"
	"  --seconds N       how long (5)\n"
	"  --json            one line of JSON\n"
	"\n"
	"Exit status: 0 good; 1 an answer or event was wrong; 2 void, too little happened; 3 it\n"
	"could not run.\n";

static void parse_options(struct table_settings *settings, int argc, char **argv)
{
	static const struct option options[] = {
		{ "source", required_argument, NULL, 's' },
		{ "resolvers", required_argument, NULL, 'n' },
		{ "seconds", required_argument, NULL, 't' },
		{ "json", no_argument, NULL, 'j' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (option) {
		case 's':
			settings->source = optarg;
			break;
		case 'n':
			settings->resolvers = die_unless_number(optarg);
			break;
		case 't':
			settings->seconds = die_unless_number(optarg);
			break;
		case 'j':
			settings->json = true;
			break;
		case 'h':
			fputs(usage, stdout);
			exit(0);
		default:
			die_misused("no such option");
		}
	}
	if (optind < argc)
		die_misused("there are no arguments");
}

int main(int argc, char **argv)
{
	struct table_settings settings = { .source = "target", .resolvers = 3, .seconds = 5 };
	struct table_tally total;

	parse_options(&settings, argc, argv);
	table_torture_run(&settings, &total);
	table_torture_report(&settings, &total);
	return (int)table_torture_judge(&settings, &total);
}
