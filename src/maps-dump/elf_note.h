/* SPDX-License-Identifier: BSD-2-Clause */
/* The note of a mapped ELF file that holds its build-id. */
#ifndef ELF_NOTE_H
#define ELF_NOTE_H

#include "build_ids.h"

/*
 * Opens the file by /proc/PID/map_files, which also has deleted ones and takes
 * CAP_CHECKPOINT_RESTORE, or else by its path as the process sees it, if that is
 * still the same file. Leaves the id alone where there is none.
 */
void elf_note_read(pid_t pid, const struct mapsnap_mapping *mapping, struct build_id *id);

#endif
