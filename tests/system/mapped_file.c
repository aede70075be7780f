/* SPDX-License-Identifier: BSD-2-Clause */
/* Files that are mapped are opened, wherever they are or were, and no others in their place. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/inotify.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "asserts.h"
#include "forked.h"
#include "nobody.h"
#include "scratch.h"
#include "settled.h"

#define PAGE     4096
#define ADDRESS  ((void *)0x100000000000) /* where the file is mapped */
#define MAPPED   "what is mapped"
#define OTHER    "something else"
#define NOT_SAME EILSEQ /* what was opened is another file */

static int tidy(void **state)
{
	scratch_tidy();
	return assert_no_descriptor_left(state);
}

#define mapped_test(f) cmocka_unit_test_setup_teardown(f, count_descriptors, tidy)

/* Also for children, which have no test to fail: they end. */
static void need(bool done)
{
	if (!done)
		_exit(254);
}

static void make_file(const char *name, const char *content)
{
	int fd = open(name, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);

	need(fd >= 0 && ftruncate(fd, PAGE) == 0 && fchmod(fd, 0666) == 0);
	need(pwrite(fd, content, strlen(content), 0) == (ssize_t)strlen(content));
	close(fd);
}

static void map(const char *name, int protection)
{
	int fd = open(name, O_RDONLY | O_CLOEXEC);

	need(fd >= 0);
	need(mmap(ADDRESS, PAGE, protection, MAP_PRIVATE | MAP_FIXED, fd, 0) == ADDRESS);
	close(fd);
}

/* A process with the file mapped. */
static void map_and_idle(void *name)
{
	map(name, PROT_READ);
	forked_idle(NULL);
}

static pid_t forked_with(const char *name)
{
	return forked(map_and_idle, (void *)(uintptr_t)name);
}

/* What can be had, by the fastest route: proved, where the kernel has a sequence. */
static int read_any(struct mapsnap_process *process, struct mapsnap **snapshot)
{
	struct mapsnap_options options = unverified_by(MAPSNAP_ROUTE_AUTO);

	return mapsnap_read(process, &options, snapshot);
}

static const struct mapsnap_mapping *mapping_in(const struct mapsnap *snapshot)
{
	return mapsnap_find(snapshot, (uintptr_t)ADDRESS);
}

/* 0 where what was opened is the file with this content, opened as it should be. */
static int judge(int fd, const char *content)
{
	char has[sizeof(MAPPED)] = "";
	int flags = fcntl(fd, F_GETFL);
	bool same = pread(fd, has, sizeof(has) - 1, 0) > 0 && strcmp(has, content) == 0;

	same = same && (flags & O_ACCMODE) == O_RDONLY && flags & O_NONBLOCK && !(flags & O_PATH) &&
	       fcntl(fd, F_GETFD) == FD_CLOEXEC;
	close(fd);
	return same ? 0 : -NOT_SAME;
}

/* Opens it for the mapping of this snapshot; 0, or an errno. *route says how. */
static int open_in(struct mapsnap_process *process, const struct mapsnap *snapshot, uint32_t *route)
{
	int fd, r;

	r = mapsnap_open_file(process, snapshot, mapping_in(snapshot), &fd, route);
	return r ? r : judge(fd, MAPPED);
}

struct expected {
	pid_t pid;
	uint32_t route; /* that has to lead there */
};

static int open_of(pid_t pid, uint32_t *route)
{
	struct mapsnap_process *process;
	struct mapsnap *snapshot;
	int r = mapsnap_open_pid(pid, &process);

	if (r)
		return r;
	r = read_any(process, &snapshot);
	if (r == 0) {
		r = open_in(process, snapshot, route);
		mapsnap_unref(snapshot);
	}
	mapsnap_close(process);
	return r;
}

static int open_by(void *argument)
{
	const struct expected *c = argument;
	uint32_t route = 4711;
	int r = open_of(c->pid, &route);

	return r || route == c->route ? r : -ENOTSUP;
}

/* As root by the link; else by the path. */
static int opens(pid_t pid)
{
	struct expected c = { pid, geteuid() == 0 ? MAPSNAP_FILE_MAP_FILES : MAPSNAP_FILE_ROOT };

	return -open_by(&c);
}

/* An ordinary user, with a process of his own. */
static void map_as_nobody_and_idle(void *name)
{
	become_nobody();
	map_and_idle(name);
}

static int opens_as_nobody(pid_t pid)
{
	struct expected c = { pid, MAPSNAP_FILE_ROOT };

	return as_nobody(open_by, &c);
}

#define need_root()                                       \
	do {                                              \
		if (geteuid() != 0)                       \
			skip_because("needs to be root"); \
	} while (0)

static void a_mapped_file_is_opened(void **state)
{
	pid_t pid;

	(void)state;
	make_file(scratch.path, MAPPED);
	pid = forked_with(scratch.path);
	assert_int_equal(opens(pid), 0);
	forked_kill(pid);
	pid = forked(map_as_nobody_and_idle, scratch.path);
	assert_int_equal(opens_as_nobody(pid), 0);
	forked_kill(pid);
}

static void a_file_of_ones_own_process_is_opened(void **state)
{
	(void)state;
	make_file(scratch.path, MAPPED);
	map(scratch.path, PROT_READ);
	assert_int_equal(opens(getpid()), 0);
	munmap(ADDRESS, PAGE);
}

static void a_deleted_file_is_opened_by_who_may_use_map_files(void **state)
{
	pid_t pid;

	(void)state;
	need_root();
	make_file(scratch.path, MAPPED);
	pid = forked_with(scratch.path);
	unlink(scratch.path);
	assert_int_equal(opens(pid), 0);
	make_file(scratch.path, OTHER);
	assert_int_equal(opens(pid), 0);
	forked_kill(pid);
}

static void another_file_of_that_name_is_not_taken_for_it(void **state)
{
	pid_t pid;

	(void)state;
	make_file(scratch.path, MAPPED);
	pid = forked(map_as_nobody_and_idle, scratch.path);
	unlink(scratch.path);
	assert_int_equal(opens_as_nobody(pid), ENOENT);
	make_file(scratch.path, OTHER);
	assert_int_equal(opens_as_nobody(pid), ENOENT);
	make_file(scratch.other_path, OTHER);
	assert_int_equal(rename(scratch.other_path, scratch.path), 0);
	assert_int_equal(opens_as_nobody(pid), ENOENT);
	forked_kill(pid);
}

/* Opening it would let whoever waits for a reader go on. */
static void what_took_its_name_is_not_even_opened(void **state)
{
	char event[512];
	int watch;
	pid_t pid;

	(void)state;
	make_file(scratch.path, MAPPED);
	pid = forked(map_as_nobody_and_idle, scratch.path);
	unlink(scratch.path);
	assert_int_equal(mkfifo(scratch.path, 0666), 0);
	watch = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	assert_true(inotify_add_watch(watch, scratch.path, IN_OPEN) > 0);
	assert_int_equal(opens_as_nobody(pid), ENOENT);
	assert_int_equal(read(watch, event, sizeof(event)), -1);
	close(watch);
	forked_kill(pid);
}

static void a_device_is_not_opened(void **state)
{
	pid_t pid = forked_with("/dev/zero");

	(void)state;
	assert_int_equal(opens(pid), geteuid() == 0 ? ENXIO : ENOENT);
	forked_kill(pid);
}

static void memory_without_a_file_has_none(void **state)
{
	struct mapsnap_process *process = must_open(getpid());
	uint32_t route;

	(void)state;
	assert_ptr_equal(
		mmap(ADDRESS, PAGE, PROT_READ, MAP_PRIVATE | MAP_FIXED | MAP_ANONYMOUS, -1, 0),
		ADDRESS);
	mapsnap_close(process);
	assert_int_equal(open_of(getpid(), &route), -ENXIO);
	munmap(ADDRESS, PAGE);
}

/* Namespaces and roots: the same name is another file for the reader. */

struct place {
	bool mounts; /* a tmpfs where the reader has another file */
	bool jailed; /* a root below that */
	bool user;   /* an ordinary one in the end */
};

/* Exit status 1: may not mount. */
static void map_in_place(void *argument)
{
	const struct place *place = argument;

	if (place->mounts) {
		need(unshare(CLONE_NEWNS) == 0);
		if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
		    mount("none", scratch.directory, "tmpfs", 0, NULL))
			_exit(1);
		need(chmod(scratch.directory, 0777) == 0);
	}
	make_file(scratch.path, MAPPED);
	map(scratch.path, PROT_READ);
	if (place->jailed)
		need(chroot(scratch.directory) == 0 && chdir("/") == 0);
	if (place->user)
		become_nobody();
	forked_idle(NULL);
}

static bool may_mount(void)
{
	struct place place = { .mounts = true };
	pid_t pid = forked(map_in_place, &place);

	kill(pid, SIGKILL);
	return forked_status(pid) != 1;
}

static void assert_place_is_reached(bool mounts, bool jailed)
{
	struct place place = { mounts, jailed, .user = false };
	pid_t pid;

	if (mounts)
		make_file(scratch.path, OTHER); /* the reader's */
	pid = forked(map_in_place, &place);
	assert_int_equal(opens(pid), 0);
	forked_kill(pid);
	place.user = true;
	pid = forked(map_in_place, &place);
	assert_int_equal(opens_as_nobody(pid), 0);
	forked_kill(pid);
}

static void a_file_of_another_mount_namespace_is_opened_there(void **state)
{
	(void)state;
	need_root();
	if (!may_mount())
		skip_because("needs to mount a tmpfs");
	assert_place_is_reached(true, false);
}

static void a_file_of_another_root_is_opened_there(void **state)
{
	(void)state;
	need_root();
	assert_place_is_reached(false, true);
}

static void a_file_of_another_root_in_another_mount_namespace_is_opened_there(void **state)
{
	(void)state;
	need_root();
	if (!may_mount())
		skip_because("needs to mount a tmpfs");
	assert_place_is_reached(true, true);
}

/* What leads out of the root of the process leads to what is not mapped. */
static void a_link_in_its_place_is_not_followed_to_another_file(void **state)
{
	pid_t pid;

	(void)state;
	make_file(scratch.path, MAPPED);
	pid = forked(map_as_nobody_and_idle, scratch.path);
	unlink(scratch.path);
	make_file(scratch.other_path, OTHER);
	assert_int_equal(symlink(scratch.other_path, scratch.path), 0);
	assert_int_equal(opens_as_nobody(pid), ENOENT);
	forked_kill(pid);
}

/* Of two file systems: then each layer has a device of its own, where maps has that of the whole.
 */
static void map_in_layers(void *unused)
{
	(void)unused;
	need(unshare(CLONE_NEWNS) == 0 && chdir(scratch.directory) == 0);
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("none", "upper", "tmpfs", 0, NULL) ||
	    mount("none", "layers", "overlay", 0, "lowerdir=upper:lower"))
		_exit(1);
	map("layers/file", PROT_READ);
	forked_idle(NULL);
}

static int in_layers(void)
{
	pid_t pid = forked(map_in_layers, NULL);
	int r = opens(pid);

	kill(pid, SIGKILL);
	return forked_status(pid) == 1 ? -1 : r;
}

static void a_file_of_many_layers_is_opened_by_who_may_use_map_files(void **state)
{
	static const char *const names[] = { "lower", "upper", "layers" };
	char name[128];
	int r;

	(void)state;
	need_root();
	for (unsigned int i = 0; i < 3; i++) {
		snprintf(name, sizeof(name), "%s/%s", scratch.directory, names[i]);
		mkdir(name, 0755);
	}
	snprintf(name, sizeof(name), "%s/lower/file", scratch.directory);
	make_file(name, MAPPED);
	r = in_layers();
	unlink(name);
	for (unsigned int i = 0; i < 3; i++) {
		snprintf(name, sizeof(name), "%s/%s", scratch.directory, names[i]);
		rmdir(name);
	}
	if (r == -1)
		skip_because("needs to mount an overlay");
	assert_int_equal(r, 0);
}

/* Changes after the snapshot. */

static void map_another_when_told(void *unused)
{
	(void)unused;
	map(scratch.path, PROT_READ);
	forked_pause();
	map(scratch.other_path, PROT_READ);
	forked_idle(NULL);
}

static void protect_when_told(void *unused)
{
	(void)unused;
	map(scratch.path, PROT_READ);
	forked_pause();
	need(mprotect(ADDRESS, PAGE, PROT_NONE) == 0);
	forked_idle(NULL);
}

static void unmap_when_told(void *unused)
{
	(void)unused;
	map(scratch.path, PROT_READ);
	forked_pause();
	munmap(ADDRESS, PAGE);
	forked_idle(NULL);
}

static void exec_when_told(void *unused)
{
	(void)unused;
	map(scratch.path, PROT_READ);
	forked_pause();
	execlp("sleep", "sleep", "1000", NULL);
}

static void exit_when_told(void *unused)
{
	(void)unused;
	map(scratch.path, PROT_READ);
	forked_pause();
}

/* Waits until a child has stopped itself again. */
static bool changed(pid_t pid)
{
	forked_continue(pid);
	return await_state(pid, 'T');
}

static bool ended(pid_t pid)
{
	forked_continue(pid);
	forked_await_zombie(pid);
	return true;
}

static bool executed(pid_t pid)
{
	forked_continue(pid);
	return settled(pid);
}

static void assert_told(void (*body)(void *), bool (*happens)(pid_t pid), int error)
{
	struct mapsnap_process *process;
	struct mapsnap *snapshot;
	uint32_t route;
	pid_t pid;

	make_file(scratch.path, MAPPED);
	make_file(scratch.other_path, OTHER);
	pid = forked(body, NULL);
	process = must_open(pid);
	assert_int_equal(read_any(process, &snapshot), 0);
	assert_int_equal(open_in(process, snapshot, &route), 0);
	assert_true(happens(pid));
	for (int i = 0; i < 2; i++) {
		assert_int_equal(open_in(process, snapshot, &route), error);
		assert_true(strlen(mapsnap_error(process)) > 10);
	}
	mapsnap_unref(snapshot);
	mapsnap_close(process);
	forked_kill(pid);
}

static void what_is_mapped_anew_is_told(void **state)
{
	(void)state;
	assert_told(map_another_when_told, changed, -EAGAIN);
	assert_told(protect_when_told, changed, -EAGAIN);
	assert_told(unmap_when_told, changed, -EAGAIN);
}

static void exit_and_exec_are_told_apart(void **state)
{
	(void)state;
	assert_told(exit_when_told, ended, -ESRCH);
	assert_told(exec_when_told, executed, -ESTALE);
}

/* map_files is the main thread's, and that has no memory any more. */
static void end_main_thread(void *unused)
{
	map(scratch.path, PROT_READ);
	forked_end_main_thread(unused);
}

static void a_process_without_main_thread_has_its_files_below_its_root(void **state)
{
	struct expected c = { .route = MAPSNAP_FILE_ROOT };

	(void)state;
	make_file(scratch.path, MAPPED);
	c.pid = forked(end_main_thread, NULL);
	forked_continue(c.pid);
	assert_true(await_state(c.pid, 'Z'));
	assert_int_equal(open_by(&c), 0);
	forked_kill(c.pid);
}

/* What was saved, or read by another handle, is as good: the mapping is read again. */
static void any_snapshot_of_it_will_do(void **state)
{
	struct mapsnap_process *process;
	struct mapsnap *snapshot;
	uint32_t route;
	pid_t pid;

	(void)state;
	make_file(scratch.path, MAPPED);
	pid = forked_with(scratch.path);
	process = must_open(pid);
	snapshot = parsed_from_cat(pid);
	assert_int_equal(open_in(process, snapshot, &route), 0);
	mapsnap_unref(snapshot);
	snapshot = must_read_pid(pid, NULL);
	assert_int_equal(open_in(process, snapshot, &route), 0);
	mapsnap_unref(snapshot);
	mapsnap_close(process);
	forked_kill(pid);
}

/* With so many descriptors free; all of them are free again afterwards. */
static int open_with_free(struct mapsnap_process *process, const struct mapsnap *snapshot, int n,
			  const int *taken)
{
	uint32_t route;
	int r;

	for (int i = 0; i < n; i++)
		close(taken[i]);
	r = open_in(process, snapshot, &route);
	for (int i = 0; i < n; i++)
		need(dup(STDIN_FILENO) == taken[i]);
	return r;
}

static void open_with_ever_more_descriptors(void *unused)
{
	struct rlimit limit = { 64, 64 };
	struct mapsnap_process *process = must_open(getppid());
	struct mapsnap *snapshot;
	int taken[64], n = 0, needed = 0;

	(void)unused;
	need(read_any(process, &snapshot) == 0);
	setrlimit(RLIMIT_NOFILE, &limit);
	while ((taken[n] = dup(STDIN_FILENO)) >= 0)
		n++;
	while (needed < n && open_with_free(process, snapshot, needed, taken) == -EMFILE)
		needed++;
	if (needed < 2 || needed == n)
		_exit(1);
	_exit(open_with_free(process, snapshot, needed, taken) == 0 ? 0 : 2);
}

static void without_free_descriptors_it_says_so_and_leaves_none_open(void **state)
{
	(void)state;
	make_file(scratch.path, MAPPED);
	map(scratch.path, PROT_READ);
	assert_int_equal(forked_status(forked(open_with_ever_more_descriptors, NULL)), 0);
	munmap(ADDRESS, PAGE);
}

static void the_image_of_the_vdso_is_the_one_in_memory(void **state)
{
	const char *own = (const char *)getauxval(AT_SYSINFO_EHDR);
	pid_t pids[] = { getpid(), forked(forked_idle, NULL) };
	char image[65536];
	size_t length;

	(void)state;
	if (!own)
		skip_because("needs a kernel with a vDSO");
	for (unsigned int i = 0; i < 2; i++) {
		struct mapsnap_process *process = must_open(pids[i]);
		struct mapsnap *snapshot;

		assert_int_equal(read_any(process, &snapshot), 0);
		memset(image, 0, sizeof(image));
		assert_int_equal(mapsnap_vdso(process, snapshot, image, sizeof(image), &length), 0);
		assert_int_equal(length,
				 mapsnap_find(snapshot, (uintptr_t)own)->end - (uintptr_t)own);
		assert_memory_equal(image, own, length);
		assert_int_equal(mapsnap_vdso(process, snapshot, image, length - 1, &length),
				 -ENOSPC);
		mapsnap_unref(snapshot);
		mapsnap_close(process);
	}
	forked_kill(pids[1]);
}

/* It goes whole or not at all; a kernel that seals it refuses that too. Exit status 1. */
static void unmap_vdso_when_told(void *length)
{
	forked_pause();
	if (munmap((void *)getauxval(AT_SYSINFO_EHDR), *(size_t *)length))
		_exit(1);
	forked_idle(NULL);
}

static int copy_vdso(struct mapsnap_process *process, const struct mapsnap *snapshot,
		     size_t *length)
{
	char image[65536];

	return mapsnap_vdso(process, snapshot, image, sizeof(image), length);
}

static void a_vdso_that_is_no_longer_there_is_told(void **state)
{
	struct mapsnap_process *process;
	struct mapsnap *snapshot;
	size_t *length = shared_page();
	pid_t pid = forked(unmap_vdso_when_told, length);
	bool unmapped;

	(void)state;
	process = must_open(pid);
	assert_int_equal(read_any(process, &snapshot), 0);
	if (getauxval(AT_SYSINFO_EHDR))
		assert_int_equal(copy_vdso(process, snapshot, length), 0);
	unmapped = *length && changed(pid);
	if (unmapped) {
		assert_int_equal(copy_vdso(process, snapshot, length), -EAGAIN);
		kill(pid, SIGKILL);
		forked_await_zombie(pid);
		assert_int_equal(copy_vdso(process, snapshot, length), -ESRCH);
	}
	mapsnap_unref(snapshot);
	mapsnap_close(process);
	forked_kill(pid);
	unshare_page(length);
	if (!unmapped)
		skip_because("needs a kernel with a vDSO that is not sealed");
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		mapped_test(a_mapped_file_is_opened),
		mapped_test(a_file_of_ones_own_process_is_opened),
		mapped_test(a_deleted_file_is_opened_by_who_may_use_map_files),
		mapped_test(another_file_of_that_name_is_not_taken_for_it),
		mapped_test(what_took_its_name_is_not_even_opened),
		mapped_test(a_link_in_its_place_is_not_followed_to_another_file),
		mapped_test(a_device_is_not_opened),
		mapped_test(memory_without_a_file_has_none),
		mapped_test(a_file_of_another_mount_namespace_is_opened_there),
		mapped_test(a_file_of_another_root_is_opened_there),
		mapped_test(a_file_of_another_root_in_another_mount_namespace_is_opened_there),
		mapped_test(a_file_of_many_layers_is_opened_by_who_may_use_map_files),
		mapped_test(what_is_mapped_anew_is_told),
		mapped_test(exit_and_exec_are_told_apart),
		mapped_test(a_process_without_main_thread_has_its_files_below_its_root),
		mapped_test(any_snapshot_of_it_will_do),
		mapped_test(without_free_descriptors_it_says_so_and_leaves_none_open),
		mapped_test(the_image_of_the_vdso_is_the_one_in_memory),
		mapped_test(a_vdso_that_is_no_longer_there_is_told),
	};

	return run_suite(tests, scratch_make, scratch_remove);
}
