/* SPDX-License-Identifier: BSD-2-Clause */
/* The smallest ELF files that have a build-id, or something that is none. */
#ifndef ELF_FILE_H
#define ELF_FILE_H

#include <elf.h>
#include <stddef.h>
#include <stdint.h>

/* One page of a file. */
struct elf_file {
	Elf64_Ehdr header;
	Elf64_Phdr segments[2];
	struct {
		Elf64_Nhdr header;
		char name[4];
		uint8_t id[20];
	} note;
	uint8_t rest[4096 - sizeof(Elf64_Ehdr) - 2 * sizeof(Elf64_Phdr) - 36];
};

/*
 * One with the build-id of 20 times this byte. The kernel looks for build-ids in
 * programs and libraries only, not where the type is ET_NONE.
 */
struct elf_file elf_file_of(uint8_t byte, Elf64_Half type);

#endif
