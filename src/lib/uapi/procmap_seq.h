/* SPDX-License-Identifier: GPL-2.0 WITH Linux-syscall-note */
/*
 * PROCMAP_SEQ, on the file of /proc/PID/maps, as include/uapi/linux/fs.h of a
 * kernel with the maps sequence defines it.
 */
#ifndef UAPI_PROCMAP_SEQ_H
#define UAPI_PROCMAP_SEQ_H

#include <linux/ioctl.h>
#include <linux/types.h>

#ifndef PROCMAP_SEQ

#define PROCMAP_SEQ _IOWR('f', 18, struct procmap_seq)

struct procmap_seq {
	__u64 size;  /* in: of this struct, bytes */
	__u64 flags; /* in: 0 */
	__u64 seq;   /* out: odd while a change is under way */
};

#endif
#endif
