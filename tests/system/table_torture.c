/* SPDX-License-Identifier: BSD-2-Clause */
/* mapsnap-table-torture: whether a table that many threads use says what is so. */
#include "table_torture.h"

#include "command_line.h"
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

static void set_option(void *to, int option, const char *value)
{
	struct table_settings *settings = to;

	switch (option) {
	case 's':
		settings->source = value;
		break;
	case 'n':
		settings->resolvers = die_unless_number(value);
		break;
	case 't':
		settings->seconds = die_unless_number(value);
		break;
	case 'j':
		settings->json = true;
		break;
	}
}

static const struct option options[] = {
	{ "source", required_argument, NULL, 's' },
	{ "resolvers", required_argument, NULL, 'n' },
	{ "seconds", required_argument, NULL, 't' },
	{ "json", no_argument, NULL, 'j' },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

static const struct command_line command_line = { usage, options, set_option };

int main(int argc, char **argv)
{
	struct table_settings settings = { .source = "target", .resolvers = 3, .seconds = 5 };
	struct table_tally total;

	command_line_parse(&command_line, &settings, argc, argv);
	table_torture_run(&settings, &total);
	table_torture_report(&settings, &total);
	return (int)table_torture_judge(&settings, &total);
}
