/* SPDX-License-Identifier: BSD-2-Clause */
#include "figure.h"
#include "html.h"
#include "markup.h"
#include "picture_words.h"

static void put_sum(struct writer *out, const struct sum *sum)
{
	writer_printf(out, "<td>%s</td><td>%s</td></tr>\n", figure_of_number(sum->mappings).text,
		      figure_of_bytes(sum->bytes).text);
}

static void put_kinds(struct writer *out, const struct tally *tally)
{
	writer_string(out, "<table><tr><th>Kind</th><th>Mappings</th><th>Size</th></tr>\n");
	for (uint32_t kind = 0; kind < KINDS; kind++) {
		const char *name = mapsnap_kind_name(kind);

		if (!tally->kind[kind].mappings)
			continue;
		writer_printf(out, "<tr><td><i class=\"%s write\"></i>%s</td>", name, name);
		put_sum(out, &tally->kind[kind]);
	}
	writer_string(out, "</table>\n");
}

static void put_accesses(struct writer *out, const struct tally *tally)
{
	writer_string(out, "<table><tr><th>Access</th><th>Mappings</th><th>Size</th></tr>\n");
	for (enum access access = 0; access < ACCESSES; access++) {
		if (!tally->access[access].mappings)
			continue;
		writer_printf(out, "<tr><td><i class=\"special %s\"></i>%s</td>",
			      html_access_class(access), access_name(access));
		put_sum(out, &tally->access[access]);
	}
	if (tally->deleted.mappings) {
		writer_string(out, "<tr><td><i class=\"special read gone\"></i>deleted</td>");
		put_sum(out, &tally->deleted);
	}
	writer_string(out, "</table>\n");
}

void html_legend(struct writer *out, const struct tally *tally)
{
	writer_string(out, "<div class=\"legend\">\n");
	put_kinds(out, tally);
	put_accesses(out, tally);
	writer_string(out, "</div>\n");
}

/* Each region as long as what is mapped in it, and of that each kind. */
void html_strip(struct page *page, const struct tally *all)
{
	struct writer *out = page->out;
	double x = 0;

	writer_string(out, "<div class=\"row strip\"><code></code><div class=\"bar\">\n");
	for (size_t i = 0; i < page->picture.region_count; i++) {
		struct tally tally = tally_of_region(&page->picture, &page->picture.regions[i]);
		double width = (double)tally.all.bytes * LINE_UNITS / (double)all->all.bytes;
		double from = 0;

		writer_printf(
			out,
			"<a href=\"#p%zur%zu\" class=\"%s\" "
			"style=\"left:%.2f%%;width:%.2f%%;background:linear-gradient(to right",
			page->number, i + 1, x > LINE_UNITS / 2.0 ? "left" : "", html_percent(x),
			html_percent(width));
		for (uint32_t kind = 0; kind < KINDS; kind++) {
			double to = from +
				    (double)tally.kind[kind].bytes * 100 / (double)tally.all.bytes;

			if (tally.kind[kind].bytes)
				writer_printf(out, ",var(--%s) %.1f%% %.1f%%",
					      mapsnap_kind_name(kind), from, to);
			from = to;
		}
		writer_printf(out, ")\" aria-label=\"Region %zu: ", i + 1);
		write_sum(&page->words, &tally.all);
		markup_words(page->out, &page->words);
		writer_string(out, "\">");
		if (width > 20)
			writer_printf(out, "<span>%zu</span>", i + 1);
		writer_string(out, "</a>\n");
		x += width;
	}
	writer_string(out, "</div></div>\n");
}
