/* SPDX-License-Identifier: BSD-2-Clause */
/* mapsnap-attribution: whether samples are taken for what ran, where addresses are reused. */
#include "attribution.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>

#include "command_line.h"
#include "die.h"
#include "kernel_source.h"

static const char usage[] =
	"Usage: mapsnap-attribution [OPTION...]\n"
	"\n"
	"Profiles a process that loads plugins where others were before, resolves the samples by "
	"a\n"
	"table and by one snapshot of the beginning, and compares with what the process says ran.\n"
	"Prints a line of JSON.\n"
	"\n"
	"  --seconds N    (3)\n"
	"  --rate N       rounds of the table a second (200)\n"
	"  --life MS      of each plugin, in milliseconds of its processor (20)\n"
	"  --period US    from sample to sample, in microseconds (500)\n"
	"\n"
	"Exit status: 0 good; 1 an answer that is said to be exact was wrong; 2 void, the snapshot "
	"of\n"
	"the beginning was hardly wrong either; 3 it could not run.\n";

enum verdict {
	GOOD,
	WRONG,
	VOID,
};

static uint64_t number_above_0(const char *text)
{
	uint64_t number = die_unless_number(text);

	if (number == 0)
		die_misused("0 is not enough");
	return number;
}

static void set_option(void *to, int option, const char *value)
{
	struct attribution_settings *settings = to;

	switch (option) {
	case 's':
		settings->seconds = number_above_0(value);
		break;
	case 'r':
		settings->rate = number_above_0(value);
		break;
	case 'l':
		settings->life_ms = number_above_0(value);
		break;
	case 'p':
		settings->period_us = number_above_0(value);
		break;
	}
}

static const struct option options[] = {
	{ "seconds", required_argument, NULL, 's' },
	{ "rate", required_argument, NULL, 'r' },
	{ "life", required_argument, NULL, 'l' },
	{ "period", required_argument, NULL, 'p' },
	{ "help", no_argument, NULL, 'h' },
	{ 0 },
};

static const struct command_line command_line = { usage, options, set_option };

/* As good as by chance is not wrong often enough to show anything. */
static enum verdict judge(const struct attribution_result *result)
{
	if (result->exact.wrong)
		return WRONG;
	if (result->start.wrong == 0 || (double)result->start.wrong < 0.2 * (double)result->samples)
		return VOID;
	return GOOD;
}

static void print_tally(const char *name, const struct attribution_tally *tally)
{
	printf("\"%s\":{\"right\":%zu,\"wrong\":%zu,\"unknown\":%zu},", name, tally->right,
	       tally->wrong, tally->unknown);
}

static void report(const struct attribution_settings *settings,
		   const struct attribution_result *result)
{
	static const char *const verdicts[] = { "good", "wrong", "void" };
	double samples = result->samples ? (double)result->samples : 1;

	printf("{\"rate\":%" PRIu64 ",\"life_ms\":%" PRIu64 ",\"rounds\":%" PRIu64
	       ",\"calls\":%zu,\"reused\":%zu,\"samples\":%zu,\"others\":%zu,\"lost\":%" PRIu64 ",",
	       settings->rate, settings->life_ms, result->rounds, result->calls, result->reused,
	       result->samples, result->others, result->lost);
	print_tally("exact", &result->exact);
	print_tally("near", &result->near);
	print_tally("start", &result->start);
	printf("\"share_right\":%.4f,\"share_exact\":%.4f,\"share_right_at_start\":%.4f,"
	       "\"verdict\":\"%s\"}\n",
	       (double)(result->exact.right + result->near.right) / samples,
	       (double)result->exact.right / samples, (double)result->start.right / samples,
	       verdicts[judge(result)]);
}

int main(int argc, char **argv)
{
	struct attribution_settings settings = {
		.seconds = 3,
		.rate = 200,
		.life_ms = 20,
		.period_us = 500,
	};
	struct attribution_result result;

	command_line_parse(&command_line, &settings, argc, argv);
	/* Without one no answer can be exact. */
	if (!kernel_source_has_own())
		settings.sequence = kernel_source_need_bpf();
	attribution_run(&settings, &result);
	report(&settings, &result);
	return (int)judge(&result);
}
