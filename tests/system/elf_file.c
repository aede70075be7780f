/* SPDX-License-Identifier: BSD-2-Clause */
#include "elf_file.h"

#include <string.h>

/* The machine does not matter, but its byte order does. */
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define DATA ELFDATA2LSB
#else
#define DATA ELFDATA2MSB
#endif

struct elf_file elf_file_of(uint8_t byte, Elf64_Half type)
{
	struct elf_file file = {
		.header = {
			.e_ident = { ELFMAG0, ELFMAG1, ELFMAG2, ELFMAG3, ELFCLASS64, DATA, EV_CURRENT },
			.e_type = type,
			.e_version = EV_CURRENT,
			.e_phoff = offsetof(struct elf_file, segments),
			.e_ehsize = sizeof(file.header),
			.e_phentsize = sizeof(file.segments[0]),
			.e_phnum = 2,
		},
		.segments = {
			{ .p_type = PT_LOAD, .p_filesz = sizeof(file), .p_memsz = sizeof(file) },
			{
				.p_type = PT_NOTE,
				.p_offset = offsetof(struct elf_file, note),
				.p_filesz = sizeof(file.note),
				.p_memsz = sizeof(file.note),
				.p_align = 4,
			},
		},
		.note = {
			.header = { .n_namesz = 4, .n_descsz = 20, .n_type = NT_GNU_BUILD_ID },
			.name = ELF_NOTE_GNU,
		},
	};

	memset(file.note.id, byte, sizeof(file.note.id));
	return file;
}
