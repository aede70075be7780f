/* SPDX-License-Identifier: BSD-2-Clause */
#include "picture_scale.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* A mapping of so many units can be seen and pointed at. */
#define CLEAR_UNITS 8.0

/*
 * What a change of scale takes: a heading, a ruler, a line that is not full; and
 * where nothing is between the two, it looks like something. It must also be
 * worth more than one mapping that is narrow.
 */
#define CHANGE_UNITS    1500.0
#define CHANGE_HALVINGS 4.0

enum {
	SCALES = SCALE_COARSEST - SCALE_FINEST + 1
};

/*
 * The cheapest choice for all mappings up to one, for each scale that this one
 * could have; and how it was come by, for the way back.
 */
struct choice {
	double cost[SCALES];
	unsigned int cheapest;
};

struct step {
	uint64_t changed;      /* a bit for each scale: the mapping before has another one ... */
	unsigned int cheapest; /* ... which is this */
};

double scale_units(uint64_t bytes, unsigned int scale)
{
	return ldexp((double)bytes, -(int)scale);
}

uint64_t scale_distance(uint64_t from, uint64_t to)
{
	return from < to ? to - from : from - to;
}

static double gap_units(uint64_t gap, unsigned int scale)
{
	return fmin(scale_units(gap, scale), FOLD_UNITS);
}

static double change_units(uint64_t gap, unsigned int from, unsigned int to, double sharpness)
{
	unsigned int finer = from < to ? from : to;
	double separation = scale_units(gap, finer) < FOLD_UNITS ? 2 : 1;

	return separation * CHANGE_UNITS + CHANGE_HALVINGS * sharpness;
}

static void add_mapping(struct choice *choice, const struct mapsnap_mapping *m, double sharpness)
{
	uint64_t size = m->end - m->start;
	double halvings = log2(CLEAR_UNITS) - log2((double)size);

	choice->cheapest = 0;
	for (unsigned int i = 0; i < SCALES; i++) {
		unsigned int scale = SCALE_FINEST + i;

		choice->cost[i] += scale_units(size, scale) + sharpness * fmax(0, halvings + scale);
		if (choice->cost[i] <= choice->cost[choice->cheapest])
			choice->cheapest = i;
	}
}

static struct step add_gap(struct choice *choice, uint64_t gap, double sharpness)
{
	struct step step = { .cheapest = choice->cheapest };
	double least = choice->cost[choice->cheapest];

	for (unsigned int i = 0; i < SCALES; i++) {
		double keep = choice->cost[i] + gap_units(gap, SCALE_FINEST + i);
		double change = least + change_units(gap, SCALE_FINEST + choice->cheapest,
						     SCALE_FINEST + i, sharpness);

		if (change < keep)
			step.changed |= UINT64_C(1) << i;
		choice->cost[i] = fmin(change, keep);
	}
	return step;
}

static double units_of(const struct mapsnap *snapshot, size_t first, size_t end, unsigned int scale)
{
	const struct mapsnap_mapping *before = NULL;
	double units = 0;

	for (size_t i = first; i < end; i++) {
		const struct mapsnap_mapping *m = mapsnap_at(snapshot, i);

		if (before)
			units += gap_units(scale_distance(before->end, m->start), scale);
		units += scale_units(m->end - m->start, scale);
		before = m;
	}
	return units;
}

/* What takes no more than a line may have all of it. */
static void fill_lines(const struct mapsnap *snapshot, uint8_t *scales)
{
	size_t n = mapsnap_count(snapshot), end;

	for (size_t first = 0; first < n; first = end) {
		uint8_t scale = scales[first];

		for (end = first; end < n && scales[end] == scales[first];)
			end++;
		while (scale > SCALE_FINEST &&
		       units_of(snapshot, first, end, scale - 1U) <= LINE_UNITS)
			scale--;
		memset(scales + first, scale, end - first);
	}
}

int scales_choose(const struct mapsnap *snapshot, double sharpness, uint8_t *scales)
{
	size_t n = mapsnap_count(snapshot);
	struct step *steps = calloc(n + 1, sizeof(*steps));
	struct mapsnap_walk walk = { .snapshot = snapshot };
	const struct mapsnap_mapping *m, *before = NULL;
	struct choice choice = { 0 };
	unsigned int at;

	if (!steps)
		return -ENOMEM;
	for (size_t i = 0; (m = mapsnap_walk_next(&walk)); i++, before = m) {
		if (before)
			steps[i] =
				add_gap(&choice, scale_distance(before->end, m->start), sharpness);
		add_mapping(&choice, m, sharpness);
	}
	at = choice.cheapest;
	for (size_t i = n; i-- > 0;) {
		scales[i] = (uint8_t)(SCALE_FINEST + at);
		if (steps[i].changed >> at & 1)
			at = steps[i].cheapest;
	}
	free(steps);
	fill_lines(snapshot, scales);
	return 0;
}
