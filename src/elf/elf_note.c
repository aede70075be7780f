/* SPDX-License-Identifier: BSD-2-Clause */
#include "elf_note.h"

#include <errno.h>
#include <gelf.h>
#include <stdbool.h>
#include <string.h>

/*
 * The files are other people's. Real ones have some ten segments, and notes of
 * some hundred bytes; what a sparse file claims to have must not become memory.
 */
#define MOST_SEGMENTS 4096
#define LONGEST_NOTES 65536 /* bytes */

static bool is_build_id(const GElf_Nhdr *note, const char *name)
{
	return note->n_type == NT_GNU_BUILD_ID && note->n_namesz == sizeof(ELF_NOTE_GNU) &&
	       memcmp(name, ELF_NOTE_GNU, sizeof(ELF_NOTE_GNU)) == 0 && note->n_descsz > 0 &&
	       note->n_descsz <= sizeof(((struct mapsnap_build_id *)NULL)->bytes);
}

static bool read_notes(Elf_Data *data, struct mapsnap_build_id *id)
{
	size_t at = 0, name, description;
	const char *bytes = data->d_buf;
	GElf_Nhdr note;

	while ((at = gelf_getnote(data, at, &note, &name, &description)) > 0) {
		if (!is_build_id(&note, bytes + name))
			continue;
		id->length = (uint8_t)note.n_descsz;
		memset(id->bytes, 0, sizeof(id->bytes));
		memcpy(id->bytes, bytes + description, note.n_descsz);
		return true;
	}
	return false;
}

static bool read_segment(Elf *elf, int number, struct mapsnap_build_id *id)
{
	GElf_Phdr segment;
	Elf_Data *data;

	if (!gelf_getphdr(elf, number, &segment) || segment.p_type != PT_NOTE ||
	    segment.p_filesz > LONGEST_NOTES)
		return false;
	data = elf_getdata_rawchunk(elf, (int64_t)segment.p_offset, segment.p_filesz,
				    segment.p_align == 8 ? ELF_T_NHDR8 : ELF_T_NHDR);
	return data && read_notes(data, id);
}

/* By the segments, which are there also where the sections were stripped. */
static bool read_segments(Elf *elf, struct mapsnap_build_id *id)
{
	size_t count = 0;

	if (elf_getphdrnum(elf, &count) || count > MOST_SEGMENTS)
		return false;
	for (size_t i = 0; i < count; i++)
		if (read_segment(elf, (int)i, id))
			return true;
	return false;
}

/* libelf has errors of its own, but leaves what the allocator said in errno. */
static int finish(Elf *elf, struct mapsnap_build_id *id)
{
	bool found = elf && read_segments(elf, id);

	elf_end(elf);
	if (found)
		return 0;
	return errno == ENOMEM ? -ENOMEM : -ENODATA;
}

int elf_note_of_file(int fd, struct mapsnap_build_id *id)
{
	elf_version(EV_CURRENT);
	errno = 0;
	return finish(elf_begin(fd, ELF_C_READ, NULL), id);
}

int elf_note_of_image(void *image, size_t size, struct mapsnap_build_id *id)
{
	elf_version(EV_CURRENT);
	errno = 0;
	return finish(elf_memory(image, size), id);
}
