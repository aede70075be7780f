/* SPDX-License-Identifier: BSD-2-Clause */
/* The note of an ELF file that holds its build-id. */
#ifndef ELF_NOTE_H
#define ELF_NOTE_H

#include <stddef.h>

#include "mapsnap.h"

/*
 * Of an open file, whose offset is not used and not changed; and of a whole file
 * in memory, which libelf may write to. 0, or -ENODATA where there is none, or
 * -ENOMEM; only bytes and length are written, and only with 0.
 */
int elf_note_of_file(int fd, struct mapsnap_build_id *id);
int elf_note_of_image(void *image, size_t size, struct mapsnap_build_id *id);

#endif
