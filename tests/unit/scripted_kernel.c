/* SPDX-License-Identifier: BSD-2-Clause */
#include "scripted_kernel.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "unit.h"

#define MOST_STEPS 4096
#define MOST_FDS   64

static struct {
	struct step steps[MOST_STEPS];
	size_t count, next;
	uint64_t now;
	bool open[MOST_FDS];
	bool given[MOST_FDS];
	bool failed; /* one message is enough */
	jmp_buf end_of_work;
} played;

static const char *const calls[] = {
	[CALL_NONE] = "(nothing)",
	[CALL_OPENAT] = "openat",
	[CALL_DUP] = "dup",
	[CALL_PREAD] = "pread",
	[CALL_READLINK] = "readlink",
	[CALL_GETDENTS] = "getdents",
	[CALL_QUERY] = "PROCMAP_QUERY",
	[CALL_SEQ] = "PROCMAP_SEQ",
	[CALL_SNAPSHOT] = "PROCMAP_SNAPSHOT",
	[CALL_FILE] = "file",
	[CALL_ON_PROCFS] = "on_procfs",
	[CALL_SAME_FILE] = "same_file",
	[CALL_NOW] = "now",
	[CALL_SLEEP] = "sleep_until",
	[CALL_SEQUENCE] = "sequence read",
	[CALL_INODE] = "inode",
	[CALL_PTRACE] = "ptrace",
	[CALL_REAP] = "reap",
	[CALL_SAME_MEMORY] = "same_memory",
	[CALL_WORK_APART] = "work_apart",
};

struct text {
	char bytes[160];
};

static struct text in_words(const struct step *step)
{
	struct text text;

	snprintf(text.bytes, sizeof(text.bytes), "%s(%d, %s, %#llx)", calls[step->call], step->fd,
		 step->path ? step->path : "-", (unsigned long long)step->at);
	return text;
}

static void broken(const struct step *expected, const struct step *call)
{
	struct text have = in_words(call);

	played.failed = true;
	if (expected)
		fail_msg("step %zu of the script is %s, the call was %s", played.next + 1,
			 in_words(expected).bytes, have.bytes);
	fail_msg("the script has ended, the call was %s", have.bytes);
}

static bool same_path(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static bool is_call(const struct step *expected, const struct step *call)
{
	return expected->call == call->call && expected->fd == call->fd &&
	       expected->at == call->at && same_path(expected->path, call->path);
}

static void meanwhile(void)
{
	for (; played.next < played.count; played.next++) {
		const struct step *step = &played.steps[played.next];

		if (step->call != CALL_NONE)
			return;
		played.now += step->passes;
		if (step->happens)
			step->happens();
	}
}

/* The next step, which must be this call. */
static const struct step *play(const struct step *call)
{
	const struct step *expected;

	meanwhile();
	expected = played.next < played.count ? &played.steps[played.next] : NULL;
	if (!expected || !is_call(expected, call))
		broken(expected, call);
	played.next++;
	return expected;
}

static void check_fd(const char *call, int fd)
{
	if (fd >= 0 && fd < MOST_FDS && played.open[fd])
		return;
	played.failed = true;
	fail_msg("%s of descriptor %d, which is not open", call, fd);
}

static int opened(int64_t fd)
{
	if (fd >= 0) {
		assert_true(fd < MOST_FDS);
		assert_false(played.open[fd]);
		played.open[fd] = true;
	}
	return (int)fd;
}

static ssize_t give(const struct step *step, void *buffer, size_t size)
{
	if (!step->bytes)
		return (ssize_t)step->reply;
	if (size < step->length || size < step->least) {
		played.failed = true;
		fail_msg("step %zu: room for %zu bytes, wanted for %zu", played.next, size,
			 step->length > step->least ? step->length : step->least);
	}
	memcpy(buffer, step->bytes, step->length);
	return (ssize_t)step->length;
}

static int scripted_openat(int dir, const char *path, int flags)
{
	(void)flags;
	if (dir != AT_FDCWD)
		check_fd("openat", dir);
	return opened(play(&(struct step)OPENAT(dir, path, 0))->reply);
}

static int scripted_dup(int fd)
{
	check_fd("dup", fd);
	return opened(play(&(struct step)DUP(fd, 0))->reply);
}

static int scripted_close(int fd)
{
	check_fd("close", fd);
	if (played.given[fd])
		fail_msg("descriptor %d belongs to the caller, and was closed", fd);
	played.open[fd] = false;
	return 0;
}

static ssize_t scripted_pread(int fd, void *buffer, size_t size, off_t offset)
{
	check_fd("pread", fd);
	return give(play(&(struct step)PREAD(fd, (uint64_t)offset, NULL, 0)), buffer, size);
}

static ssize_t scripted_readlink(int dir, const char *path, char *buffer, size_t size)
{
	check_fd("readlink", dir);
	return give(play(&(struct step)READLINK_FAILS(dir, path, 0)), buffer, size);
}

static ssize_t scripted_getdents(int fd, void *buffer, size_t size)
{
	check_fd("getdents", fd);
	return give(play(&(struct step)GETDENTS(fd, NULL, 0)), buffer, size);
}

/* There is room for any that the kernel knows. */
static void find_build_id(const struct procmap_query *found, struct procmap_query *q)
{
	assert_int_equal(q->build_id_size, found->build_id_addr ? 20 : 0);
	assert_int_equal(!q->build_id_addr, !found->build_id_addr);
	q->build_id_size = found->build_id_size;
	if (found->build_id_size)
		memcpy((void *)(uintptr_t)q->build_id_addr,
		       (const void *)(uintptr_t)found->build_id_addr, found->build_id_size);
}

/* As the kernel does it: the room for a name is given, its length with the NUL comes back. */
static void find(const struct step *step, struct procmap_query *q)
{
	const struct procmap_query *found = step->query;

	assert_int_equal(q->query_flags, found->query_flags);
	q->vma_start = found->vma_start;
	q->vma_end = found->vma_end;
	q->vma_flags = found->vma_flags;
	q->vma_offset = found->vma_offset;
	q->inode = found->inode;
	q->dev_major = found->dev_major;
	q->dev_minor = found->dev_minor;
	find_build_id(found, q);
	assert_int_equal(q->vma_name_size != 0, step->bytes != NULL);
	if (!step->bytes)
		return;
	assert_true(step->length < q->vma_name_size);
	q->vma_name_size = step->length ? (uint32_t)step->length + 1 : 0;
	memcpy((void *)(uintptr_t)q->vma_name_addr, step->bytes, q->vma_name_size);
}

static int query(int fd, struct procmap_query *q)
{
	const struct step *step;

	assert_int_equal(q->size, sizeof(*q));
	step = play(&(struct step)STEP(.call = CALL_QUERY, .fd = fd, .at = q->query_addr));
	if (step->query)
		find(step, q);
	return (int)step->reply;
}

/* Where it fails the kernel copies nothing back. */
static int seq(int fd, struct procmap_seq *argument)
{
	const struct step *step;

	assert_int_equal(argument->size, 24);
	assert_int_equal(argument->flags, 0);
	step = play(&(struct step)STEP(.call = CALL_SEQ, .fd = fd));
	if (step->reply == 0)
		argument->seq = step->sequence;
	return (int)step->reply;
}

static bool logs(const struct procmap_snapshot *a)
{
	return a->flags & PROCMAP_SNAPSHOT_LOG;
}

static void assert_asked(const struct procmap_snapshot *a, const struct procmap_snapshot *asked)
{
	assert_int_equal(a->flags, asked->flags);
	assert_int_equal(a->start, asked->start);
	assert_int_equal(a->end, asked->end ? asked->end : UINT64_MAX);
	assert_int_equal(a->vma_flags, asked->vma_flags);
	/* Anything else the kernel refuses. */
	assert_int_equal(a->size, 120);
	assert_int_equal(!a->records, !a->nr_records);
	assert_int_equal(!a->names, !a->names_size);
	assert_int_equal(!a->ranges, !a->nr_ranges);
	assert_int_equal(a->since, asked->since);
	assert_int_equal(a->cookie, logs(a) ? 0 : asked->cookie);
	assert_int_equal(!a->ranges, !a->cookie);
}

/* No more than there is room for, and no name where none was asked for. */
static void give_records(const struct records *given, struct procmap_snapshot *a)
{
	struct procmap_record *to = (void *)(uintptr_t)a->records;

	assert_true(given->count <= a->nr_records);
	for (size_t i = 0; i < given->count; i++) {
		struct procmap_record record = given->list[i];

		if (!a->names)
			record.name_size = record.name_offset = 0;
		memcpy(&to[i], &record, sizeof(record));
	}
	if (a->names) {
		assert_true(given->names_size <= a->names_size);
		memcpy((void *)(uintptr_t)a->names, given->names, given->names_size);
	}
}

static void give_ranges(const struct records *given, struct procmap_snapshot *a)
{
	assert_true(given->nr_ranges <= a->nr_ranges);
	if (given->nr_ranges)
		memcpy((void *)(uintptr_t)a->ranges, given->ranges,
		       given->nr_ranges * sizeof(*given->ranges));
}

/* How much there is, also where it did not fit; no other error copies anything back. */
static int snapshot(int fd, struct procmap_snapshot *a)
{
	const struct step *step = play(&(struct step)STEP(.call = CALL_SNAPSHOT, .fd = fd));

	if (step->snapshot)
		assert_asked(a, step->snapshot);
	if (step->reply == 0) {
		give_records(step->records, a);
		give_ranges(step->records, a);
		a->seq_begin = step->snapshot->seq_begin;
		a->seq_end = step->snapshot->seq_end;
		if (logs(a))
			a->cookie = step->snapshot->cookie;
	}
	if (step->records) {
		a->nr_records = step->records->count;
		a->names_size = a->names ? step->records->names_size : 0;
		a->nr_ranges = a->ranges ? step->records->nr_ranges : 0;
	}
	return (int)step->reply;
}

static int scripted_ioctl(int fd, unsigned long request, void *argument)
{
	check_fd("ioctl", fd);
	if (request == PROCMAP_SEQ)
		return seq(fd, argument);
	if (request == PROCMAP_SNAPSHOT)
		return snapshot(fd, argument);
	assert_int_equal(request, PROCMAP_QUERY);
	return query(fd, argument);
}

static int scripted_file(int fd, struct kernel_file *file)
{
	const struct step *step;

	check_fd("file", fd);
	step = play(&(struct step)FILE_FAILS(fd, 0));
	if (step->file)
		*file = *step->file;
	return (int)step->reply;
}

static int scripted_on_procfs(int fd)
{
	check_fd("on_procfs", fd);
	return (int)play(&(struct step)ON_PROCFS(fd, 0))->reply;
}

static int scripted_same_file(int fd, const char *path)
{
	check_fd("same_file", fd);
	return (int)play(&(struct step)SAME_FILE(fd, path, 0))->reply;
}

static uint64_t scripted_now(void)
{
	play(&(struct step)CLOCK);
	return played.now;
}

static void scripted_sleep_until(uint64_t when)
{
	play(&(struct step)SLEEP(when));
	played.now = when;
}

static int scripted_inode(const char *path, uint64_t *inode)
{
	const struct step *step = play(&(struct step)INODE(path, 0));

	*inode = step->sequence;
	return (int)step->reply;
}

static int scripted_ptrace(int request, pid_t tid, void *data)
{
	uint64_t at = request == PTRACE_DETACH ? DETACH_BY((intptr_t)data) : (uint64_t)request;
	const struct step *step = play(&(struct step)PTRACE(at, tid, 0));

	if (step->reply == HANGS)
		longjmp(played.end_of_work, 1);
	if (request == PTRACE_GETSIGINFO && step->bytes)
		memcpy(data, step->bytes, step->length);
	return (int)step->reply;
}

static int scripted_reap(pid_t tid)
{
	return (int)play(&(struct step)REAP(tid, 0))->reply;
}

static int scripted_same_memory(pid_t a, pid_t b)
{
	return (int)play(&(struct step)SAME_MEMORY(a, b, 0))->reply;
}

/* In the same thread, so that a script which is not followed fails the test. */
static int scripted_work_apart(void (*work)(void *), void *argument, uint64_t until)
{
	const struct step *step = play(&(struct step)WORK_APART(until));

	if (step->reply)
		return (int)step->reply;
	if (setjmp(played.end_of_work))
		return -ETIMEDOUT;
	work(argument);
	return 0;
}

static int read_sequence(const struct mapsnap_sequence *self, int maps_fd, uint64_t *sequence)
{
	const struct step *step;

	(void)self;
	check_fd("sequence read", maps_fd);
	step = play(&(struct step)STEP(.call = CALL_SEQUENCE, .fd = maps_fd));
	if (step->reply == 0)
		*sequence = step->sequence;
	return (int)step->reply;
}

void script_begin(void)
{
	played.count = played.next = 0;
	played.now = START;
	played.failed = false;
	memset(played.open, 0, sizeof(played.open));
	memset(played.given, 0, sizeof(played.given));
}

void script_gives(int fd)
{
	opened(fd);
	played.given[fd] = true;
}

void script_add(const struct step *steps, size_t n)
{
	if (played.next == played.count)
		played.count = played.next = 0;
	assert_true(n <= MOST_STEPS - played.count);
	memcpy(played.steps + played.count, steps, n * sizeof(*steps));
	played.count += n;
}

void script_played(void)
{
	if (played.failed)
		return;
	meanwhile();
	if (played.next < played.count)
		fail_msg("%zu steps of the script were not played; the first of them: %s",
			 played.count - played.next, in_words(&played.steps[played.next]).bytes);
}

void script_drop(void)
{
	played.next = played.count;
}

void script_end(void)
{
	script_played();
	for (int fd = 0; fd < MOST_FDS && !played.failed; fd++)
		if (played.open[fd] && !played.given[fd])
			fail_msg("descriptor %d was not closed", fd);
}

uint64_t script_now(void)
{
	return played.now;
}

const struct kernel scripted_kernel = {
	.openat = scripted_openat,
	.dup = scripted_dup,
	.close = scripted_close,
	.pread = scripted_pread,
	.readlink = scripted_readlink,
	.getdents = scripted_getdents,
	.ioctl = scripted_ioctl,
	.file = scripted_file,
	.on_procfs = scripted_on_procfs,
	.same_file = scripted_same_file,
	.now = scripted_now,
	.sleep_until = scripted_sleep_until,
	.inode = scripted_inode,
	.ptrace = scripted_ptrace,
	.reap = scripted_reap,
	.same_memory = scripted_same_memory,
	.work_apart = scripted_work_apart,
};

const struct mapsnap_sequence no_sequence = {
	.size = sizeof(no_sequence),
	.source = MAPSNAP_SOURCE_NONE,
};

const struct mapsnap_sequence scripted_sequence = {
	.size = sizeof(scripted_sequence),
	.source = MAPSNAP_SOURCE_BPF,
	.read = read_sequence,
};
