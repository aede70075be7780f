/* SPDX-License-Identifier: BSD-2-Clause */
/* A process with every form of name that this kernel prints in maps. */
#ifndef TARGET_NAMES_H
#define TARGET_NAMES_H

/* Makes it, prints "ready", and waits until it is time to end. */
void target_names_run(void);

/*
 * The pieces. Each maps what it can; what this kernel or this user can't have
 * is told on stderr and left out.
 */

/* In the current directory, an empty one, which the second leaves empty again. */
void target_names_map_files(void);
void target_names_remove_files(void);

/* Below the current directory, by paths around PATH_MAX and beyond. */
void target_names_map_deep(void);
void target_names_remove_deep(void);

/* On file systems of their own, mounted at the current directory's "mount". */
void target_names_map_mounts(void);

/* Memory that has no file anyone could open. */
void target_names_map_memory(void);

/* Rings that are shared with the kernel. */
void target_names_map_rings(void);

/* Maps a page of the file and closes it; what: for the message where that fails. */
void target_names_map_fd(int fd, const char *what);

/* A piece that is not to be had: says why errno makes it so. */
void target_names_without(const char *what);

#endif
