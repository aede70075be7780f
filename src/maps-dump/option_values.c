/* SPDX-License-Identifier: BSD-2-Clause */
#include "option_values.h"

#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/un.h>

#include "client.h"
#include "source.h"
#include "status.h"

/* A word on the command line and what it stands for. */
struct word {
	const char *word;
	uint32_t value;
};

static const struct word fallbacks[] = {
	{ "error", MAPSNAP_FALLBACK_ERROR },
	{ "unverified", MAPSNAP_FALLBACK_UNVERIFIED },
	{ "locked", MAPSNAP_FALLBACK_LOCKED },
	{ "frozen", MAPSNAP_FALLBACK_FROZEN },
	{ NULL, 0 },
};

static const struct word sources[] = {
	{ "auto", SOURCE_AUTO },
	{ "ioctl", SOURCE_IOCTL },
	{ "bpf", SOURCE_BPF },
	{ "none", SOURCE_NONE },
	{ NULL, 0 },
};

static const struct word routes[] = {
	{ "auto", MAPSNAP_ROUTE_AUTO },
	{ "text", MAPSNAP_ROUTE_TEXT },
	{ "query", MAPSNAP_ROUTE_QUERY },
	{ "snapshot", MAPSNAP_ROUTE_SNAPSHOT },
	{ NULL, 0 },
};

static uint32_t parse_word(const char *option, const char *argument, const struct word *words,
			   struct argp_state *state)
{
	for (; words->word; words++)
		if (strcmp(words->word, argument) == 0)
			return words->value;
	argp_error(state, "--%s: no such choice: %s", option, argument);
	return 0;
}

uint32_t parse_fallback(const char *argument, struct argp_state *state)
{
	return parse_word("fallback", argument, fallbacks, state);
}

uint32_t parse_source(const char *argument, struct argp_state *state)
{
	return parse_word("source", argument, sources, state);
}

uint32_t parse_route(const char *argument, struct argp_state *state)
{
	return parse_word("route", argument, routes, state);
}

/* Digits up to max, with *rest behind them; 0 where that is not what stands there. */
static uint64_t parse_count(const char *argument, uint64_t max, const char **rest)
{
	unsigned long long value;
	char *end;

	if (strspn(argument, "0123456789") == 0)
		return 0;
	errno = 0;
	value = strtoull(argument, &end, 10);
	*rest = end;
	return errno || value > max ? 0 : value;
}

uint32_t parse_attempts(const char *argument, struct argp_state *state)
{
	const char *rest;
	uint64_t attempts = parse_count(argument, UINT32_MAX, &rest);

	if (!attempts || *rest)
		argp_error(state, "--attempts: not a number from 1 to %u: %s", UINT32_MAX,
			   argument);
	return (uint32_t)attempts;
}

uint64_t parse_deadline(const char *argument, struct argp_state *state)
{
	static const uint64_t ms = 1000 * 1000, s = 1000 * ms;
	const char *rest;
	uint64_t count = parse_count(argument, INT64_MAX / s, &rest);

	if (count && strcmp(rest, "s") == 0)
		return count * s;
	if (count && (*rest == '\0' || strcmp(rest, "ms") == 0))
		return count * ms;
	argp_error(state, "--deadline: not a time like 100ms or 2s: %s", argument);
	return 0;
}

/* The decimal seconds of an interval, in ns: from a millisecond to 10^9 seconds. */
uint64_t parse_seconds(const char *argument, struct argp_state *state)
{
	char *end = NULL;
	double seconds = 0;

	if (strspn(argument, "0123456789.") == strlen(argument))
		seconds = strtod(argument, &end);
	if (!(seconds >= 0.001 && seconds <= 1e9) || *end)
		argp_error(state, "--watch: not a number of seconds from 0.001 on: %s", argument);
	return (uint64_t)(seconds * 1e9);
}

const char *parse_socket(const char *argument, struct argp_state *state)
{
	const size_t most = sizeof(((struct sockaddr_un *)NULL)->sun_path) - 1;

	if (!argument)
		return CLIENT_SOCKET;
	if (!*argument || strlen(argument) > most)
		argp_error(state, "--socket: not a path of 1 to %zu bytes: %s", most, argument);
	return argument;
}

void parse_range(const char *argument, struct selection *selection, struct argp_state *state)
{
	const char *rest;
	uint64_t start = 0, end = 0;

	if (address_parse(argument, &rest, &start) || *rest != '-' ||
	    address_parse(rest + 1, &rest, &end) || *rest)
		argp_error(state, "--range: not two addresses in hex like 7f00-7fff: %s", argument);
	if (start >= end)
		argp_error(state,
			   "--range: the end, which is exclusive, is not behind the start: %s",
			   argument);
	selection->start = start;
	selection->last = end - 1;
}

void parse_columns(const char *argument, struct columns *columns, struct argp_state *state)
{
	const char *wrong;
	int error = columns_parse(columns, argument, &wrong);

	if (error == -EINVAL)
		argp_error(state, "--output: no such column: %.*s", (int)strcspn(wrong, ","),
			   wrong);
	else if (error)
		argp_error(state, "--output: more than %d columns", COLUMNS_MAX);
}

void parse_sort(const char *argument, struct sort *sort, struct argp_state *state)
{
	sort->descending = argument[0] == '-';
	argument += sort->descending;
	sort->column = column_find(argument, strlen(argument));
	if (!sort->column)
		argp_error(state, "--sort: no such column: %s", argument);
}

static void add_addresses(struct addresses *addresses, const char *list, struct argp_state *state)
{
	const char *wrong;
	int error = addresses_add(addresses, list, &wrong);

	if (error == -EINVAL)
		argp_error(state, "--lookup: not an address in hex: %.*s",
			   (int)strcspn(wrong, ", \t\r\n"), wrong);
	else if (error)
		errx(STATUS_FAILED, "--lookup: %s", strerror(-error));
}

static void read_addresses(struct addresses *addresses, struct argp_state *state)
{
	char *list = NULL;
	size_t size = 0;

	errno = 0;
	if (getdelim(&list, &size, '\0', stdin) >= 0)
		add_addresses(addresses, list, state);
	else if (ferror(stdin))
		err(STATUS_FAILED, "standard input");
	free(list);
}

void parse_addresses(const char *argument, struct addresses *addresses, struct argp_state *state)
{
	if (strcmp(argument, "-") == 0)
		read_addresses(addresses, state);
	else
		add_addresses(addresses, argument, state);
}
