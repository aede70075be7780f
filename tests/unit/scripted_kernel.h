/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A kernel, a sequence source and a clock that follow a script: the list of
 * the calls that the code under test has to make, in order, each with its
 * reply. A call that is not the next one of the script fails the test, and so
 * does a script that is not played to its end.
 *
 *	script_begin();
 *	script(CLOCK, SEQUENCE(4), TEXT(0, LINE), TEXT_END(LINE), SEQUENCE(4), CLOCK);
 *	... what is to make these calls, with scripted_kernel and scripted_sequence ...
 *	script_end();
 *
 * Descriptors are opened by the script, and closed by whoever opened them,
 * whenever that is: the script does not list it, but one that is used or
 * closed while it is not open, or that is open at the end, fails the test.
 */
#ifndef SCRIPTED_KERNEL_H
#define SCRIPTED_KERNEL_H

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/ptrace.h>

#include "kernel.h"
#include "mapsnap.h"
#include "uapi/procmap_query.h"
#include "uapi/procmap_seq.h"
#include "uapi/procmap_snapshot.h"

enum call {
	CALL_NONE, /* time passes, or something happens, before the next call */
	CALL_OPENAT,
	CALL_DUP,
	CALL_PREAD,
	CALL_READLINK,
	CALL_GETDENTS,
	CALL_QUERY,
	CALL_SEQ,
	CALL_SNAPSHOT,
	CALL_FILE,
	CALL_ON_PROCFS,
	CALL_SAME_FILE,
	CALL_NOW,
	CALL_SLEEP,
	CALL_SEQUENCE,
	CALL_INODE,
	CALL_PTRACE,
	CALL_REAP,
	CALL_SAME_MEMORY,
	CALL_WORK_APART,
};

/* What a snapshot call gives, or says that it has. */
struct records {
	const struct procmap_record *list;
	size_t count;
	const char *names;
	size_t names_size;
	const struct procmap_range *ranges;
	size_t nr_ranges;
};

struct step {
	enum call call;
	int fd;           /* that the call must be given; of openat the directory; or a thread */
	const char *path; /* that it must be given, or NULL where it takes none */
	uint64_t at;      /* the offset, address, request or other thread, or when it is to end */
	size_t least;     /* the smallest buffer that will do, beside the one for the bytes */
	int64_t reply;    /* what it returns, unless it gives bytes */
	const void *bytes;
	size_t length;
	const struct procmap_query *query;       /* flags that must be asked for; what is found */
	const struct procmap_snapshot *snapshot; /* what must be asked for; what is said */
	const struct records *records;
	const struct kernel_file *file;
	uint64_t sequence;
	uint64_t passes; /* time, ns */
	void (*happens)(void);
};

/* What the scripts here call their descriptors. */
enum {
	DIR_FD = 10,    /* /proc/PID */
	THREAD_FD = 11, /* /proc/TID, or /proc/PID/task/TID */
	TASK_FD = 12,   /* /proc/PID/task */
	MAPS_FD = 20,
	OLD_MAPS_FD = 21,
	FILE_FD = 30,  /* a small file, closed again at once */
	FOUND_FD = 40, /* a mapped file, found and not opened; and opened */
	OPENED_FD = 41,
	ROOT_FD = 42, /* /proc/PID/root */
};

/* When a script begins. */
#define START ((uint64_t)1000000000)

#define STEP(...)           \
	{                   \
		__VA_ARGS__ \
	}

#define OPENAT(dir, name, result) \
	STEP(.call = CALL_OPENAT, .fd = (dir), .path = (name), .reply = (result))
#define DUP(of, result) STEP(.call = CALL_DUP, .fd = (of), .reply = (result))
#define PREAD(from, offset, data, size) \
	STEP(.call = CALL_PREAD, .fd = (from), .at = (offset), .bytes = (data), .length = (size))
#define PREAD_FAILS(from, offset, error) \
	STEP(.call = CALL_PREAD, .fd = (from), .at = (offset), .reply = (error))
#define READLINK(dir, name, target)                                                 \
	STEP(.call = CALL_READLINK, .fd = (dir), .path = (name), .bytes = (target), \
	     .length = sizeof(target) - 1)
#define READLINK_FAILS(dir, name, error) \
	STEP(.call = CALL_READLINK, .fd = (dir), .path = (name), .reply = (error))
#define GETDENTS(from, data, size) \
	STEP(.call = CALL_GETDENTS, .fd = (from), .bytes = (data), .length = (size))
#define GETDENTS_FAILS(from, error) STEP(.call = CALL_GETDENTS, .fd = (from), .reply = (error))
#define ON_PROCFS(of, result)       STEP(.call = CALL_ON_PROCFS, .fd = (of), .reply = (result))
#define SAME_FILE(as, name, result) \
	STEP(.call = CALL_SAME_FILE, .fd = (as), .path = (name), .reply = (result))

/* What the file is: fields of struct kernel_file. */
#define FILE_IS(of, ...) \
	STEP(.call = CALL_FILE, .fd = (of), .file = &(const struct kernel_file)STEP(__VA_ARGS__))
#define FILE_FAILS(of, error) STEP(.call = CALL_FILE, .fd = (of), .reply = (error))

/* The clock is read; sleep until then; so much time passes before the next call. */
#define CLOCK            STEP(.call = CALL_NOW)
#define SLEEP(until)     STEP(.call = CALL_SLEEP, .at = (until))
#define TIME_PASSES(ns)  STEP(.passes = (ns))
#define MEANWHILE(event) STEP(.happens = (event))

/* The number of this file. */
#define INODE(name, number)      STEP(.call = CALL_INODE, .path = (name), .sequence = (number))
#define INODE_FAILS(name, error) STEP(.call = CALL_INODE, .path = (name), .reply = (error))

/*
 * A thread is seized, or can't be, or the call hangs until its caller is ended; is
 * interrupted; let go with a signal, or none: 0.
 */
#define PTRACE(request, tid, result) \
	STEP(.call = CALL_PTRACE, .fd = (tid), .at = (request), .reply = (result))
#define HANGS               1
#define SEIZE(tid)          PTRACE(PTRACE_SEIZE, tid, 0)
#define SEIZE_FAILS(tid, e) PTRACE(PTRACE_SEIZE, tid, e)
#define SEIZE_HANGS(tid)    PTRACE(PTRACE_SEIZE, tid, HANGS)
#define INTERRUPT(tid)      PTRACE(PTRACE_INTERRUPT, tid, 0)
#define DETACH_BY(signal)   ((uint64_t)PTRACE_DETACH | (uint64_t)(signal) << 32)
#define DETACH(tid, signal) PTRACE(DETACH_BY(signal), tid, 0)

/* What it stands at: our interrupt, or a signal; in a process that was stopped; or it runs. */
#define AT(tid, signal, code)                                                          \
	STEP(.call = CALL_PTRACE, .fd = (tid), .at = PTRACE_GETSIGINFO,                \
	     .bytes = (&(const siginfo_t){ .si_signo = (signal), .si_code = (code) }), \
	     .length = sizeof(siginfo_t))
#define STANDS(tid)            AT(tid, SIGTRAP, SIGTRAP | PTRACE_EVENT_STOP << 8)
#define STANDS_STOPPED(tid)    AT(tid, SIGSTOP, SIGSTOP | PTRACE_EVENT_STOP << 8)
#define STANDS_AT(tid, signal) AT(tid, signal, SI_USER)
#define NO_STOP(tid)           PTRACE(PTRACE_GETSIGINFO, tid, -ESRCH)

/* Whether it has ended; whether two have the same memory; the work is done, or can't be. */
#define REAP(tid, result) STEP(.call = CALL_REAP, .fd = (tid), .reply = (result))
#define SAME_MEMORY(a, b, result) \
	STEP(.call = CALL_SAME_MEMORY, .fd = (a), .at = (uint64_t)(b), .reply = (result))
#define WORK_APART(until) STEP(.call = CALL_WORK_APART, .at = (until))
#define WORK_APART_FAILS(until, error) \
	STEP(.call = CALL_WORK_APART, .at = (until), .reply = (error))

/* The sequence of scripted_sequence. */
#define SEQUENCE(number)      STEP(.call = CALL_SEQUENCE, .fd = MAPS_FD, .sequence = (number))
#define SEQUENCE_FAILS(error) STEP(.call = CALL_SEQUENCE, .fd = MAPS_FD, .reply = (error))

/* The kernel's own: PROCMAP_SEQ. The first call of it finds out whether the kernel has it. */
#define SEQ(number)      STEP(.call = CALL_SEQ, .fd = MAPS_FD, .sequence = (number))
#define SEQ_FAILS(error) STEP(.call = CALL_SEQ, .fd = MAPS_FD, .reply = (error))

/* The maps as text: a string literal, at this offset; and the end of the file behind it. */
#define TEXT(offset, text) PREAD(MAPS_FD, offset, text, sizeof(text) - 1)
#define TEXT_END(text)     PREAD(MAPS_FD, sizeof(text) - 1, "", 0)
#define WHOLE_TEXT(text)   TEXT(0, text), TEXT_END(text)

/*
 * PROCMAP_QUERY at this address finds a mapping of this name, "" for none; or
 * is not to ask for its name. The rest are fields of struct procmap_query;
 * query_flags is compared, and whether there is a build-id to ask for.
 */
#define QUERY(address, name, ...)                                                 \
	STEP(.call = CALL_QUERY, .fd = MAPS_FD, .at = (address), .bytes = (name), \
	     .length = sizeof(name) - 1, .query = &(const struct procmap_query)STEP(__VA_ARGS__))
#define QUERY_NAMELESS(address, ...)                             \
	STEP(.call = CALL_QUERY, .fd = MAPS_FD, .at = (address), \
	     .query = &(const struct procmap_query)STEP(__VA_ARGS__))
#define QUERY_FAILS(address, error) \
	STEP(.call = CALL_QUERY, .fd = MAPS_FD, .at = (address), .reply = (error))

/*
 * PROCMAP_SNAPSHOT gives these records, if there is room for them, and their
 * names, if those are asked for: a literal, each name in it with a NUL. The rest
 * are fields of struct procmap_snapshot: flags, start, end, vma_flags and since
 * must be asked for, everything everywhere where they are 0; the sequences are
 * given. So is a cookie where a log is asked for, else it must be asked with.
 */
#define RECORDS(literal, ...)                                                     \
	(&(const struct records){                                                 \
		.list = (const struct procmap_record[]){ __VA_ARGS__ },           \
		.count = sizeof((const struct procmap_record[]){ __VA_ARGS__ }) / \
			 sizeof(struct procmap_record),                           \
		.names = (literal),                                               \
		.names_size = sizeof(literal) - 1,                                \
	})
/* With a cookie: what stands in these ranges by now. */
#define CHANGES(given, ...)                                                          \
	(&(const struct records){                                                    \
		.list = (given)->list,                                               \
		.count = (given)->count,                                             \
		.names = (given)->names,                                             \
		.names_size = (given)->names_size,                                   \
		.ranges = (const struct procmap_range[]){ __VA_ARGS__ },             \
		.nr_ranges = sizeof((const struct procmap_range[]){ __VA_ARGS__ }) / \
			     sizeof(struct procmap_range),                           \
	})
#define SNAPSHOT(given, ...)                                           \
	STEP(.call = CALL_SNAPSHOT, .fd = MAPS_FD, .records = (given), \
	     .snapshot = &(const struct procmap_snapshot)STEP(__VA_ARGS__))

/* It does not fit, for there is so much; or it fails otherwise. */
#define SNAPSHOT_NEEDS(mappings, bytes)                               \
	STEP(.call = CALL_SNAPSHOT, .fd = MAPS_FD, .reply = -ENOBUFS, \
	     .records = &(const struct records){ .count = (mappings), .names_size = (bytes) })
#define SNAPSHOT_FAILS(error) STEP(.call = CALL_SNAPSHOT, .fd = MAPS_FD, .reply = (error))
#define SNAPSHOT_ASKED_FAILS(error, ...)                             \
	STEP(.call = CALL_SNAPSHOT, .fd = MAPS_FD, .reply = (error), \
	     .snapshot = &(const struct procmap_snapshot)STEP(__VA_ARGS__))

/* A small file of this directory, opened, read and closed. */
#define FILE_SAYS(dir, name, data, size) OPENAT(dir, name, FILE_FD), PREAD(FILE_FD, 0, data, size)
#define FILE_TEXT(dir, name, text)       FILE_SAYS(dir, name, text, sizeof(text) - 1)

/* Starts anew, with nothing open but what the test itself gives: see script_gives(). */
void script_begin(void);

/* A descriptor that the caller of the code under test has open, and keeps. */
void script_gives(int fd);

/* Adds steps to the script. What they point to must live until they are played. */
void script_add(const struct step *steps, size_t n);
#define script(...)                                      \
	script_add((const struct step[]){ __VA_ARGS__ }, \
		   sizeof((const struct step[]){ __VA_ARGS__ }) / sizeof(struct step))

/* Fails the test unless all was played. */
void script_played(void);

/* Drops what was not played, for a call that ended early for a reason of its own. */
void script_drop(void);

/* Fails the test unless all was played and all is closed. */
void script_end(void);

/* The virtual time; it stands still unless a step says otherwise. */
uint64_t script_now(void);

extern const struct kernel scripted_kernel;
extern const struct mapsnap_sequence scripted_sequence;
extern const struct mapsnap_sequence no_sequence; /* says that there is to be none */

#endif
