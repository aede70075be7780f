/* SPDX-License-Identifier: BSD-2-Clause */
/* What an operation is done to, and what the process and those who look at it share. */
#ifndef SCENE_H
#define SCENE_H

#include <stddef.h>
#include <sys/types.h>

#define PAGE 4096UL

struct scene {
	char *at;         /* where the process has put what is operated on */
	int fd;           /* in the process: what goes with it */
	int result;       /* of the operation */
	pid_t helper;     /* another process to be ended with it, or 0 */
	char reason[128]; /* why this kernel can't do it; empty: it can */
};

extern struct scene *scene;

/* Maps it, where children see it too; 0, or -1 where that fails. */
int scene_share(void);

/* In prepare: it can't be done here, for this reason; ends the process. */
_Noreturn __attribute__((format(printf, 1, 2))) void scene_cannot(const char *format, ...);

/* In prepare: this had to work; ends the process with what errno says. */
void scene_need(int condition, const char *what);

/* Private memory with nothing beside it that it could merge with, written to; from scene->at on. */
char *scene_pages(size_t pages, int protection);

/* In prepare: eight of them, readable and writable. Most operations are done to these. */
void eight_pages(void);

/* A file of that many pages in a folder of its own, mapped shared from scene->at on. */
void scene_file(size_t pages);

/* The process's own mapping with that name; it must have one. */
struct scene_range {
	char *start, *end;
};
struct scene_range scene_mapping(const char *name);

/* What a system call gave, as 0 or a negative errno. */
int outcome(long returned);

#endif
