/* SPDX-License-Identifier: BSD-2-Clause */
#include "elf_note.h"

#include <fcntl.h>
#include <gelf.h>
#include <inttypes.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

/* What is mapped may be a device, which must not be opened as one: nothing is waited for. */
#define OPEN_FLAGS (O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)

static int open_map_file(pid_t pid, const struct mapsnap_mapping *m)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/map_files/%" PRIx64 "-%" PRIx64, pid, m->start,
		 m->end);
	return open(path, OPEN_FLAGS);
}

/* Its name may be another file's by now. */
static bool is_file(int fd, const struct mapsnap_mapping *m)
{
	struct stat status;

	return fstat(fd, &status) == 0 && S_ISREG(status.st_mode) && status.st_ino == m->inode &&
	       major(status.st_dev) == m->device_major && minor(status.st_dev) == m->device_minor;
}

static int open_path(pid_t pid, const struct mapsnap_mapping *m)
{
	char path[PATH_MAX];
	int fd;

	if (snprintf(path, sizeof(path), "/proc/%d/root%s", pid, m->path) >= PATH_MAX)
		return -1;
	fd = open(path, OPEN_FLAGS);
	if (fd < 0 || is_file(fd, m))
		return fd;
	close(fd);
	return -1;
}

static bool is_build_id(const GElf_Nhdr *note, const char *name)
{
	return note->n_type == NT_GNU_BUILD_ID && note->n_namesz == sizeof(ELF_NOTE_GNU) &&
	       memcmp(name, ELF_NOTE_GNU, sizeof(ELF_NOTE_GNU)) == 0 && note->n_descsz > 0 &&
	       note->n_descsz <= BUILD_ID_MAX;
}

static void read_notes(Elf_Data *data, struct build_id *id)
{
	size_t at = 0, name, description;
	const char *bytes = data->d_buf;
	GElf_Nhdr note;

	while ((at = gelf_getnote(data, at, &note, &name, &description)) > 0) {
		if (!is_build_id(&note, bytes + name))
			continue;
		id->length = (unsigned char)note.n_descsz;
		memcpy(id->bytes, bytes + description, note.n_descsz);
		return;
	}
}

/* By the segments, which are there also where the sections were stripped. */
static void read_segments(Elf *elf, struct build_id *id)
{
	size_t count = 0;

	if (elf_getphdrnum(elf, &count))
		return;
	for (size_t i = 0; i < count && i <= INT_MAX && id->length == 0; i++) {
		GElf_Phdr segment;
		Elf_Data *data = NULL;

		if (gelf_getphdr(elf, (int)i, &segment) && segment.p_type == PT_NOTE)
			data = elf_getdata_rawchunk(
				elf, (int64_t)segment.p_offset, segment.p_filesz,
				segment.p_align == 8 ? ELF_T_NHDR8 : ELF_T_NHDR);
		if (data)
			read_notes(data, id);
	}
}

void elf_note_read(pid_t pid, const struct mapsnap_mapping *m, struct build_id *id)
{
	int fd = open_map_file(pid, m);
	Elf *elf;

	if (fd < 0)
		fd = open_path(pid, m);
	if (fd < 0)
		return;
	elf_version(EV_CURRENT);
	elf = elf_begin(fd, ELF_C_READ, NULL);
	if (elf)
		read_segments(elf, id);
	elf_end(elf);
	close(fd);
}
