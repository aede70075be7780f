/* SPDX-License-Identifier: BSD-2-Clause */
#include "picture.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "allocations.h"
#include "sketch.h"
#include "text.h"
#include "unit.h"

static void map(uint64_t size)
{
	sketch_map(size, "rw-p", "");
}

static struct mapsnap *drawn(struct picture *picture)
{
	struct mapsnap *snapshot = sketch_snapshot();

	assert_int_equal(picture_make(snapshot, picture), 0);
	return snapshot;
}

static void drop(struct picture *picture, struct mapsnap *snapshot)
{
	picture_free(picture);
	mapsnap_unref(snapshot);
}

static void assert_each_mapping_is_in_a_block(const struct picture *picture,
					      const struct mapsnap *snapshot)
{
	size_t number = 0;

	for (size_t i = 0; i < picture->blocks.count; i++) {
		const struct block *block = &picture->blocks.list[i];

		assert_int_equal(block->number, number);
		assert_ptr_equal(block->first, mapsnap_at(snapshot, number));
		for (size_t n = 0; n < block->mappings; n++, number++) {
			const struct mapsnap_mapping *m = mapsnap_at(snapshot, number);

			assert_true(block->start <= m->start && m->end <= block->end);
		}
	}
	assert_int_equal(number, mapsnap_count(snapshot));
}

/* In order, each as wide as its scale says, and within the lines. */
static void assert_blocks_are_to_scale(const struct picture *picture)
{
	const struct block *block = picture->blocks.list;
	double width = 0;

	for (size_t i = 0; i < picture->piece_count; i++) {
		const struct piece *piece = &picture->pieces[i];

		if (!piece->block)
			continue;
		assert_true(piece->x >= 0 && piece->x + piece->width <= LINE_UNITS);
		if (piece->block != block) {
			assert_false(piece->continued);
			assert_ptr_equal(piece->block, ++block);
			width = 0;
		}
		width += piece->width;
		assert_true(width <= scale_units(block->end - block->start, block->scale));
		if (i + 1 == picture->piece_count || picture->pieces[i + 1].block != block)
			assert_true(width == scale_units(block->end - block->start, block->scale));
	}
	assert_ptr_equal(block, picture->blocks.list + picture->blocks.count - 1);
}

static void every_mapping_is_drawn_once_and_to_scale(void **state)
{
	struct random random = { .state = 7 };

	(void)state;
	for (size_t n = 1; n < 3000; n = n * 3 / 2 + 1) {
		struct picture picture;
		struct mapsnap *snapshot;
		size_t length;
		char *text = text_made_up(&random, n, &length);

		snapshot = text_parsed(text, length);
		assert_int_equal(picture_make(snapshot, &picture), 0);
		assert_each_mapping_is_in_a_block(&picture, snapshot);
		assert_blocks_are_to_scale(&picture);
		drop(&picture, snapshot);
		free(text);
	}
}

static void a_small_process_has_one_scale(void **state)
{
	struct picture picture;
	struct mapsnap *snapshot;

	(void)state;
	sketch_begin(0x55d0c0a00000);
	map(8 * KIB);
	map(20 * KIB);
	sketch_leave(GIB);
	map(132 * KIB);
	sketch_leave(40 * 1024 * GIB);
	map(1500 * KIB);
	map(4 * KIB);
	snapshot = drawn(&picture);
	assert_int_equal(picture.region_count, 1);
	assert_int_equal(picture.regions[0].start, 0x55d0c0a00000);
	assert_int_equal(picture.regions[0].end,
			 mapsnap_at(snapshot, mapsnap_count(snapshot) - 1)->end);
	drop(&picture, snapshot);
}

/* In units, all of the first would be 0. */
static void a_heap_of_gigabytes_does_not_hide_pages(void **state)
{
	struct picture picture;
	struct mapsnap *snapshot;

	(void)state;
	sketch_begin(0x687400000);
	map(6 * GIB);
	sketch_leave(80 * 1024 * GIB);
	for (int i = 0; i < 40; i++)
		map(4 * KIB);
	snapshot = drawn(&picture);
	assert_int_equal(picture.region_count, 2);
	assert_true(scale_units(6 * GIB, picture.regions[0].scale) >= 8);
	assert_true(scale_units(4 * KIB, picture.regions[1].scale) >= 4);
	assert_int_equal(picture.blocks.count, 41);
	drop(&picture, snapshot);
}

static void what_is_alone_has_the_whole_line(void **state)
{
	struct picture picture;
	struct mapsnap *snapshot;

	(void)state;
	sketch_begin(0x10000000);
	map(GIB);
	snapshot = drawn(&picture);
	assert_int_equal(picture.line_count, 1);
	assert_true(picture.pieces[0].width == LINE_UNITS);
	drop(&picture, snapshot);
}

static void a_long_gap_is_folded_and_a_short_one_is_blank(void **state)
{
	struct picture picture;
	struct mapsnap *snapshot;
	uint64_t unit;

	(void)state;
	sketch_begin(0x10000000);
	map(64 * KIB);
	sketch_leave(4 * KIB);
	map(64 * KIB);
	sketch_leave(3 * GIB);
	map(64 * KIB);
	snapshot = drawn(&picture);
	assert_int_equal(picture.region_count, 1);
	unit = 1ULL << picture.regions[0].scale;
	assert_int_equal(picture.piece_count, 4);
	assert_true(picture.pieces[1].x == 68.0 * KIB / (double)unit);
	assert_null(picture.pieces[2].block);
	assert_false(picture.pieces[2].back);
	assert_int_equal(picture.pieces[2].distance, 3 * GIB);
	assert_true(picture.pieces[2].width == FOLD_UNITS);
	drop(&picture, snapshot);
}

static void a_line_says_where_it_begins(void **state)
{
	struct picture picture;
	struct mapsnap *snapshot;

	(void)state;
	sketch_begin(0x10000000);
	for (int i = 0; i < 300; i++)
		map(4 * KIB);
	snapshot = drawn(&picture);
	assert_true(picture.line_count > 1);
	for (size_t i = 0; i < picture.line_count; i++) {
		uint64_t bytes = (uint64_t)LINE_UNITS << picture.regions[0].scale;

		assert_int_equal(picture.lines[i].address, 0x10000000 + i * bytes);
		assert_true(picture.pieces[picture.lines[i].first].x == 0);
	}
	drop(&picture, snapshot);
}

/* Of alternating permissions, so that none of them are alike. */
static void sketch_tiny_ones(size_t mappings)
{
	sketch_begin(0x10000000);
	for (size_t i = 0; i < mappings; i++) {
		sketch_map(4 * KIB, i % 2 ? "r--p" : "rw-p", i % 3 ? "/a" : "/b");
		if (i % 5 == 0)
			sketch_leave(4 * KIB);
	}
}

/* 20,000 would fit into the lines without any joined, but as too many pieces. */
static void tens_of_thousands_of_mappings_take_a_bounded_number_of_pieces(void **state)
{
	(void)state;
	for (size_t mappings = 20000; mappings <= 60000; mappings += 20000) {
		struct picture picture;
		struct mapsnap *snapshot;

		sketch_tiny_ones(mappings);
		snapshot = drawn(&picture);
		assert_true(picture.piece_count <= PICTURE_PIECES);
		assert_true(picture.line_count <= PICTURE_LINES);
		assert_each_mapping_is_in_a_block(&picture, snapshot);
		for (size_t i = 0; i < picture.blocks.count; i++) {
			const struct block *block = &picture.blocks.list[i];

			assert_true(scale_units(block->end - block->start, block->scale) <=
				    JOINED_UNITS);
		}
		drop(&picture, snapshot);
	}
}

/* Where every gap were folded, the folds alone would fill hundreds of lines. */
static void tens_of_thousands_of_scattered_mappings_do_too(void **state)
{
	struct picture picture;
	struct mapsnap *snapshot;

	(void)state;
	sketch_begin(0x10000000);
	for (int i = 0; i < 60000; i++) {
		map(256 * KIB);
		sketch_leave(GIB);
	}
	snapshot = drawn(&picture);
	assert_true(picture.piece_count <= PICTURE_PIECES);
	assert_true(picture.line_count <= PICTURE_LINES);
	assert_each_mapping_is_in_a_block(&picture, snapshot);
	drop(&picture, snapshot);
}

static void blocks_of(const struct mapsnap *snapshot, uint8_t scale, struct blocks *blocks)
{
	uint8_t scales[16];

	assert_true(mapsnap_count(snapshot) <= sizeof(scales));
	memset(scales, scale, sizeof(scales));
	*blocks = (struct blocks){ 0 };
	assert_int_equal(blocks_make(snapshot, scales, blocks), 0);
}

static void only_narrow_neighbours_are_joined(void **state)
{
	struct mapsnap *snapshot;
	struct blocks blocks;

	(void)state;
	sketch_begin(0x10000000);
	sketch_map(4 * KIB, "r--p", "/a");
	sketch_map(4 * KIB, "r--p", "/a");
	sketch_map(4 * KIB, "rw-p", "/a");
	sketch_map(64 * KIB, "rw-p", "/b");
	sketch_map(4 * KIB, "r--p", "/c");
	sketch_leave(64 * KIB);
	sketch_map(4 * KIB, "r--p", "/d");
	sketch_map(4 * KIB, "r--p", "/e");
	snapshot = sketch_snapshot();

	/* A page is half a unit. */
	blocks_of(snapshot, 13, &blocks);
	assert_int_equal(blocks.count, 4);
	assert_int_equal(blocks.list[0].mappings, 3);
	assert_false(blocks.list[0].alike);
	assert_true(blocks.list[0].one_name);
	assert_int_equal(blocks.list[0].bytes, 12 * KIB);
	assert_int_equal(blocks.list[1].mappings, 1);
	assert_int_equal(blocks.list[2].mappings, 1);
	assert_int_equal(blocks.list[3].mappings, 2);
	assert_true(blocks.list[3].alike);
	assert_false(blocks.list[3].one_name);
	blocks_free(&blocks);

	/* And here two units: wide enough. */
	blocks_of(snapshot, 11, &blocks);
	assert_int_equal(blocks.count, 7);
	blocks_free(&blocks);
	mapsnap_unref(snapshot);
}

static void what_is_torn_goes_back_by_a_fold(void **state)
{
	struct picture picture;
	struct mapsnap *snapshot;

	(void)state;
	sketch_begin(0x10000000);
	map(64 * KIB);
	sketch_leave(-16 * (int64_t)KIB);
	map(64 * KIB);
	snapshot = drawn(&picture);
	assert_int_equal(picture.piece_count, 3);
	assert_null(picture.pieces[1].block);
	assert_true(picture.pieces[1].back);
	assert_int_equal(picture.pieces[1].distance, 16 * KIB);
	drop(&picture, snapshot);
}

static void nothing_has_no_lines(void **state)
{
	struct picture picture;
	struct mapsnap *snapshot;

	(void)state;
	sketch_begin(0);
	snapshot = drawn(&picture);
	assert_int_equal(picture.region_count, 0);
	assert_int_equal(picture.line_count, 0);
	drop(&picture, snapshot);
}

static void all_of_64_bits_can_be_drawn(void **state)
{
	struct picture picture;
	struct mapsnap *snapshot;

	(void)state;
	sketch_begin(0);
	map(0xfffffffffffff000);
	snapshot = drawn(&picture);
	assert_blocks_are_to_scale(&picture);
	drop(&picture, snapshot);
}

static void make_and_free(void *context)
{
	struct picture picture;

	if (ran_out(picture_make(context, &picture)))
		return;
	assert_true(picture.line_count > 0);
	picture_free(&picture);
}

static void running_out_of_memory_is_an_error_that_leaks_nothing(void **state)
{
	struct mapsnap *snapshot;

	(void)state;
	sketch_begin(0x10000000);
	map(GIB);
	for (int i = 0; i < 20; i++)
		map(300 * KIB);
	snapshot = sketch_snapshot();
	assert_survives_every_failure(make_and_free, snapshot);
	mapsnap_unref(snapshot);
}

UNIT_MAIN("picture", cmocka_unit_test(every_mapping_is_drawn_once_and_to_scale),
	  cmocka_unit_test(a_small_process_has_one_scale),
	  cmocka_unit_test(a_heap_of_gigabytes_does_not_hide_pages),
	  cmocka_unit_test(what_is_alone_has_the_whole_line),
	  cmocka_unit_test(a_long_gap_is_folded_and_a_short_one_is_blank),
	  cmocka_unit_test(a_line_says_where_it_begins),
	  cmocka_unit_test(tens_of_thousands_of_mappings_take_a_bounded_number_of_pieces),
	  cmocka_unit_test(tens_of_thousands_of_scattered_mappings_do_too),
	  cmocka_unit_test(only_narrow_neighbours_are_joined),
	  cmocka_unit_test(what_is_torn_goes_back_by_a_fold),
	  cmocka_unit_test(nothing_has_no_lines), cmocka_unit_test(all_of_64_bits_can_be_drawn),
	  cmocka_unit_test(running_out_of_memory_is_an_error_that_leaks_nothing))
