/* SPDX-License-Identifier: BSD-2-Clause */
/* The files that are mapped. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "operation.h"
#include "scene.h"

static void file(void)
{
	scene_file(8);
}

static int truncate_file(void)
{
	return outcome(ftruncate(scene->fd, 0));
}

static int write_file(void)
{
	return outcome(pwrite(scene->fd, "text", 4, 0));
}

static int remove_file(void)
{
	return outcome(unlink("mapped"));
}

static int rename_file(void)
{
	return outcome(rename("mapped", "renamed"));
}

static int sync_file(void)
{
	return outcome(msync(scene->at, 8 * PAGE, MS_SYNC));
}

static void memory_file(void)
{
	scene->fd = memfd_create("memory", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	scene_need(scene->fd >= 0 && ftruncate(scene->fd, 2 * (off_t)PAGE) == 0, "memfd");
	scene->at = mmap(NULL, 2 * PAGE, PROT_READ, MAP_SHARED, scene->fd, 0);
	scene_need(scene->at != MAP_FAILED, "a mapped memfd");
}

static int seal_file(void)
{
	return outcome(fcntl(scene->fd, F_ADD_SEALS, F_SEAL_SHRINK | F_SEAL_GROW));
}

static void file_of_a_mount(void)
{
	mkdir("mounted", 0700);
	if (mount("none", "mounted", "tmpfs", 0, NULL))
		scene_cannot("needs root, to mount");
	scene_need(chdir("mounted") == 0, "a folder");
	scene_file(8);
	scene_need(chdir("..") == 0, "a folder");
}

static int unmount_lazily(void)
{
	return outcome(umount2("mounted", MNT_DETACH));
}

static const struct operation list[] = {
	{ "a mapped file is written to", QUIET, 0, file, write_file, NULL },
	{ "a mapped file is truncated", QUIET, 0, file, truncate_file, NULL },
	{ "msync", QUIET, 0, file, sync_file, NULL },
	{ "a mapped memfd is sealed", QUIET, 0, memory_file, seal_file, NULL },
	{ "a mapped file is renamed", UNSEEN, 0, file, rename_file, NULL },
	{ "a mapped file is unlinked", UNSEEN, 0, file, remove_file, NULL },
	{ "the file system of a mapped file is unmounted lazily", UNSEEN, 0, file_of_a_mount,
	  unmount_lazily, NULL },
};

const struct operation_group operations_file = OPERATION_GROUP(list);
