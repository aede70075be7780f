/* SPDX-License-Identifier: BSD-2-Clause */
/* A line of the picture: blocks, folds, and the labels below. */
#include <inttypes.h>

#include "figure.h"
#include "html.h"
#include "markup.h"
#include "picture_label.h"
#include "picture_words.h"

const char *html_access_class(enum access access)
{
	static const char *const classes[] = {
		[ACCESS_NONE] = "none",
		[ACCESS_READ] = "read",
		[ACCESS_WRITE] = "write",
		[ACCESS_EXECUTE] = "read x",
		[ACCESS_WRITE_EXECUTE] = "write x wx",
	};

	return classes[access];
}

/* Each shade of each kind as high as its share, from below; what is not mapped stays blank. */
static void put_shades(struct writer *out, const struct block *block, const struct tally *tally)
{
	static const char *const shades[] = {
		[ACCESS_NONE] = "-faint",   [ACCESS_READ] = "-pale",     [ACCESS_WRITE] = "",
		[ACCESS_EXECUTE] = "-pale", [ACCESS_WRITE_EXECUTE] = "",
	};
	double percent_of_byte = 100 / (double)(block->end - block->start), from = 0;

	writer_string(out, "linear-gradient(to top");
	for (uint32_t kind = 0; kind < KINDS; kind++) {
		for (enum access access = 0; access < ACCESSES; access++) {
			uint64_t bytes = tally->bytes[kind][access];
			double to = from + (double)bytes * percent_of_byte;

			if (bytes)
				writer_printf(out, ",var(--%s%s) %.0f%% %.0f%%",
					      mapsnap_kind_name(kind), shades[access], from, to);
			from = to;
		}
	}
	writer_printf(out, ",transparent %.0f%%)", from);
}

/* The stripe at the top is as long as the share of what can be executed. */
static void put_mixture(struct page *page, const struct block *block)
{
	struct tally tally = tally_of_block(&page->picture, block);
	uint64_t executable =
		tally.access[ACCESS_EXECUTE].bytes + tally.access[ACCESS_WRITE_EXECUTE].bytes;
	struct writer *out = page->out;

	writer_string(out, ";background:");
	if (executable)
		writer_printf(out,
			      "linear-gradient(to right,var(--ink) max(1px,%.0f%%),transparent 0) "
			      "1px 0/100%% 4px no-repeat,",
			      (double)executable * 100 / (double)block->bytes);
	if (tally.access[ACCESS_WRITE_EXECUTE].bytes)
		writer_string(out, "var(--stripe-below),");
	if (tally.deleted.mappings)
		writer_string(out, "var(--hatch),");
	put_shades(out, block, &tally);
}

static void put_block(struct page *page, const struct piece *piece)
{
	const struct block *block = piece->block;
	const struct mapsnap_mapping *m = block->first;
	struct writer *out = page->out;

	writer_string(out, "<i class=\"");
	if (!block->alike)
		writer_string(out, "several");
	else
		writer_printf(out, "%s %s%s", mapsnap_kind_name(m->kind),
			      html_access_class(access_of(m->permissions)),
			      m->flags & MAPSNAP_DELETED ? " gone" : "");
	if (piece->width >= 4 && !piece->continued)
		writer_string(out, " apiece");
	if (piece->x > LINE_UNITS / 2.0)
		writer_string(out, " left");
	writer_printf(out, "\" style=\"left:%.2f%%;width:%.2f%%", html_percent(piece->x),
		      html_percent(piece->width));
	if (!block->alike)
		put_mixture(page, block);
	writer_string(out, piece->continued ? "\" aria-label=\""
					    : "\" tabindex=\"0\" role=\"img\" aria-label=\"");
	write_block(&page->words, &page->picture, block);
	markup_words(page->out, &page->words);
	writer_string(out, "\"></i>\n");
}

static void put_fold(struct page *page, const struct piece *piece)
{
	writer_printf(page->out,
		      "<i class=\"fold%s%s\" style=\"left:%.2f%%;width:%.2f%%\" aria-label=\"",
		      piece->back ? " back" : "", piece->x > LINE_UNITS / 2.0 ? " left" : "",
		      html_percent(piece->x), html_percent(piece->width));
	write_fold(&page->words, page->capture, piece);
	markup_words(page->out, &page->words);
	writer_printf(page->out, "\">%s%s</i>\n", piece->back ? "-" : "",
		      figure_of_bytes(piece->distance).text);
}

static void put_label(struct page *page, const struct label *label)
{
	writer_printf(page->out, "<b style=\"left:%.2f%%;width:%.2f%%\"><span>",
		      html_percent(label->x), html_percent(label->width));
	write_label_name(&page->words, label);
	markup_words(page->out, &page->words);
	writer_printf(page->out, "</span> <small>%s</small></b>\n",
		      figure_of_bytes(label->bytes).text);
}

void html_line(struct page *page, const struct line *line)
{
	struct label labels[LABELS_PER_LINE];
	size_t n = labels_of_line(&page->picture, line, labels);

	writer_printf(page->out, "<div class=\"row\"><code>%" PRIx64 "</code><div class=\"bar\">\n",
		      line->address);
	for (size_t i = 0; i < line->pieces; i++) {
		const struct piece *piece = &page->picture.pieces[line->first + i];

		if (piece->block)
			put_block(page, piece);
		else
			put_fold(page, piece);
	}
	for (size_t i = 0; i < n; i++)
		put_label(page, &labels[i]);
	writer_string(page->out, "</div></div>\n");
}
