/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A line for each mapping, in columns as wide as they must be, and a total as
 * pmap(1) has one. Each cell is written once, behind the others, and the lines are
 * put together when all widths are known.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "encoding.h"
#include "mapping.h"
#include "output.h"

struct cell {
	size_t at; /* in the text of all */
	unsigned int length, width;
};

struct table {
	const struct columns *columns;
	const struct sort *sort;
	struct terminal terminal;
	struct row *rows;
	size_t count;
	struct writer text;
	struct cell *cells; /* a heading, the rows and the total, each with all columns */
	size_t written;
	unsigned int width[COLUMNS_MAX];
};

static const struct mapsnap_build_id no_build_id;

static int take_rows(struct table *t, const struct capture *capture)
{
	struct capture_walk walk = capture_walk(capture);
	const struct mapsnap_build_id *ids = capture->build_ids.list;
	const struct mapsnap_mapping *m;

	t->rows = calloc(mapsnap_count(capture->snapshot) + 1, sizeof(*t->rows));
	if (!t->rows)
		return -ENOMEM;
	while ((m = capture_walk_next(&walk)))
		t->rows[t->count++] = (struct row){
			.mapping = m,
			.build_id = ids ? &ids[walk.number - 1] : &no_build_id,
			.number = walk.number - 1,
			.utf8 = t->terminal.utf8,
		};
	return 0;
}

/* Those that are alike stay in the order of the snapshot. */
static int compare_rows(const void *left, const void *right, void *sort)
{
	const struct row *a = left, *b = right;
	const struct sort *by = sort;
	int order = by->column->compare(a, b);

	if (order)
		return by->descending ? -order : order;
	return (a->number > b->number) - (a->number < b->number);
}

static void end_cell(struct table *t, size_t at)
{
	size_t column = t->written % t->columns->count;
	struct cell *cell = &t->cells[t->written++];

	if (t->text.error)
		return;
	cell->at = at;
	cell->length = (unsigned int)(t->text.used - at);
	cell->width = display_width(t->text.buffer + at, cell->length);
	if (cell->width > t->width[column])
		t->width[column] = cell->width;
}

static void write_headings(struct table *t)
{
	for (size_t c = 0; c < t->columns->count; c++) {
		size_t at = t->text.used;

		writer_string(&t->text, t->columns->list[c]->heading);
		end_cell(t, at);
	}
}

static void write_row(struct table *t, const struct row *row)
{
	for (size_t c = 0; c < t->columns->count; c++) {
		size_t at = t->text.used;

		t->columns->list[c]->write(&t->text, row);
		end_cell(t, at);
	}
}

/* Without the gate, which belongs to no address space. */
static uint64_t total_size(const struct table *t)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < t->count; i++)
		if (t->rows[i].mapping->kind != MAPSNAP_KIND_VSYSCALL)
			bytes += t->rows[i].mapping->end - t->rows[i].mapping->start;
	return bytes;
}

static void write_total(struct table *t)
{
	for (size_t c = 0; c < t->columns->count; c++) {
		size_t at = t->text.used;

		if (t->columns->list[c]->is_total)
			write_size(&t->text, total_size(t));
		else if (c == 0)
			writer_string(&t->text, "total");
		end_cell(t, at);
	}
}

/* The end of what is too long for the rest of the line, behind a sign that it is that. */
static void put_cut(struct writer *writer, const struct table *t, const struct cell *cell,
		    unsigned int room)
{
	const char *text = t->text.buffer + cell->at;
	size_t from = cut_front(text, cell->length, room - 1);

	writer_string(writer, t->terminal.utf8 ? "\xe2\x80\xa6" : "<");
	writer_bytes(writer, text + from, cell->length - from);
}

/* Only what is last in its line can be too long. `used`: columns of it so far. */
static void put_cell(struct writer *writer, const struct table *t, size_t column,
		     const struct cell *cell, unsigned int used)
{
	bool is_last = column + 1 == t->columns->count;
	unsigned int limit = t->terminal.width;

	if (is_last && limit && t->columns->list[column]->is_long && used + cell->width > limit &&
	    used + 1 < limit)
		put_cut(writer, t, cell, limit - used);
	else
		writer_bytes(writer, t->text.buffer + cell->at, cell->length);
}

/* Spaces come before what they align: none stand at the end of a line. */
static void put_line(struct writer *writer, const struct table *t, const struct cell *cells)
{
	unsigned int at = 0, used = 0;

	for (size_t c = 0; c < t->columns->count; c++) {
		const struct cell *cell = &cells[c];
		unsigned int gap = t->columns->list[c]->right ? t->width[c] - cell->width : 0;

		if (cell->length) {
			writer_spaces(writer, at + gap - used);
			put_cell(writer, t, c, cell, at + gap);
			used = at + gap + cell->width;
		}
		at += t->width[c] + 1;
	}
}

/* Worth a second look: it can be written and executed, or its file is gone. */
static enum style style_of(const struct mapsnap_mapping *m)
{
	if (is_writable_executable(m))
		return STYLE_ALARM;
	return is_deleted_file(m) ? STYLE_REMOVED : STYLE_PLAIN;
}

static void put_styled(struct output *output, const struct table *t, size_t line, enum style style)
{
	output_begin(output, style);
	put_line(&output->writer, t, t->cells + line * t->columns->count);
	output_end(output, style);
}

static void put_lines(struct output *output, const struct table *t)
{
	put_styled(output, t, 0, STYLE_HEADING);
	for (size_t i = 0; i < t->count; i++)
		put_styled(output, t, i + 1, style_of(t->rows[i].mapping));
	put_styled(output, t, t->count + 1, STYLE_HEADING);
}

static int make_table(struct table *t, const struct capture *capture)
{
	int error = take_rows(t, capture);

	if (error)
		return error;
	if (t->sort->column)
		qsort_r(t->rows, t->count, sizeof(*t->rows), compare_rows, (void *)t->sort);
	t->cells = calloc((t->count + 2) * t->columns->count, sizeof(*t->cells));
	if (!t->cells)
		return -ENOMEM;
	write_headings(t);
	for (size_t i = 0; i < t->count; i++)
		write_row(t, &t->rows[i]);
	write_total(t);
	return t->text.error;
}

static void write_capture(struct output *output, const struct capture *capture)
{
	struct table t = {
		.columns = output->columns,
		.sort = output->sort,
		.terminal = output->terminal,
		.text.fd = -1,
	};
	int error = make_table(&t, capture);

	if (error)
		output->writer.error = error;
	else {
		output_heading(output, capture);
		put_lines(output, &t);
	}
	writer_free(&t.text);
	free(t.rows);
	free(t.cells);
}

const struct output_format output_table = { .capture = write_capture };
