/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * PROCMAP_QUERY, since Linux 6.11, as include/uapi/linux/fs.h defines it; the
 * system's own header is older where the kernel is newer than the C library's
 * headers.
 */
#ifndef UAPI_PROCMAP_QUERY_H
#define UAPI_PROCMAP_QUERY_H

#include <linux/ioctl.h>
#include <linux/types.h>

#ifndef PROCMAP_QUERY

#define PROCMAP_QUERY _IOWR('f', 17, struct procmap_query)

enum procmap_query_flags {
	PROCMAP_QUERY_VMA_READABLE = 0x01,
	PROCMAP_QUERY_VMA_WRITABLE = 0x02,
	PROCMAP_QUERY_VMA_EXECUTABLE = 0x04,
	PROCMAP_QUERY_VMA_SHARED = 0x08,
	PROCMAP_QUERY_COVERING_OR_NEXT_VMA = 0x10,
	PROCMAP_QUERY_FILE_BACKED_VMA = 0x20,
};

struct procmap_query {
	__u64 size;
	__u64 query_flags;   /* in */
	__u64 query_addr;    /* in */
	__u64 vma_start;     /* out, inclusive */
	__u64 vma_end;	     /* out, exclusive */
	__u64 vma_flags;     /* out, PROCMAP_QUERY_VMA_* */
	__u64 vma_page_size; /* out */
	__u64 vma_offset;    /* out, bytes */
	__u64 inode;	     /* out */
	__u32 dev_major;     /* out */
	__u32 dev_minor;     /* out */
	__u32 vma_name_size; /* in: room; out: length with the NUL, 0 for none */
	__u32 build_id_size; /* in: room, or 0; out: length */
	__u64 vma_name_addr; /* in */
	__u64 build_id_addr; /* in */
};

#endif
#endif
