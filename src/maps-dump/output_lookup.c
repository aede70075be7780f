/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is mapped at addresses, an answer a line. That nothing is mapped there is
 * an answer as well, and each says on which label it rests.
 */
#include "json.h"
#include "mapping.h"
#include "output.h"

/* Of a capture that was saved with filters nobody knows what they left out. */
static bool is_whole(const struct capture *capture)
{
	return selection_is_all(&capture->selection);
}

/* In the file, or in what has none. */
static uint64_t offset_of(const struct mapsnap_mapping *m, uint64_t address)
{
	return m->offset + (address - m->start);
}

/* Without the end of the line. */
static void write_place(struct output *output, const struct mapsnap_mapping *m, uint64_t address)
{
	struct writer *writer = &output->writer;
	char permissions[PERMISSIONS_SIZE];

	writer_hex(writer, m->start);
	writer_string(writer, "-");
	writer_hex(writer, m->end);
	writer_printf(writer, " %s ", format_permissions(m, permissions));
	writer_hex(writer, offset_of(m, address));
	writer_string(writer, " ");
	output_printable(output, *m->name ? m->name : "-");
}

static void write_answers(struct output *output, const struct capture *capture)
{
	const char *label = mapsnap_consistency_name(capture->info.consistency);
	struct writer *writer = &output->writer;

	output_heading(output, capture);
	for (size_t i = 0; i < output->addresses->count; i++) {
		uint64_t address = output->addresses->list[i];
		const struct mapsnap_mapping *m = mapsnap_find(capture->snapshot, address);

		writer_hex(writer, address);
		writer_printf(writer, " %s ", label);
		if (m)
			write_place(output, m, address);
		else
			writer_string(writer, is_whole(capture) ? "not mapped" : "not known");
		writer_string(writer, "\n");
	}
}

const struct output_format output_lookup = { .capture = write_answers, .has_labels = true };

static void add_mapped(struct object *answer, const struct mapsnap_mapping *m, uint64_t address)
{
	struct object mapping = object_new();

	json_add_mapping(&mapping, m);
	add_boolean(answer, "mapped", true);
	add_object(answer, "mapping", mapping);
	if (has_file(m))
		add_hex(answer, "file_offset", offset_of(m, address));
	else
		add_null(answer, "file_offset");
}

static void add_not_mapped(struct object *answer, const struct capture *capture)
{
	if (is_whole(capture))
		add_boolean(answer, "mapped", false);
	else
		add_null(answer, "mapped");
	add_null(answer, "mapping");
	add_null(answer, "file_offset");
}

static void write_answer_json(struct output *output, const struct capture *capture,
			      uint64_t address)
{
	const struct mapsnap_mapping *m = mapsnap_find(capture->snapshot, address);
	struct object answer = object_new();

	json_add_process(&answer, capture);
	json_add_label(&answer, &capture->info);
	add_hex(&answer, "address", address);
	if (m)
		add_mapped(&answer, m, address);
	else
		add_not_mapped(&answer, capture);
	object_print_line(&answer, &output->writer);
}

static void write_json(struct output *output, const struct capture *capture)
{
	for (size_t i = 0; i < output->addresses->count; i++)
		write_answer_json(output, capture, output->addresses->list[i]);
}

const struct output_format output_lookup_jsonl = { .capture = write_json, .has_labels = true };
