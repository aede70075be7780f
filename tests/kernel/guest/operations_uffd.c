/* SPDX-License-Identifier: BSD-2-Clause */
/* userfaultfd, by the process itself and by another that has the descriptor. */
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <stdint.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "operation.h"
#include "scene.h"

static void prepare(void)
{
	struct uffdio_api api = { .api = UFFD_API };

	eight_pages();
	scene->fd = (int)syscall(SYS_userfaultfd, O_CLOEXEC | O_NONBLOCK);
	if (scene->fd < 0 || ioctl(scene->fd, UFFDIO_API, &api))
		scene_cannot("needs CONFIG_USERFAULTFD");
}

static int enlist(int fd, size_t first, size_t pages)
{
	struct uffdio_register range = {
		.range = { (uintptr_t)(scene->at + first * PAGE), pages * PAGE },
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};

	return outcome(ioctl(fd, UFFDIO_REGISTER, &range));
}

static void enlisted(void)
{
	prepare();
	scene_need(enlist(scene->fd, 0, 8) == 0, "UFFDIO_REGISTER");
}

static void part_enlisted(void)
{
	prepare();
	scene_need(enlist(scene->fd, 2, 2) == 0, "UFFDIO_REGISTER");
}

static void enlisted_and_empty(void)
{
	prepare();
	madvise(scene->at, 8 * PAGE, MADV_DONTNEED);
	scene_need(enlist(scene->fd, 0, 8) == 0, "UFFDIO_REGISTER");
}

static int enlist_all(void)
{
	return enlist(scene->fd, 0, 8);
}

static int enlist_part(void)
{
	return enlist(scene->fd, 2, 2);
}

static int strike_off(int fd, size_t first, size_t pages)
{
	struct uffdio_range range = { (uintptr_t)(scene->at + first * PAGE), pages * PAGE };

	return outcome(ioctl(fd, UFFDIO_UNREGISTER, &range));
}

static int strike_off_all(void)
{
	return strike_off(scene->fd, 0, 8);
}

static int strike_off_part(void)
{
	return strike_off(scene->fd, 2, 2);
}

static int fill(void)
{
	static char page[4096] __attribute__((aligned(4096)));
	struct uffdio_copy copy = {
		.dst = (uintptr_t)scene->at,
		.src = (uintptr_t)page,
		.len = PAGE,
	};

	return outcome(ioctl(scene->fd, UFFDIO_COPY, &copy));
}

static int drop(void)
{
	return outcome(close(scene->fd));
}

/* With the descriptor of the other process, in this one. */
static int by_another(pid_t pid, int (*body)(int fd))
{
	int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	int fd = (int)syscall(SYS_pidfd_getfd, pidfd, scene->fd, 0);
	int r = fd < 0 ? outcome(fd) : body(fd);

	close(fd);
	close(pidfd);
	return r;
}

static int enlist_part_with(int fd)
{
	return enlist(fd, 2, 2);
}

static int strike_off_part_with(int fd)
{
	return strike_off(fd, 2, 2);
}

static int enlist_by_another(pid_t pid)
{
	return by_another(pid, enlist_part_with);
}

static int strike_off_by_another(pid_t pid)
{
	return by_another(pid, strike_off_part_with);
}

static const struct operation list[] = {
	{ "userfaultfd register, a whole mapping", SPARES, 0, prepare, enlist_all, NULL },
	{ "userfaultfd register, part of a mapping", CHANGES, 0, prepare, enlist_part, NULL },
	{ "userfaultfd register, part, by another process", CHANGES, 0, prepare, NULL,
	  enlist_by_another },
	{ "userfaultfd unregister, a whole mapping", SPARES, 0, enlisted, strike_off_all, NULL },
	{ "userfaultfd unregister, part of a mapping", CHANGES, 0, enlisted, strike_off_part,
	  NULL },
	{ "userfaultfd unregister, part, by another process", CHANGES, 0, enlisted, NULL,
	  strike_off_by_another },
	{ "userfaultfd closed, two mappings that merge", CHANGES, 0, part_enlisted, drop, NULL },
	{ "userfaultfd UFFDIO_COPY", QUIET, 0, enlisted_and_empty, fill, NULL },
};

const struct operation_group operations_uffd = OPERATION_GROUP(list);
