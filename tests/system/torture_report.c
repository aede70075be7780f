/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <stdio.h>

#include "torture.h"

static double percent(uint64_t part, uint64_t whole)
{
	return whole ? 100.0 * (double)part / (double)whole : 0;
}

static double mean_ms(const struct torture_tally *tally)
{
	return tally->snapshots ? (double)tally->ns / (double)tally->snapshots / 1e6 : 0;
}

static bool consistent(uint32_t label)
{
	return label != MAPSNAP_UNVERIFIED;
}

static struct torture_tally sum_of_consistent(const struct torture_result *result)
{
	struct torture_tally sum = { 0 };

	for (uint32_t label = 0; label < TORTURE_LABELS; label++) {
		if (!consistent(label))
			continue;
		sum.snapshots += result->labels[label].snapshots;
		sum.torn += result->labels[label].torn;
	}
	return sum;
}

/*
 * Reads whose end is missing are nothing that any label allows: the library
 * says instead that the address space is gone.
 */
static uint64_t cut_off(const struct torture_result *result)
{
	uint64_t n = 0;

	for (uint32_t label = 0; label < TORTURE_LABELS; label++)
		n += result->labels[label].cut_off;
	return n;
}

static bool promise_broken(const struct torture_result *result)
{
	return sum_of_consistent(result).torn || cut_off(result) || result->unchanged.torn ||
	       result->gone.torn || result->links.wrong;
}

enum torture_verdict torture_judge(const struct torture_result *result)
{
	const struct torture_tally *plain = &result->plain;

	if (promise_broken(result))
		return TORTURE_TORN;
	if (percent(plain->torn, plain->snapshots) < TORTURE_BITES_PERCENT)
		return TORTURE_VOID;
	return TORTURE_GOOD;
}

static const char *verdict_name(enum torture_verdict verdict)
{
	static const char *const names[] = { "good", "torn", "void" };

	return names[verdict];
}

static void print_row(const char *name, const struct torture_tally *tally)
{
	printf("%-12s %9" PRIu64 " %9" PRIu64 " %6.1f%% %9" PRIu64 " %9" PRIu64 " %9" PRIu64
	       " %6.1f%% %9.3f\n",
	       name, tally->snapshots, tally->torn, percent(tally->torn, tally->snapshots),
	       tally->cut_off, tally->attempts, tally->changed,
	       percent(tally->changed, tally->attempts), mean_ms(tally));
}

static void print_why(const char *name, const struct torture_tally *tally)
{
	if (tally->torn)
		printf("The first torn %s one: %s.\n", name, tally->why);
}

/* Calls it for each kind of read. */
static void for_each_tally(const struct torture_result *result,
			   void (*print)(const char *name, const struct torture_tally *tally))
{
	print("plain", &result->plain);
	for (uint32_t label = 0; label < TORTURE_LABELS; label++)
		print(mapsnap_consistency_name(label), &result->labels[label]);
	print("unchanged", &result->unchanged);
	print("gone", &result->gone);
}

static void print_verdict(const struct torture_result *result)
{
	static const char *const sentences[] = {
		[TORTURE_GOOD] = "Good: no snapshot with a consistent label was torn.",
		[TORTURE_TORN] = "TORN: a label promised what was not so.",
		[TORTURE_VOID] =
			"VOID: fewer than 5% of the plain reads were torn, so this run "
			"shows nothing; let the target change more, or have more mappings.",
	};

	puts(sentences[torture_judge(result)]);
}

static void print_links(const struct torture_links *links)
{
	printf("chain        %" PRIu64 " deltas of %" PRIu64 " mappings, %" PRIu64
	       " read anew, %" PRIu64 " overflows; %" PRIu64 " compared at rest, %" PRIu64
	       " wrong\n",
	       links->deltas, links->mappings, links->resyncs, links->overflows, links->rests,
	       links->wrong);
}

static double pause_us(const struct torture_result *result, unsigned int percent)
{
	return (double)torture_pause(&result->pauses, percent) / 1e3;
}

static void print_pauses(const struct torture_result *result)
{
	printf("stopped      %zu times; p50 %.0f, p99 %.0f, longest %.0f us\n",
	       result->pauses.count, pause_us(result, 50), pause_us(result, 99),
	       pause_us(result, 100));
}

static void print_table(const struct torture_settings *settings,
			const struct torture_result *result)
{
	printf("mode %s, %s static mappings (%s), %.0f changes/s, route %s, source %s\n",
	       settings->mode, settings->mappings, settings->backing, result->changes_per_second,
	       mapsnap_route_name(settings->options.route), settings->source);
	printf("%-12s %9s %9s %7s %9s %9s %9s %7s %9s\n", "", "snapshots", "torn", "", "cut off",
	       "attempts", "changed", "", "mean ms");
	for_each_tally(result, print_row);
	if (result->unsettled)
		printf("%-12s %9" PRIu64 "\n", "unsettled", result->unsettled);
	if (settings->chained)
		print_links(&result->links);
	if (result->pauses.count)
		print_pauses(result);
	for_each_tally(result, print_why);
	print_verdict(result);
}

static void print_json_tally(const char *name, const struct torture_tally *tally)
{
	printf(",\"%s\":{\"snapshots\":%" PRIu64 ",\"torn\":%" PRIu64 ",\"cut_off\":%" PRIu64
	       ",\"attempts\":%" PRIu64 ",\"changed\":%" PRIu64 ",\"mean_ms\":%.3f}",
	       name, tally->snapshots, tally->torn, tally->cut_off, tally->attempts, tally->changed,
	       mean_ms(tally));
}

static void print_json_links(const struct torture_result *result)
{
	const struct torture_links *links = &result->links;

	printf(",\"changes\":%" PRIu64 ",\"chain\":{\"deltas\":%" PRIu64 ",\"mappings\":%" PRIu64
	       ",\"resyncs\":%" PRIu64 ",\"overflows\":%" PRIu64 ",\"rests\":%" PRIu64
	       ",\"wrong\":%" PRIu64 "}",
	       result->changes, links->deltas, links->mappings, links->resyncs, links->overflows,
	       links->rests, links->wrong);
}

static void print_json_pauses(const struct torture_result *result)
{
	printf(",\"pauses\":{\"count\":%zu,\"p50_us\":%.1f,\"p99_us\":%.1f,\"max_us\":%.1f}",
	       result->pauses.count, pause_us(result, 50), pause_us(result, 99),
	       pause_us(result, 100));
}

/* The settings were accepted by the target: none holds a quote. */
static void print_json(const struct torture_settings *settings, const struct torture_result *result)
{
	printf("{\"mode\":\"%s\",\"mappings\":%s,\"rate\":\"%s\",\"backing\":\"%s\","
	       "\"changes_per_second\":%.1f,\"route\":\"%s\",\"source\":\"%s\",\"verdict\":\"%s\"",
	       settings->mode, settings->mappings, settings->rate, settings->backing,
	       result->changes_per_second, mapsnap_route_name(settings->options.route),
	       settings->source, verdict_name(torture_judge(result)));
	for_each_tally(result, print_json_tally);
	if (settings->chained)
		print_json_links(result);
	print_json_pauses(result);
	printf(",\"unsettled\":%" PRIu64 "}\n", result->unsettled);
}

static void print_demo(const struct torture_result *result)
{
	const struct torture_tally *unverified = &result->labels[MAPSNAP_UNVERIFIED];
	struct torture_tally sum = sum_of_consistent(result);

	printf("plain reads torn:    %" PRIu64 " of %" PRIu64 "\n", result->plain.torn,
	       result->plain.snapshots);
	printf("labelled reads torn: %" PRIu64 " of %" PRIu64 " consistent", sum.torn,
	       sum.snapshots);
	if (unverified->snapshots)
		printf(" (%" PRIu64 " unverified: %s)", unverified->snapshots,
		       mapsnap_reason_text(result->reason));
	putchar('\n');
}

void torture_report(const struct torture_settings *settings, const struct torture_result *result)
{
	if (settings->demo)
		print_demo(result);
	else if (settings->json)
		print_json(settings, result);
	else
		print_table(settings, result);
}
