/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A page with a picture of each capture. It holds no script and asks for
 * nothing from elsewhere; it is XML too, so that any mistake in it can be found.
 */
#include <inttypes.h>

#include "figure.h"
#include "html.h"
#include "markup.h"
#include "output.h"
#include "picture_palette.h"
#include "picture_words.h"

static void put_palette(struct writer *out, const struct palette *palette)
{
	writer_printf(out,
		      "--paper:#%06x;--ink:#%06x;--soft:#%06x;--rule:#%06x;--quiet:#%06x;"
		      "--good:#%06x;--warning:#%06x",
		      palette->paper, palette->ink, palette->soft, palette->rule, palette->quiet,
		      palette->good, palette->warning);
	for (uint32_t kind = 0; kind < KINDS; kind++) {
		const char *name = mapsnap_kind_name(kind);

		writer_printf(out, ";--%s:#%06x;--%s-pale:#%06x;--%s-faint:#%06x", name,
			      palette->kind[kind], name, palette_pale(palette, kind), name,
			      palette_faint(palette, kind));
	}
}

static void put_style(struct writer *out)
{
	writer_string(out, "<style>\n:root{color-scheme:light dark;");
	put_palette(out, &palette_light);
	writer_string(out, "}\n@media screen and (prefers-color-scheme:dark){:root{");
	put_palette(out, &palette_dark);
	writer_string(out, "}}\n");
	for (uint32_t kind = 0; kind < KINDS; kind++) {
		const char *name = mapsnap_kind_name(kind);

		writer_printf(
			out,
			".%s{--full:var(--%s);--pale:var(--%s-pale);--faint:var(--%s-faint)}\n",
			name, name, name, name);
	}
	writer_string(out, html_style);
	writer_string(out, "</style>\n");
}

static void put_begin(struct page *page, bool several)
{
	struct writer *out = page->out;

	writer_string(out,
		      "<!DOCTYPE html>\n"
		      "<html xmlns=\"http://www.w3.org/1999/xhtml\" lang=\"en\">\n<head>\n"
		      "<meta charset=\"utf-8\"/>\n"
		      "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; "
		      "style-src 'unsafe-inline'\"/>\n"
		      "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\"/>\n"
		      "<title>");
	if (page->capture && !several) {
		write_title(&page->words, page->capture);
		write_subtitle(&page->words, page->capture);
	} else {
		writer_string(&page->words, "Memory mappings");
	}
	markup_words(out, &page->words);
	writer_string(out, "</title>\n");
	put_style(out);
	writer_string(out, "</head>\n<body>\n");
}

static void put_region(struct page *page, size_t number)
{
	const struct region *region = &page->picture.regions[number];
	struct tally tally = tally_of_region(&page->picture, region);
	struct writer *out = page->out;

	if (number > 0) {
		write_separation(&page->words, page->capture, region - 1, region);
		writer_string(out, "<p class=\"apart\">");
		markup_words(page->out, &page->words);
		writer_string(out, "</p>\n");
	}
	writer_printf(out, "<div class=\"row head\" id=\"p%zur%zu\"><code>", page->number,
		      number + 1);
	if (page->picture.region_count > 1)
		writer_printf(out, "Region %zu", number + 1);
	writer_printf(out,
		      "</code><div class=\"scale\"><span class=\"ruler\">%s</span>"
		      "<h2>%" PRIx64 " \xe2\x80\x93 %" PRIx64 " <small>",
		      figure_of_bytes((uint64_t)RULER_UNITS << region->scale).text, region->start,
		      region->end);
	write_sum(&page->words, &tally.all);
	markup_words(page->out, &page->words);
	writer_string(out, "</small></h2></div></div>\n");
	for (size_t i = 0; i < region->lines; i++)
		html_line(page, &page->picture.lines[region->first + i]);
}

static void put_head(struct page *page, const struct tally *tally)
{
	const struct capture *capture = page->capture;
	struct writer *out = page->out;
	const char *label = mapsnap_consistency_name(capture->info.consistency);

	writer_string(out, "<h1>");
	write_title(&page->words, capture);
	markup_words(page->out, &page->words);
	writer_string(out, "<small>");
	write_subtitle(&page->words, capture);
	markup_words(page->out, &page->words);
	writer_printf(out, "</small></h1>\n<p class=\"facts\"><span class=\"label %s\">%s</span>",
		      label, label);
	write_promise(&page->words, &capture->info);
	markup_words(page->out, &page->words);
	writer_string(out, "</p>\n<p class=\"facts\"><strong>");
	write_sum(&page->words, &tally->all);
	markup_words(page->out, &page->words);
	writer_string(out, ".</strong> ");
	write_reading(&page->words, capture);
	markup_words(page->out, &page->words);
	writer_string(out, "</p>\n");
}

static void put_picture(struct page *page)
{
	struct tally tally = tally_of_picture(&page->picture);

	writer_string(page->out, "<section>\n");
	put_head(page, &tally);
	if (tally.all.mappings) {
		html_legend(page->out, &tally);
		if (page->picture.region_count > 1)
			html_strip(page, &tally);
		writer_string(page->out, "<p class=\"note\">");
		write_explanation(&page->words, page->capture, &page->picture);
		markup_words(page->out, &page->words);
		writer_string(page->out, "</p>\n");
	}
	for (size_t i = 0; i < page->picture.region_count; i++)
		put_region(page, i);
	writer_string(page->out, "</section>\n");
}

static void write_capture(struct output *output, const struct capture *capture)
{
	struct page page = {
		.out = &output->writer,
		.words.fd = -1,
		.capture = capture,
		.number = output->captures + 1,
	};
	struct mapsnap *shown = NULL;
	int error = capture_shown(capture, &shown);

	if (!error)
		error = picture_make(shown, &page.picture);
	if (output->captures == 0)
		put_begin(&page, output->several);
	if (error)
		output->writer.error = error;
	else
		put_picture(&page);
	picture_free(&page.picture);
	mapsnap_unref(shown);
	writer_free(&page.words);
}

static void write_end(struct output *output)
{
	struct page page = { .out = &output->writer, .words.fd = -1 };

	if (output->captures == 0)
		put_begin(&page, false);
	writer_string(&output->writer, "</body>\n</html>\n");
	writer_free(&page.words);
}

const struct output_format output_html = { .capture = write_capture,
					   .end = write_end,
					   .has_labels = true };
