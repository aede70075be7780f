/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What changes in the mappings of a process?
 *
 *   cc watch.c $(pkg-config --cflags --libs mapsnap) -o watch
 *   ./watch PID [SECONDS]
 *
 * Looks every SECONDS, 1 if not given, and prints what was added (+), removed
 * (-), changed (~), or changed and changed back (=), until the process exits or
 * calls exec.
 */
#include <err.h>
#include <errno.h>
#include <limits.h>
#include <mapsnap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static const struct mapsnap_options options = {
	.size = sizeof(options),
	/* Where there is a source, a look at a process that rests reads no mappings. */
	.fallback = MAPSNAP_FALLBACK_UNVERIFIED,
};

static void print_mapping(const char *sign, const struct mapsnap_mapping *mapping)
{
	char line[8192]; /* enough but for paths deeper than PATH_MAX */
	size_t length = mapsnap_format(mapping, line, sizeof(line));

	printf("%s %s%s", sign, line, length < sizeof(line) ? "" : "...\n");
}

static void print_change(const struct mapsnap_change *change)
{
	if (!change->before)
		print_mapping("+", change->after);
	else if (!change->after)
		print_mapping("-", change->before);
	else if (!change->what)
		print_mapping("=", change->after);
	else {
		print_mapping("~", change->before);
		print_mapping(" ", change->after);
	}
}

static void print_changes(struct mapsnap_diff *changes)
{
	struct mapsnap_change change;

	while (mapsnap_diff_next(changes, &change))
		print_change(&change);
}

static void print_label(const struct mapsnap *snapshot)
{
	const struct mapsnap_info *info = mapsnap_info(snapshot);

	printf("# %s: %s\n", mapsnap_consistency_name(info->consistency),
	       mapsnap_reason_text(info->reason));
	if (info->consistency == MAPSNAP_UNVERIFIED)
		printf("# so a change may be shown that never was, or be missing\n");
}

/*
 * Prints what changed, and gives what the next one is to be compared with. A
 * torn list never held: it is passed over, and what changed shows next time.
 */
static struct mapsnap *go_on(struct mapsnap *last, struct mapsnap *fresh,
			     struct mapsnap_diff *changes)
{
	uint32_t last_reason = mapsnap_info(last)->reason;
	uint32_t reason = mapsnap_info(fresh)->reason;

	if (reason != last_reason)
		print_label(fresh);
	if (reason == MAPSNAP_REASON_TORN) {
		mapsnap_unref(fresh);
		return last;
	}
	/* Of the same snapshot again there are none. */
	if (last_reason != MAPSNAP_REASON_TORN)
		print_changes(changes);
	mapsnap_unref(last);
	return fresh;
}

/* Goes on until reading or writing fails; returns why reading did. */
static int watch(struct mapsnap_process *process, const struct timespec *interval)
{
	struct mapsnap *last, *fresh;
	struct mapsnap_diff changes;
	int error = mapsnap_read(process, &options, &last);

	if (error)
		return error;
	printf("# %zu mappings\n", mapsnap_count(last));
	print_label(last);
	while (!fflush(stdout)) {
		clock_nanosleep(CLOCK_MONOTONIC, 0, interval, NULL);
		error = mapsnap_changes(process, &options, last, &fresh, &changes);
		if (error)
			break;
		last = go_on(last, fresh, &changes);
	}
	mapsnap_unref(last);
	return error;
}

static double number(const char *text, double most, const char *what)
{
	char *end;
	double value = strtod(text, &end);

	if (end == text || *end || !(value > 0 && value <= most))
		errx(EXIT_FAILURE, "%s: not %s", text, what);
	return value;
}

int main(int argc, char **argv)
{
	struct mapsnap_process *process;
	struct timespec interval;
	double seconds;
	pid_t pid;
	int error;

	if (argc < 2 || argc > 3)
		errx(EXIT_FAILURE, "usage: watch PID [SECONDS]");
	pid = (pid_t)number(argv[1], INT_MAX, "a process number");
	seconds = argc > 2 ? number(argv[2], 1e9, "a number of seconds") : 1;
	interval.tv_sec = (time_t)seconds;
	interval.tv_nsec = (long)((seconds - (double)interval.tv_sec) * 1e9);

	error = mapsnap_open_pid(pid, &process);
	if (error)
		errx(EXIT_FAILURE, "cannot open process %d: %s", (int)pid, strerror(-error));
	error = watch(process, &interval);
	/* These end a watch and are no failure: it exited, or called exec. */
	if (error == -ESRCH || error == -ESTALE)
		printf("# the end: %s\n", mapsnap_error(process));
	else if (error)
		errx(EXIT_FAILURE, "cannot read process %d: %s", (int)pid, mapsnap_error(process));
	mapsnap_close(process);
	if (fflush(stdout) || ferror(stdout))
		err(EXIT_FAILURE, "standard output");
	return EXIT_SUCCESS;
}
