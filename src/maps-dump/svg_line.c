/* SPDX-License-Identifier: BSD-2-Clause */
/* A line of the picture: blocks, folds, and the labels below. */
#include <inttypes.h>
#include <math.h>
#include <string.h>

#include "figure.h"
#include "markup.h"
#include "picture_label.h"
#include "picture_words.h"
#include "svg.h"

enum {
	BAR_HEIGHT = 22,
	STRIPE_HEIGHT = 4,
	LABEL_HEIGHT = 15,
	LINE_HEIGHT = 44
};

void svg_look(struct svg *svg, uint32_t kind, enum access access)
{
	static const char *const classes[] = {
		[ACCESS_NONE] = "none",           [ACCESS_READ] = "read",
		[ACCESS_WRITE] = "write",         [ACCESS_EXECUTE] = "read",
		[ACCESS_WRITE_EXECUTE] = "write",
	};

	writer_printf(&svg->out, "class=\"%s %s\"", mapsnap_kind_name(kind), classes[access]);
}

/* As wide as can be seen, and apart from the one before where there is room for that. */
static double left_of(const struct piece *piece)
{
	return SVG_BARS + piece->x + (piece->width >= 4 && !piece->continued ? 1 : 0);
}

static double width_of(const struct piece *piece)
{
	return fmax(1, SVG_BARS + piece->x + piece->width - left_of(piece));
}

static void put_rectangle(struct svg *svg, const char *class, double x, double y, double width,
			  double height)
{
	writer_printf(&svg->out,
		      "<rect class=\"%s\" x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>",
		      class, x, y, width, height);
}

/* Each shade of each kind as high as its share, from below; what is not mapped stays blank. */
static void put_shades(struct svg *svg, const struct piece *piece, const struct tally *tally)
{
	double size = (double)(piece->block->end - piece->block->start);
	double y = svg->y + BAR_HEIGHT;

	for (uint32_t kind = 0; kind < KINDS; kind++) {
		for (enum access access = 0; access < ACCESSES; access++) {
			double height = BAR_HEIGHT * (double)tally->bytes[kind][access] / size;

			if (height == 0)
				continue;
			y -= height;
			writer_string(&svg->out, "<rect ");
			svg_look(svg, kind, access);
			writer_printf(&svg->out,
				      " x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%.1f\"/>",
				      left_of(piece), y, width_of(piece), height);
		}
	}
}

/* The stripe at the top is as long as the share of what can be executed. */
static void put_marks(struct svg *svg, const struct piece *piece, const struct tally *tally)
{
	double x = left_of(piece), width = width_of(piece), y = svg->y;
	uint64_t executable =
		tally->access[ACCESS_EXECUTE].bytes + tally->access[ACCESS_WRITE_EXECUTE].bytes;

	if (tally->deleted.mappings)
		put_rectangle(svg, "gone", x, y, width, BAR_HEIGHT);
	if (executable)
		put_rectangle(svg, "ink", x, y,
			      width * (double)executable / (double)piece->block->bytes,
			      STRIPE_HEIGHT);
	if (tally->access[ACCESS_WRITE_EXECUTE].mappings)
		put_rectangle(svg, "ink", x, y + BAR_HEIGHT - STRIPE_HEIGHT, width, STRIPE_HEIGHT);
}

static void put_block(struct svg *svg, const struct piece *piece)
{
	const struct block *block = piece->block;
	struct tally tally = tally_of_block(&svg->picture, block);

	writer_string(&svg->out, "<g><title>");
	write_block(&svg->words, &svg->picture, block);
	markup_words(&svg->out, &svg->words);
	writer_string(&svg->out, "</title>");
	if (block->alike) {
		writer_string(&svg->out, "<rect ");
		svg_look(svg, block->first->kind, access_of(block->first->permissions));
		writer_printf(&svg->out, " x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%d\"/>",
			      left_of(piece), svg->y, width_of(piece), BAR_HEIGHT);
	} else {
		put_shades(svg, piece, &tally);
	}
	put_marks(svg, piece, &tally);
	writer_string(&svg->out, "</g>\n");
}

static void put_fold(struct svg *svg, const struct piece *piece)
{
	writer_string(&svg->out, "<g><title>");
	write_fold(&svg->words, svg->capture, piece);
	markup_words(&svg->out, &svg->words);
	writer_string(&svg->out, "</title>");
	put_rectangle(svg, piece->back ? "fold back" : "fold", SVG_BARS + piece->x, svg->y,
		      piece->width, BAR_HEIGHT);
	writer_printf(&svg->out,
		      "<text class=\"soft middle\" x=\"%.1f\" y=\"%.1f\">%s%s</text></g>\n",
		      SVG_BARS + piece->x + piece->width / 2, svg->y + 15, piece->back ? "-" : "",
		      figure_of_bytes(piece->distance).text);
}

static size_t characters(const char *string, size_t length)
{
	size_t n = 0;

	for (size_t i = 0; i < length; i++)
		n += ((unsigned char)string[i] & 0xc0) != 0x80;
	return n;
}

/* Leaves no more than so many characters of the words. */
static void shorten(struct writer *words, size_t most)
{
	if (words->error || characters(words->buffer, words->used) <= most)
		return;
	while (words->used > 0 && characters(words->buffer, words->used) >= most)
		words->used--;
	writer_string(words, ELLIPSIS);
}

/* The size is left out where it has no room: half a number would be a lie. */
static void put_label(struct svg *svg, const struct label *label)
{
	size_t room = (size_t)fmax(1, label->width / CHARACTER_UNITS - 1), name;
	struct figure size = figure_of_bytes(label->bytes);

	/* What is wider than expected is cut off by a drawing of its own. */
	writer_printf(&svg->out,
		      "<svg x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%d\"><path "
		      "class=\"tick\" d=\"M.5 0V15\"/><text x=\"5\" y=\"11\">",
		      SVG_BARS + label->x, svg->y + BAR_HEIGHT + 1, label->width, LABEL_HEIGHT);
	write_label_name(&svg->words, label);
	name = characters(svg->words.buffer, svg->words.used);
	shorten(&svg->words, room);
	markup_words(&svg->out, &svg->words);
	if (name + (name ? 1 : 0) + strlen(size.text) <= room)
		writer_printf(&svg->out, "<tspan class=\"soft\">%s%s</tspan>", name ? " " : "",
			      size.text);
	writer_string(&svg->out, "</text></svg>\n");
}

void svg_line(struct svg *svg, const struct line *line)
{
	struct label labels[LABELS_PER_LINE];
	size_t n = labels_of_line(&svg->picture, line, labels);

	writer_printf(&svg->out,
		      "<text class=\"soft end\" x=\"%d\" y=\"%.1f\">%" PRIx64 "</text>\n",
		      SVG_BARS - 12, svg->y + 15, line->address);
	for (size_t i = 0; i < line->pieces; i++) {
		const struct piece *piece = &svg->picture.pieces[line->first + i];

		if (piece->block)
			put_block(svg, piece);
		else
			put_fold(svg, piece);
	}
	for (size_t i = 0; i < n; i++)
		put_label(svg, &labels[i]);
	svg->y += LINE_HEIGHT;
}
