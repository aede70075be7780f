/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mapsnap-table: the latest snapshot of each of many processes, kept up to date,
 * and looked at by many threads that neither lock nor allocate anything.
 *
 *   struct mapsnap_table *table;
 *
 *   mapsnap_table_new(NULL, &table);
 *   mapsnap_table_add(table, pid);
 *   ... now and then, in one thread:   mapsnap_table_refresh(table, NULL);
 *   ... in any thread, at any time:    mapsnap_table_enter();
 *                                      mapsnap_table_resolve(table, pid, addresses, n, answers);
 *                                      ... use the answers ...
 *                                      mapsnap_table_leave();
 *
 * Writers are the calls that add, remove and refresh. Any thread may make them;
 * they wait for each other. Readers are all others. They wait for nobody, see
 * each snapshot whole or not at all, and what they are given never changes. They
 * are read-side sections of liburcu's bulletproof flavour (urcu-bp), which no
 * thread has to register for: whoever resolves is mostly a thread of a program
 * that knows nothing of RCU, and may come and go as it likes. The price is that
 * each thread's first section registers it, which may map memory and take a lock;
 * from then on readers may also be called in its signal handlers.
 *
 * fork(2): the child may go on using a table, reading and writing; a fork waits
 * for writers under way, and one in a reader's section or in a signal handler is
 * not allowed. For this the first table registers handlers with pthread_atfork(3),
 * which also call those of urcu-bp: a program that uses urcu-bp itself must not
 * call them as well.
 *
 * Beyond that the rules of mapsnap.h hold; structs that are filled in here keep their
 * size. Every call and type is there since 0.1.
 */
#ifndef MAPSNAP_TABLE_H
#define MAPSNAP_TABLE_H

#include "mapsnap.h"

#ifdef __cplusplus
extern "C" {
#endif

#pragma GCC visibility push(default)

struct mapsnap_table;

/* struct mapsnap_table_options::flags */
enum {
	/* Nobody asks for build-ids. */
	MAPSNAP_TABLE_NO_BUILD_IDS = 1 << 0,
};

struct mapsnap_table_options {
	size_t size; /* sizeof(struct mapsnap_table_options) */
	/*
	 * How each process is read; NULL: the defaults of mapsnap_read(). Copied; the
	 * source in it is borrowed until mapsnap_table_free(). For a profiler of code
	 * `.filter = MAPSNAP_EXECUTE`: other mappings are then neither read nor kept,
	 * and an address in one is answered by MAPSNAP_FOUND_NOTHING.
	 */
	const struct mapsnap_options *read;
	/*
	 * For how long the last snapshot of a program is kept after the process has
	 * ended or called exec, so that late samples resolve. 0: 10 s.
	 */
	uint64_t keep_ns;
	/*
	 * Bytes of all snapshots and build-ids together; 0: no bound. Older snapshots
	 * are given up first, the oldest before others. Where that is not enough what
	 * is new is not taken in, with -ENOSPC.
	 */
	uint64_t memory;
	uint32_t history;   /* snapshots kept of each program, the latest not counted; 0: none */
	uint32_t processes; /* at most; 0: no bound */
	uint32_t events;    /* kept for mapsnap_table_events(); 0: 1024 */
	uint32_t flags;     /* MAPSNAP_TABLE_... */
};

/*
 * Makes a table without processes. options may be NULL for the defaults. Holds no
 * descriptor until a process is added. Returns 0, -EINVAL, -E2BIG, -ENOMEM.
 */
int mapsnap_table_new(const struct mapsnap_table_options *options, struct mapsnap_table **table);

/*
 * Closes all processes and frees. Nobody may use the table any more; snapshots that
 * were given out stay valid. Not in a reader's section. NULL is allowed.
 */
void mapsnap_table_free(struct mapsnap_table *table);

/* ------------------------------------------------------------------------
 * Writers. Not in a reader's section: -EDEADLK.
 */

/*
 * Opens the process with this pid, reads it and takes it in. From then on the table
 * follows the pid: through exec, and to another process that is given the same pid
 * within keep_ns. One that the table has already is brought up to date. Holds two
 * descriptors for each process that is alive.
 *
 * Returns 0, what mapsnap_open_pid() or mapsnap_read() say, or -ENOSPC: there are
 * as many processes, or as much memory is taken, as the options allow.
 */
int mapsnap_table_add(struct mapsnap_table *table, pid_t pid);

/*
 * The same with a process that is open, for instance by a maps file that a helper
 * opened, to be known as pid. After success it is the table's. Where it was opened
 * by mapsnap_open_fd() neither exec nor another process of the same pid is followed:
 * it ends then. Also -EEXIST: the table has that pid.
 */
int mapsnap_table_add_process(struct mapsnap_table *table, pid_t pid,
			      struct mapsnap_process *process);

/* Closes and forgets the process, with all of its snapshots. Returns 0 or -ESRCH. */
int mapsnap_table_remove(struct mapsnap_table *table, pid_t pid);

/* What a round did. */
struct mapsnap_table_round {
	uint64_t began_ns;
	uint64_t ended_ns;
	uint32_t asked;     /* whether anything has changed, of processes alive */
	uint32_t changed;   /* of them, those with a new snapshot of the same program */
	uint32_t replaced;  /* those with another program, by exec or pid reuse */
	uint32_t ended;     /* those that have ended */
	uint32_t unsettled; /* changed during every attempt: the last snapshot stays */
	uint32_t failed;    /* by any other error: the last snapshot stays */
};

/*
 * One round: asks of all processes whether anything has changed, in one poll where
 * the source can, reads what did, and publishes it. Without a source all of them are
 * read. What happens to single processes is told by mapsnap_table_events(). The
 * caller says when: in a thread of its own, by a timer, or when the descriptor
 * of mapsnap_table_fd() is readable; not in a signal handler. round may be NULL.
 *
 * Returns 0, or what the source says where it can't be asked at all.
 */
int mapsnap_table_refresh(struct mapsnap_table *table, struct mapsnap_table_round *round);

/*
 * The same for one process, as where a sample did not resolve. Returns 0, -ESRCH
 * (not in the table, or it has ended), -EAGAIN (changed during every attempt), or
 * what mapsnap_refresh() says.
 */
int mapsnap_table_refresh_pid(struct mapsnap_table *table, pid_t pid);

/*
 * Asks as a round does, and reads nothing: who can't read all at once says by
 * mapsnap_table_refresh_pid() what comes first. *due has room for n pids, and is given
 * those whose latest snapshot may no longer hold, and those that have ended or can't be
 * read, in no order; *count is how many there are, also where these are more than n.
 * Parked ones are not asked about. Without a source all others are due. Returns as
 * mapsnap_table_refresh().
 */
int mapsnap_table_ask(struct mapsnap_table *table, pid_t *due, size_t n, size_t *count);

/*
 * For who has more processes than descriptors. parked not 0: the two of this process
 * are closed, its latest snapshot stays, rounds leave it out, and mapsnap_table_refresh_pid()
 * opens, reads and closes it again; what looks the same is then taken for the same, and
 * what does not for another program, as nobody knows what it ran meanwhile. 0: it
 * is opened for good again, and read. Returns 0, -EINVAL (it was added by
 * mapsnap_table_add_process() without a pid to open), or as mapsnap_table_refresh_pid().
 */
int mapsnap_table_park(struct mapsnap_table *table, pid_t pid, int parked);

/*
 * A descriptor that poll(2) finds readable when the next round is due: interval_ns
 * after the last one was, until which mapsnap_table_refresh() makes it unreadable.
 * Another call changes the interval. Remains the table's. Returns it, or -EINVAL
 * (interval_ns is 0), -EMFILE, -ENFILE, -ENOMEM.
 */
int mapsnap_table_fd(struct mapsnap_table *table, uint64_t interval_ns);

/* ------------------------------------------------------------------------
 * Readers
 */

/*
 * From here on, what resolving gives stays valid. Any thread; may be nested. Do
 * not wait for anything then: what was replaced can't be freed meanwhile, nor can
 * writers go on.
 */
void mapsnap_table_enter(void);

/* Until here; once for each mapsnap_table_enter(), in the same thread. */
void mapsnap_table_leave(void);

enum mapsnap_found {
	/* No snapshot of that moment is kept. */
	MAPSNAP_FOUND_UNKNOWN,
	/* The mapping that contains the address. */
	MAPSNAP_FOUND_MAPPING,
	/* No mapping contained it, among those that the table's filter keeps. */
	MAPSNAP_FOUND_NOTHING,
};

enum mapsnap_moment {
	/* Of the latest snapshot: the sample had neither time nor sequence. */
	MAPSNAP_MOMENT_LATEST,
	/* It was so at the sample's moment. */
	MAPSNAP_MOMENT_EXACT,
	/*
	 * Of a snapshot next to it: something changed around that moment, or nothing
	 * tells. What differs before and after is answered by what was mapped, and by
	 * the later where both were.
	 */
	MAPSNAP_MOMENT_NEAR,
};

/* struct mapsnap_answer::flags */
enum {
	/*
	 * The build-id was asked for when something had changed since the snapshot,
	 * although what was mapped looked alike.
	 */
	MAPSNAP_ANSWER_BUILD_ID_LATER = 1 << 0,
};

/* What was at an address. */
struct mapsnap_answer {
	/*
	 * Valid until mapsnap_table_leave(), and NULL outside of a section. Device, inode
	 * and path in it say which file it is of.
	 */
	const struct mapsnap_mapping *mapping;
	/* The same; NULL also where there is none. Of executable mappings only. */
	const struct mapsnap_build_id *build_id;
	uint64_t file_offset; /* of that byte in the file; 0 where no file is mapped */
	uint64_t sequence;    /* of the snapshot; 0: not verified by one */
	uint64_t revision;    /* of the snapshot in this table */
	uint32_t consistency; /* enum mapsnap_consistency, of the snapshot */
	uint8_t found;        /* enum mapsnap_found */
	uint8_t moment;       /* enum mapsnap_moment */
	uint16_t flags;       /* MAPSNAP_ANSWER_... */
};

/*
 * What is at each of n addresses in the latest snapshot of this process: answers[i]
 * belongs to addresses[i], and all rest on the same snapshot. Fastest where the
 * addresses ascend. A process that has ended is answered for as long as its
 * last snapshot is kept.
 *
 * Returns 0, -ESRCH (not in the table), or why there is no snapshot of the program
 * that it runs now, such as -EACCES.
 */
int mapsnap_table_resolve(const struct mapsnap_table *table, pid_t pid, const uint64_t *addresses,
			  size_t n, struct mapsnap_answer *answers);

struct mapsnap_sample {
	uint64_t address;
	uint64_t time_ns;  /* CLOCK_MONOTONIC; 0: not known */
	/*
	 * Of the process's mappings, by the table's source, which has to vouch for one
	 * as old; 0: not known.
	 */
	uint64_t sequence;
};

/*
 * The same at the moment of each sample, by its sequence or else by its time, as
 * far back as the table keeps snapshots. By its sequence in the program that ran at
 * its time, or without a time in the latest; which one ran then is known for certain
 * only after a round that came later, and MAPSNAP_MOMENT_NEAR until then. Fastest
 * where neighbours have similar times.
 */
int mapsnap_table_resolve_samples(const struct mapsnap_table *table, pid_t pid,
				  const struct mapsnap_sample *samples, size_t n,
				  struct mapsnap_answer *answers);

/*
 * The latest snapshot of this process, with a reference for the caller. *revision is
 * its number in this table: another for each snapshot, ascending, and never that of
 * one in a table made before, since the machine was started. revision may be NULL.
 * Returns as mapsnap_table_resolve().
 */
int mapsnap_table_get(const struct mapsnap_table *table, pid_t pid, struct mapsnap **snapshot,
		      uint64_t *revision);

/* From one snapshot to the one after it. */
struct mapsnap_step {
	/* A reference each for the caller, valid also outside of a section. */
	struct mapsnap *before;
	struct mapsnap *after;
	uint64_t revision;           /* of `after`: where to go on from */
	struct mapsnap_diff changes; /* a walk over what changed, at its beginning */
};

/*
 * What changed next after the snapshot of this revision, or after the one that was
 * the latest when the table gave this revision to another process. A sequence alone
 * would not do, as each program has its own. changes.flags is MAPSNAP_DIFF_TOUCHED where the
 * kernel told all that happened in between. It is MAPSNAP_DIFF_RESYNC where the chain
 * is broken: by exec, by pid reuse, where the kernel did not tell all, or where
 * the snapshot is no longer kept, or never was, for which a revision of 0 does.
 * `before` is then empty where the table can't say what was before. So with a
 * history of 0 each change is a resync.
 *
 * Returns 0, -EAGAIN (there is none after it yet), or as mapsnap_table_resolve().
 */
int mapsnap_table_next(const struct mapsnap_table *table, pid_t pid, uint64_t revision,
		       struct mapsnap_step *step);

enum mapsnap_event_type {
	MAPSNAP_EVENT_ADDED = 1, /* a process was taken in */
	MAPSNAP_EVENT_CHANGED,   /* it has another snapshot */
	MAPSNAP_EVENT_EXEC,      /* it runs another program */
	MAPSNAP_EVENT_EXITED,    /* it has ended; what is known of it is kept for a while */
	MAPSNAP_EVENT_REUSED,    /* another process has its pid, and its place in the table */
	MAPSNAP_EVENT_UNREADABLE, /* the program that it runs now can't be read, see error */
	MAPSNAP_EVENT_REMOVED,   /* from the table: it was kept long enough, or by the caller */
	MAPSNAP_EVENT_LOST,      /* so many events, in revision, came and went before they were read */
};

struct mapsnap_event {
	uint64_t time_ns;    /* when it was noticed, CLOCK_MONOTONIC */
	uint64_t start_time; /* of the process, see mapsnap_identity() */
	uint64_t revision;   /* of the snapshot from then on; 0: none */
	int32_t pid;
	int32_t error; /* a negative errno, or 0 */
	uint32_t type; /* enum mapsnap_event_type */
	uint32_t reserved;
};

/*
 * What happened since: up to n events, oldest first, and how many they are. *cursor
 * is 0 before the first call, then where to go on; each who listens has one of
 * their own. Takes a lock for as long as it copies, and so is not for signal handlers.
 */
size_t mapsnap_table_events(struct mapsnap_table *table, uint64_t *cursor,
			    struct mapsnap_event *events, size_t n);

enum mapsnap_state {
	MAPSNAP_STATE_ALIVE = 1,
	MAPSNAP_STATE_ENDED,      /* and kept for a while */
	MAPSNAP_STATE_UNREADABLE, /* alive, and can't be read */
};

/* A process in the table. */
struct mapsnap_member {
	uint64_t start_time; /* see mapsnap_identity() */
	uint64_t revision;   /* of the latest snapshot; 0: none */
	uint64_t sequence;   /* of it; 0: not verified by one */
	uint64_t proved_ns;  /* until then it was known to hold, CLOCK_MONOTONIC; 0: not at all */
	uint64_t mappings;   /* in it */
	uint64_t memory;     /* bytes, history included */
	uint32_t history;    /* older snapshots that are kept */
	uint32_t consistency; /* enum mapsnap_consistency, of the latest */
	uint32_t state;       /* enum mapsnap_state */
	int32_t error;        /* the last; a negative errno, or 0 */
	uint32_t program;     /* how often it was another one since it was added, by exec or reuse */
	uint32_t reserved;
};

/* About one of them. Returns 0 or -ESRCH. */
int mapsnap_table_member(const struct mapsnap_table *table, pid_t pid,
			 struct mapsnap_member *member);

/* The pids of up to n of them, in no order; returns how many there are. pids: NULL where n is 0. */
size_t mapsnap_table_pids(const struct mapsnap_table *table, pid_t *pids, size_t n);

/* Bytes that all snapshots and build-ids in the table take; what the option bounds. */
uint64_t mapsnap_table_memory(const struct mapsnap_table *table);

/* "exec", "exited", ...; static, "unknown" for a value that is none. */
const char *mapsnap_event_name(uint32_t type);

#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif

#endif /* MAPSNAP_TABLE_H */
