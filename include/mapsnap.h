/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mapsnap: consistent snapshots of /proc/PID/maps that do not disturb the
 * process being read.
 *
 * Two objects:
 *
 *   struct mapsnap_process   an open process: pins one address space
 *   struct mapsnap           a snapshot: an immutable list of mappings, with
 *                            a label that says how consistent it is
 *
 * Rules for the whole library; exceptions stand at the function:
 *
 * - Functions that can fail return 0 or a negative errno and give results
 *   through an out-pointer, which is written only on success.
 * - No global state, no printing, no signal handlers, no signals blocked, and
 *   no threads but for MAPSNAP_FALLBACK_FROZEN.
 * - A pointer argument must not be NULL unless its description says so.
 * - A process is for one thread at a time. A snapshot never changes: any
 *   number of threads may use one without locks.
 * - Addresses are bytes; a range is [start, end): start inclusive, end
 *   exclusive. Times are nanoseconds of CLOCK_MONOTONIC.
 * - Names are bytes ending in NUL, in no particular encoding.
 * - Option structs begin with their size, for example
 *   `struct mapsnap_options o = { .size = sizeof(o) };`, and every other
 *   field is zero for its default. A program built against an older or newer
 *   header keeps working; a field that this library does not know must be
 *   zero, otherwise the call fails with -E2BIG.
 * - Every call and type is there since 0.1.
 */
#ifndef MAPSNAP_H
#define MAPSNAP_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#ifdef __cplusplus
extern "C" {
#endif

#pragma GCC visibility push(default)

#define MAPSNAP_VERSION_MAJOR 0
#define MAPSNAP_VERSION_MINOR 1
#define MAPSNAP_VERSION_PATCH 0

/* The version of the library in use, "MAJOR.MINOR.PATCH". Static. */
const char *mapsnap_version(void);

/* ------------------------------------------------------------------------
 * Mappings
 */

/* struct mapsnap_mapping::permissions; the bits of PROCMAP_QUERY. */
enum {
	MAPSNAP_READ    = 1 << 0,
	MAPSNAP_WRITE   = 1 << 1,
	MAPSNAP_EXECUTE = 1 << 2,
	MAPSNAP_SHARED  = 1 << 3, /* 's' in the text; absent: 'p', private */
};

/*
 * What a mapping is. Told from its name, device and inode, as a person
 * reading the text would tell: a file that somebody named "/memfd:x
 * (deleted)" counts as MAPSNAP_KIND_MEMFD. In a snapshot without names
 * (MAPSNAP_OMIT_NAMES) it is only ANONYMOUS or FILE.
 */
enum mapsnap_kind {
	MAPSNAP_KIND_ANONYMOUS,        /* no name, no file */
	MAPSNAP_KIND_FILE,             /* a path, or a file without a name */
	MAPSNAP_KIND_HEAP,             /* [heap] */
	MAPSNAP_KIND_STACK,            /* [stack] */
	MAPSNAP_KIND_NAMED_ANONYMOUS,  /* [anon:NAME] */
	MAPSNAP_KIND_SHARED_ANONYMOUS, /* [anon_shmem:NAME], /dev/zero (deleted) */
	MAPSNAP_KIND_MEMFD,            /* /memfd:NAME (deleted) */
	MAPSNAP_KIND_SYSV,             /* /SYSVKEY (deleted) */
	MAPSNAP_KIND_VDSO,             /* [vdso] */
	MAPSNAP_KIND_VVAR,             /* [vvar], [vvar_vclock] */
	MAPSNAP_KIND_VSYSCALL,         /* [vsyscall], the gate */
	MAPSNAP_KIND_SPECIAL,          /* any other name in brackets */
};

/* struct mapsnap_mapping::flags */
enum {
	/* The name ends in " (deleted)", and path is without it. */
	MAPSNAP_DELETED = 1 << 0,
	/*
	 * The path is the likelier of two readings. The kernel writes both a
	 * newline and the four characters \012 as \012, and both a deleted
	 * file and one whose own name ends so as " (deleted)". PROCMAP_QUERY
	 * and PROCMAP_SNAPSHOT give the newline itself, so that only the second
	 * doubt remains.
	 */
	MAPSNAP_PATH_AMBIGUOUS = 1 << 1,
};

/*
 * One mapping: one line of /proc/PID/maps. 64 bytes on 64-bit machines.
 * Belongs to its snapshot, as do the strings; all are valid until the last
 * reference to that snapshot is gone.
 */
struct mapsnap_mapping {
	uint64_t start; /* bytes, inclusive */
	uint64_t end;   /* bytes, exclusive */
	uint64_t offset; /* bytes into the file; 0 without one */
	uint64_t inode;  /* 0 without a file */
	uint32_t device_major;
	uint32_t device_minor;
	const char *name; /* as the text prints it, newline as \012; never NULL, "" for none */
	const char *path; /* name unescaped, without " (deleted)"; often the same pointer */
	uint32_t name_length; /* of name, without the NUL */
	uint16_t permissions; /* MAPSNAP_READ... */
	uint8_t kind;         /* enum mapsnap_kind */
	uint8_t flags;        /* MAPSNAP_DELETED... */
};

/*
 * Writes the line that the kernel would print for this mapping, with its
 * newline and a NUL, byte for byte as a 64-bit kernel does. Like snprintf:
 * returns the length that the whole line has without the NUL, and writes at
 * most size bytes. buffer may be NULL where size is 0. Allocates nothing and
 * is async-signal-safe.
 */
size_t mapsnap_format(const struct mapsnap_mapping *mapping, char *buffer, size_t size);

/* ------------------------------------------------------------------------
 * Processes
 */

struct mapsnap_process;

/*
 * Opens the process with this pid, as seen in the mounted /proc, and pins the
 * address space that it has now. A thread id opens its process. Needs what
 * open("/proc/PID/maps") needs: PTRACE_MODE_READ_FSCREDS, see ptrace(2).
 * Holds two file descriptors until mapsnap_close().
 *
 * A kernel thread opens, and reads as an empty snapshot. A process whose main
 * thread has ended is read through another of its threads.
 *
 * Returns 0, -ESRCH (no such process, or a zombie), -EACCES or -EPERM (as the
 * kernel said), -EMFILE, -ENFILE, -ENOMEM, -EINVAL (pid below 1), -ENOENT
 * (/proc is not mounted), -EAGAIN (it calls exec again and again).
 */
int mapsnap_open_pid(pid_t pid, struct mapsnap_process **process);

/*
 * The same for the process of this pidfd, which remains the caller's and may
 * be closed afterwards. Never opens another process that got the same pid.
 * Also -EBADF (not a pidfd).
 */
int mapsnap_open_pidfd(int pidfd, struct mapsnap_process **process);

/*
 * The same from an open file of /proc/PID/maps, for instance one received
 * from a privileged helper. The library keeps a duplicate, so the caller may
 * close maps_fd; the file offset is not used and not changed, but two
 * threads should not read through one open file description at a time.
 *
 * The process itself is not known: without a source that tells exec, none is
 * noticed while another process keeps the address space alive, and -ESRCH
 * stands for exit and exec alike.
 * Returns 0, -EBADF, -EINVAL (not a maps file), -ESRCH (the address space is
 * gone, or there never was one), -EMFILE, -ENOMEM.
 */
int mapsnap_open_fd(int maps_fd, struct mapsnap_process **process);

/* Closes and frees; snapshots stay valid. NULL is allowed. */
void mapsnap_close(struct mapsnap_process *process);

/*
 * Who the process is. pid and start_time together name it for as long as the
 * machine is up. pid is 0 where it is not known (mapsnap_open_fd).
 * start_time: clock ticks after boot, field 22 of /proc/PID/stat; 0 where not
 * known. Either may be NULL.
 */
void mapsnap_identity(const struct mapsnap_process *process, pid_t *pid, uint64_t *start_time);

/*
 * A sentence about what the last failed call on this process met and what
 * would help, without a newline; "" before any failure. Valid until the next
 * call on this process.
 */
const char *mapsnap_error(const struct mapsnap_process *process);

/* ------------------------------------------------------------------------
 * Reading
 */

/*
 * How consistent a snapshot is. From MAPSNAP_VERIFIED on all mappings held at
 * one instant. Not covered by any label, because the kernel changes it without
 * the memory map's lock: a file's rename, unlink or mount move.
 */
enum mapsnap_consistency {
	/* It may mix instants. */
	MAPSNAP_UNVERIFIED,
	/*
	 * The sequence was even and unchanged from before the first byte to
	 * after the last, and the address space was alive at the end. Not
	 * covered by MAPSNAP_SOURCE_BPF: [heap] and [stack] during exec.
	 */
	MAPSNAP_VERIFIED,
	/*
	 * Of the instant of one hold of the memory map's lock: for some
	 * microseconds, of what was left to read again, and never waited for; or
	 * of the whole read, for which the process may have waited, only by
	 * MAPSNAP_FALLBACK_LOCKED.
	 */
	MAPSNAP_LOCKED,
	/*
	 * None of the process's threads ran while it was read, nor any other process
	 * that shares its memory; only by MAPSNAP_FALLBACK_FROZEN. Not covered: what
	 * another process does by a userfaultfd of it, which splits mappings.
	 */
	MAPSNAP_FROZEN,
};

/* Why a snapshot has its label. */
enum mapsnap_reason {
	MAPSNAP_REASON_NO_SOURCE,   /* nothing told whether the mappings changed */
	MAPSNAP_REASON_CHANGED,     /* they changed during every attempt */
	MAPSNAP_REASON_DEADLINE,    /* they changed until the deadline passed */
	MAPSNAP_REASON_TORN,        /* its lines overlap: it never held */
	MAPSNAP_REASON_SAVED,       /* made from text, not from a process, and not torn */
	MAPSNAP_REASON_UNCHANGED,   /* verified: the sequence did not move */
	MAPSNAP_REASON_NO_MAPPINGS, /* verified: a kernel thread has none, ever */
	MAPSNAP_REASON_LOCKED,      /* locked: nothing could change meanwhile */
	MAPSNAP_REASON_HELD,        /* locked: the last changes were read in a short hold */
	MAPSNAP_REASON_FROZEN,      /* frozen: its threads were stopped */
	MAPSNAP_REASON_SHARERS,     /* they were, but who else uses its memory can't be told */
};

/* Where the proof comes from. */
enum mapsnap_source {
	MAPSNAP_SOURCE_NONE,
	MAPSNAP_SOURCE_BPF,   /* stock kernel, privileged */
	MAPSNAP_SOURCE_IOCTL, /* kernel with the maps sequence: PROCMAP_SEQ */
};

/*
 * What the library verifies by where the options name no other source:
 * MAPSNAP_SOURCE_IOCTL where the kernel has the maps sequence, which takes no
 * privilege and no setting up; otherwise, or where /proc is not mounted,
 * MAPSNAP_SOURCE_NONE. Asks the kernel anew each time.
 */
uint32_t mapsnap_kernel_source(void);

/* How the mappings were read. */
enum mapsnap_route {
	MAPSNAP_ROUTE_AUTO,  /* as an option only: the fastest that is exact */
	MAPSNAP_ROUTE_TEXT,  /* read(2) of the text; every kernel */
	MAPSNAP_ROUTE_QUERY, /* PROCMAP_QUERY; since Linux 6.11; never the gate */
	/*
	 * PROCMAP_SNAPSHOT: everything in one call, which proves itself by the
	 * kernel's own sequence; kernel with the snapshot call. AUTO takes it
	 * where that sequence is what verifies. With another source in the
	 * options it must be asked for, and that source has to agree; with
	 * MAPSNAP_SOURCE_NONE its proof does not count.
	 */
	MAPSNAP_ROUTE_SNAPSHOT,
};

/* What to do when no attempt succeeded. */
enum mapsnap_fallback {
	MAPSNAP_FALLBACK_ERROR,      /* -EAGAIN; -EOPNOTSUPP without a source */
	MAPSNAP_FALLBACK_UNVERIFIED, /* give what was read, labelled so */
	/*
	 * Read by PROCMAP_SNAPSHOT under the memory map's lock, queueing for it:
	 * MAPSNAP_LOCKED; -EOPNOTSUPP where the kernel has no such call. The
	 * process waits with each change of its mappings, and so do its page
	 * faults behind such a change, until the whole read is done; a reader of
	 * low priority that is granted the lock makes it wait until the reader
	 * gets to run. Without a source nothing else is tried first.
	 */
	MAPSNAP_FALLBACK_LOCKED,
	/*
	 * Read while the process stands still: MAPSNAP_FROZEN, or MAPSNAP_VERIFIED
	 * where a source proves it. By ptrace(2), for which see also EBUSY and EPERM
	 * below, all its threads are stopped, for mapsnap_info::pause_ns; without a
	 * source, or where that sees a change even so, also all of other processes
	 * that share its memory (vfork, CLONE_VM). Where it can't be told that there
	 * are none, the label is MAPSNAP_UNVERIFIED, by MAPSNAP_REASON_SHARERS: that
	 * takes kcmp(2) of every process, all of which are seen only in the initial
	 * pid namespace. Not for one's own process, nor for one on which the reader
	 * depends, such as the server of the file system that it runs from.
	 *
	 * A system call in which a thread of it sleeps may return EINTR, without any
	 * signal: epoll_wait(2) and others in signal(7) that are never restarted.
	 * Signals that arrive meanwhile are delivered afterwards, and a process that
	 * was stopped by a signal stays so. All goes on if the reader ends, even by
	 * SIGKILL.
	 *
	 * It is done in a thread of the library's own, with all signals blocked, which
	 * is over when the call returns. To the kernel each thread that is stopped is
	 * a child of the reader: for each there may be a SIGCHLD, and another thread
	 * that waits for any child may be told of it.
	 *
	 * Threads that sleep uninterruptibly are waited for until the deadline, counted
	 * from when attempts were given up, and for 20 ms at least. Without a source
	 * nothing else is tried first.
	 */
	MAPSNAP_FALLBACK_FROZEN,
};

/*
 * Which mappings; those that have all the bits set. The permission bits are
 * MAPSNAP_READ to MAPSNAP_SHARED. A range is an option of its own.
 */
enum {
	/* Backed by a file, memfd and shared memory included. */
	MAPSNAP_FILTER_FILE = 1 << 4,
	/*
	 * Not the gate, [vsyscall], which is the same page in every process
	 * and not part of any address space. Lets PROCMAP_QUERY, which never
	 * reports it, answer more.
	 */
	MAPSNAP_FILTER_NO_GATE = 1 << 5,
};

/* Which fields are not needed. */
enum {
	MAPSNAP_OMIT_NAMES = 1 << 0, /* name and path are "" */
};

/*
 * A source of sequences: what tells whether mappings changed. A sequence is a
 * number that differs whenever the mappings may have changed since, and is
 * odd while a change is under way. Made by libraries such as libmapsnap-bpf;
 * the kernel's own, MAPSNAP_SOURCE_IOCTL, nobody has to make.
 */
struct mapsnap_poll;
struct mapsnap_sequence {
	size_t size; /* sizeof(struct mapsnap_sequence) */
	/* enum mapsnap_source; NONE: not even the kernel's own, and read is not called. */
	uint32_t source;
	uint32_t flags; /* MAPSNAP_SEQUENCE_... */
	/*
	 * How long equal numbers prove that nothing changed, for a counter that
	 * can wrap round; 0: for ever, as one of 64 bits does.
	 */
	uint64_t valid_ns;
	/*
	 * Reads the sequence of the address space that maps_fd pins. Returns 0,
	 * -ESRCH when that has no users left, -ESTALE when the process has
	 * another by now, or another negative errno, which ends the read that
	 * asked. Called from the thread that reads: with MAPSNAP_FALLBACK_FROZEN in
	 * the end one of the library's own, while the caller's waits for it.
	 */
	int (*read)(const struct mapsnap_sequence *self, int maps_fd, uint64_t *sequence);
	/*
	 * For mapsnap_poll(): the same for many at less cost; NULL: one after the
	 * other by read. Puts what read would give into now, and what it would
	 * return into result; 0 where maps_fd is negative. Returns 0, or a negative
	 * errno where it could not be done.
	 */
	int (*read_many)(const struct mapsnap_sequence *self, struct mapsnap_poll *list, size_t n);
};

/* struct mapsnap_sequence::flags */
enum {
	/*
	 * read() says -ESTALE after every exec, also where another process
	 * keeps the old address space alive: nobody else needs to look.
	 */
	MAPSNAP_SEQUENCE_TELLS_EXEC = 1 << 0,
};

/* One address space of many, as struct pollfd is one file of many. */
struct mapsnap_poll {
	/* In: an open maps file. Negative: the entry is left out, with result 0. */
	int32_t maps_fd;
	/*
	 * Out: 0: unchanged since proved_ns; 1: it may have changed; negative: as
	 * from the source's read(), -ESRCH where the process is gone, -ESTALE where it
	 * has called exec.
	 */
	int32_t result;
	/* In: of the snapshot, see struct mapsnap_info. An odd one counts as changed. */
	uint64_t sequence;
	/*
	 * In: when that was the sequence, begin_ns of the snapshot; 0 where there
	 * is no snapshot, which counts as changed. Out, where the result is 0:
	 * when this call began. Longer before than the source's valid_ns is "may
	 * have changed".
	 */
	uint64_t proved_ns;
	/* Out, where the result is 0 or 1: the sequence now. */
	uint64_t now;
};

/*
 * Which of these may have changed? source: NULL for the kernel's own, see
 * mapsnap_kernel_source(). *noted is the number of entries whose result is not 0.
 * An entry whose result is 1 stays so in later calls until a new sequence is put
 * into it. Has full barriers on both sides. May be called by any number of
 * threads at a time, on other entries.
 *
 * Returns 0, -EOPNOTSUPP (a source that is MAPSNAP_SOURCE_NONE), or what the
 * source's read_many() said; after an error some of the entries may have been
 * answered.
 */
int mapsnap_poll(const struct mapsnap_sequence *source, struct mapsnap_poll *entries, size_t n,
		 size_t *noted);

struct mapsnap_options {
	size_t size;     /* sizeof(struct mapsnap_options) */
	uint32_t filter; /* MAPSNAP_READ..., MAPSNAP_FILTER_...; 0: every mapping */
	uint32_t omit;   /* MAPSNAP_OMIT_...; 0: every field */
	/* Mappings that overlap [range_start, range_end); both 0: everywhere. */
	uint64_t range_start;
	uint64_t range_end;
	/*
	 * Borrowed for the call; NULL: the kernel's own, see mapsnap_kernel_source().
	 * With one whose source is MAPSNAP_SOURCE_NONE nothing can be verified.
	 */
	const struct mapsnap_sequence *sequence;
	/*
	 * Attempts and deadline bound the whole call: an attempt begins only
	 * while both allow it, but the first always does, and one under way is
	 * finished unless a change dooms it. attempts: the first counts; 0
	 * means 5. deadline_ns: nanoseconds from the call; 0 means 100 ms.
	 */
	uint64_t deadline_ns;
	uint32_t attempts;
	uint32_t fallback; /* enum mapsnap_fallback */
	uint32_t route;    /* enum mapsnap_route */
	uint32_t reserved; /* 0 */
};

struct mapsnap;

/*
 * Reads a snapshot. options may be NULL for the defaults. The caller owns one
 * reference to *snapshot and gives it back with mapsnap_unref().
 *
 * Reading one's own process is allowed: no memory is mapped or unmapped
 * during an attempt, so that reading does not change what is read.
 *
 * Returns 0 or
 *   -ESRCH       the process is gone
 *   -ESTALE      it has called exec: the address space that was opened is no
 *                longer its own; open it again
 *   -EAGAIN      it changed during every attempt, and the fallback is "error",
 *                or could not be had either: by MAPSNAP_ROUTE_SNAPSHOT, or
 *                MAPSNAP_FALLBACK_LOCKED, while it changes incessantly; or by
 *                MAPSNAP_FALLBACK_FROZEN, where a thread did not stop in time
 *   -EBUSY       MAPSNAP_FALLBACK_FROZEN, and a debugger traces it
 *   -EPERM       MAPSNAP_FALLBACK_FROZEN, and the reader may not trace it
 *   -EOPNOTSUPP  no source and the fallback is "error"; or the route or the
 *                fallback that was asked for can't give what was asked for on
 *                this kernel; or MAPSNAP_FALLBACK_FROZEN by a maps file, or
 *                with the /proc of another pid namespace
 *   -EBADMSG     a line that the kernel does not write, see mapsnap_error()
 *   -EINVAL      an option that does not exist; or MAPSNAP_FALLBACK_FROZEN for
 *                one's own process
 *   -E2BIG       see the rules above
 *   -ENOMEM, or what the kernel or the source said
 */
int mapsnap_read(struct mapsnap_process *process, const struct mapsnap_options *options,
		 struct mapsnap **snapshot);

/*
 * Brings a snapshot up to date for the price of one sequence read where
 * nothing changed: *fresh is then `old` itself with a reference more. Where
 * something may have changed, and the kernel logs what (it begins to when this
 * is first met), only that is read: *fresh is another snapshot, which shares with
 * `old` all that is alike, and its memory. In any other case (the log does not
 * reach back, old is not consistent, has another source or other filters, or was
 * read from another process) it reads like mapsnap_read(). The log costs the
 * process a little with each change, until it is closed here. The caller keeps
 * the reference to old. Returns as mapsnap_read().
 */
int mapsnap_refresh(struct mapsnap_process *process, const struct mapsnap_options *options,
		    struct mapsnap *old, struct mapsnap **fresh);

/*
 * Makes a snapshot from saved text, labelled unverified. On -EBADMSG *line is
 * the number of the first line, from 1, that the kernel would not have
 * written; line may be NULL. The text may be freed afterwards. Returns 0,
 * -EBADMSG or -ENOMEM.
 */
int mapsnap_parse(const char *text, size_t length, struct mapsnap **snapshot, size_t *line);

/* ------------------------------------------------------------------------
 * Mapped files
 *
 * What is got here for a mapping belongs to just that mapping. So each call
 * checks, after it got something, that the mapping is still as the snapshot has
 * it. Where the kernel's own sequence proves the snapshot
 * (MAPSNAP_REASON_UNCHANGED or _HELD by MAPSNAP_SOURCE_IOCTL, read through this
 * process) that sequence tells; otherwise the mapping is read again and has to
 * be alike in every field, which without PROCMAP_QUERY (Linux 6.11) takes reading
 * the text up to there. The snapshot may be any, also an old or a saved one.
 */

/*
 * The open maps file of the process, for mapsnap_poll(), or for PROCMAP_QUERY of
 * one's own. Remains the process's, which closes it with mapsnap_close(); its
 * offset is not used.
 */
int mapsnap_maps_fd(const struct mapsnap_process *process);

/* How a mapped file was found. */
enum mapsnap_file_route {
	/*
	 * By the kernel's link to the file of this mapping, /proc/PID/map_files:
	 * also what was deleted, replaced, or is in no mount namespace any more.
	 * Takes CAP_CHECKPOINT_RESTORE or CAP_SYS_ADMIN.
	 */
	MAPSNAP_FILE_MAP_FILES,
	/* By its path below the root of the process, /proc/PID/root. */
	MAPSNAP_FILE_ROOT,
};

/*
 * Opens the file of a mapping of this snapshot: by map_files or, where that is
 * refused, by its path as the process sees it, whatever its mount namespace and
 * root; then only what is still the same device and inode is taken. For reading
 * only, close-on-exec, non-blocking. The caller owns *fd and closes it. No device
 * is ever opened. May have to wait for the file system.
 *
 * Returns 0, or writes nothing and returns
 *   -ENXIO       a mapping without a file, or of a device
 *   -ENOENT      its path leads to another file by now, or to none, and map_files
 *                is refused; also on file systems with a device for each subvolume
 *                or layer (btrfs, overlayfs), where maps can't tell one from another
 *   -EAGAIN      something else was mapped there meanwhile: refresh the snapshot,
 *                and ask again
 *   -EACCES or -EPERM  the file may not be read, or the process not looked into
 *   -EOPNOTSUPP  the process was opened by mapsnap_open_fd()
 *   -ESRCH, -ESTALE  as mapsnap_read()
 *   -EMFILE, -ENFILE, -ENOMEM, or what the kernel said
 */
int mapsnap_open_file(struct mapsnap_process *process, const struct mapsnap *snapshot,
		      const struct mapsnap_mapping *mapping, int *fd, uint32_t *route);

/* How a build-id was found. */
enum mapsnap_build_id_route {
	MAPSNAP_BUILD_ID_NONE,      /* there is none */
	MAPSNAP_BUILD_ID_KERNEL,    /* PROCMAP_QUERY */
	MAPSNAP_BUILD_ID_MAP_FILES, /* the file's ELF note, by MAPSNAP_FILE_MAP_FILES */
	MAPSNAP_BUILD_ID_ROOT,      /* the same, by MAPSNAP_FILE_ROOT */
	MAPSNAP_BUILD_ID_MEMORY,    /* the ELF note of an image in memory, as of [vdso] */
};

/* What tells one build of a program or library from every other. */
struct mapsnap_build_id {
	uint8_t bytes[20]; /* as many as length says */
	uint8_t length;    /* bytes; 0: none */
	uint8_t route;     /* enum mapsnap_build_id_route */
	uint16_t reserved; /* 0 */
};

/*
 * The build-id of a mapped file, as the kernel tells it: one call, which gives
 * it together with what is mapped there now, so that no other check is needed;
 * nor is exec looked for while another process keeps the address space alive.
 * The route is always MAPSNAP_BUILD_ID_KERNEL. Others can be made of the file, see
 * mapsnap_open_file(), or of the image of mapsnap_vdso().
 *
 * Returns 0, or writes nothing and returns
 *   -ENODATA     the kernel finds none: no ELF file, or no note in its first page
 *   -EAGAIN      something else is mapped there by now: refresh the snapshot
 *   -EOPNOTSUPP  a kernel without PROCMAP_QUERY, older than 6.11; is not asked again
 *   -ESRCH, -ESTALE  as mapsnap_read(); or what the kernel said
 */
int mapsnap_build_id(struct mapsnap_process *process, const struct mapsnap_mapping *mapping,
		     struct mapsnap_build_id *id);

/*
 * Copies the image of [vdso], an ELF file that the kernel maps and that is in no
 * file system, out of the memory of the process. At most size bytes, which are
 * *length in the end. What is in the buffer after a failure is undefined. Needs
 * PTRACE_MODE_ATTACH_FSCREDS, see ptrace(2).
 *
 * Returns 0, or writes no *length, but for -ENOSPC, and returns
 *   -ENODATA     the snapshot has no [vdso], or no names
 *   -ENOSPC      size is too small: *length is what it takes
 *   -EAGAIN      it is no longer there: refresh the snapshot
 *   -EACCES or -EPERM  its memory may not be read
 *   -EOPNOTSUPP  the process was opened by mapsnap_open_fd()
 *   -ESRCH, -ESTALE  as mapsnap_read(); -EMFILE, -ENFILE, -ENOMEM, or what the
 *                kernel said
 */
int mapsnap_vdso(struct mapsnap_process *process, const struct mapsnap *snapshot, void *buffer,
		 size_t size, size_t *length);

/* ------------------------------------------------------------------------
 * Snapshots
 */

/* How a snapshot was obtained. Grows at its end in later versions. */
struct mapsnap_info {
	uint32_t consistency; /* enum mapsnap_consistency */
	uint32_t reason;      /* enum mapsnap_reason */
	uint32_t source;      /* enum mapsnap_source, which was asked */
	uint32_t route;       /* enum mapsnap_route, never AUTO */
	uint32_t attempts;    /* made; the first counts, a pass of the fallback does not */
	uint32_t deltas;      /* calls for what changed, to bring something up to date */
	uint32_t overflows;   /* of them, those further back than the kernel's log reaches */
	uint32_t filter;      /* as asked for */
	uint32_t omit;        /* as asked for */
	int32_t pid;          /* 0: not known */
	uint64_t start_time;  /* of the process, see mapsnap_identity() */
	uint64_t range_start; /* as asked for */
	uint64_t range_end;   /* as asked for */
	uint64_t sequence;    /* the number that proves it; 0 where not verified */
	uint64_t begin_ns;    /* when the call began, CLOCK_MONOTONIC; 0: saved */
	uint64_t end_ns;      /* when the last byte had been read and checked */
	uint64_t mappings_read; /* for it, in all attempts and deltas, wanted or not */
	uint64_t pause_ns;      /* for how long the process was stopped; 0: it was not */
};

/* Takes one reference more; returns the snapshot. Any thread. */
struct mapsnap *mapsnap_ref(struct mapsnap *snapshot);

/* Gives one reference back; the last frees. Any thread. NULL is allowed. */
void mapsnap_unref(struct mapsnap *snapshot);

/* Valid while the snapshot is. */
const struct mapsnap_info *mapsnap_info(const struct mapsnap *snapshot);

/*
 * How many bytes of memory it takes beside another, `beside`, which may be NULL:
 * what giving back its last reference would free while that one stays. Costs a
 * look at each chunk of 64 mappings.
 */
size_t mapsnap_memory(const struct mapsnap *snapshot, const struct mapsnap *beside);

/* The number of mappings. */
size_t mapsnap_count(const struct mapsnap *snapshot);

/*
 * A walk over the mappings, in the order of the text, which is ascending except
 * where the reason is MAPSNAP_REASON_TORN. Start with
 * `struct mapsnap_walk w = { .snapshot = s };`. The snapshot must stay
 * referenced during the walk. The other fields are the walk's.
 */
struct mapsnap_walk {
	const struct mapsnap *snapshot;
	size_t chunk;
	size_t next;
};

/* The next mapping, or NULL at the end. Async-signal-safe. */
const struct mapsnap_mapping *mapsnap_walk_next(struct mapsnap_walk *walk);

/*
 * The mapping of this number, from 0, in the same order; NULL where there are
 * not so many. O(log n). Async-signal-safe.
 */
const struct mapsnap_mapping *mapsnap_at(const struct mapsnap *snapshot, size_t number);

/*
 * The mapping that contains the address, or NULL. O(log n), except O(n) in a
 * torn snapshot. Async-signal-safe.
 */
const struct mapsnap_mapping *mapsnap_find(const struct mapsnap *snapshot, uint64_t address);

/*
 * mapsnap_find() for n addresses: found[i] belongs to addresses[i]. Much
 * faster where the addresses ascend. Returns how many are not NULL.
 * Async-signal-safe.
 */
size_t mapsnap_find_many(const struct mapsnap *snapshot, const uint64_t *addresses, size_t n,
			 const struct mapsnap_mapping **found);

/* What differs between two mappings that are taken for the same one. */
enum {
	MAPSNAP_CHANGED_START       = 1 << 0,
	MAPSNAP_CHANGED_END         = 1 << 1,
	MAPSNAP_CHANGED_PERMISSIONS = 1 << 2,
	MAPSNAP_CHANGED_OFFSET      = 1 << 3,
	MAPSNAP_CHANGED_FILE        = 1 << 4, /* device or inode */
	MAPSNAP_CHANGED_NAME        = 1 << 5,
};

/*
 * One difference. Only `after`: added. Only `before`: removed. Both: changed,
 * and what says in which fields. Both have the same start, or else the same
 * end: a mapping that grew at its start, as a stack does. Both, and what is 0:
 * see MAPSNAP_DIFF_TOUCHED.
 */
struct mapsnap_change {
	const struct mapsnap_mapping *before; /* NULL: added */
	const struct mapsnap_mapping *after;  /* NULL: removed */
	uint32_t what;                        /* MAPSNAP_CHANGED_... */
	uint32_t reserved;
};

/* struct mapsnap_diff::flags, which mapsnap_changes() sets. */
enum {
	/*
	 * Nothing is left out: a mapping that is alike in both, but may have
	 * changed and changed back in between, is given too. What is mapped there
	 * may have other content.
	 */
	MAPSNAP_DIFF_TOUCHED = 1 << 0,
	/* It is not known what changed in between and is alike again. */
	MAPSNAP_DIFF_RESYNC = 1 << 1,
};

/*
 * A walk over the differences between two snapshots, by address; allocates
 * nothing. Start with `struct mapsnap_diff d = { .before = a, .after = b };`, or
 * by mapsnap_changes(). Both must stay referenced during the walk. The other
 * fields are the walk's. Costs a look at each mapping, but for those, most of
 * all, that a snapshot which was brought up to date shares with the one before.
 */
struct mapsnap_diff {
	const struct mapsnap *before;
	const struct mapsnap *after;
	uint32_t flags; /* MAPSNAP_DIFF_...; 0 where it was not started by mapsnap_changes() */
	uint32_t reserved;
	size_t before_chunk;
	size_t before_next;
	size_t after_chunk;
	size_t after_next;
};

/* Gives the next difference and returns 1, or returns 0 at the end. Async-signal-safe. */
int mapsnap_diff_next(struct mapsnap_diff *diff, struct mapsnap_change *change);

/*
 * mapsnap_refresh(), and starts a walk over what changed since `old`: mappings
 * that were added, removed or changed. With MAPSNAP_DIFF_TOUCHED no change that
 * touched a mapping of either is left out, however short it lasted. With
 * MAPSNAP_DIFF_RESYNC the walk gives the differences between the two instants
 * only: *fresh had to be read anew, since the kernel logs no changes, has only
 * begun to (which the first such call makes it do), or has forgotten some
 * (mapsnap_info::overflows). Whoever keeps things by the content of mappings then
 * starts over. Returns as mapsnap_refresh().
 */
int mapsnap_changes(struct mapsnap_process *process, const struct mapsnap_options *options,
		    struct mapsnap *old, struct mapsnap **fresh, struct mapsnap_diff *changes);

/*
 * Whether anything in [start, end) may have changed, be it back again, since the
 * snapshot that this one was brought up to date from. 0: nothing did. 1: something
 * may have, as anywhere in a snapshot that was read anew. Async-signal-safe.
 */
int mapsnap_touched(const struct mapsnap *snapshot, uint64_t start, uint64_t end);

/* ------------------------------------------------------------------------
 * Words for people. Static strings; "unknown" for a value that is none.
 */

const char *mapsnap_consistency_name(uint32_t consistency); /* "verified" */
const char *mapsnap_reason_text(uint32_t reason); /* "no sequence source", ... */
const char *mapsnap_source_name(uint32_t source); /* "none", "bpf", "ioctl" */
const char *mapsnap_route_name(uint32_t route);   /* "auto", "text", "query", "snapshot" */
const char *mapsnap_kind_name(uint32_t kind);     /* "file", "heap", "named-anonymous", ... */
const char *mapsnap_file_route_name(uint32_t route);     /* "map_files", "root" */
const char *mapsnap_build_id_route_name(uint32_t route); /* "none", "kernel", "memory", ... */

#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif

#endif /* MAPSNAP_H */
