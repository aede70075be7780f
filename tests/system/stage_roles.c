/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <linux/io_uring.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "stage.h"

#define THREADS      4
#define MANY_THREADS 300
#define STACK_SIZE   65536
#define MOMENT       20000 /* ns */

/*
 * Plain system calls only, for they are made in a process that shares its
 * parent's memory too. Each changes the mappings.
 */
__attribute__((no_sanitize("address", "undefined", "thread"))) static void beat(atomic_ulong *beats)
{
	const struct timespec moment = { .tv_nsec = MOMENT };
	void *page = mmap(NULL, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	atomic_fetch_add(beats, 1);
	munmap(page, 4096);
	syscall(SYS_nanosleep, &moment, NULL);
}

__attribute__((no_sanitize("address", "undefined", "thread"))) static int beat_on(void *beats)
{
	for (;;)
		beat(beats);
	return 0;
}

/* Another process: it goes with its parent, whatever becomes of the test. */
__attribute__((no_sanitize("address", "undefined", "thread"))) static int beat_alone(void *beats)
{
	syscall(SYS_prctl, PR_SET_PDEATHSIG, SIGKILL);
	return beat_on(beats);
}

static void *beat_in_thread(void *beats)
{
	beat_on(beats);
	return NULL;
}

static void start_thread(void *(*run)(void *), void *argument)
{
	pthread_attr_t detached;
	pthread_t thread;

	pthread_attr_init(&detached);
	pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
	pthread_attr_setstacksize(&detached, STACK_SIZE);
	while (pthread_create(&thread, &detached, run, argument))
		usleep(100);
	pthread_attr_destroy(&detached);
}

static void play_threads(struct stage *stage)
{
	for (unsigned int i = 1; i < THREADS; i++)
		start_thread(beat_in_thread, &stage->beats[i]);
	beat_on(&stage->beats[0]);
}

/* The main thread has ended. */
static void play_orphans(struct stage *stage)
{
	start_thread(beat_in_thread, &stage->beats[0]);
	start_thread(beat_in_thread, &stage->beats[1]);
	pthread_exit(NULL);
}

/* Each makes the next one, and ends soon. */
static void *beat_and_hand_on(void *argument)
{
	struct stage *stage = argument;

	start_thread(beat_and_hand_on, stage);
	beat(&stage->beats[0]);
	return NULL;
}

static void play_relay(struct stage *stage)
{
	for (unsigned int i = 0; i < THREADS; i++)
		start_thread(beat_and_hand_on, stage);
	beat_on(&stage->beats[1]);
}

static void play_sharers(struct stage *stage)
{
	static char stack[STACK_SIZE] __attribute__((aligned(16)));

	stage->other = clone(beat_alone, stack + STACK_SIZE, CLONE_VM | SIGCHLD, &stage->beats[1]);
	beat_on(&stage->beats[0]);
}

/* Its parent waits in the kernel, for ever, and can't be stopped there. */
__attribute__((no_sanitize("address", "undefined", "thread"))) static void
play_vfork(struct stage *stage)
{
	start_thread(beat_in_thread, &stage->beats[0]);
	if (syscall(SYS_clone, CLONE_VM | CLONE_VFORK | SIGCHLD, 0, 0, 0, 0) == 0) {
		stage->other = (int)syscall(SYS_getpid);
		beat_alone(&stage->beats[1]);
	}
}

static struct stage *handled;

static void count_signal(int number)
{
	(void)number;
	atomic_fetch_add(&handled->signals, 1);
}

/* By both threads, whichever the kernel picks. */
static void play_signals(struct stage *stage)
{
	struct sigaction action = { .sa_handler = count_signal, .sa_flags = SA_RESTART };

	handled = stage;
	sigaction(SIGRTMIN, &action, NULL);
	play_threads(stage);
}

static void note_interruption(struct stage *stage)
{
	if (errno == EINTR)
		atomic_fetch_add(&stage->interrupted, 1);
	atomic_fetch_add(&stage->beats[0], 1);
}

/* Never restarted, whatever interrupts it, see signal(7). */
static void play_epoll(struct stage *stage)
{
	int fd = epoll_create1(0);
	struct epoll_event event;

	atomic_fetch_add(&stage->beats[1], 1);
	for (;;)
		if (epoll_wait(fd, &event, 1, -1) < 0)
			note_interruption(stage);
}

/* Restarted where nothing but a stop interrupts it. */
static void play_pipe(struct stage *stage)
{
	int ends[2];
	char c;

	if (pipe(ends))
		_exit(1);
	atomic_fetch_add(&stage->beats[1], 1);
	for (;;)
		if (read(ends[0], &c, 1) < 0)
			note_interruption(stage);
}

static _Noreturn void play_again(const char *role)
{
	execl("/proc/self/exe", "play", role, getenv("STAGE"), NULL);
	_exit(1);
}

static void *exec_again(void *argument)
{
	struct stage *stage = argument;

	for (unsigned int i = 0; i < 50; i++)
		beat(&stage->beats[0]);
	play_again("execs");
}

/* By a thread that is not the main one: the kernel ends the others first. */
static void play_execs(struct stage *stage)
{
	for (unsigned int i = 1; i < THREADS; i++)
		start_thread(beat_in_thread, &stage->beats[i]);
	start_thread(exec_again, stage);
	for (;;)
		pause();
}

static void *idle(void *unused)
{
	for (;;)
		pause();
	return unused;
}

static bool is_traced(int status)
{
	char text[512];
	ssize_t n = pread(status, text, sizeof(text) - 1, 0);

	text[n > 0 ? n : 0] = '\0';
	return n > 0 && !strstr(text, "\nTracerPid:\t0\n");
}

/* In the middle of it: the main thread is the first of so many to be seized. */
static void *exec_once_traced(void *argument)
{
	struct stage *stage = argument;
	int status = open("/proc/self/status", O_RDONLY | O_CLOEXEC);

	atomic_store(&stage->beats[0], atomic_load(&stage->starts));
	while (!is_traced(status))
		;
	play_again("flight");
}

static void play_flight(struct stage *stage)
{
	for (unsigned int i = 0; i < MANY_THREADS; i++)
		start_thread(idle, NULL);
	start_thread(exec_once_traced, stage);
	for (;;)
		pause();
}

/* A read from an empty pipe, by a thread that the kernel makes for it. */
static void submit_read(int ring, const struct io_uring_params *params)
{
	size_t queue = params->sq_off.array + params->sq_entries * sizeof(unsigned int);
	char *head =
		mmap(NULL, queue, PROT_READ | PROT_WRITE, MAP_SHARED, ring, IORING_OFF_SQ_RING);
	struct io_uring_sqe *entry = mmap(NULL, sizeof(*entry), PROT_READ | PROT_WRITE, MAP_SHARED,
					  ring, IORING_OFF_SQES);
	static char byte;
	int ends[2];

	if (head == MAP_FAILED || entry == MAP_FAILED || pipe(ends))
		_exit(1);
	*entry = (struct io_uring_sqe){
		.opcode = IORING_OP_READ,
		.flags = IOSQE_ASYNC,
		.fd = ends[0],
		.addr = (uintptr_t)&byte,
		.len = 1,
	};
	*(unsigned int *)(head + params->sq_off.array) = 0;
	*(unsigned int *)(head + params->sq_off.tail) = 1;
	syscall(SYS_io_uring_enter, ring, 1, 0, 0, NULL, 0);
}

/* Threads of the kernel's making: one that looks for work, and one that does some. */
static void play_ring(struct stage *stage)
{
	struct io_uring_params polled = { .flags = IORING_SETUP_SQPOLL, .sq_thread_idle = 60000 };
	struct io_uring_params params = { 0 };
	int ring = (int)syscall(SYS_io_uring_setup, 1, &params);

	stage->absent = ring < 0 || syscall(SYS_io_uring_setup, 1, &polled) < 0;
	if (!stage->absent)
		submit_read(ring, &params);
	beat_on(&stage->beats[0]);
}

const struct stage_role stage_roles[] = {
	{ "threads", play_threads }, { "orphans", play_orphans }, { "relay", play_relay },
	{ "sharers", play_sharers }, { "vfork", play_vfork },     { "signals", play_signals },
	{ "epoll", play_epoll },     { "pipe", play_pipe },       { "execs", play_execs },
	{ "flight", play_flight },   { "ring", play_ring },       { NULL, NULL },
};
