/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mapsnap-bpf: a source of sequences for stock kernels.
 *
 * Linux counts how often the memory map of a process was locked for writing.
 * An eBPF program reads that count for the address space which an open
 * /proc/PID/maps pins, so that mapsnap_read() can verify what it read:
 *
 *   struct mapsnap_bpf *bpf = NULL;
 *   struct mapsnap_options options = { .size = sizeof(options) };
 *
 *   if (mapsnap_kernel_source() == MAPSNAP_SOURCE_NONE && mapsnap_bpf_open(&bpf) == 0)
 *           options.sequence = mapsnap_bpf_sequence(bpf);
 *
 * A kernel with a sequence of its own, which the library uses by itself, needs
 * no program.
 *
 * Needs Linux 6.4 or later with BTF, and CAP_BPF and CAP_PERFMON for
 * mapsnap_bpf_open(). A process without them can be handed the program by one
 * that has them, see mapsnap_bpf_from_fd(). Who may look at a process is
 * settled where its maps file is opened, and by nothing here.
 *
 * What was read of the maps between two equal, even sequences held at one
 * instant. The count also goes up where the map was locked for writing and
 * nothing changed, so another sequence means "may have changed". It has 32
 * bits, so that equal ones more than a minute apart mean the same.
 *
 * The rules of mapsnap.h hold. A struct mapsnap_bpf never changes: any number
 * of threads may use one at a time, without locks. Every call and type is
 * there since 0.1.
 */
#ifndef MAPSNAP_BPF_H
#define MAPSNAP_BPF_H

#include "mapsnap.h"

#ifdef __cplusplus
extern "C" {
#endif

#pragma GCC visibility push(default)

struct mapsnap_bpf;

/*
 * Loads the program into the kernel, which takes some 15 ms. Holds one file
 * descriptor until mapsnap_bpf_close().
 *
 * Returns 0, -ENOMEM, -EMFILE, -ENFILE, or an error for which
 * mapsnap_bpf_reason() has a sentence:
 *   -EPERM       without CAP_BPF and CAP_PERFMON
 *   -EOPNOTSUPP  the kernel does not count: older than 6.4, or built for one processor
 *   -ENODATA     the kernel has no BTF
 *   -EACCES      the kernel is locked down, for confidentiality
 *   -ENOSYS      the kernel has no eBPF, or no compiler for it
 *   -ENOENT      /proc is not mounted
 *   -EPROTO      the kernel is not understood
 */
int mapsnap_bpf_open(struct mapsnap_bpf **bpf);

/*
 * The same with a program that another process has loaded and handed over, for
 * instance with SCM_RIGHTS: what mapsnap_bpf_fd() gives there. prog_fd remains
 * the caller's and may be closed afterwards. Needs no capability, no BTF and
 * no /proc; works in any pid, mount and user namespace.
 *
 * Without CAP_BPF and CAP_PERFMON it can be used only in a thread that shares
 * its open files with no other: in a process of one thread, or after
 * unshare(CLONE_FILES). The kernel then keeps the files open while the program
 * looks at them. Otherwise -EBUSY, here and from any later use.
 *
 * Returns 0, -ENOMEM, -EMFILE, -EBADF, -EBUSY, -EINVAL (not such a program, or
 * one of another version), or -EPERM (a security module or seccomp filter
 * does not allow bpf(2)).
 */
int mapsnap_bpf_from_fd(int prog_fd, struct mapsnap_bpf **bpf);

/* Closes and frees. No read may be under way with its sequence. NULL is allowed. */
void mapsnap_bpf_close(struct mapsnap_bpf *bpf);

/*
 * The program, to be handed to another process; remains the object's. Who has
 * it can ask for the sequences of address spaces whose maps file they have
 * open, and for nothing else.
 */
int mapsnap_bpf_fd(const struct mapsnap_bpf *bpf);

/*
 * The source, for struct mapsnap_options. Valid until mapsnap_bpf_close().
 *
 * Its read() returns 0, -ESRCH (the process is gone, or is a kernel thread),
 * -ESTALE (it has called exec, so that the address space is no longer its
 * own, even where another process keeps that alive), -EBADF, -EINVAL (not a
 * maps file), -EBUSY as above, or -ENOMEM. It takes about a microsecond, half
 * of one more where many processes are asked in turn (see mapsnap_poll() for
 * these), stops nobody and waits for nobody. It has no memory barriers of
 * its own; mapsnap_read() puts them around it.
 *
 * With it mapsnap_poll() asks about many address spaces for the price of a system
 * call for each 128, and 10 to 150 ns for each, depending on how much of what
 * belongs to these processes is in the processor's caches; it may also return
 * -EBUSY, as above, or -ENOMEM. Half of how much a sequence grew is how often the
 * map was locked for writing.
 */
const struct mapsnap_sequence *mapsnap_bpf_sequence(const struct mapsnap_bpf *bpf);

/*
 * A sentence about an error of mapsnap_bpf_open() or mapsnap_bpf_from_fd():
 * why there is no source here and what would change that. Static, without a
 * newline.
 */
const char *mapsnap_bpf_reason(int error);

#pragma GCC visibility pop

#ifdef __cplusplus
}
#endif

#endif /* MAPSNAP_BPF_H */
