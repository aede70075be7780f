/* SPDX-License-Identifier: BSD-2-Clause */
#include "target_files.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "die.h"

static char *format_path(const char *directory, const char *format, unsigned int number)
{
	char name[64];
	char *path;

	snprintf(name, sizeof(name), format, number);
	if (asprintf(&path, "%s/%s", directory, name) < 0)
		die("no memory for a path");
	return path;
}

static char *make_directory(void)
{
	const char *parent = getenv("TMPDIR");
	char *path = format_path(parent ? parent : "/tmp", "mapsnap-target.XXXXXX", 0);

	if (!mkdtemp(path))
		die("cannot make a directory %s", path);
	return path;
}

static void *map_page(int fd, int protection)
{
	return mmap(NULL, (size_t)sysconf(_SC_PAGESIZE), protection, MAP_PRIVATE, fd, 0);
}

static void unmap_page(void *page)
{
	munmap(page, (size_t)sysconf(_SC_PAGESIZE));
}

/* A noexec mount refuses it. */
static bool can_execute(int fd)
{
	void *page = map_page(fd, PROT_READ | PROT_EXEC);

	if (page == MAP_FAILED)
		return false;
	unmap_page(page);
	return true;
}

/* The file of this line, if it is the one mapped there. */
static void learn_from(const char *line, void *const *pages, struct target_files *files)
{
	uint64_t start, inode;
	uint32_t major, minor;
	int name = 0;

	if (sscanf(line, "%" SCNx64 "-%*x %*s %*x %" SCNx32 ":%" SCNx32 " %" SCNu64 " %n", &start,
		   &major, &minor, &inode, &name) < 4)
		die("/proc/self/maps has a line of another form: %s", line);
	for (unsigned int i = 1; i < files->count; i++) {
		if ((uintptr_t)pages[i] != start)
			continue;
		files->list[i].inode = inode;
		files->list[i].device_major = major;
		files->list[i].device_minor = minor;
		free(files->list[i].name);
		files->list[i].name = strdup(line + name);
		return;
	}
}

static void learn_from_maps(void *const *pages, struct target_files *files)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	char *line = NULL;
	size_t size = 0;
	ssize_t length;

	if (!maps)
		die("cannot open /proc/self/maps");
	while ((length = getline(&line, &size, maps)) > 0) {
		line[length - 1] = '\0';
		learn_from(line, pages, files);
	}
	free(line);
	fclose(maps);
}

/*
 * What maps shows of a file need not be what fstat says: btrfs and overlayfs
 * have devices and inodes of their own. So it is read once, at rest.
 */
static void learn_identities(struct target_files *files)
{
	void **pages = calloc(files->count, sizeof(*pages));

	if (!pages)
		die("no memory for %u files", files->count);
	for (unsigned int i = 1; i < files->count; i++) {
		pages[i] = map_page(files->list[i].fd, PROT_READ);
		if (pages[i] == MAP_FAILED)
			die("cannot map %s", files->list[i].name);
	}
	learn_from_maps(pages, files);
	for (unsigned int i = 1; i < files->count; i++) {
		unmap_page(pages[i]);
		if (files->list[i].inode == 0)
			die("/proc/self/maps does not show %s", files->list[i].name);
	}
	free(pages);
}

static void make_file(const struct target_files *files, struct target_file *file,
		      unsigned int number)
{
	file->name = format_path(files->directory, "library-%u.so", number);
	/* Open after exec too: what follows maps the same files. */
	file->fd = open(file->name, O_RDWR | O_CREAT | O_EXCL, 0755);
	if (file->fd < 0)
		die("cannot make %s", file->name);
}

void target_files_make(struct target_files *files, unsigned int count)
{
	*files = (struct target_files){ .directory = make_directory(), .count = 1 };
	files->list = calloc(count + 1, sizeof(*files->list));
	if (!files->list)
		die("no memory for %u files", count);
	files->list[0] = (struct target_file){ .fd = -1, .name = strdup("") };
	while (files->count <= count) {
		make_file(files, &files->list[files->count], files->count);
		files->count++;
	}
	files->executable = can_execute(files->list[1].fd);
	learn_identities(files);
}

void target_files_remove(struct target_files *files)
{
	for (unsigned int i = 1; i < files->count; i++) {
		char *path = format_path(files->directory, "library-%u.so", i);

		unlink(path);
		free(path);
		close(files->list[i].fd);
	}
	rmdir(files->directory);
}
