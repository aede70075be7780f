/* SPDX-License-Identifier: BSD-2-Clause */
/* mapsnap-survey PID SECONDS: how often a running program is read verified, as one JSON line. */
#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "clock.h"
#include "mapsnap-bpf.h"

enum {
	READS_PER_SECOND = 20,
	SECONDS_MAX = 60, /* the sequence has 32 bits: see mapsnap-bpf.h */
};

static const uint64_t second_ns = 1000000000;

/* What the reads by one route gave. */
struct tally {
	struct mapsnap_options options;
	uint64_t *verified_ns; /* how long each call took that verified */
	size_t snapshots;
	size_t verified;
	size_t first; /* verified at the first attempt */
	size_t attempts;
};

/* The process that is surveyed. */
struct subject {
	const struct mapsnap_sequence *sequence;
	struct mapsnap_process *process;
	int maps_fd;
	size_t mappings;
};

static void sleep_until(uint64_t when)
{
	struct timespec until = { .tv_sec = when / second_ns, .tv_nsec = when % second_ns };

	while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL) == EINTR)
		;
}

/*
 * Half an interval to one and a half: what keeps time itself, as a browser that
 * draws 60 frames a second, is met at every phase.
 */
static uint64_t pause_ns(void)
{
	return (uint64_t)(second_ns / READS_PER_SECOND * (0.5 + drand48()));
}

static long number(const char *text, long max, const char *what)
{
	char *end;
	long value;

	errno = 0;
	value = strtol(text, &end, 10);
	if (errno || end == text || *end || value < 1 || value > max)
		errx(2, "%s: not %s from 1 to %ld", text, what, max);
	return value;
}

static uint64_t sequence_now(const struct subject *subject)
{
	uint64_t sequence;
	int error = subject->sequence->read(subject->sequence, subject->maps_fd, &sequence);

	if (error)
		errx(1, "the process can't be surveyed any longer: %s", strerror(-error));
	return sequence;
}

static void subject_open(struct subject *subject, long pid)
{
	char path[64];
	int error;

	snprintf(path, sizeof(path), "/proc/%ld/maps", pid);
	subject->maps_fd = open(path, O_RDONLY | O_CLOEXEC);
	if (subject->maps_fd < 0)
		err(1, "%s", path);
	error = mapsnap_open_fd(subject->maps_fd, &subject->process);
	if (error)
		errx(1, "%s: %s", path, strerror(-error));
}

static void subject_close(struct subject *subject)
{
	mapsnap_close(subject->process);
	close(subject->maps_fd);
}

static void tally_open(struct tally *tally, const struct subject *subject, long seconds)
{
	/* A pause is at least half an interval long. */
	size_t most = (size_t)seconds * READS_PER_SECOND * 2 + 1;

	tally->options.size = sizeof(tally->options);
	tally->options.sequence = subject->sequence;
	tally->options.fallback = MAPSNAP_FALLBACK_UNVERIFIED;
	tally->verified_ns = calloc(most, sizeof(*tally->verified_ns));
	if (!tally->verified_ns)
		err(1, "no memory for %zu reads", most);
}

static void tally_add(struct tally *tally, const struct mapsnap_info *info)
{
	tally->snapshots++;
	tally->attempts += info->attempts;
	if (info->consistency != MAPSNAP_VERIFIED)
		return;
	tally->first += info->attempts == 1;
	tally->verified_ns[tally->verified++] = info->end_ns - info->begin_ns;
}

static void survey_once(struct subject *subject, struct tally *tally)
{
	struct mapsnap *snapshot;
	int error = mapsnap_read(subject->process, &tally->options, &snapshot);

	/* Before Linux 6.11 there is no query: that tally stays empty. */
	if (error == -EOPNOTSUPP && tally->options.route == MAPSNAP_ROUTE_QUERY)
		return;
	if (error)
		errx(1, "%s: %s", mapsnap_error(subject->process), strerror(-error));
	tally_add(tally, mapsnap_info(snapshot));
	subject->mappings = mapsnap_count(snapshot);
	mapsnap_unref(snapshot);
}

static int compare_ns(const void *a, const void *b)
{
	const uint64_t *x = a;
	const uint64_t *y = b;

	return (*x > *y) - (*x < *y);
}

static void print_tally(const char *name, const struct tally *tally)
{
	if (!tally->snapshots) {
		printf(", \"%s\": null", name);
		return;
	}
	printf(", \"%s\": {\"snapshots\": %zu, \"verified_first\": %.4f, \"verified\": %.4f, "
	       "\"mean_attempts\": %.2f, \"median_verified_ms\": ",
	       name, tally->snapshots, (double)tally->first / tally->snapshots,
	       (double)tally->verified / tally->snapshots,
	       (double)tally->attempts / tally->snapshots);
	if (!tally->verified) {
		printf("null}");
		return;
	}
	qsort(tally->verified_ns, tally->verified, sizeof(*tally->verified_ns), compare_ns);
	printf("%.3f}", tally->verified_ns[tally->verified / 2] / 1e6);
}

static void survey(struct subject *subject, struct tally *text, struct tally *query, long seconds)
{
	uint64_t sequence = sequence_now(subject);
	uint64_t begin = now_ns();
	uint64_t next = begin;
	uint64_t sections, took;
	size_t turn;

	for (turn = 0; next - begin < seconds * second_ns; turn++) {
		sleep_until(next);
		survey_once(subject, turn % 2 ? query : text);
		/* A read may have taken longer than the pause: no burst makes up for it. */
		next += pause_ns();
		if (next < now_ns())
			next = now_ns();
	}
	/* By two for each section, modulo 2^32 where it is the kernel's seqcount. */
	sections = (uint32_t)(sequence_now(subject) - sequence) / 2;
	took = now_ns() - begin;
	printf("{\"seconds\": %.2f, \"mappings\": %zu, \"write_locks_per_s\": %.1f", took / 1e9,
	       subject->mappings, sections / (took / 1e9));
}

int main(int argc, char **argv)
{
	struct tally text = { .options.route = MAPSNAP_ROUTE_TEXT };
	struct tally query = { .options.route = MAPSNAP_ROUTE_QUERY,
			       .options.filter = MAPSNAP_FILTER_NO_GATE };
	struct subject subject = { 0 };
	struct mapsnap_bpf *bpf;
	long pid, seconds;
	int error;

	if (argc != 3)
		errx(2, "usage: mapsnap-survey PID SECONDS");
	pid = number(argv[1], INT32_MAX, "a pid");
	seconds = number(argv[2], SECONDS_MAX, "seconds");
	error = mapsnap_bpf_open(&bpf);
	if (error)
		errx(1, "%s", mapsnap_bpf_reason(error));
	subject.sequence = mapsnap_bpf_sequence(bpf);
	subject_open(&subject, pid);
	tally_open(&text, &subject, seconds);
	tally_open(&query, &subject, seconds);

	survey(&subject, &text, &query, seconds);
	print_tally("text", &text);
	print_tally("query", &query);
	puts("}");

	free(text.verified_ns);
	free(query.verified_ns);
	subject_close(&subject);
	mapsnap_bpf_close(bpf);
	return 0;
}
