/* SPDX-License-Identifier: BSD-2-Clause */
#include "scene.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#define MARGIN 16 /* pages, that nobody else takes */

struct scene *scene;

int scene_share(void)
{
	void *page = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	scene = page;
	return page == MAP_FAILED ? -1 : 0;
}

void scene_cannot(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(scene->reason, sizeof(scene->reason), format, arguments);
	va_end(arguments);
	_exit(0);
}

void scene_need(int condition, const char *what)
{
	if (condition)
		return;
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
	_exit(1);
}

char *scene_pages(size_t pages, int protection)
{
	size_t size = pages * PAGE;
	char *room = mmap(NULL, size + 2 * MARGIN * PAGE, PROT_NONE,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	scene_need(room != MAP_FAILED, "room for pages");
	scene->at = room + MARGIN * PAGE;
	scene_need(munmap(room, size + 2 * MARGIN * PAGE) == 0, "a hole for pages");
	scene_need(mmap(scene->at, size, PROT_READ | PROT_WRITE,
			MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED, -1, 0) == scene->at,
		   "pages");
	memset(scene->at, 1, size);
	scene_need(mprotect(scene->at, size, protection) == 0, "protection of pages");
	return scene->at;
}

void eight_pages(void)
{
	scene_pages(8, PROT_READ | PROT_WRITE);
}

void scene_file(size_t pages)
{
	scene->fd = open("mapped", O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	scene_need(scene->fd >= 0 && ftruncate(scene->fd, (off_t)(pages * PAGE)) == 0, "a file");
	scene->at = mmap(NULL, pages * PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, scene->fd, 0);
	scene_need(scene->at != MAP_FAILED, "a mapped file");
	memset(scene->at, 1, pages * PAGE);
}

struct scene_range scene_mapping(const char *name)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	struct scene_range range = { NULL, NULL };
	char line[512];

	scene_need(maps != NULL, "maps");
	while (!range.start && fgets(line, sizeof(line), maps))
		if (strstr(line, name))
			sscanf(line, "%p-%p", (void **)&range.start, (void **)&range.end);
	fclose(maps);
	scene_need(range.start != NULL, name);
	return range;
}

int outcome(long returned)
{
	return returned < 0 ? -errno : 0;
}
