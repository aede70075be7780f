/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * PROCMAP_SNAPSHOT, on the file of /proc/PID/maps, as include/uapi/linux/fs.h
 * of a kernel with the snapshot call defines it. Permissions and filters are
 * those of PROCMAP_QUERY.
 */
#ifndef UAPI_PROCMAP_SNAPSHOT_H
#define UAPI_PROCMAP_SNAPSHOT_H

#include <linux/ioctl.h>
#include <linux/types.h>

#ifndef PROCMAP_SNAPSHOT

#define PROCMAP_SNAPSHOT _IOWR('f', 48, struct procmap_snapshot)

enum procmap_snapshot_flags {
	PROCMAP_SNAPSHOT_LOCKED = 0x01,  /* under one hold of mmap_lock, queueing for it */
	PROCMAP_SNAPSHOT_LOG = 0x02,     /* log what changes until the file is closed */
	PROCMAP_SNAPSHOT_TRYLOCK = 0x04, /* with cookie: under a short hold, if it is free */
};

struct procmap_record {
	__u64 start;  /* inclusive */
	__u64 end;    /* exclusive */
	__u64 offset; /* bytes */
	__u64 inode;
	__u32 dev_major;
	__u32 dev_minor;
	__u32 flags;	   /* PROCMAP_QUERY_VMA_* */
	__u32 name_size;   /* with the NUL; 0 for none */
	__u64 name_offset; /* into the names; several may share one */
};

struct procmap_range {
	__u64 start; /* inclusive */
	__u64 end;   /* exclusive */
};

struct procmap_snapshot {
	__u64 size;	  /* in: of this struct, bytes */
	__u64 flags;	  /* in */
	__u64 start;	  /* in: of the range, inclusive */
	__u64 end;	  /* in: of the range, exclusive */
	__u64 vma_flags;  /* in: that all must have */
	__u64 records;	  /* in */
	__u64 nr_records; /* in: room; out: how many there are */
	__u64 names;	  /* in, or 0 */
	__u64 names_size; /* in: room; out: bytes that there are */
	__u64 seq_begin;  /* out: of the first record; with cookie, of the ranges */
	__u64 seq_end;	  /* out: of the last; equal: all are of one instant */
	__u64 since;	  /* in, with cookie: only what changed after an earlier seq_begin */
	__u64 cookie;	  /* in: of the log, or 0 for everything; out, with LOG: of the log, or 0 */
	__u64 ranges;	  /* in, with cookie, or 0 */
	__u64 nr_ranges;  /* in: room; out, with cookie: how many there are */
};

#endif
#endif
