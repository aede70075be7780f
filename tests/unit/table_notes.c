/* SPDX-License-Identifier: BSD-2-Clause */
/* Which build-ids are asked for, and which are known already. The one who is asked is made up. */
#include "notes.h"

#include <errno.h>
#include <string.h>

#include "published.h"
#include "reading.h"
#include "snapshot.h"
#include "unit.h"

#define AT_73(line, name) line "                                " name "\n"
#define LINE_A AT_73("00030000-00031000 r-xp 00000000 08:01 17 ", "/lib/a.so")
#define LINE_B AT_73("00040000-00041000 r-xp 00000000 08:01 18 ", "/lib/b.so")
#define LINE_C AT_73("00050000-00051000 rw-p 00000000 08:01 18 ", "/lib/b.so")
#define LINE_J "00060000-00061000 r-xp 00000000 00:00 0 \n"
#define LINE_V AT_73("00070000-00071000 r-xp 00000000 00:00 0  ", "[vdso]")

	/* Who answers by a build-id of one byte, or fails; and what was asked, by start. */
	static uint8_t answer;
static int error;
static uint64_t asked[8];
static size_t count_asked;

int build_id_read(struct build_id_cache *cache, struct mapsnap_process *process,
		  const struct mapsnap *snapshot, const struct mapsnap_mapping *mapping,
		  struct mapsnap_build_id *id)
{
	assert_null(cache);
	assert_non_null(process);
	assert_ptr_equal(mapsnap_find(snapshot, mapping->start), mapping);
	asked[count_asked++] = mapping->start;
	if (error)
		return error;
	*id = (struct mapsnap_build_id){ .length = 1, .bytes = { answer } };
	return 0;
}

static uint64_t sequence_now;

static int read_now(const struct mapsnap_sequence *self, int maps_fd, uint64_t *sequence)
{
	(void)self;
	assert_int_equal(maps_fd, MAPS_FD);
	*sequence = sequence_now;
	return 0;
}

static const struct mapsnap_sequence source = {
	.size = sizeof(source),
	.source = MAPSNAP_SOURCE_BPF,
	.read = read_now,
};

static struct mapsnap *before, *after;
static struct notes_asker asker = { .source = &source };

static int begin(void **state)
{
	int r = open_process_42(state);

	asker.process = *state;
	answer = 1;
	error = 0;
	sequence_now = 4;
	count_asked = 0;
	before = NULL;
	after = NULL;
	return r;
}

static int end(void **state)
{
	mapsnap_unref(before);
	mapsnap_unref(after);
	return close_process(state);
}

static struct notes *make(const struct mapsnap_diff *changes, struct notes *old)
{
	struct notes *notes = NULL;

	count_asked = 0;
	assert_int_equal(notes_make(&asker, changes, old, &notes), 0);
	return notes;
}

/* A snapshot that is in nobody's history. */
static struct notes *make_first(const char *text)
{
	before = snapshot_of(text, 4);
	before->info.begin_ns = 1;
	return make(&(struct mapsnap_diff){ .before = before,
					    .after = before,
					    .flags = MAPSNAP_DIFF_RESYNC },
		    NULL);
}

/* The one after it, in which all was touched in between, or only this range; NULL: read anew. */
static struct notes *make_next(const char *text, struct procmap_range *touched, struct notes *old)
{
	struct mapsnap_diff changes = { .before = before, .flags = MAPSNAP_DIFF_RESYNC };
	struct notes *notes;

	after = snapshot_of(text, 6);
	after->info.begin_ns = 1;
	sequence_now = 6;
	if (touched) {
		after->continues = true;
		after->touched = (struct ranges){ .list = touched, .count = 1 };
		changes.flags = MAPSNAP_DIFF_TOUCHED;
	}
	changes.after = after;
	notes = make(&changes, old);
	after->touched = (struct ranges){ 0 };
	return notes;
}

static void assert_note(const struct notes *notes, uint64_t start, uint8_t id, bool later)
{
	const struct note *note = notes_find(notes, start);

	assert_non_null(note);
	assert_int_equal(note->id.bytes[0], id);
	assert_int_equal(note->later, later);
}

static void what_is_executable_and_of_a_file_is_asked_about(void **state)
{
	struct notes *notes = make_first(ONE LINE_A LINE_B LINE_C LINE_J LINE_V);

	(void)state;
	assert_int_equal(count_asked, 3);
	assert_note(notes, 0x30000, 1, false);
	assert_note(notes, 0x40000, 1, false);
	assert_note(notes, 0x70000, 1, false);
	assert_null(notes_find(notes, 0x50000));
	assert_null(notes_find(notes, 0x30001));
	assert_null(notes_find(notes, 0));
	assert_null(notes_find(notes, UINT64_MAX));
	notes_unref(notes);
}

static void who_has_none_is_asked_once(void **state)
{
	struct procmap_range elsewhere = { 0x10000, 0x11000 };
	struct notes *notes, *next;

	(void)state;
	error = -ENODATA;
	notes = make_first(ONE LINE_A);
	assert_null(notes_find(notes, 0x30000));
	next = make_next(ONE LINE_A, &elsewhere, notes);
	assert_int_equal(count_asked, 0);
	assert_ptr_equal(next, notes);
	notes_unref(next);
	notes_unref(notes);
}

static void who_could_not_be_asked_is_asked_again(void **state)
{
	struct procmap_range elsewhere = { 0x10000, 0x11000 };
	struct notes *notes, *next;

	(void)state;
	error = -EMFILE;
	notes = make_first(ONE LINE_A);
	assert_null(notes_find(notes, 0x30000));
	error = 0;
	next = make_next(ONE LINE_A, &elsewhere, notes);
	assert_int_equal(count_asked, 1);
	assert_note(next, 0x30000, 1, false);
	notes_unref(next);
	notes_unref(notes);
}

/* Also in holes: the old ones are shared. */
static void what_is_touched_elsewhere_changes_nothing(void **state)
{
	struct procmap_range elsewhere = { 0x8000, 0x11000 };
	struct notes *notes = make_first(ONE LINE_A LINE_B), *next;

	(void)state;
	next = make_next(LINE_A LINE_B, &elsewhere, notes);
	assert_int_equal(count_asked, 0);
	assert_ptr_equal(next, notes);
	notes_unref(next);
	notes_unref(notes);
}

/* It looks the same and may be another file. */
static void what_was_touched_is_asked_about_again(void **state)
{
	struct procmap_range there = { 0x30fff, 0x31000 };
	struct notes *notes = make_first(LINE_A LINE_B), *next;

	(void)state;
	answer = 2;
	next = make_next(LINE_A LINE_B, &there, notes);
	assert_int_equal(count_asked, 1);
	assert_note(next, 0x30000, 2, false);
	assert_note(next, 0x40000, 1, false);
	assert_note(notes, 0x30000, 1, false);
	notes_unref(next);
	notes_unref(notes);
}

static void what_came_is_asked_about_and_what_went_is_gone(void **state)
{
	struct procmap_range there = { 0x30000, 0x50000 };
	struct notes *notes = make_first(LINE_A LINE_V), *next;

	(void)state;
	answer = 2;
	next = make_next(LINE_B LINE_V, &there, notes);
	assert_int_equal(count_asked, 1);
	assert_note(next, 0x40000, 2, false);
	assert_null(notes_find(next, 0x30000));
	assert_note(next, 0x70000, 1, false);
	notes_unref(next);
	notes_unref(notes);
}

/* Nothing says what happened in between. */
static void after_a_resync_all_is_asked_about_again(void **state)
{
	struct notes *notes = make_first(LINE_A LINE_B), *next;

	(void)state;
	answer = 2;
	next = make_next(LINE_A LINE_B, NULL, notes);
	assert_int_equal(count_asked, 2);
	assert_note(next, 0x30000, 2, false);
	notes_unref(next);
	notes_unref(notes);
}

/* What was asked is of that moment, and may not be of the snapshot's. */
static void what_is_asked_after_a_change_is_later(void **state)
{
	struct procmap_range elsewhere = { 0x10000, 0x11000 };
	struct notes *notes, *next;

	(void)state;
	sequence_now = 6;
	notes = make_first(ONE LINE_A LINE_B);
	assert_note(notes, 0x30000, 1, true);
	assert_note(notes, 0x40000, 1, true);
	/* It was not touched, as is known by now: so it was the same all the time. */
	next = make_next(ONE LINE_A LINE_B, &elsewhere, notes);
	assert_int_equal(count_asked, 0);
	assert_note(next, 0x30000, 1, false);
	notes_unref(next);
	notes_unref(notes);
}

static void without_a_proof_all_is_later(void **state)
{
	struct notes *notes;

	(void)state;
	before = snapshot_of(LINE_A, 0);
	sequence_now = 0;
	notes = make(&(struct mapsnap_diff){ .before = before,
					     .after = before,
					     .flags = MAPSNAP_DIFF_RESYNC },
		     NULL);
	assert_note(notes, 0x30000, 1, true);
	notes_unref(notes);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)

UNIT_MAIN("table_notes", TEST(what_is_executable_and_of_a_file_is_asked_about),
	  TEST(who_has_none_is_asked_once), TEST(who_could_not_be_asked_is_asked_again),
	  TEST(what_is_touched_elsewhere_changes_nothing),
	  TEST(what_was_touched_is_asked_about_again),
	  TEST(what_came_is_asked_about_and_what_went_is_gone),
	  TEST(after_a_resync_all_is_asked_about_again),
	  TEST(what_is_asked_after_a_change_is_later), TEST(without_a_proof_all_is_later))
