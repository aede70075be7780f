/* SPDX-License-Identifier: BSD-2-Clause */
/* What a run prints to standard output. One file a format. */
#ifndef OUTPUT_H
#define OUTPUT_H

#include <stdbool.h>
#include <stddef.h>

#include "addresses.h"
#include "capture.h"
#include "columns.h"
#include "terminal.h"
#include "writer.h"

struct summary_row;
struct svg;

struct output {
	const struct output_format *format;
	struct writer writer;
	struct terminal terminal;          /* that it goes to, or is none */
	const struct columns *columns;     /* of a table */
	const struct sort *sort;           /* of a table */
	const struct addresses *addresses; /* of a lookup */
	size_t captures;                   /* shown so far */
	bool several;                      /* more than one is expected */
	struct summary_row *rows;
	struct svg *svg;
};

struct output_format {
	void (*capture)(struct output *output, const struct capture *capture);
	/* After the last capture, if there was one or none failed; NULL: nothing to do. */
	void (*end)(struct output *output);
	bool has_labels; /* tells the label itself */
};

extern const struct output_format output_text, output_json, output_jsonl, output_summary,
	output_table, output_svg, output_html, output_lookup, output_lookup_jsonl;

/* Ends the program if standard output can't take what was printed. */
void output_flush(struct output *output);

/* Bytes that come from elsewhere, without what a terminal might obey. */
void output_printable(struct output *output, const char *string);

/* The line before a capture, where there are several. */
void output_heading(struct output *output, const struct capture *capture);

/* The line of a mapping, as the text has it, but safe for a terminal that it goes to. */
void output_mapping(struct output *output, enum style style, const char *prefix,
		    const struct mapsnap_mapping *mapping);

/* A line of several parts, of which the last ends it. */
void output_begin(struct output *output, enum style style);
void output_end(struct output *output, enum style style);

#endif
