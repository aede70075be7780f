/* SPDX-License-Identifier: BSD-2-Clause */
#include "target.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE  4096
#define PAGES 16
#define HEAP  (32 * PAGE) /* bytes to grow or shrink it by */

__attribute__((noreturn)) static void fail(const char *what)
{
	perror(what);
	abort();
}

static struct pipes {
	int orders;
	int answers;
	int life;
} pipes;

static int wait_for_the_end(void *unused)
{
	(void)unused;
	/* The end of the other process must close its pipes. */
	dup2(pipes.life, 3);
	close_range(4, ~0u, 0);
	_exit(read(3, &(char){ 0 }, 1) != 0);
}

static void share(void)
{
	static char stack[16 * PAGE] __attribute__((aligned(16)));

	if (clone(wait_for_the_end, stack + sizeof(stack), CLONE_VM, NULL) < 0)
		fail("clone");
}

static void *map(void)
{
	void *page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (page == MAP_FAILED)
		fail("mmap");
	return page;
}

static void obey(char order)
{
	static void *pages[PAGES];
	static int n;

	switch (order) {
	case TARGET_MAP:
		pages[n++] = map();
		break;
	case TARGET_UNMAP:
		munmap(pages[--n], PAGE);
		break;
	case TARGET_PROTECT:
		mprotect(pages[n - 1], PAGE, PROT_READ);
		break;
	case TARGET_NAME:
		prctl(PR_SET_VMA, PR_SET_VMA_ANON_NAME, pages[n - 1], PAGE, "target");
		break;
	case TARGET_GROW:
		sbrk(HEAP);
		break;
	case TARGET_SHRINK:
		sbrk(-HEAP);
		break;
	case TARGET_LABEL:
		prctl(PR_SET_MM, PR_SET_MM_START_STACK, pages[n - 1], 0, 0);
		break;
	case TARGET_SHARE:
		share();
		break;
	case TARGET_EXEC:
		execlp("sleep", "sleep", "1000", NULL);
		fail("sleep");
	case TARGET_RENEW:
		execl("/proc/self/exe", "renewed", "", NULL);
		fail("/proc/self/exe");
	case TARGET_END:
	case TARGET_EXIT:
		_exit(0);
	}
}

static void *serve(void *unused)
{
	char order;

	(void)unused;
	while (read(pipes.orders, &order, 1) == 1) {
		if (order != TARGET_CHURN)
			obey(order);
		if (write(pipes.answers, &order, 1) != 1)
			break;
		while (order == TARGET_CHURN)
			munmap(map(), PAGE);
	}
	_exit(0);
}

static void run(enum target_thread thread)
{
	pthread_t other;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (thread == TARGET_MAIN)
		serve(NULL);
	/* open_maps() comes first. */
	if (read(pipes.orders, &(char){ 0 }, 1) != 1 || pthread_create(&other, NULL, serve, NULL))
		abort();
	pthread_exit(NULL);
}

static void *pause_for_ever(void *unused)
{
	for (;;)
		pause();
	return unused;
}

void target_main(int argc)
{
	pthread_t other;

	if (argc < 2)
		return;
	if (pthread_create(&other, NULL, pause_for_ever, NULL))
		fail("pthread_create");
	pthread_exit(NULL);
}

static int open_maps(pid_t pid)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/maps", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		fail(path);
	return fd;
}

static char state_of(pid_t pid)
{
	char path[64], text[256];
	ssize_t length;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	length = read(fd, text, sizeof(text) - 1);
	close(fd);
	if (length <= 0)
		fail(path);
	text[length] = 0;
	return strrchr(text, ')')[2];
}

/* exec closes files before it changes the address space, and the name after it. */
static void wait_for_name(pid_t pid, const char *name)
{
	char path[64], text[64];
	ssize_t length;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/comm", pid);
	do {
		fd = open(path, O_RDONLY | O_CLOEXEC);
		length = read(fd, text, sizeof(text) - 1);
		close(fd);
		if (length <= 0)
			fail(path);
		text[length - 1] = 0;
	} while (strcmp(text, name) != 0);
}

void target_start(struct target *target, enum target_thread thread)
{
	int orders[2], answers[2], life[2];

	if (pipe2(orders, O_CLOEXEC) || pipe2(answers, O_CLOEXEC) || pipe2(life, O_CLOEXEC))
		fail("pipe2");
	target->pid = fork();
	if (target->pid < 0)
		fail("fork");
	if (target->pid == 0) {
		pipes = (struct pipes){ orders[0], answers[1], life[0] };
		close(orders[1]);
		close(answers[0]);
		close(life[1]);
		run(thread);
	}
	close(orders[0]);
	close(answers[1]);
	close(life[0]);
	target->orders = orders[1];
	target->answers = answers[0];
	target->life = life[1];
	target->maps_fd = open_maps(target->pid);
	if (thread == TARGET_MAIN)
		return;
	if (write(target->orders, "", 1) != 1)
		fail("write");
	while (state_of(target->pid) != 'Z')
		usleep(1000);
}

void target_order(const struct target *target, enum target_order order)
{
	char byte = (char)order;

	if (write(target->orders, &byte, 1) != 1)
		fail("write");
	/* exec and exit close the pipe. */
	if (read(target->answers, &byte, 1) < 0)
		fail("read");
	while ((order == TARGET_END || order == TARGET_RENEW) && state_of(target->pid) != 'Z')
		usleep(1000);
	if (order == TARGET_EXEC)
		wait_for_name(target->pid, "sleep");
	if (order == TARGET_EXIT && waitid(P_PID, (id_t)target->pid, &(siginfo_t){ 0 }, WEXITED))
		fail("waitid");
}

void target_stop(struct target *target)
{
	close(target->maps_fd);
	close(target->orders);
	close(target->answers);
	close(target->life);
	if (waitid(P_PID, (id_t)target->pid, &(siginfo_t){ 0 }, WEXITED | WNOHANG | WNOWAIT) == 0) {
		kill(target->pid, SIGKILL);
		waitpid(target->pid, NULL, 0);
	}
}
