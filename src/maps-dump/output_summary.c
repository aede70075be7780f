/* SPDX-License-Identifier: BSD-2-Clause */
/* A line of figures for each capture, in columns as wide as they must be. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "encoding.h"
#include "mapping.h"
#include "output.h"

enum {
	PID,
	CONSISTENCY,
	MAPPINGS,
	LIMIT,
	WRITABLE_EXECUTABLE,
	DELETED,
	SIZE,
	COLUMNS
};

struct summary_row {
	char cell[COLUMNS][24];
	char *command; /* the last column, as long as it is */
};

struct figures {
	size_t mappings;
	size_t writable_executable;
	size_t deleted_files;
	uint64_t bytes;
};

static const struct summary_row header = {
	.cell = { "PID", "CONSISTENCY", "MAPPINGS", "LIMIT", "W+X", "DELETED", "SIZE" },
	.command = (char *)"COMMAND",
};

static int compare_files(const void *left, const void *right)
{
	const struct mapsnap_mapping *a = *(const struct mapsnap_mapping *const *)left;
	const struct mapsnap_mapping *b = *(const struct mapsnap_mapping *const *)right;

	if (a->inode != b->inode)
		return a->inode < b->inode ? -1 : 1;
	if (a->device_major != b->device_major)
		return a->device_major < b->device_major ? -1 : 1;
	if (a->device_minor != b->device_minor)
		return a->device_minor < b->device_minor ? -1 : 1;
	return strcmp(a->name, b->name);
}

/* A library is mapped in pieces: counts files, not mappings. */
static int count_deleted_files(const struct capture *capture, size_t *files)
{
	const struct mapsnap_mapping **deleted =
		calloc(mapsnap_count(capture->snapshot) + 1, sizeof(*deleted));
	struct capture_walk walk = capture_walk(capture);
	const struct mapsnap_mapping *m;
	size_t n = 0;

	if (!deleted)
		return -ENOMEM;
	while ((m = capture_walk_next(&walk)))
		if (is_deleted_file(m))
			deleted[n++] = m;
	qsort(deleted, n, sizeof(*deleted), compare_files);
	*files = 0;
	for (size_t i = 0; i < n; i++)
		*files += i == 0 || compare_files(&deleted[i - 1], &deleted[i]) != 0;
	free(deleted);
	return 0;
}

static int count_figures(const struct capture *capture, struct figures *f)
{
	struct capture_walk walk = capture_walk(capture);
	const struct mapsnap_mapping *m;

	*f = (struct figures){ 0 };
	while ((m = capture_walk_next(&walk))) {
		/* The gate belongs to no address space, and the limit does not count it. */
		if (m->kind == MAPSNAP_KIND_VSYSCALL)
			continue;
		f->mappings++;
		f->writable_executable += is_writable_executable(m);
		f->bytes += m->end - m->start;
	}
	return count_deleted_files(capture, &f->deleted_files);
}

/* 0 where it can't be read. */
static unsigned long max_map_count(void)
{
	FILE *file = fopen("/proc/sys/vm/max_map_count", "re");
	unsigned long max = 0;

	if (!file)
		return 0;
	if (fscanf(file, "%lu", &max) != 1)
		max = 0;
	fclose(file);
	return max;
}

/* The limit is this machine's: of a saved capture nothing is known. */
static void format_share(char *cell, size_t size, const struct capture *capture, size_t mappings)
{
	unsigned long max = capture->origin ? 0 : max_map_count();
	unsigned long tenths;

	if (max == 0) {
		snprintf(cell, size, "-");
		return;
	}
	tenths = (1000 * mappings + max / 2) / max;
	snprintf(cell, size, "%lu.%lu%%", tenths / 10, tenths % 10);
}

static int fill_row(struct summary_row *row, const struct capture *capture, bool utf8)
{
	const size_t size = sizeof(row->cell[0]);
	const char *command = capture->command ? capture->command : capture->origin;
	struct figures f;
	int error = count_figures(capture, &f);

	if (error)
		return error;
	if (capture->info.pid)
		snprintf(row->cell[PID], size, "%d", capture->info.pid);
	else
		snprintf(row->cell[PID], size, "-");
	snprintf(row->cell[CONSISTENCY], size, "%s",
		 mapsnap_consistency_name(capture->info.consistency));
	snprintf(row->cell[MAPPINGS], size, "%zu", f.mappings);
	format_share(row->cell[LIMIT], size, capture, f.mappings);
	snprintf(row->cell[WRITABLE_EXECUTABLE], size, "%zu", f.writable_executable);
	snprintf(row->cell[DELETED], size, "%zu", f.deleted_files);
	snprintf(row->cell[SIZE], size, "%" PRIu64 "K", f.bytes / 1024);
	row->command = printable(command ? command : "-", utf8);
	return row->command ? 0 : -ENOMEM;
}

static void add_row(struct output *output, const struct capture *capture)
{
	struct summary_row *rows = reallocarray(output->rows, output->captures + 1, sizeof(*rows));
	int error = -ENOMEM;

	if (rows) {
		output->rows = rows;
		rows[output->captures].command = NULL;
		error = fill_row(&rows[output->captures], capture, output->terminal.utf8);
	}
	if (error)
		output->writer.error = error;
}

static void widen(int width[COLUMNS], const struct summary_row *row)
{
	for (int c = 0; c < COLUMNS; c++)
		if ((int)strlen(row->cell[c]) > width[c])
			width[c] = (int)strlen(row->cell[c]);
}

static void write_row(struct writer *writer, const int width[COLUMNS],
		      const struct summary_row *row)
{
	for (int c = 0; c < COLUMNS; c++)
		writer_printf(writer, "%*s ", c == CONSISTENCY ? -width[c] : width[c],
			      row->cell[c]);
	writer_printf(writer, "%s\n", row->command);
}

static void write_rows(struct output *output)
{
	int width[COLUMNS] = { 0 };

	widen(width, &header);
	for (size_t i = 0; i < output->captures; i++)
		widen(width, &output->rows[i]);
	write_row(&output->writer, width, &header);
	for (size_t i = 0; i < output->captures; i++) {
		write_row(&output->writer, width, &output->rows[i]);
		free(output->rows[i].command);
	}
	free(output->rows);
	output->rows = NULL;
}

const struct output_format output_summary = { .capture = add_row,
					      .end = write_rows,
					      .has_labels = true };
