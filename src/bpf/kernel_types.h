/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * The kernel's types as far as they are used here. Where a field really
 * stands is found out when the program is loaded, from the running kernel's
 * BTF; what follows ___ in a name is not part of it and tells two shapes of
 * one type apart.
 */
#ifndef KERNEL_TYPES_H
#define KERNEL_TYPES_H

#include <linux/types.h>

#define PIDTYPE_PID 0

#pragma clang attribute push(__attribute__((preserve_access_index)), apply_to = record)

typedef struct {
	int counter;
} atomic_t;

struct hlist_node {
	struct hlist_node *next;
};

struct hlist_head {
	struct hlist_node *first;
};

struct file_operations;

struct inode {
	unsigned long i_ino;
};

struct file {
	const struct file_operations *f_op;
	struct inode *f_inode;
	void *private_data;
};

struct fdtable {
	unsigned int max_fds;
	struct file **fd;
};

struct files_struct {
	atomic_t count;
	struct fdtable *fdt;
};

struct seq_file {
	void *private;
};

struct seqcount {
	unsigned int sequence;
};

struct list_head {
	struct list_head *next;
};

/* mm_lock_seq: so since Linux 6.14, and in 6.12 since 6.12.88. */
struct mm_struct {
	atomic_t mm_users;
	struct seqcount mm_lock_seq;
};

/* Since Linux 6.4. */
struct mm_struct___count_of_unlocks {
	int mm_lock_seq;
};

struct vm_area_struct;

/* Since Linux 6.18. */
struct proc_maps_locking_ctx {
	struct mm_struct *mm;
};

struct proc_maps_private {
	struct proc_maps_locking_ctx lock_ctx;
};

/* Until then. locked_vma: in 6.17, where maps takes the locks of single VMAs. */
struct proc_maps_private___mm {
	struct mm_struct *mm;
	struct vm_area_struct *locked_vma;
};

struct pid {
	struct hlist_head tasks[1];
};

struct proc_inode {
	struct pid *pid;
	struct inode vfs_inode;
};

struct signal_struct {
	atomic_t live;
	struct list_head thread_head;
};

struct user_namespace {
	int level;
};

typedef struct {
	__u64 val;
} kernel_cap_t;

struct cred {
	kernel_cap_t cap_effective;
	struct user_namespace *user_ns;
};

struct task_struct {
	struct mm_struct *mm;
	struct hlist_node pid_links[1];
	const struct cred *cred;
	struct files_struct *files;
	struct signal_struct *signal;
	struct list_head thread_node;
};

#pragma clang attribute pop

#endif
