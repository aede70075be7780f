/* SPDX-License-Identifier: BSD-2-Clause */
/* Saved text: mapsnap_parse(). */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "forms.h"
#include "text.h"
#include "unit.h"

static char all[64 * FORM_SIZE];
static size_t all_length;

/* Every form as a line of one text. It may overlap: it is not one address space. */
static int write_all_forms(void **state)
{
	(void)state;
	for (size_t i = 0; i < forms_count; i++)
		all_length += form_text(&forms[i], all + all_length);
	return 0;
}

/* From a block of just this size, so that AddressSanitizer sees whoever reads on. */
static int parse_exact(const char *text, size_t length, struct mapsnap **snapshot, size_t *line)
{
	char *exact = malloc(length ? length : 1);
	int r;

	assert_non_null(exact);
	memcpy(exact, text, length);
	r = mapsnap_parse(exact, length, snapshot, line);
	free(exact);
	return r;
}

static void assert_written_back(struct mapsnap *snapshot, const char *text, size_t length)
{
	size_t again_length;
	char *again = text_of(snapshot, &again_length);

	assert_int_equal(again_length, length);
	assert_memory_equal(again, text, length);
	free(again);
}

/* A line of just what the kernel prints for it: whole, right, and told as saved. */
static void saved_text_is_unverified_and_written_back(void **state)
{
	struct mapsnap *snapshot = text_parsed(all, all_length);
	const struct mapsnap_info *info = mapsnap_info(snapshot);

	(void)state;
	assert_int_equal(mapsnap_count(snapshot), forms_count);
	assert_int_equal(info->consistency, MAPSNAP_UNVERIFIED);
	assert_int_equal(info->reason, MAPSNAP_REASON_TORN); /* the forms overlap */
	assert_int_equal(info->source, MAPSNAP_SOURCE_NONE);
	assert_int_equal(info->route, MAPSNAP_ROUTE_TEXT);
	assert_int_equal(info->pid, 0);
	assert_int_equal(info->begin_ns, 0);
	assert_int_equal(info->end_ns, 0);
	assert_int_equal(info->sequence, 0);
	assert_written_back(snapshot, all, all_length);
	mapsnap_unref(snapshot);
}

static void no_text_is_no_mapping(void **state)
{
	struct mapsnap *snapshot = text_parsed("", 0);
	struct mapsnap_walk walk = { .snapshot = snapshot };

	(void)state;
	assert_int_equal(mapsnap_count(snapshot), 0);
	assert_int_equal(mapsnap_info(snapshot)->reason, MAPSNAP_REASON_SAVED);
	assert_null(mapsnap_walk_next(&walk));
	assert_null(mapsnap_at(snapshot, 0));
	assert_null(mapsnap_find(snapshot, 0));
	mapsnap_unref(snapshot);
}

static void every_cut_is_rejected_with_its_line_number(void **state)
{
	size_t whole_lines = 0;

	(void)state;
	for (size_t length = 0; length <= all_length; length++) {
		struct mapsnap *snapshot = NULL;
		size_t line = 0;
		int r = parse_exact(all, length, &snapshot, &line);

		if (length == 0 || all[length - 1] == '\n') {
			whole_lines += length > 0;
			assert_int_equal(r, 0);
			assert_int_equal(mapsnap_count(snapshot), whole_lines);
			mapsnap_unref(snapshot);
		} else {
			assert_int_equal(r, -EBADMSG);
			assert_int_equal(line, whole_lines + 1);
			assert_null(snapshot);
		}
	}
}

static void one_wrong_byte_anywhere_is_rejected_or_written_back(void **state)
{
	char *text = malloc(all_length);

	(void)state;
	assert_non_null(text);
	memcpy(text, all, all_length);
	for (size_t at = 0; at < all_length; at++) {
		static const char bytes[] = "\0\n 0a1fFgprsx-:[\xff";

		for (size_t i = 0; i < sizeof(bytes) - 1; i++) {
			struct mapsnap *snapshot;

			text[at] = bytes[i];
			if (mapsnap_parse(text, all_length, &snapshot, NULL))
				continue;
			assert_written_back(snapshot, text, all_length);
			mapsnap_unref(snapshot);
		}
		text[at] = all[at];
	}
	free(text);
}

static void a_wrong_line_is_told_by_its_number(void **state)
{
	static const char right[] = "00010000-00011000 rw-p 00000000 00:00 0 \n";
	static const char wrong[] = "00010000-00011000 rw-p 00000000 00:00 0\n";
	char text[64 * sizeof(right)];

	(void)state;
	for (size_t lines = 1; lines < 64; lines++) {
		size_t at_line = lines / 2 + 1, length = 0, line = 0;
		struct mapsnap *snapshot = NULL;

		for (size_t i = 1; i <= lines; i++) {
			const char *this = i == at_line ? wrong : right;

			memcpy(text + length, this, strlen(this));
			length += strlen(this);
		}
		assert_int_equal(parse_exact(text, length, &snapshot, &line), -EBADMSG);
		assert_int_equal(line, at_line);
		assert_null(snapshot);
		assert_int_equal(parse_exact(text, length, &snapshot, NULL), -EBADMSG);
	}
}

static void a_nul_is_rejected_wherever_it_stands(void **state)
{
	(void)state;
	for (size_t i = 0; i < forms_count; i++) {
		char text[FORM_SIZE];
		size_t length = form_text(&forms[i], text);

		for (size_t at = 0; at < length; at++) {
			struct mapsnap *snapshot = NULL;
			size_t line = 0;

			form_text(&forms[i], text);
			text[at] = '\0';
			assert_int_equal(parse_exact(text, length, &snapshot, &line), -EBADMSG);
			assert_int_equal(line, 1);
			assert_null(snapshot);
		}
	}
}

static void a_line_number_is_only_given_for_a_wrong_line(void **state)
{
	struct mapsnap *snapshot;
	size_t line = 4711;

	(void)state;
	assert_int_equal(mapsnap_parse(all, all_length, &snapshot, &line), 0);
	assert_int_equal(line, 4711);
	mapsnap_unref(snapshot);
}

UNIT_MAIN_WITH("parse", write_all_forms, NULL,
	       cmocka_unit_test(saved_text_is_unverified_and_written_back),
	       cmocka_unit_test(no_text_is_no_mapping),
	       cmocka_unit_test(every_cut_is_rejected_with_its_line_number),
	       cmocka_unit_test(one_wrong_byte_anywhere_is_rejected_or_written_back),
	       cmocka_unit_test(a_wrong_line_is_told_by_its_number),
	       cmocka_unit_test(a_nul_is_rejected_wherever_it_stands),
	       cmocka_unit_test(a_line_number_is_only_given_for_a_wrong_line))
