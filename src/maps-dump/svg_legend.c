/* SPDX-License-Identifier: BSD-2-Clause */
#include "figure.h"
#include "markup.h"
#include "picture_words.h"
#include "svg.h"

enum {
	ROW_HEIGHT = 22,
	SWATCH_WIDTH = 32,
	SWATCH_HEIGHT = 14,
	TABLE_WIDTH = 400,
	STRIP_HEIGHT = 14
};

static void put_cells(struct svg *svg, double x, double indent, const char *name,
		      const char *mappings, const char *size)
{
	double y = svg->y + 12;

	writer_printf(&svg->out,
		      "<text class=\"sans\" x=\"%.0f\" y=\"%.0f\">%s</text>"
		      "<text class=\"sans end\" x=\"%.0f\" y=\"%.0f\">%s</text>"
		      "<text class=\"sans end\" x=\"%.0f\" y=\"%.0f\">%s</text>\n",
		      x + indent, y, name, x + 270, y, mappings, x + 350, y, size);
	svg->y += ROW_HEIGHT;
}

static void put_row(struct svg *svg, double x, const char *name, const struct sum *sum)
{
	put_cells(svg, x, SWATCH_WIDTH + 10, name, figure_of_number(sum->mappings).text,
		  figure_of_bytes(sum->bytes).text);
}

static void put_swatch(struct svg *svg, double x, uint32_t kind, enum access access)
{
	writer_string(&svg->out, "<rect ");
	svg_look(svg, kind, access);
	writer_printf(&svg->out, " x=\"%.0f\" y=\"%.0f\" width=\"%d\" height=\"%d\"/>\n", x, svg->y,
		      SWATCH_WIDTH, SWATCH_HEIGHT);
}

static void put_mark(struct svg *svg, const char *class, double x, double y, int height)
{
	writer_printf(&svg->out,
		      "<rect class=\"%s\" x=\"%.0f\" y=\"%.0f\" width=\"%d\" height=\"%d\"/>\n",
		      class, x, y, SWATCH_WIDTH, height);
}

static void put_kinds(struct svg *svg, double x, const struct tally *tally)
{
	put_cells(svg, x, 0, "Kind", "Mappings", "Size");
	for (uint32_t kind = 0; kind < KINDS; kind++) {
		if (!tally->kind[kind].mappings)
			continue;
		put_swatch(svg, x, kind, ACCESS_WRITE);
		put_row(svg, x, mapsnap_kind_name(kind), &tally->kind[kind]);
	}
}

static void put_accesses(struct svg *svg, double x, const struct tally *tally)
{
	put_cells(svg, x, 0, "Access", "Mappings", "Size");
	for (enum access access = 0; access < ACCESSES; access++) {
		if (!tally->access[access].mappings)
			continue;
		put_swatch(svg, x, MAPSNAP_KIND_SPECIAL, access);
		if (access == ACCESS_EXECUTE || access == ACCESS_WRITE_EXECUTE)
			put_mark(svg, "ink", x, svg->y, 4);
		if (access == ACCESS_WRITE_EXECUTE)
			put_mark(svg, "ink", x, svg->y + SWATCH_HEIGHT - 4, 4);
		put_row(svg, x, access_name(access), &tally->access[access]);
	}
	if (tally->deleted.mappings) {
		put_swatch(svg, x, MAPSNAP_KIND_SPECIAL, ACCESS_READ);
		put_mark(svg, "gone", x, svg->y, SWATCH_HEIGHT);
		put_row(svg, x, "deleted", &tally->deleted);
	}
}

void svg_legend(struct svg *svg, const struct tally *tally)
{
	double top = svg->y, bottom;

	put_kinds(svg, SVG_LEFT, tally);
	bottom = svg->y;
	svg->y = top;
	put_accesses(svg, SVG_LEFT + TABLE_WIDTH, tally);
	if (svg->y < bottom)
		svg->y = bottom;
}

static void put_region(struct svg *svg, size_t number, const struct tally *tally, double x,
		       double units_of_byte)
{
	double width = (double)tally->all.bytes * units_of_byte;

	writer_printf(&svg->out, "<g><title>Region %zu: ", number + 1);
	write_sum(&svg->words, &tally->all);
	markup_words(&svg->out, &svg->words);
	writer_string(&svg->out, "</title>");
	if (width > 20)
		writer_printf(&svg->out, "<text class=\"soft\" x=\"%.1f\" y=\"%.1f\">%zu</text>", x,
			      svg->y + STRIP_HEIGHT + 12, number + 1);
	for (uint32_t kind = 0; kind < KINDS; kind++) {
		double part = (double)tally->kind[kind].bytes * units_of_byte;

		if (part == 0)
			continue;
		writer_string(&svg->out, "<rect ");
		svg_look(svg, kind, ACCESS_WRITE);
		writer_printf(&svg->out, " x=\"%.1f\" y=\"%.1f\" width=\"%.1f\" height=\"%d\"/>", x,
			      svg->y, part, STRIP_HEIGHT);
		x += part;
	}
	writer_printf(&svg->out, "<path class=\"paper\" d=\"M%.1f %.1fv%d\"/></g>\n", x, svg->y,
		      STRIP_HEIGHT);
}

void svg_strip(struct svg *svg, const struct tally *all)
{
	double x = SVG_BARS, units_of_byte = LINE_UNITS / (double)all->all.bytes;

	for (size_t i = 0; i < svg->picture.region_count; i++) {
		struct tally tally = tally_of_region(&svg->picture, &svg->picture.regions[i]);

		put_region(svg, i, &tally, x, units_of_byte);
		x += (double)tally.all.bytes * units_of_byte;
	}
	svg->y += STRIP_HEIGHT + 30;
}
