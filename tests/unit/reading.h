/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading process 42 in the words of a script, and what tests of that share. */
#ifndef READING_H
#define READING_H

#include "mapsnap.h"
#include "scripted_process.h"

/* A call begins; it ends in a verified snapshot, or in another one. */
#define CALL              CLOCK
#define RETURN            SAME_PROGRAM, CLOCK
#define RETURN_UNVERIFIED ALIVE, SAME_PROGRAM, CLOCK

/* An attempt that sees no change, one that ends in another sequence, one that begins in an odd one.
 */
#define ATTEMPT(sequence, text) \
	CLOCK, SEQUENCE(sequence), WHOLE_TEXT(text), SEQUENCE(sequence), CLOCK
#define SPOILT(sequence, text, later) CLOCK, SEQUENCE(sequence), WHOLE_TEXT(text), SEQUENCE(later)
#define ODD(sequence)                 CLOCK, SEQUENCE(sequence)

/* A pass that nobody watches, and one whose first page shows that it is torn. */
#define UNWATCHED(text)      CLOCK, WHOLE_TEXT(text), CLOCK
#define UNWATCHED_TORN(text) CLOCK, TEXT(0, text)

#define PAUSE(until) CLOCK, SLEEP(until)
#define US(n)        ((uint64_t)(n)*1000)
#define MS(n)        ((uint64_t)(n)*1000000)

/* Some address spaces. */
#define ONE  "00010000-00011000 rw-p 00000000 00:00 0 \n"
#define TWO  ONE "00020000-00021000 rw-p 00000000 00:00 0 \n"
#define TORN "00020000-00028000 rw-p 00000000 00:00 0 \n" ONE
#define FILE_LINE                                   \
	"00030000-00031000 r-xp 00001000 08:01 17 " \
	"                                /lib/a.so\n"
#define GATE                                                       \
	"ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0 " \
	"                 [vsyscall]\n"
#define GATED ONE GATE

/* Options, named; with a source that the caller brings, and with none, not even the kernel's. */
#define OPTIONS(...) \
	(&(const struct mapsnap_options){ .size = sizeof(struct mapsnap_options), __VA_ARGS__ })
#define WATCHED(...) OPTIONS(.sequence = &scripted_sequence, __VA_ARGS__)
#define BLIND(...)   OPTIONS(.sequence = &no_sequence, __VA_ARGS__)
#define UNVERIFIED   .fallback = MAPSNAP_FALLBACK_UNVERIFIED

/* Setup and teardown: *state is process 42, opened. */
int open_process_42(void **state);
int open_kernel_thread_42(void **state);
int open_maps_file(void **state);
int close_process(void **state);

/* The script is that of a read that succeeds, or of one that fails so, with a sentence. */
struct mapsnap *read_well(struct mapsnap_process *process, const struct mapsnap_options *options);
void read_badly(struct mapsnap_process *process, const struct mapsnap_options *options, int error);

/* Gives it back after comparing: its text, whatever its label. */
void assert_text_and_drop(struct mapsnap *snapshot, const char *text);

/* So many lines of 41 bytes, distinct by their first address. Lives as long as the program. */
#define LINE_LENGTH 41
const char *many_lines(size_t lines, uint64_t first);

/*
 * Adds the reading of such lines to the script: as the kernel gives them, a
 * hundred at a time, while the sequence stays this number; a read looks at it
 * with the first page that makes 512 mappings since the last look.
 */
#define PAGE_LINES 100
#define LOOK_LINES 600
void script_pages(const char *text, size_t lines, uint64_t sequence);

/* The page that begins with this line, as a step. */
#define PAGE(text, line) \
	PREAD(MAPS_FD, (line)*LINE_LENGTH, (text) + (line)*LINE_LENGTH, PAGE_LINES * LINE_LENGTH)
#define PAGES_END(lines) PREAD(MAPS_FD, (lines)*LINE_LENGTH, "", 0)

#endif
