/* SPDX-License-Identifier: BSD-2-Clause */
/* Names that need file systems of their own, so root; in a mount namespace that goes with us. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "target_names.h"

#define MOUNT "mount"

static int mount_tmpfs(const char *where)
{
	return mount("tmpfs", where, "tmpfs", MS_NOSUID | MS_NODEV, "mode=0700");
}

static int create(const char *path)
{
	return open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
}

/* An overlay tells its layers' inodes apart by the upper bits: more than 32 of them. */
static void map_wide_inode(void)
{
	static const char *const directories[] = {
		MOUNT "/lower",      MOUNT "/upper", MOUNT "/upper/files",
		MOUNT "/upper/work", MOUNT "/both",
	};

	for (unsigned int i = 0; i < sizeof(directories) / sizeof(directories[0]); i++) {
		mkdir(directories[i], 0700);
		if (i < 2 && mount_tmpfs(directories[i])) {
			target_names_without("a 64-bit inode");
			return;
		}
	}
	close(create(MOUNT "/lower/file"));
	if (mount("overlay", MOUNT "/both", "overlay", 0,
		  "lowerdir=" MOUNT "/lower,upperdir=" MOUNT "/upper/files,workdir=" MOUNT
		  "/upper/work,xino=on"))
		target_names_without("a 64-bit inode");
	else
		target_names_map_fd(open(MOUNT "/both/file", O_RDONLY | O_CLOEXEC),
				    "a 64-bit inode");
}

/* Behind a detached mount a path begins at that mount. */
static void map_detached(void)
{
	target_names_map_fd(create(MOUNT "/detached"), "a detached mount");
	umount2(MOUNT, MNT_DETACH);
}

void target_names_map_mounts(void)
{
	if (unshare(CLONE_NEWNS) || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL)) {
		target_names_without("mounts");
		return;
	}
	if (mkdir(MOUNT, 0700) || mount_tmpfs(MOUNT)) {
		target_names_without("mounts");
	} else {
		map_wide_inode();
		map_detached();
	}
	rmdir(MOUNT);
}
