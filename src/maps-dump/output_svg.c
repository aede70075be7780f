/* SPDX-License-Identifier: BSD-2-Clause */
/* One drawing a run: the picture of each capture below the one before. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "figure.h"
#include "markup.h"
#include "output.h"
#include "picture_palette.h"
#include "picture_words.h"
#include "svg.h"

/* Of sentences, in the type that they are set in. */
#define CHARACTERS_PER_LINE 170

static const char style[] =
	"text{font:11px ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,monospace;"
	"white-space:pre;unicode-bidi:isolate}\n"
	".sans,.title,.words{font:13px system-ui,'Segoe UI',Roboto,'Helvetica "
	"Neue',Arial,sans-serif}\n"
	".title{font-size:25px;font-weight:700}\n"
	".words{font-size:15px}\n"
	".bold{font-weight:700}\n"
	".end{text-anchor:end}\n"
	".middle{text-anchor:middle}\n"
	".tick,.rule,.ruler{fill:none}\n"
	".rule{stroke-dasharray:3 3}\n"
	".paper{stroke-width:2}\n"
	".gone{fill:url(#gone)}\n";

static void put_style(struct writer *out)
{
	const struct palette *p = &palette_light;

	writer_string(out, style);
	writer_printf(out, "text,.ink{fill:#%06x}\n.soft{fill:#%06x}\n.fold{fill:#%06x}\n", p->ink,
		      p->soft, p->quiet);
	writer_printf(out, ".good{fill:#%06x}\n.warning{fill:#%06x}\n.back{stroke:#%06x}\n",
		      p->good, p->warning, p->warning);
	writer_printf(out,
		      ".tick,.rule{stroke:#%06x}\n.ruler{stroke:#%06x}\n.paper{stroke:#%06x}\n",
		      p->rule, p->soft, p->paper);
	for (uint32_t kind = 0; kind < KINDS; kind++) {
		const char *name = mapsnap_kind_name(kind);

		writer_printf(out,
			      ".%s{fill:#%06x}\n.%s.read{fill:#%06x}\n.%s.none{fill:#%06x;stroke:#%"
			      "06x}\n",
			      name, p->kind[kind], name, palette_pale(p, kind), name,
			      palette_faint(p, kind), palette_pale(p, kind));
	}
}

static void put_begin(struct writer *out, double height)
{
	writer_printf(out,
		      "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"%d\" height=\"%.0f\" "
		      "viewBox=\"0 0 %d %.0f\">\n<style>\n",
		      SVG_WIDTH, height, SVG_WIDTH, height);
	put_style(out);
	writer_printf(out,
		      "</style>\n<defs><pattern id=\"gone\" width=\"5\" height=\"5\" "
		      "patternUnits=\"userSpaceOnUse\"><path d=\"M-1 1l2-2M0 5l5-5M4 6l2-2\" "
		      "stroke=\"#%06x\"/></pattern></defs>\n"
		      "<rect width=\"100%%\" height=\"100%%\" fill=\"#%06x\"/>\n",
		      palette_light.ink, palette_light.paper);
}

/* Writes what the words hold, which is empty afterwards. */
static void put_text(struct svg *svg, const char *class, double x)
{
	writer_printf(&svg->out, "<text class=\"%s\" x=\"%.1f\" y=\"%.1f\">", class, x, svg->y);
	markup_words(&svg->out, &svg->words);
	writer_string(&svg->out, "</text>\n");
}

static void put_head(struct svg *svg, const struct tally *tally)
{
	const struct mapsnap_info *info = &svg->capture->info;

	svg->y += 40;
	writer_printf(&svg->out, "<text class=\"title\" x=\"%d\" y=\"%.1f\">", SVG_LEFT, svg->y);
	write_title(&svg->words, svg->capture);
	markup_words(&svg->out, &svg->words);
	writer_string(&svg->out, "<tspan class=\"words soft\" dx=\"6\">");
	write_subtitle(&svg->words, svg->capture);
	markup_words(&svg->out, &svg->words);
	svg->y += 30;
	writer_printf(&svg->out,
		      "</tspan></text>\n<text class=\"words\" x=\"%d\" y=\"%.1f\"><tspan "
		      "class=\"bold %s\">%s</tspan><tspan class=\"soft\" dx=\"8\">",
		      SVG_LEFT, svg->y, is_consistent(info) ? "good" : "warning",
		      mapsnap_consistency_name(info->consistency));
	write_promise(&svg->words, info);
	markup_words(&svg->out, &svg->words);
	svg->y += 24;
	writer_printf(&svg->out,
		      "</tspan></text>\n<text class=\"words\" x=\"%d\" y=\"%.1f\"><tspan "
		      "class=\"bold\">",
		      SVG_LEFT, svg->y);
	write_sum(&svg->words, &tally->all);
	markup_words(&svg->out, &svg->words);
	writer_string(&svg->out, ".</tspan><tspan class=\"soft\" dx=\"6\">");
	write_reading(&svg->words, svg->capture);
	markup_words(&svg->out, &svg->words);
	writer_string(&svg->out, "</tspan></text>\n");
	svg->y += 30;
}

/* Sets the sentences in lines, broken between words. */
static void put_sentences(struct svg *svg, const char *text)
{
	while (*text) {
		size_t length = strlen(text);

		if (length > CHARACTERS_PER_LINE)
			for (length = CHARACTERS_PER_LINE; text[length] != ' '; length--)
				;
		writer_bytes(&svg->words, text, length);
		put_text(svg, "sans soft", SVG_LEFT);
		svg->y += 18;
		text += length + (text[length] == ' ');
	}
}

static void put_explanation(struct svg *svg)
{
	struct writer sentences = { .fd = -1 };

	write_explanation(&sentences, svg->capture, &svg->picture);
	writer_bytes(&sentences, "", 1);
	if (sentences.error)
		svg->out.error = sentences.error;
	else
		put_sentences(svg, sentences.buffer);
	writer_free(&sentences);
	svg->y += 8;
}

static void put_separation(struct svg *svg, const struct region *region)
{
	const double middle = SVG_WIDTH / 2.0;
	double half;

	write_separation(&svg->words, svg->capture, region - 1, region);
	half = (double)svg->words.used * CHARACTER_UNITS / 2 + 16;
	svg->y += 14;
	writer_printf(&svg->out, "<path class=\"rule\" d=\"M%d %.1fH%.1fM%.1f %.1fH%d\"/>\n",
		      SVG_LEFT, svg->y - 4, middle - half, middle + half, svg->y - 4,
		      SVG_WIDTH - SVG_LEFT);
	put_text(svg, "sans soft middle", middle);
	svg->y += 8;
}

static void put_region(struct svg *svg, size_t number)
{
	const struct region *region = &svg->picture.regions[number];
	struct tally tally = tally_of_region(&svg->picture, region);

	if (number > 0)
		put_separation(svg, region);
	svg->y += 22;
	if (svg->picture.region_count > 1) {
		writer_printf(&svg->words, "Region %zu", number + 1);
		put_text(svg, "bold end", SVG_BARS - 12);
	}
	writer_string(&svg->words, figure_of_bytes((uint64_t)RULER_UNITS << region->scale).text);
	put_text(svg, "soft middle", SVG_BARS + RULER_UNITS / 2.0);
	writer_printf(&svg->out, "<path class=\"ruler\" d=\"M%d.5 %.1fv-5h%dv5\"/>\n", SVG_BARS,
		      svg->y + 9, RULER_UNITS);
	writer_printf(&svg->out,
		      "<text class=\"sans bold\" x=\"%d\" y=\"%.1f\">%" PRIx64
		      " \xe2\x80\x93 %" PRIx64 "</text>\n",
		      SVG_BARS + RULER_UNITS + 16, svg->y + 3, region->start, region->end);
	writer_printf(&svg->out, "<text class=\"sans soft\" x=\"%d\" y=\"%.1f\">",
		      SVG_BARS + RULER_UNITS + 330, svg->y + 3);
	write_sum(&svg->words, &tally.all);
	markup_words(&svg->out, &svg->words);
	writer_string(&svg->out, "</text>\n");
	svg->y += 16;
	for (size_t i = 0; i < region->lines; i++)
		svg_line(svg, &svg->picture.lines[region->first + i]);
}

static void put_picture(struct svg *svg)
{
	struct tally tally = tally_of_picture(&svg->picture);

	put_head(svg, &tally);
	if (tally.all.mappings) {
		svg_legend(svg, &tally);
		svg->y += 16;
		if (svg->picture.region_count > 1)
			svg_strip(svg, &tally);
		svg->y += 12;
		put_explanation(svg);
	}
	for (size_t i = 0; i < svg->picture.region_count; i++)
		put_region(svg, i);
	svg->y += 24;
}

static void begin_once(struct output *output)
{
	if (output->svg)
		return;
	output->svg = calloc(1, sizeof(*output->svg));
	if (output->svg)
		output->svg->out.fd = output->svg->words.fd = -1;
	else
		output->writer.error = -ENOMEM;
}

static void write_capture(struct output *output, const struct capture *capture)
{
	struct mapsnap *shown = NULL;
	struct svg *svg;
	int error;

	begin_once(output);
	svg = output->svg;
	if (!svg)
		return;
	svg->capture = capture;
	error = capture_shown(capture, &shown);
	if (!error)
		error = picture_make(shown, &svg->picture);
	if (!error)
		put_picture(svg);
	output->writer.error = error ? error : svg->out.error;
	picture_free(&svg->picture);
	mapsnap_unref(shown);
}

static void write_end(struct output *output)
{
	struct svg *svg;

	begin_once(output);
	svg = output->svg;
	if (!svg)
		return;
	put_begin(&output->writer, svg->y);
	if (svg->out.used)
		writer_bytes(&output->writer, svg->out.buffer, svg->out.used);
	writer_string(&output->writer, "</svg>\n");
	writer_free(&svg->out);
	writer_free(&svg->words);
	free(svg);
	output->svg = NULL;
}

const struct output_format output_svg = { .capture = write_capture,
					  .end = write_end,
					  .has_labels = true };
