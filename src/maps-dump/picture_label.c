/* SPDX-License-Identifier: BSD-2-Clause */
#include "picture_label.h"

#include <math.h>
#include <string.h>

#include "figure.h"

/* Some characters of a name tell more than none. */
#define SHORTEST_NAME 7

/* Memory without a name has a label for each mapping: its size. */
static bool share_label(const struct block *a, const struct block *b)
{
	if (a == b)
		return true;
	if (a->one_name && b->one_name)
		return *a->first->name && strcmp(a->first->name, b->first->name) == 0;
	return !a->one_name && !b->one_name;
}

/* The pieces from this one on that share a label; a fold ends them. */
static size_t run_length(const struct piece *piece, size_t left)
{
	size_t n = 1;

	while (n < left && piece[n].block && share_label(piece->block, piece[n].block))
		n++;
	return n;
}

/* Neighbours in other lines stand beside it in the list of blocks. */
static const struct block *first_of_name(const struct picture *picture, const struct block *block)
{
	while (block > picture->blocks.list && share_label(block - 1, block))
		block--;
	return block;
}

static uint64_t bytes_of_name(const struct picture *picture, const struct block *block)
{
	const struct block *end = picture->blocks.list + picture->blocks.count;
	const struct block *first = first_of_name(picture, block);
	uint64_t bytes = 0;

	for (const struct block *b = first; b < end && share_label(first, b); b++)
		bytes += b->bytes;
	return bytes;
}

static const char *name_of(const struct mapsnap_mapping *m)
{
	const char *slash = strrchr(m->name, '/');

	return m->kind == MAPSNAP_KIND_FILE && slash && slash[1] ? slash + 1 : m->name;
}

/* Those that begin in the line. */
static void count_joined(struct label *label, const struct piece *pieces, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (pieces[i].continued)
			continue;
		label->mappings += pieces[i].block->mappings;
		label->bytes += pieces[i].block->bytes;
	}
}

static struct label label_of_run(const struct picture *picture, const struct piece *pieces,
				 size_t n, bool leftmost)
{
	const struct block *block = pieces[0].block;
	const struct piece *last = &pieces[n - 1];
	struct label label = {
		.x = pieces[0].x,
		.width = LINE_UNITS + FOLD_UNITS - pieces[0].x,
		.below = last->x + last->width - pieces[0].x,
		.name = "",
	};

	if (block->one_name) {
		label.name = name_of(block->first);
		label.bytes = bytes_of_name(picture, block);
		label.continued =
			pieces[0].continued || (leftmost && first_of_name(picture, block) != block);
	} else {
		count_joined(&label, pieces, n);
	}
	return label;
}

/* A name may be cut short, a size may not. */
static double least_width(const struct label *label)
{
	size_t characters = *label->name ? strnlen(label->name, SHORTEST_NAME)
					 : strlen(figure_of_bytes(label->bytes).text);

	return ((double)characters + (label->continued ? 3 : 1)) * CHARACTER_UNITS;
}

/* Adds it in place of narrower ones that it leaves no room for, or not at all. */
static size_t add_label(struct label *labels, size_t count, const struct label *new)
{
	while (count > 0) {
		struct label *before = &labels[count - 1];

		if (new->x - before->x >= least_width(before))
			break;
		if (before->below >= new->below)
			return count;
		count--;
	}
	if (count > 0)
		labels[count - 1].width = new->x - labels[count - 1].x;
	labels[count] = *new;
	return count + 1;
}

size_t labels_of_line(const struct picture *picture, const struct line *line,
		      struct label labels[LABELS_PER_LINE])
{
	const struct piece *pieces = &picture->pieces[line->first];
	size_t count = 0, n;

	for (size_t i = 0; i < line->pieces; i += n) {
		struct label label;

		n = 1;
		if (!pieces[i].block)
			continue;
		n = run_length(&pieces[i], line->pieces - i);
		label = label_of_run(picture, &pieces[i], n, i == 0);
		if (label.below >= LABELLED_UNITS && label.bytes > 0)
			count = add_label(labels, count, &label);
	}
	return count;
}
