/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The sequence by eBPF in processes without privileges, which are handed the
 * program by one that has them, and with no other capabilities than are said
 * to be needed. Needs root.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/bpf.h>
#include <linux/capability.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "mapsnap-bpf.h"
#include "target.h"

#define NOBODY 65534

static struct mapsnap_bpf *privileged;

/* In the child processes of this test, where cmocka does not reach. */
#define CHECK(condition)                                                                        \
	do {                                                                                    \
		if (!(condition)) {                                                             \
			fprintf(stderr, "%s:%d: not so: %s\n", __FILE__, __LINE__, #condition); \
			_exit(1);                                                               \
		}                                                                               \
	} while (0)

static void send_fd(int socket, int fd)
{
	union {
		struct cmsghdr header;
		char space[CMSG_SPACE(sizeof(int))];
	} control = { .header = { .cmsg_len = CMSG_LEN(sizeof(int)),
				  .cmsg_level = SOL_SOCKET,
				  .cmsg_type = SCM_RIGHTS } };
	struct iovec byte = { .iov_base = (char[1]){ 0 }, .iov_len = 1 };
	struct msghdr message = { .msg_iov = &byte,
				  .msg_iovlen = 1,
				  .msg_control = &control,
				  .msg_controllen = sizeof(control) };

	memcpy(CMSG_DATA(&control.header), &fd, sizeof(fd));
	CHECK(sendmsg(socket, &message, 0) == 1);
}

static int receive_fd(int socket)
{
	union {
		struct cmsghdr header;
		char space[CMSG_SPACE(sizeof(int))];
	} control;
	struct iovec byte = { .iov_base = (char[1]){ 0 }, .iov_len = 1 };
	struct msghdr message = { .msg_iov = &byte,
				  .msg_iovlen = 1,
				  .msg_control = &control,
				  .msg_controllen = sizeof(control) };
	int fd;

	CHECK(recvmsg(socket, &message, MSG_CMSG_CLOEXEC) == 1);
	CHECK(message.msg_controllen >= sizeof(control.header));
	memcpy(&fd, CMSG_DATA(&control.header), sizeof(fd));
	return fd;
}

static void set_capabilities(uint64_t set)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = {
		{ .effective = (uint32_t)set, .permitted = (uint32_t)set },
		{ .effective = (uint32_t)(set >> 32), .permitted = (uint32_t)(set >> 32) },
	};

	CHECK(syscall(SYS_capset, &header, data) == 0);
}

static void become_nobody_with(uint64_t capabilities)
{
	CHECK(prctl(PR_SET_KEEPCAPS, 1) == 0);
	CHECK(setgroups(0, NULL) == 0);
	CHECK(setresgid(NOBODY, NOBODY, NOBODY) == 0);
	CHECK(setresuid(NOBODY, NOBODY, NOBODY) == 0);
	set_capabilities(capabilities);
	CHECK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
	/* So that its own children may be looked at. */
	CHECK(prctl(PR_SET_DUMPABLE, 1) == 0);
}

/* Runs it in a process of its own, which is given the program through a socket. */
static void in_a_child(void (*body)(int socket))
{
	int pair[2], status;
	pid_t pid;

	assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	fflush(NULL);
	pid = fork();
	assert_true(pid >= 0);
	if (pid == 0) {
		close(mapsnap_bpf_fd(privileged));
		close(pair[0]);
		body(pair[1]);
		_exit(0);
	}
	close(pair[1]);
	send_fd(pair[0], mapsnap_bpf_fd(privileged));
	close(pair[0]);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	assert_int_equal(WEXITSTATUS(status), 0);
}

static int ask(const struct mapsnap_bpf *bpf, int maps_fd, uint64_t *sequence)
{
	const struct mapsnap_sequence *source = mapsnap_bpf_sequence(bpf);

	return source->read(source, maps_fd, sequence);
}

/* A target of the same user, from its start to its end. */
static void check_all(const struct mapsnap_bpf *bpf)
{
	struct target target;
	uint64_t before, after;

	target_start(&target, TARGET_MAIN);
	target_order(&target, TARGET_MAP);
	CHECK(ask(bpf, target.maps_fd, &before) == 0);
	CHECK(before % 2 == 0);
	target_order(&target, TARGET_PROTECT);
	CHECK(ask(bpf, target.maps_fd, &after) == 0);
	CHECK(after == before + 2);
	target_order(&target, TARGET_EXEC);
	CHECK(ask(bpf, target.maps_fd, &after) == -ESTALE);
	target_stop(&target);
	target_start(&target, TARGET_MAIN);
	target_order(&target, TARGET_EXIT);
	CHECK(ask(bpf, target.maps_fd, &after) == -ESRCH);
	target_stop(&target);
}

static void nobody_is_refused(int socket)
{
	struct mapsnap_bpf *bpf;

	(void)socket;
	become_nobody_with(0);
	CHECK(mapsnap_bpf_open(&bpf) == -EPERM);
	CHECK(strstr(mapsnap_bpf_reason(-EPERM), "CAP_PERFMON"));
}

static void nobody_can_not_load(void **state)
{
	(void)state;
	in_a_child(nobody_is_refused);
}

static void one_is_refused(int socket)
{
	struct mapsnap_bpf *bpf;

	(void)socket;
	become_nobody_with(1ull << CAP_BPF);
	CHECK(mapsnap_bpf_open(&bpf) == -EPERM);
}

static void one_capability_is_not_enough(void **state)
{
	(void)state;
	in_a_child(one_is_refused);
}

static void *check_in_thread(void *bpf)
{
	check_all(bpf);
	return NULL;
}

static void two_are_enough(int socket)
{
	struct mapsnap_bpf *bpf;
	pthread_t thread;

	(void)socket;
	become_nobody_with(1ull << CAP_BPF | 1ull << CAP_PERFMON);
	CHECK(mapsnap_bpf_open(&bpf) == 0);
	check_all(bpf);
	CHECK(pthread_create(&thread, NULL, check_in_thread, bpf) == 0);
	CHECK(pthread_join(thread, NULL) == 0);
	mapsnap_bpf_close(bpf);
}

static void two_capabilities_are_enough(void **state)
{
	(void)state;
	in_a_child(two_are_enough);
}

static struct mapsnap_bpf *receive(int socket)
{
	struct mapsnap_bpf *bpf;
	int fd = receive_fd(socket);

	CHECK(mapsnap_bpf_from_fd(fd, &bpf) == 0);
	close(fd);
	return bpf;
}

static void nobody_uses_it(int socket)
{
	struct mapsnap_bpf *bpf;

	become_nobody_with(0);
	bpf = receive(socket);
	check_all(bpf);
	mapsnap_bpf_close(bpf);
}

static void nobody_can_use_what_is_handed_over(void **state)
{
	(void)state;
	in_a_child(nobody_uses_it);
}

static void *use_in_thread(void *fd)
{
	struct mapsnap_bpf *bpf;

	CHECK(mapsnap_bpf_from_fd(*(int *)fd, &bpf) == -EBUSY);
	CHECK(unshare(CLONE_FILES) == 0);
	CHECK(mapsnap_bpf_from_fd(*(int *)fd, &bpf) == 0);
	check_all(bpf);
	mapsnap_bpf_close(bpf);
	return NULL;
}

static void nobody_has_threads(int socket)
{
	struct mapsnap_bpf *bpf;
	struct mapsnap_poll entry = { .maps_fd = -1 };
	size_t noted = 5;
	pthread_t thread;
	int fd;

	become_nobody_with(0);
	fd = receive_fd(socket);
	CHECK(mapsnap_bpf_from_fd(fd, &bpf) == 0);
	CHECK(pthread_create(&thread, NULL, use_in_thread, &fd) == 0);
	CHECK(pthread_join(thread, NULL) == 0);
	/* Alone again. */
	CHECK(mapsnap_poll(mapsnap_bpf_sequence(bpf), &entry, 1, &noted) == 0 && noted == 0);
}

static void nobody_needs_a_file_table_of_its_own(void **state)
{
	(void)state;
	in_a_child(nobody_has_threads);
}

/* A user namespace gives all capabilities, but only within. */
static void root_of_a_user_namespace_has_threads(int socket)
{
	int fd;
	pthread_t thread;

	become_nobody_with(0);
	fd = receive_fd(socket);
	if (unshare(CLONE_NEWUSER)) {
		fprintf(stderr, "no user namespaces here\n");
		return;
	}
	CHECK(pthread_create(&thread, NULL, use_in_thread, &fd) == 0);
	CHECK(pthread_join(thread, NULL) == 0);
}

static void capabilities_in_a_user_namespace_do_not_count(void **state)
{
	(void)state;
	in_a_child(root_of_a_user_namespace_has_threads);
}

/* Seen in this mount namespace only. */
static void mount_over(const char *path, const char *type)
{
	CHECK(mount(NULL, path, NULL, MS_PRIVATE, NULL) == 0);
	CHECK(mount("none", path, type, 0, NULL) == 0);
}

/* Nothing of the outside is left: neither its pids nor its mounts. */
static void in_namespaces(int socket)
{
	int status;
	pid_t pid;

	CHECK(unshare(CLONE_NEWPID | CLONE_NEWNS) == 0);
	pid = fork();
	CHECK(pid >= 0);
	if (pid == 0) {
		CHECK(getpid() == 1);
		mount_over("/proc", "proc");
		mount_over("/sys", "tmpfs");
		nobody_uses_it(socket);
		_exit(0);
	}
	CHECK(waitpid(pid, &status, 0) == pid);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void it_works_in_pid_and_mount_namespaces(void **state)
{
	(void)state;
	in_a_child(in_namespaces);
}

static void root_loads_in_namespaces(int socket)
{
	int status;
	pid_t pid;

	(void)socket;
	CHECK(unshare(CLONE_NEWPID | CLONE_NEWNS) == 0);
	pid = fork();
	CHECK(pid >= 0);
	if (pid == 0) {
		struct mapsnap_bpf *bpf;

		mount_over("/proc", "proc");
		CHECK(mapsnap_bpf_open(&bpf) == 0);
		check_all(bpf);
		_exit(0);
	}
	CHECK(waitpid(pid, &status, 0) == pid);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void it_can_be_loaded_in_pid_and_mount_namespaces(void **state)
{
	(void)state;
	in_a_child(root_loads_in_namespaces);
}

static void nobody_asks_for_roots(int socket)
{
	struct mapsnap_bpf *bpf;
	char path[64];
	uint64_t sequence;

	become_nobody_with(0);
	bpf = receive(socket);
	snprintf(path, sizeof(path), "/proc/%d/maps", getppid());
	CHECK(open(path, O_RDONLY | O_CLOEXEC) < 0 && errno == EACCES);
	/* The numbers of root's fds mean nothing here. */
	for (int fd = 3; fd < 100; fd++)
		CHECK(ask(bpf, fd, &sequence) != 0);
}

static void the_permission_is_that_of_the_open(void **state)
{
	(void)state;
	in_a_child(nobody_asks_for_roots);
}

/* What a maps file is; not even root can change it. */
static void root_writes_into_the_map(int socket)
{
	struct bpf_prog_info program = { 0 };
	union bpf_attr attributes;
	uint32_t map_id = 0;
	uint64_t address = 0x12345678;
	int fd, r;

	fd = receive_fd(socket);
	program.nr_map_ids = 1;
	program.map_ids = (uintptr_t)&map_id;
	attributes = (union bpf_attr){ .info = { .bpf_fd = (uint32_t)fd,
						 .info_len = sizeof(program),
						 .info = (uintptr_t)&program } };
	CHECK(syscall(SYS_bpf, BPF_OBJ_GET_INFO_BY_FD, &attributes, sizeof(attributes)) == 0);
	CHECK(program.nr_map_ids == 1 && map_id != 0);
	attributes = (union bpf_attr){ .map_id = map_id };
	fd = (int)syscall(SYS_bpf, BPF_MAP_GET_FD_BY_ID, &attributes, sizeof(attributes));
	CHECK(fd >= 0);
	attributes = (union bpf_attr){ .map_fd = (uint32_t)fd,
				       .key = (uintptr_t) & (uint32_t){ 0 },
				       .value = (uintptr_t)&address };
	r = (int)syscall(SYS_bpf, BPF_MAP_UPDATE_ELEM, &attributes, sizeof(attributes));
	CHECK(r < 0 && errno == EPERM);
}

static void nobody_can_teach_the_program_anything_else(void **state)
{
	(void)state;
	in_a_child(root_writes_into_the_map);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nobody_can_not_load),
		cmocka_unit_test(one_capability_is_not_enough),
		cmocka_unit_test(two_capabilities_are_enough),
		cmocka_unit_test(nobody_can_use_what_is_handed_over),
		cmocka_unit_test(nobody_needs_a_file_table_of_its_own),
		cmocka_unit_test(capabilities_in_a_user_namespace_do_not_count),
		cmocka_unit_test(it_works_in_pid_and_mount_namespaces),
		cmocka_unit_test(it_can_be_loaded_in_pid_and_mount_namespaces),
		cmocka_unit_test(the_permission_is_that_of_the_open),
		cmocka_unit_test(nobody_can_teach_the_program_anything_else),
	};
	int r = mapsnap_bpf_open(&privileged);

	if (r || geteuid() != 0) {
		printf("skipped: %s\n", r ? mapsnap_bpf_reason(r) : "needs root");
		return r == -EPROTO ? 1 : 77;
	}
	r = cmocka_run_group_tests_name("bpf_unprivileged", tests, NULL, NULL);
	mapsnap_bpf_close(privileged);
	return r;
}
