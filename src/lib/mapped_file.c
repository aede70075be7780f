/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The file of a mapping. It is found by a descriptor that only names it (O_PATH),
 * so that a device, or whatever stands at its path by now, is not opened to find
 * out what it is; and is opened by that descriptor.
 *
 * While it is open its inode can't be given to another file: a mapping that is
 * there afterwards, with the same device and inode, is of this file.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "process.h"
#include "recheck.h"
#include "want.h"

struct opening {
	struct mapsnap_process *process;
	const struct mapsnap_mapping *mapping;
	uint32_t route;
	struct kernel_file file;
	int refused; /* what map_files said */
};

static bool same_inode(const struct opening *o)
{
	return o->file.inode == o->mapping->inode;
}

static bool same_device(const struct opening *o)
{
	return o->file.device_major == o->mapping->device_major &&
	       o->file.device_minor == o->mapping->device_minor;
}

/* Errors that have nothing to do with where it is looked for. */
static bool is_final(int r)
{
	return r == -EMFILE || r == -ENFILE || r == -ENOMEM;
}

/* There is a link for each mapping of a file, to that file, wherever it is or was. */
static int find_by_map_files(struct opening *o)
{
	char path[64];

	snprintf(path, sizeof(path), "map_files/%" PRIx64 "-%" PRIx64, o->mapping->start,
		 o->mapping->end);
	return o->process->kernel->openat(o->process->dir_fd, path, O_PATH);
}

/*
 * The path of maps leads from the reader's root, or that of another mount
 * namespace, as does the one of the link `root`; NULL where it is not below that.
 */
static const char *path_below(const char *path, const char *root, size_t length)
{
	if (length == 1)
		length = 0; /* all of them are below "/" */
	if (strncmp(path, root, length) != 0 || path[length] != '/')
		return NULL;
	return path + length + 1;
}

static int find_below(struct opening *o, int thread_dir)
{
	const struct kernel *kernel = o->process->kernel;
	char root[PATH_MAX];
	ssize_t length = kernel->readlink(thread_dir, "root", root, sizeof(root));
	const char *path;
	int root_fd, fd;

	if (length < 0)
		return (int)length;
	path = path_below(o->mapping->path, root, (size_t)length);
	if (!path)
		return -ENOENT;
	root_fd = kernel->openat(thread_dir, "root", O_PATH | O_DIRECTORY);
	if (root_fd < 0)
		return root_fd;
	fd = kernel->openat(root_fd, path, O_PATH);
	kernel->close(root_fd);
	return fd;
}

static int find_by_root(struct opening *o)
{
	int thread_dir = process_thread_dir(o->process);
	int fd;

	if (thread_dir < 0)
		return thread_dir;
	fd = find_below(o, thread_dir);
	process_leave_thread(o->process, thread_dir);
	return fd;
}

/* The descriptor, if `fits` says yes to what it is; else it is closed: `otherwise`. */
static int examine(struct opening *o, int fd, bool (*fits)(const struct opening *), int otherwise)
{
	int r;

	if (fd < 0)
		return fd;
	r = o->process->kernel->file(fd, &o->file);
	if (r == 0 && fits(o))
		return fd;
	o->process->kernel->close(fd);
	return r ? r : otherwise;
}

static bool is_regular(const struct opening *o)
{
	return o->file.regular;
}

/* Nothing but its numbers tells that it is not another one of the same path. */
static bool is_that_file(const struct opening *o)
{
	return o->file.regular && same_inode(o) && same_device(o);
}

static int find(struct opening *o)
{
	int fd = examine(o, find_by_map_files(o), is_regular, -ENXIO);

	o->route = MAPSNAP_FILE_MAP_FILES;
	if (fd >= 0 || fd == -ENXIO || is_final(fd))
		return fd;
	o->refused = fd;
	o->route = MAPSNAP_FILE_ROOT;
	return examine(o, find_by_root(o), is_that_file, -ENOENT);
}

static int open_found(const struct opening *o, int found)
{
	char path[48];

	snprintf(path, sizeof(path), "/proc/thread-self/fd/%d", found);
	return o->process->kernel->openat(AT_FDCWD, path, O_RDONLY | O_NONBLOCK | O_NOCTTY);
}

/*
 * Whether a mapping with these numbers is of this file. Where devices vary
 * there is only the inode to go by, beside the link that led there.
 */
static bool fits_mapping(const struct opening *o)
{
	return same_inode(o) && (same_device(o) || o->file.device_varies);
}

static int complain_not_found(const struct opening *o, int said)
{
	switch (said) {
	case -ENXIO:
		return process_fail(o->process, said, "what is mapped is a device, or no file");
	case -ENOENT:
		return process_fail(
			o->process, said,
			"its path leads to no such file, or to another one; by map_files, "
			"which has it wherever it is: %s%s",
			strerrordesc_np(-o->refused),
			auxv_denied(o->refused)
				? ", that takes CAP_CHECKPOINT_RESTORE or CAP_SYS_ADMIN"
				: "");
	default:
		return process_fail(o->process, said, "looking for its file failed: %s",
				    strerrordesc_np(-said));
	}
}

static int complain_not_opened(const struct opening *o, int said)
{
	return process_fail(o->process, said, "its file can't be opened: %s",
			    strerrordesc_np(-said));
}

/* What can't be had may be no longer mapped: that comes first. */
static int cannot(const struct opening *o, const struct mapsnap *snapshot, int said,
		  int (*complain)(const struct opening *, int))
{
	int r = is_final(said) ? 0 : recheck(o->process, snapshot, o->mapping, true);

	return r ? r : complain(o, said);
}

static int open_mapped(struct opening *o, const struct mapsnap *snapshot)
{
	const struct kernel *kernel = o->process->kernel;
	int found = find(o);
	int fd, r;

	if (found < 0)
		return cannot(o, snapshot, found, complain_not_found);
	fd = open_found(o, found);
	kernel->close(found);
	if (fd < 0)
		return cannot(o, snapshot, fd, complain_not_opened);
	r = recheck(o->process, snapshot, o->mapping, fits_mapping(o));
	if (r == 0)
		return fd;
	kernel->close(fd);
	return r;
}

int mapsnap_open_file(struct mapsnap_process *process, const struct mapsnap *snapshot,
		      const struct mapsnap_mapping *mapping, int *fd, uint32_t *route)
{
	struct opening o = { .process = process, .mapping = mapping };
	int r;

	if (process->dir_fd < 0)
		return process_fail(
			process, -EOPNOTSUPP,
			"a maps file leads to no other file: open the process by its pid");
	if (!has_file(mapping))
		return complain_not_found(&o, -ENXIO);
	r = open_mapped(&o, snapshot);
	if (r < 0)
		return r;
	*fd = r;
	*route = o.route;
	return 0;
}
