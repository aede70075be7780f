/* SPDX-License-Identifier: BSD-2-Clause */
/* FILE_LINE and [vdso] in the words of a script: what is asked to check that they are there. */
#ifndef MAPPED_H
#define MAPPED_H

#include "reading.h"
#include "snapshot_call.h"

/* The mapping at this address or behind it; that of FILE_LINE, with this inode or its own. */
#define MAPPED(address, name, ...) \
	QUERY(address, name, .query_flags = PROCMAP_QUERY_COVERING_OR_NEXT_VMA, __VA_ARGS__)
#define A_SO_INODE(number)                                                     \
	.vma_start = 0x30000, .vma_end = 0x31000, .vma_flags = READ | EXECUTE, \
	.vma_offset = 0x1000, .inode = (number), .dev_major = 8, .dev_minor = 1
#define A_SO MAPPED(0x30000, "/lib/a.so", A_SO_INODE(17))

/* The kernel is asked for the first time whether it has a sequence: it has none. */
#define NO_SEQ SEQ_FAILS(-ENOTTY)

/* The mapping is read again, and this is found; or the process is gone, or has called exec. */
#define READ_UNTIL(...) CLOCK, CLOCK, __VA_ARGS__, CLOCK
#define AGAIN(...)      READ_UNTIL(__VA_ARGS__), ALIVE, SAME_PROGRAM, CLOCK
#define AGAIN_GONE      READ_UNTIL(QUERY_FAILS(0x30000, -ENOENT)), DEAD, HAS_ENDED
#define AGAIN_EXEC(...) READ_UNTIL(__VA_ARGS__), ALIVE, OTHER_AUXV(DIR_FD)

/* [vdso], 8 bytes of it, there and as they are copied. */
#define VDSO_LINE                                  \
	"00030000-00030008 r-xp 00000000 00:00 0 " \
	"                                 [vdso]\n"
#define VDSO                                                                \
	MAPPED(0x30000, "[vdso]", .vma_start = 0x30000, .vma_end = 0x30008, \
	       .vma_flags = READ | EXECUTE)
#define MEM_FD   43
#define OPEN_MEM SAME_PROGRAM, OPENAT(DIR_FD, "mem", MEM_FD)
#define COPIED   OPEN_MEM, PREAD(MEM_FD, 0x30000, "\177ELFvdso", 8)

/* FILE_LINE and others as saved text, of which nothing is proved. */
struct mapsnap *saved(const char *text);

/* A snapshot of FILE_LINE, and more before it, that the kernel's sequence proves to be of 4. */
struct mapsnap *proved(struct mapsnap_process *process);

#endif
