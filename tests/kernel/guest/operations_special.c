/* SPDX-License-Identifier: BSD-2-Clause */
/* What the kernel maps by itself, and what is not mapped by mmap. */
#include <asm/prctl.h>
#include <errno.h>
#include <linux/aio_abi.h>
#include <linux/io_uring.h>
#include <linux/perf_event.h>
#include <stdint.h>
#include <sys/mman.h>
#include <sys/shm.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#include "operation.h"
#include "scene.h"

static aio_context_t requests;

static void aio(void)
{
	if (syscall(SYS_io_setup, 1, &requests))
		scene_cannot("needs CONFIG_AIO");
}

static void no_aio_yet(void)
{
	aio();
	scene_need(syscall(SYS_io_destroy, requests) == 0, "io_destroy");
	requests = 0;
}

static int set_up_aio(void)
{
	return outcome(syscall(SYS_io_setup, 1, &requests));
}

static int destroy_aio(void)
{
	return outcome(syscall(SYS_io_destroy, requests));
}

static void segment(void)
{
	scene->fd = shmget(IPC_PRIVATE, 4 * PAGE, 0600);
	if (scene->fd < 0)
		scene_cannot("needs CONFIG_SYSVIPC");
}

static void attached_segment(void)
{
	segment();
	scene->at = shmat(scene->fd, NULL, 0);
	scene_need(scene->at != (void *)-1, "shmat");
	scene_need(shmctl(scene->fd, IPC_RMID, NULL) == 0, "IPC_RMID");
}

static int attach(void)
{
	int r = outcome((long)shmat(scene->fd, NULL, 0));

	shmctl(scene->fd, IPC_RMID, NULL);
	return r;
}

static int detach(void)
{
	return outcome(shmdt(scene->at));
}

static void events(void)
{
	struct perf_event_attr event = {
		.type = PERF_TYPE_SOFTWARE,
		.size = sizeof(event),
		.config = PERF_COUNT_SW_DUMMY,
		.exclude_kernel = 1,
	};

	scene->fd = (int)syscall(SYS_perf_event_open, &event, 0, -1, -1, PERF_FLAG_FD_CLOEXEC);
	if (scene->fd < 0)
		scene_cannot("needs CONFIG_PERF_EVENTS");
}

static void ring(void)
{
	struct io_uring_params parameters = { 0 };

	eight_pages();
	scene->fd = (int)syscall(SYS_io_uring_setup, 4, &parameters);
	if (scene->fd < 0)
		scene_cannot("needs CONFIG_IO_URING");
}

static int map_ring(void)
{
	return outcome(
		(long)mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, scene->fd, 0));
}

static int pin_buffer(void)
{
	struct iovec buffer = { scene->at, 8 * PAGE };

	return outcome(
		syscall(SYS_io_uring_register, scene->fd, IORING_REGISTER_BUFFERS, &buffer, 1));
}

static void secret(void)
{
	scene->fd = (int)syscall(SYS_memfd_secret, 0);
	if (scene->fd < 0 || ftruncate(scene->fd, 2 * (off_t)PAGE))
		scene_cannot("needs CONFIG_SECRETMEM");
}

static void vdso(void)
{
	struct scene_range range = scene_mapping("[vdso]");

	scene->at = range.start;
	scene->fd = (int)(range.end - range.start);
}

static int move_vdso(void)
{
	char *room = mmap(NULL, (size_t)scene->fd, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return outcome((long)mremap(scene->at, (size_t)scene->fd, (size_t)scene->fd,
				    MREMAP_MAYMOVE | MREMAP_FIXED, room));
}

/* As CRIU does, which has unmapped the one that was there. */
static void no_vdso(void)
{
	static const char *const names[] = { "[vdso]", "[vvar]", "[vvar_vclock]" };

	for (size_t i = 0; i < 3; i++) {
		struct scene_range range = scene_mapping(names[i]);

		scene_need(munmap(range.start, (size_t)(range.end - range.start)) == 0, names[i]);
	}
}

static int map_vdso(void)
{
	return outcome(syscall(SYS_arch_prctl, ARCH_MAP_VDSO_64, 0));
}

static const struct operation list[] = {
	{ "io_setup", CHANGES, 0, no_aio_yet, set_up_aio, NULL },
	{ "io_destroy", CHANGES, 0, aio, destroy_aio, NULL },
	{ "io_uring ring mapped", CHANGES, 0, ring, map_ring, NULL },
	{ "io_uring registers a buffer", QUIET, 0, ring, pin_buffer, NULL },
	{ "perf buffer mapped", CHANGES, 0, events, map_ring, NULL },
	{ "memfd_secret mapped", CHANGES, 0, secret, map_ring, NULL },
	{ "shmat", CHANGES, 0, segment, attach, NULL },
	{ "shmdt", CHANGES, 0, attached_segment, detach, NULL },
	{ "mremap moves the vdso", CHANGES, 0, vdso, move_vdso, NULL },
	{ "arch_prctl ARCH_MAP_VDSO_64", CHANGES, 0, no_vdso, map_vdso, NULL },
};

const struct operation_group operations_special = OPERATION_GROUP(list);
