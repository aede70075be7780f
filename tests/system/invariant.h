/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a target promises of its arena, in memory that it shares with whoever
 * checks.
 *
 * Static mappings stand for ever. A slot goes through its shapes in a circle,
 * each by one change, and the slots take turns: change number n moves slot
 * n % slots on to its next shape. So the number of changes done fixes every
 * mapping of the arena. A list of mappings that held at one instant is what a
 * number of changes makes, one that was reached while the list was read; what
 * mixes instants is no such thing as soon as it shows a change without an
 * earlier one.
 *
 * Address spaces may come and go, each on a seat: where one has ended, the next
 * one sits down. Each has the whole arena a little further up, so that every
 * mapping tells which address space it belongs to.
 */
#ifndef INVARIANT_H
#define INVARIANT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mapsnap.h"

/* A file as maps shows it. The first stands for none: zeros and "". */
struct invariant_file {
	uint64_t inode;
	uint64_t name_at; /* bytes from the start of struct invariant */
	uint32_t device_major;
	uint32_t device_minor;
	int32_t fd; /* in all processes of the target */
	uint32_t reserved;
};

/* A mapping as it must be. */
struct expected {
	uint64_t start;
	uint64_t end;
	uint64_t offset;
	uint32_t permissions;
	uint32_t file; /* index */
};

/* So many expected mappings, in a row among the moving ones. */
struct shape {
	uint32_t first;
	uint32_t count;
};

/*
 * For one address space after the other: of a process that calls exec, or of
 * processes of which each begins when the one before it is gone.
 */
struct invariant_seat {
	/*
	 * Two for each change done, and odd while one is under way: a sequence
	 * in the sense of mapsnap.h, for the arena of who sits here.
	 */
	_Atomic uint64_t sequence;
	/* Two for each address space before, and odd from just before one ends until the next
	 * stands. */
	_Atomic uint64_t number;
	_Atomic int32_t pid;
	/* An address that is mapped all the time, and hardly anything behind it. */
	_Atomic uint64_t landmark;
};

/* The head; the arrays follow at these distances, in bytes from its start. */
struct invariant {
	uint64_t size; /* of all of it */
	uint64_t arena_start;
	uint64_t arena_end; /* wherever it is shifted to */
	uint64_t shift;     /* bytes from the arena of one address space to the next one's */
	uint64_t seats_at;
	uint64_t files_at;
	uint64_t statics_at; /* ascending */
	uint64_t moving_at;
	uint64_t shapes_at; /* those of slot 0, then those of slot 1... */
	uint32_t seats;
	uint32_t statics;
	uint32_t slots;
	uint32_t shapes; /* of each slot */
	uint32_t stays;  /* 1: the first seat is not given to another */
	/*
	 * Address spaces of a process, the last of which ends with it, and each other
	 * by exec; 0: all by exec.
	 */
	uint32_t spaces;
	uint32_t reuses;              /* 1: each process has the pid of the one before it */
	_Atomic int32_t tries;        /* at measuring the next, still to be made */
	_Atomic uint64_t standing_ns; /* how long an address space stands, on average */
};

/* The arena is shifted by so many different distances before it begins anew. */
#define INVARIANT_TURNS (1u << 20)

/* One of the address spaces, by what it is known. */
struct invariant_space {
	uint64_t number;   /* of the seat, when it stood; even */
	uint64_t shift;    /* of its arena, and of the offsets in its files */
	uint64_t landmark; /* 0: nobody looked there */
};

/* What a seat said at one instant. */
struct invariant_moment {
	uint64_t number;
	uint64_t sequence; /* of the address space with that number; any where it is odd */
};

struct invariant_seat *invariant_seat(const struct invariant *invariant, uint32_t seat);

/* The address space that has, had or will have this number. */
struct invariant_space invariant_space(const struct invariant *invariant, uint32_t seat,
				       uint64_t number);

/*
 * The number of the last address space of the process that has this one: what ends
 * by exec has another. UINT64_MAX: there is no last one.
 */
uint64_t invariant_last(const struct invariant *invariant, uint64_t number);

/* The number of the address space whose arena begins there, where each has another place. */
uint64_t invariant_number_at(const struct invariant *invariant, uint64_t start);

/* Where an expected mapping is in an address space. */
struct expected invariant_shifted(const struct expected *expected, uint64_t shift);

/* With full barriers on both sides. */
struct invariant_moment invariant_now(const struct invariant_seat *seat);

/* Around each change; only who sits there calls these. */
void invariant_change_begin(struct invariant_seat *seat);
void invariant_change_end(struct invariant_seat *seat);

/* The same for being there: from an odd number to an even one, and on to an odd one. */
void invariant_sit_down(struct invariant_seat *seat, uint64_t sequence);
void invariant_get_up(struct invariant_seat *seat);

/* In place of the sequence after a read: whatever the address space came to. */
#define INVARIANT_AT_ITS_END (UINT64_MAX - 1)

/*
 * Whether these are the mappings of an address space at one instant between two
 * of its sequences: in order, in the arena exactly what a number of changes
 * makes that was reached in between, and not without the end. Where not, `why`
 * says so in a sentence.
 */
bool invariant_holds(const struct invariant *invariant, const struct invariant_space *space,
		     const struct mapsnap_mapping *mappings, size_t count, uint64_t before,
		     uint64_t after, char *why, size_t size);

/*
 * Whether these are, in the arena, the mappings of an address space that is not
 * complete yet: the first so many of its static ones.
 */
bool invariant_begun(const struct invariant *invariant, const struct invariant_space *space,
		     const struct mapsnap_mapping *mappings, size_t count, char *why, size_t size);

/* Whether the end is missing: what an address space shows that ends while it is read. */
bool invariant_cut_off(const struct invariant_space *space, const struct mapsnap_mapping *mappings,
		       size_t count);

#endif
