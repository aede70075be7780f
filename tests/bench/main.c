/* SPDX-License-Identifier: BSD-2-Clause */
/* mapsnap-bench: the library against the least that its work could cost. */
#include <getopt.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "benches.h"
#include "processor.h"

struct bench {
	const char *name;
	void (*run)(const char *name, const struct effort *effort);
};

static const struct bench benches[] = {
	{ "read-text", bench_read_text },
	{ "read-getline", bench_read_getline },
	{ "read-snapshot", bench_read_snapshot },
	{ "exec-query", bench_exec_query },
	{ "find", bench_find },
	{ "find-many", bench_find_many },
	{ "diff", bench_diff },
	{ "unchanged", bench_unchanged },
	{ "changed", bench_changed },
	{ "hold", bench_hold },
	{ "disturb", bench_disturb },
	{ "tools", bench_tools },
	{ "resolve", bench_resolve },
	{ "publish", bench_publish },
	{ "table", bench_table },
	{ "watch", bench_watch },
#ifdef HAVE_BPF
	{ "poll", bench_poll },
	{ "verified", bench_verified },
#endif
};

#define BENCHES (sizeof(benches) / sizeof(*benches))

static const struct effort full = { .budget_ns = 2000000000, .least_rounds = 21 };
static const struct effort tiny = { .tiny = true, .budget_ns = 10000000, .least_rounds = 3 };

static void print_names(FILE *stream)
{
	for (size_t i = 0; i < BENCHES; i++)
		fprintf(stream, "%s\n", benches[i].name);
}

static int usage(FILE *stream, int status)
{
	fputs("usage: mapsnap-bench [--tiny] [NAME...]\n"
	      "       mapsnap-bench --list\n"
	      "Prints a line of JSON for each result; see tests/bench/README.md.\n"
	      "  --tiny  small sizes and few rounds: only to see that everything runs\n"
	      "Names:\n",
	      stream);
	print_names(stream);
	return status;
}

static const struct bench *bench_named(const char *name)
{
	for (size_t i = 0; i < BENCHES; i++)
		if (strcmp(benches[i].name, name) == 0)
			return &benches[i];
	return NULL;
}

static void end_in_order(void)
{
	struct sigaction action = { .sa_handler = contest_stop, .sa_flags = SA_RESTART };

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

/* Without names all of them. */
static int run(char **names, const struct effort *effort)
{
	for (char **name = names; *name; name++) {
		if (!bench_named(*name)) {
			fprintf(stderr, "mapsnap-bench: no bench is named %s; there are:\n", *name);
			print_names(stderr);
			return 2;
		}
	}
	processor_pin();
	end_in_order();
	for (size_t i = 0; !*names && i < BENCHES; i++)
		benches[i].run(benches[i].name, effort);
	for (; *names; names++)
		bench_named(*names)->run(*names, effort);
	return 0;
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "tiny", no_argument, NULL, 't' },
		{ "list", no_argument, NULL, 'l' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	const struct effort *effort = &full;
	int option;

	while ((option = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (option) {
		case 't':
			effort = &tiny;
			break;
		case 'l':
			print_names(stdout);
			return 0;
		case 'h':
			return usage(stdout, 0);
		default:
			return usage(stderr, 2);
		}
	}
	return run(argv + optind, effort);
}
