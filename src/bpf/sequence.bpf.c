/* SPDX-License-Identifier: (GPL-2.0-only OR BSD-2-Clause) */
/*
 * From the maps fds of the calling process to the sequences of the address
 * spaces that they pin.
 *
 * What is given out is 32 bits of mm->mm_lock_seq, and whether the address
 * space is alive and still that of the process; never an address. Who may run
 * this may be unprivileged: no value of theirs is ever used as a pointer, and
 * nothing is followed that they could free meanwhile.
 *
 * All loads but those from the request are checked by the processor or by the
 * code that the kernel generates for them: from an invalid address comes 0.
 */
#include <linux/bpf.h>
#include <linux/capability.h>
#include <linux/errno.h>
#include <stdbool.h>
#include <stddef.h>

#include <bpf/bpf_helpers.h>
#include <bpf/bpf_core_read.h>

#include "kernel_types.h"
#include "request.h"

/* So many entries are walked at a time. */
#define BLOCK 8

/* Of a process without main thread so many are asked at most. */
#define THREADS 16

#define NAME(name, parameters) name parameters
#define CAPABILITY(n)          (1ULL << (n))

extern void *bpf_rdonly_cast(const void *pointer, __u32 type) __ksym;
extern void bpf_rcu_read_lock(void) __ksym;
extern void bpf_rcu_read_unlock(void) __ksym;

/* From here on the verifier takes the pointer for one to this type of the kernel. */
#define POINTER(type, pointer) \
	((type *)bpf_rdonly_cast((const void *)(pointer), bpf_core_type_id_kernel(type)))

#define CONTAINER(type, member, pointer) \
	((const void *)(pointer)-bpf_core_field_offset(type, member))

/*
 * The file operations of /proc/PID/maps, by which such a file is known. They
 * are learned here and not told, so that the address stays in the kernel: the
 * loader's fd is for writing only, and frozen the map is not even for that.
 */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(map_flags, BPF_F_WRONLY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, const struct file_operations *);
} learned SEC(".maps");

static __always_inline const struct file_operations **maps_operations(void)
{
	__u32 key = 0;

	return bpf_map_lookup_elem(&learned, &key);
}

static __always_inline struct task_struct *current_task(void)
{
	return (struct task_struct *)bpf_get_current_task_btf();
}

/*
 * The bounds check may be mispredicted, so the index is masked too, as in the
 * kernel's own files_lookup_fd_raw(). Under RCU the table stays while another
 * thread replaces it by a larger one.
 */
static __always_inline const struct file *file_of(const struct files_struct *files, __s32 fd)
{
	const struct fdtable *table = files->fdt;
	__u64 size = table->max_fds, n = (__u32)fd;
	const void *file = NULL;

	if (n < size) {
		barrier_var(n);
		n &= (__s64)(n - size) >> 63;
		/* For the verifier a slot is any struct that begins with a pointer. */
		file = POINTER(struct hlist_head, table->fd + n)->first;
	}
	return POINTER(const struct file, file);
}

static __always_inline const struct mm_struct *mm_of(const struct proc_maps_private *maps)
{
	if (bpf_core_field_exists(maps->lock_ctx.mm))
		return maps->lock_ctx.mm;
	return ((const struct proc_maps_private___mm *)maps)->mm;
}

static __always_inline enum request_counter counter_of_this_kernel(void)
{
	if (bpf_core_field_exists(struct mm_struct, mm_lock_seq.sequence))
		return REQUEST_SEQCOUNT;
	return REQUEST_COUNT_OF_UNLOCKS;
}

/*
 * A count of unlocks proves something only where whoever reads maps holds the
 * read lock: a change then begins after the text was read, or its unlock is
 * counted.
 */
static __always_inline bool counter_is_enough(void)
{
	return counter_of_this_kernel() == REQUEST_SEQCOUNT ||
	       (!bpf_core_type_exists(struct proc_maps_locking_ctx) &&
		!bpf_core_field_exists(struct proc_maps_private___mm, locked_vma));
}

static __always_inline __u32 sequence_of(const struct mm_struct *mm)
{
	if (counter_of_this_kernel() == REQUEST_SEQCOUNT)
		return mm->mm_lock_seq.sequence;
	return ((const struct mm_struct___count_of_unlocks *)mm)->mm_lock_seq;
}

/*
 * The same for a process whose main thread has none any more: that may have
 * ended before the others, also after exec, or be about to give its place to
 * one that calls exec. The first of the others that has an mm tells; more than
 * a few that end at the same moment are not looked at, then the mm only has to
 * be in use.
 */
static __always_inline int check_threads(const struct mm_struct *mm,
					 const struct signal_struct *signal)
{
	const struct list_head *node = signal->thread_head.next;

	for (int i = 0; i < THREADS; i++) {
		const struct task_struct *task = POINTER(
			const struct task_struct, CONTAINER(struct task_struct, thread_node, node));
		const struct mm_struct *now = task->mm;

		if (node == &signal->thread_head)
			break;
		if (now)
			return now == mm ? 0 : -ESTALE;
		node = task->thread_node.next;
	}
	if (!signal->live.counter)
		return -ESRCH;
	return mm->mm_users.counter ? 0 : -ESTALE;
}

/*
 * Whether mm is alive and still that of the thread which the file was opened
 * for. mm_users need not be looked at: a thread's own mm has a user.
 */
static __always_inline int check_mm(const struct mm_struct *mm, const struct hlist_node *link)
{
	const struct task_struct *task =
		POINTER(const struct task_struct, CONTAINER(struct task_struct, pid_links, link));
	const struct mm_struct *now = task->mm;

	if (!mm || !link)
		return -ESRCH;
	if (now)
		return now == mm ? 0 : -ESTALE;
	return check_threads(mm, task->signal);
}

struct run {
	struct request_entry *entries;
	const struct files_struct *files;
	const struct file_operations *operations;
	__u32 done; /* in whole blocks */
};

/*
 * All n entries, at most BLOCK, go one pointer further in each step. What belongs
 * to 10,000 processes is in no near cache, and a processor fetches several
 * lines at a time only where nothing but a few instructions lies between.
 */
static __always_inline void read_entries(struct request_entry *entries,
					 const struct files_struct *files,
					 const struct file_operations *operations, const int n)
{
	const struct file *file[BLOCK];
	const struct seq_file *seq[BLOCK];
	const struct proc_inode *inode[BLOCK];
	const struct proc_maps_private *maps[BLOCK];
	const struct pid *pid[BLOCK];
	const struct mm_struct *mm[BLOCK];
	const struct hlist_node *link[BLOCK];

#pragma unroll
	for (int i = 0; i < BLOCK && i < n; i++)
		file[i] = file_of(files, entries[i].fd);
#pragma unroll
	for (int i = 0; i < BLOCK && i < n; i++) {
		const void *private = NULL, *owner = NULL;

		if (file[i]->f_op == operations) {
			private = file[i]->private_data;
			owner = CONTAINER(struct proc_inode, vfs_inode, file[i]->f_inode);
		}
		seq[i] = POINTER(const struct seq_file, private);
		inode[i] = POINTER(const struct proc_inode, owner);
	}
#pragma unroll
	for (int i = 0; i < BLOCK && i < n; i++) {
		maps[i] = POINTER(const struct proc_maps_private, seq[i]->private);
		pid[i] = inode[i]->pid;
	}
#pragma unroll
	for (int i = 0; i < BLOCK && i < n; i++) {
		mm[i] = mm_of(maps[i]);
		link[i] = pid[i]->tasks[PIDTYPE_PID].first;
	}
#pragma unroll
	for (int i = 0; i < BLOCK && i < n; i++) {
		__u32 sequence = sequence_of(mm[i]);
		int error;

		if (!file[i])
			error = -EBADF;
		else if (file[i]->f_op != operations)
			error = -EINVAL;
		else
			error = check_mm(mm[i], link[i]);
		entries[i].error = error;
		entries[i].sequence = error ? 0 : sequence;
	}
}

static long read_block(__u32 block, struct run *run)
{
	bpf_rcu_read_lock();
	read_entries(run->entries + block % (REQUEST_ENTRIES / BLOCK) * BLOCK, run->files,
		     run->operations, BLOCK);
	bpf_rcu_read_unlock();
	return 0;
}

static long read_rest(__u32 i, struct run *run)
{
	bpf_rcu_read_lock();
	read_entries(run->entries + (run->done + i) % REQUEST_ENTRIES, run->files, run->operations,
		     1);
	bpf_rcu_read_unlock();
	return 0;
}

/*
 * A file that is closed in the middle of the walk could leave it following
 * memory that belongs to somebody else by then. In a file table of one's own
 * nothing is closed while one is here. Who shares the table must be one who
 * may read the kernel's memory in any case.
 */
static __always_inline bool may_walk(const struct task_struct *task)
{
	const __u64 both = CAPABILITY(CAP_BPF) | CAPABILITY(CAP_PERFMON);
	const struct cred *cred = task->cred;
	__u64 effective = cred->cap_effective.val;

	if (task->files->count.counter == 1)
		return true;
	if (cred->user_ns->level != 0)
		return false;
	return (effective & both) == both || effective & CAPABILITY(CAP_SYS_ADMIN);
}

/*
 * Global, so that the verifier takes the context for memory, which it lets be
 * indexed. static would not do.
 */
__attribute__((noinline)) int run_request(struct request *request)
{
	const struct file_operations **operations = maps_operations();
	const struct task_struct *task = current_task();
	struct run run;
	__u32 count;

	if (!request || !operations || !*operations)
		return -EINVAL;
	count = request->count;
	if (count > REQUEST_ENTRIES)
		return -EINVAL;
	request->counter = counter_of_this_kernel();
	if (!counter_is_enough())
		return -EOPNOTSUPP;
	if (!may_walk(task))
		return -EBUSY;
	run.entries = request->entries;
	run.files = task->files;
	run.operations = *operations;
	run.done = count / BLOCK * BLOCK;
	bpf_loop(count / BLOCK, read_block, &run, 0);
	bpf_loop(count % BLOCK, read_rest, &run, 0);
	return 0;
}

SEC("syscall")
int NAME(REQUEST_PROGRAM, (struct request * request))
{
	return run_request(request);
}

/*
 * Run once, by the loader, with its own /proc/self/maps: from then on such
 * files are known. That the walk arrives at the caller's own address space by
 * both ways shows that the types are understood.
 */
SEC("syscall")
int mapsnap_learn(struct request *request)
{
	const struct file_operations **operations = maps_operations();
	const struct task_struct *task = current_task();
	const struct seq_file *seq;
	const struct proc_inode *inode;
	const struct file *file;

	if (!operations)
		return -EINVAL;
	file = file_of(task->files, request->entries[0].fd);
	seq = POINTER(const struct seq_file, file->private_data);
	inode = POINTER(const struct proc_inode,
			CONTAINER(struct proc_inode, vfs_inode, file->f_inode));
	if (mm_of(POINTER(const struct proc_maps_private, seq->private)) != task->mm ||
	    check_mm(task->mm, inode->pid->tasks[PIDTYPE_PID].first))
		return -EPROTO;
	*operations = file->f_op;
	return 0;
}

const char program_license[] SEC("license") = "Dual BSD/GPL";
