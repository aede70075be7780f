/* SPDX-License-Identifier: BSD-2-Clause */
#include "parser.h"

#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "forms.h"
#include "text.h"
#include "unit.h"

#define PAGE 4096u
#define MOST (16 * PAGE)

/* Text that ends where the readable memory ends: reading on is a fault, in every build. */
static char *guarded;

static int make_guard(void **state)
{
	(void)state;
	guarded =
		mmap(NULL, MOST + PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	return guarded == MAP_FAILED || mprotect(guarded + MOST, PAGE, PROT_NONE);
}

static int remove_guard(void **state)
{
	(void)state;
	return munmap(guarded, MOST + PAGE);
}

static const char *at_the_guard(const char *text, size_t length)
{
	assert_true(length <= MOST);
	return memcpy(guarded + MOST - length, text, length);
}

/* The promise: a line is rejected, or is what its fields give. Returns its length, 0: rejected. */
static size_t rejected_or_written_back(const char *text, size_t length)
{
	const char *at = at_the_guard(text, length);
	static char again[MOST];
	struct mapsnap_mapping m = { .name = "" };
	const char *next = parse_line(at, at + length, &m);

	if (!next)
		return 0;
	assert_true(next > at && next <= at + length);
	assert_int_equal(mapsnap_format(&m, again, sizeof(again)), next - at);
	assert_memory_equal(again, at, next - at);
	assert_true(m.start < m.end);
	return (size_t)(next - at);
}

static void every_form_that_the_kernel_prints_gives_its_fields(void **state)
{
	char text[FORM_SIZE];

	(void)state;
	for (size_t i = 0; i < forms_count; i++) {
		const struct mapsnap_mapping *is = &forms[i].is;
		size_t length = form_text(&forms[i], text);
		const char *at = at_the_guard(text, length);
		struct mapsnap_mapping m = { .name = "" };

		assert_ptr_equal(parse_line(at, at + length, &m), at + length);
		assert_int_equal(m.start, is->start);
		assert_int_equal(m.end, is->end);
		assert_int_equal(m.offset, is->offset);
		assert_int_equal(m.inode, is->inode);
		assert_int_equal(m.device_major, is->device_major);
		assert_int_equal(m.device_minor, is->device_minor);
		assert_int_equal(m.permissions, is->permissions);
		assert_int_equal(m.name_length, is->name_length);
		assert_memory_equal(m.name, is->name, is->name_length);
	}
}

static void every_form_is_written_back_byte_for_byte(void **state)
{
	char text[FORM_SIZE];

	(void)state;
	for (size_t i = 0; i < forms_count; i++) {
		size_t length = form_text(&forms[i], text);

		assert_int_equal(rejected_or_written_back(text, length), length);
	}
}

static void all_sixteen_permissions_are_told_apart(void **state)
{
	char text[128];

	(void)state;
	for (uint16_t bits = 0; bits < 16; bits++) {
		const struct mapsnap_mapping is = { .end = 1, .permissions = bits };
		size_t length = text_line(text, &is);
		struct mapsnap_mapping m;

		assert_non_null(parse_line(text, text + length, &m));
		assert_int_equal(m.permissions, bits);
	}
}

static void a_name_may_be_as_long_as_a_path_can_get(void **state)
{
	static char name[MOST / 2], text[MOST];
	struct mapsnap_mapping m = { .end = 1, .inode = 1, .name = name };

	(void)state;
	memset(name, '/', sizeof(name));
	for (m.name_length = 4000; m.name_length < sizeof(name); m.name_length += 999) {
		size_t length;

		name[m.name_length] = '\0';
		length = text_line(text, &m);
		assert_int_equal(rejected_or_written_back(text, length), length);
		name[m.name_length] = '/';
	}
}

static char *read_file(const char *path, size_t *length)
{
	FILE *file = fopen(path, "rb");
	char *text;

	assert_non_null(file);
	assert_int_equal(fseek(file, 0, SEEK_END), 0);
	*length = (size_t)ftell(file);
	rewind(file);
	text = malloc(*length + 1);
	assert_non_null(text);
	assert_int_equal(fread(text, 1, *length, file), *length);
	fclose(file);
	return text;
}

static void recorded_lines_are_written_back_byte_for_byte(const char *path)
{
	size_t length, used;
	char *text = read_file(path, &length);

	for (size_t at = 0; at < length; at += used) {
		size_t end = (size_t)((char *)memchr(text + at, '\n', length - at) - text) + 1;

		used = rejected_or_written_back(text + at, end - at);
		if (used != end - at)
			fail_msg("%s: rejected: %.*s", path, (int)(end - at), text + at);
	}
	free(text);
}

static void recorded_snapshot_is_written_back_byte_for_byte(const char *path)
{
	size_t length, again_length;
	char *text = read_file(path, &length);
	struct mapsnap *snapshot = text_parsed(text, length);
	char *again = text_of(snapshot, &again_length);

	assert_int_equal(again_length, length);
	assert_memory_equal(again, text, length);
	mapsnap_unref(snapshot);
	free(again);
	free(text);
}

static void recorded_maps_are_written_back_byte_for_byte(void **state)
{
	glob_t found;

	(void)state;
	assert_int_equal(glob(RECORDED_MAPS "/*.maps", 0, NULL, &found), 0);
	for (size_t i = 0; i < found.gl_pathc; i++) {
		recorded_lines_are_written_back_byte_for_byte(found.gl_pathv[i]);
		recorded_snapshot_is_written_back_byte_for_byte(found.gl_pathv[i]);
	}
	globfree(&found);
}

static void one_wrong_byte_is_rejected_or_written_back(void **state)
{
	char text[FORM_SIZE];

	(void)state;
	for (size_t i = 0; i < forms_count; i++) {
		size_t length = form_text(&forms[i], text);

		/* The newline at the end is what the caller promises. */
		for (size_t at = 0; at < length - 1; at++) {
			char right = text[at];

			for (int byte = 0; byte < 256; byte++) {
				text[at] = (char)byte;
				rejected_or_written_back(text, length);
			}
			text[at] = right;
		}
	}
}

static void a_missing_or_doubled_byte_is_rejected_or_written_back(void **state)
{
	char text[FORM_SIZE], wrong[256];

	(void)state;
	for (size_t i = 0; i < forms_count; i++) {
		size_t length = form_text(&forms[i], text);

		for (size_t at = 0; at < length - 1; at++) {
			memcpy(wrong, text, at);
			memcpy(wrong + at, text + at + 1, length - at - 1);
			rejected_or_written_back(wrong, length - 1);
			memcpy(wrong, text, at + 1);
			memcpy(wrong + at + 1, text + at, length - at);
			rejected_or_written_back(wrong, length + 1);
		}
	}
}

static void a_line_cut_short_anywhere_is_rejected_or_written_back(void **state)
{
	char text[FORM_SIZE];

	(void)state;
	for (size_t i = 0; i < forms_count; i++) {
		size_t length = form_text(&forms[i], text);

		for (size_t cut = 0; cut < length - 1; cut++) {
			form_text(&forms[i], text);
			text[cut] = '\n';
			if (cut < strlen(forms[i].header))
				assert_int_equal(rejected_or_written_back(text, cut + 1), 0);
			rejected_or_written_back(text, cut + 1);
		}
	}
}

static void what_the_kernel_does_not_write_is_rejected(void **state)
{
	static const char *const wrong[] = {
		"\n",
		"7ffe0a5c1000\n",
		/* the end not above the start */
		"00011000-00010000 rw-p 00000000 00:00 0 \n",
		"00010000-00010000 rw-p 00000000 00:00 0 \n",
		/* too few digits, too many zeros */
		"0010000-00011000 rw-p 00000000 00:00 0 \n",
		"000010000-00011000 rw-p 00000000 00:00 0 \n",
		"00010000-000011000 rw-p 00000000 00:00 0 \n",
		"0000000000010000-0000000000011000 rw-p 00000000 00:00 0 \n",
		"00010000-00011000 rw-p 0000000 00:00 0 \n",
		"00010000-00011000 rw-p 000000000 00:00 0 \n",
		"00010000-00011000 rw-p 00000000 0:00 0 \n",
		"00010000-00011000 rw-p 00000000 000:00 0 \n",
		"00010000-00011000 rw-p 00000000 008:00 0 \n",
		"00010000-00011000 rw-p 00000000 00:0 0 \n",
		"00010000-00011000 rw-p 00000000 00:001 0 \n",
		"00010000-00011000 rw-p 00000000 00:00 00 \n",
		"00010000-00011000 rw-p 00000000 00:00 01 \n",
		"00010000-00011000 rw-p 00000000 00:00  \n",
		/* more digits than the number has room for */
		"00010000-10000000000000000 rw-p 00000000 00:00 0 \n",
		"00010000-00011000 rw-p 10000000000000000 00:00 0 \n",
		"00010000-00011000 rw-p 00000000 100000000:00 0 \n",
		"00010000-00011000 rw-p 00000000 00:100000000 0 \n",
		"00010000-00011000 rw-p 00000000 00:00 18446744073709551616 \n",
		"00010000-00011000 rw-p 00000000 00:00 18446744073709551620 \n",
		"00010000-00011000 rw-p 00000000 00:00 99999999999999999999 \n",
		"00010000-00011000 rw-p 00000000 00:00 100000000000000000000 \n",
		"000000010000-000000011000 rw-p 00000000 00:00 0 \n",
		/* uppercase, signs, other bases */
		"0001000A-00011000 rw-p 00000000 00:00 0 \n",
		"00010000-0001100A rw-p 00000000 00:00 0 \n",
		"00010000-00011000 rw-p 0000000A 00:00 0 \n",
		"00010000-00011000 rw-p 00000000 0A:00 0 \n",
		"7FFE0A5C1000-7FFE0A5C3000 rw-p 00000000 00:00 0 \n",
		"7ffe0A5c1000-7ffe0A5c3000 rw-p 00000000 00:00 0 \n",
		"0x010000-0x011000 rw-p 00000000 00:00 0 \n",
		"+0010000-00011000 rw-p 00000000 00:00 0 \n",
		"00010000-00011000 rw-p 00000000 00:00 +0 \n",
		"00010000-00011000 rw-p 00000000 00:00 -1 \n",
		"00010000-00011000 rw-p 00000000 00:00 a \n",
		/* permissions out of place */
		"00010000-00011000 wr-p 00000000 00:00 0 \n",
		"00010000-00011000 rw-P 00000000 00:00 0 \n",
		"00010000-00011000 rw-- 00000000 00:00 0 \n",
		"00010000-00011000 rw-  00000000 00:00 0 \n",
		"00010000-00011000 rws  00000000 00:00 0 \n",
		/* separators */
		"00010000 00011000 rw-p 00000000 00:00 0 \n",
		"00010000-00011000\trw-p 00000000 00:00 0 \n",
		"00010000-00011000 rw-p 00000000 00.00 0 \n",
		" 00010000-00011000 rw-p 00000000 00:00 0 \n",
		"00010000-00011000 rw-p 00000000 00:00 0\n",
		"00010000-00011000 rw-p 00000000 00:00 0  \n",
		"00010000-00011000 rw-p 00000000 00:00 0 \r\n",
		/* a name too early, or padding without one */
		"00010000-00011000 rw-p 00000000 00:00 0 [heap]\n",
		"00010000-00011000 rw-p 00000000 00:00 0                                [heap]\n",
		"00010000-00011000 rw-p 00000000 00:00 0                                 \n",
		"00010000-00011000 rw-p 00000000 00:00 0                             x   [heap]\n",
		"fffffffffffffffe-ffffffffffffffff rwxs ffffffffffffffff ffffffff:ffffffff "
		"18446744073709551615 /x\n",
		"fffffffffffffffe-ffffffffffffffff rwxs ffffffffffffffff ffffffff:ffffffff "
		"18446744073709551615  \n",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		size_t length = strlen(wrong[i]);
		const char *at = at_the_guard(wrong[i], length);
		struct mapsnap_mapping m;

		if (parse_line(at, at + length, &m))
			fail_msg("accepted: %s", wrong[i]);
	}
}

static void random_lines_are_written_back_byte_for_byte(void **state)
{
	struct random random = { 0x5eed };

	(void)state;
	for (int i = 0; i < 20000; i++) {
		struct mapsnap_mapping m = {
			.start = random_next(&random) >> random_below(&random, 64),
			.end = random_next(&random) >> random_below(&random, 64),
			.offset = random_next(&random) >> random_below(&random, 64),
			.inode = random_next(&random) >> random_below(&random, 64),
			.device_major =
				(uint32_t)(random_next(&random) >> random_below(&random, 64)),
			.device_minor =
				(uint32_t)(random_next(&random) >> random_below(&random, 64)),
			.permissions = (uint16_t)random_below(&random, 16),
			.name = "/x",
			.name_length = (uint32_t)(2 * random_below(&random, 2)),
		};
		char text[FORM_SIZE];
		size_t length = text_line(text, &m);

		assert_int_equal(rejected_or_written_back(text, length),
				 m.start < m.end ? length : 0);
	}
}

UNIT_MAIN_WITH("parser", make_guard, remove_guard,
	       cmocka_unit_test(every_form_that_the_kernel_prints_gives_its_fields),
	       cmocka_unit_test(every_form_is_written_back_byte_for_byte),
	       cmocka_unit_test(all_sixteen_permissions_are_told_apart),
	       cmocka_unit_test(a_name_may_be_as_long_as_a_path_can_get),
	       cmocka_unit_test(recorded_maps_are_written_back_byte_for_byte),
	       cmocka_unit_test(random_lines_are_written_back_byte_for_byte),
	       cmocka_unit_test(one_wrong_byte_is_rejected_or_written_back),
	       cmocka_unit_test(a_missing_or_doubled_byte_is_rejected_or_written_back),
	       cmocka_unit_test(a_line_cut_short_anywhere_is_rejected_or_written_back),
	       cmocka_unit_test(what_the_kernel_does_not_write_is_rejected))
