/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/ipc.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "target_names.h"

#ifndef PR_SET_VMA
#define PR_SET_VMA 0x53564d41
#endif
#ifndef PR_SET_VMA_ANON_NAME
#define PR_SET_VMA_ANON_NAME 0
#endif
#ifndef SYS_memfd_secret
#define SYS_memfd_secret 447
#endif

static size_t page;

static void *map(size_t size, int protection, int flags, int fd, const char *what)
{
	void *address = mmap(NULL, size, protection, flags, fd, 0);

	if (address == MAP_FAILED)
		target_names_without(what);
	return address;
}

/* All 16; the shared ones of a memory file, so that none is merged with its neighbour. */
static void map_permissions(void)
{
	int fd = memfd_create("permissions", MFD_CLOEXEC);

	for (int protection = 0; protection < 8; protection++) {
		map(page, protection, MAP_PRIVATE | MAP_ANONYMOUS, -1, "private permissions");
		map(page, protection, MAP_SHARED, fd, "shared permissions");
	}
	close(fd);
}

static void map_memory_files(void)
{
	target_names_map_fd(memfd_create("", MFD_CLOEXEC), "an empty memfd name");
	target_names_map_fd(memfd_create("with space", MFD_CLOEXEC), "a memfd");
	target_names_map_fd(memfd_create("new\nline", MFD_CLOEXEC), "a memfd");
	target_names_map_fd(memfd_create("x (deleted)", MFD_CLOEXEC), "a memfd");
	target_names_map_fd((int)syscall(SYS_memfd_secret, 0), "secret memory");
}

/* Nothing is touched, so without a reservation no huge page is needed. */
static void map_huge(void)
{
	size_t size = 1 << 21;
	int flags = MAP_ANONYMOUS | MAP_HUGETLB | MAP_NORESERVE;
	int fd = memfd_create("huge", MFD_CLOEXEC | MFD_HUGETLB);

	map(size, PROT_READ, MAP_PRIVATE | flags, -1, "private huge pages");
	map(size, PROT_READ, MAP_SHARED | flags, -1, "shared huge pages");
	if (fd < 0) {
		target_names_without("a huge memfd");
		return;
	}
	map(size, PROT_READ, MAP_SHARED | MAP_NORESERVE, fd, "a huge memfd");
	close(fd);
}

static void map_sysv(key_t key)
{
	int id = shmget(key, page, IPC_CREAT | 0600);

	if (id < 0 || shmat(id, NULL, 0) == (void *)-1)
		target_names_without("SysV shared memory");
	if (id >= 0)
		shmctl(id, IPC_RMID, NULL);
}

static void map_zero_device(void)
{
	int fd = open("/dev/zero", O_RDWR | O_CLOEXEC);

	if (fd < 0) {
		target_names_without("/dev/zero");
		return;
	}
	map(page, PROT_READ, MAP_PRIVATE, fd, "/dev/zero, private");
	map(page, PROT_READ, MAP_SHARED, fd, "/dev/zero, shared");
	close(fd);
}

static void map_named(int flags, const char *name)
{
	void *address = map(page, PROT_READ, flags | MAP_ANONYMOUS, -1, name);

	if (address != MAP_FAILED &&
	    prctl(PR_SET_VMA, PR_SET_VMA_ANON_NAME, (uintptr_t)address, page, name))
		target_names_without("named anonymous memory");
}

static void *sleep_for_ever(void *argument)
{
	for (;;)
		pause();
	return argument;
}

/* A thread's stack has a guard below; another kind grows by itself. */
static void map_stacks(void)
{
	pthread_t thread;

	errno = pthread_create(&thread, NULL, sleep_for_ever, NULL);
	if (errno)
		target_names_without("a thread");
	map(page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_GROWSDOWN, -1,
	    "a stack that grows");
}

static void make_heap(void)
{
	if (sbrk((intptr_t)(4 * page)) == (void *)-1)
		target_names_without("a heap");
}

void target_names_map_memory(void)
{
	page = (size_t)sysconf(_SC_PAGESIZE);
	make_heap();
	map_permissions();
	map_memory_files();
	map_huge();
	map_sysv(IPC_PRIVATE);
	map_sysv((key_t)(0x5ea00000u + (unsigned int)getpid()));
	map(page, PROT_READ, MAP_SHARED | MAP_ANONYMOUS, -1, "shared memory");
	map_zero_device();
	map_named(MAP_PRIVATE, "a name (with spaces), \"quotes\" and <more>");
	map_named(MAP_SHARED, "a shared name");
	map_stacks();
}
