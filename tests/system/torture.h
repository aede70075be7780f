/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Reads a target over and over, in turn as cat does and by the library, and
 * counts what came out torn.
 */
#ifndef TORTURE_H
#define TORTURE_H

#include <stdbool.h>
#include <stdint.h>

#include "mapsnap.h"

#define TORTURE_LABELS (MAPSNAP_FROZEN + 1)

/* A run in which fewer plain reads are torn says nothing about the others. */
#define TORTURE_BITES_PERCENT 5

struct torture_settings {
	const char *mode;
	const char *mappings;
	const char *rate;
	const char *backing;
	const char *source;
	uint64_t reads;   /* of each kind */
	uint64_t seconds; /* at most; 0: as long as it takes */
	struct mapsnap_options options;
	bool chained; /* each from the one before, where one address space stays */
	bool json;
	bool demo;
};

/* Reads of one kind: plain, those that got one label, or those that ended alike. */
struct torture_tally {
	uint64_t snapshots;
	uint64_t torn;
	uint64_t cut_off; /* of the torn, those whose end is missing */
	uint64_t attempts;
	uint64_t changed; /* attempts during which the target made a change */
	uint64_t ns;
	char why[200]; /* the first torn one is */
};

/* Of snapshots that were each brought up to date from the one before. */
struct torture_links {
	uint64_t deltas;    /* by what changed since */
	uint64_t mappings;  /* that were read for those */
	uint64_t resyncs;   /* read anew, since something changed */
	uint64_t overflows; /* calls that asked further back than the log reaches */
	uint64_t rests;     /* compared with what was read anew while nothing changed */
	uint64_t wrong;     /* of them different; or changes that do not add up */
};

/* For how long the target was stopped, each time that it was; ns. */
struct torture_pauses {
	uint64_t *list;
	size_t count, room;
};

struct torture_result {
	struct torture_tally plain;
	struct torture_tally labels[TORTURE_LABELS]; /* by enum mapsnap_consistency */
	struct torture_tally unchanged;              /* said mapsnap_refresh() */
	struct torture_tally gone;                   /* -ESRCH or -ESTALE; "torn": was not so */
	uint64_t unsettled;                          /* -EAGAIN: changed too often to be read */
	uint32_t reason;                             /* of the last that was unverified */
	struct torture_links links;
	struct torture_pauses pauses;
	uint64_t changes; /* that the target made */
	double changes_per_second;
};

enum torture_verdict {
	TORTURE_GOOD = 0,
	TORTURE_TORN = 1, /* a consistent label was not true */
	TORTURE_VOID = 2, /* plain reads were hardly torn either */
};

/* Exits where it can't be done. */
void torture_run(const struct torture_settings *settings, struct torture_result *result);

enum torture_verdict torture_judge(const struct torture_result *result);

/* The one that so many percent are not longer than; 0 where there is none. Sorts them. */
uint64_t torture_pause(const struct torture_pauses *pauses, unsigned int percent);

/* Ends the program where there is no memory for one more. */
void torture_pauses_add(struct torture_pauses *pauses, uint64_t ns);

/* On stdout: a table, a line of JSON, or two lines for people. */
void torture_report(const struct torture_settings *settings, const struct torture_result *result);

#endif
