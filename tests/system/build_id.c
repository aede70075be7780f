/* SPDX-License-Identifier: BSD-2-Clause */
/* Build-ids of what is mapped, by each who knows them; and remembered only of what is still the
 * same. */
#include "build_id.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "asserts.h"
#include "elf_file.h"
#include "elf_note.h"
#include "forked.h"
#include "nobody.h"
#include "scratch.h"

#define PAGE    4096
#define ADDRESS ((void *)0x100000000000) /* where a file is mapped */

static int tidy(void **state)
{
	scratch_tidy();
	return assert_no_descriptor_left(state);
}

#define build_id_test(f) cmocka_unit_test_setup_teardown(f, count_descriptors, tidy)

static int make_file(const char *name, const void *content, size_t size)
{
	int fd = open(name, O_RDWR | O_CREAT | O_CLOEXEC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(pwrite(fd, content, size, 0), size);
	return fd;
}

static int make_elf(const char *name, uint8_t byte, Elf64_Half type)
{
	struct elf_file file = elf_file_of(byte, type);

	return make_file(name, &file, sizeof(file));
}

static void assert_id(const struct mapsnap_build_id *id, uint8_t byte)
{
	uint8_t expected[20];

	memset(expected, byte, sizeof(expected));
	assert_int_equal(id->length, 20);
	assert_memory_equal(id->bytes, expected, 20);
}

/* What the loader has in memory: the notes of each object, without libelf. */

struct own_note {
	const char *suffix; /* of the object's name */
	uintptr_t base;     /* where it is; to find it by, where that is not 0 */
	uint8_t id[20];
	bool found;
};

static void look_in(const char *notes, size_t size, struct own_note *own)
{
	for (size_t at = 0; at + sizeof(ElfW(Nhdr)) <= size;) {
		const ElfW(Nhdr) *note = (const void *)(notes + at);
		const char *name = (const char *)(note + 1);
		const char *description = name + (note->n_namesz + 3) / 4 * 4;

		if (note->n_type == NT_GNU_BUILD_ID && note->n_descsz == sizeof(own->id)) {
			memcpy(own->id, description, sizeof(own->id));
			own->found = true;
		}
		at = (size_t)(description - notes) + (note->n_descsz + 3) / 4 * 4;
	}
}

static bool is_wanted(const struct dl_phdr_info *info, const struct own_note *own)
{
	size_t length = strlen(info->dlpi_name);

	if (own->base)
		return info->dlpi_addr == own->base;
	return length >= strlen(own->suffix) &&
	       strcmp(info->dlpi_name + length - strlen(own->suffix), own->suffix) == 0;
}

static int look_at_object(struct dl_phdr_info *info, size_t size, void *argument)
{
	struct own_note *own = argument;

	(void)size;
	if (!is_wanted(info, own))
		return 0;
	own->base = info->dlpi_addr;
	for (int i = 0; i < info->dlpi_phnum; i++)
		if (info->dlpi_phdr[i].p_type == PT_NOTE)
			look_in((const char *)(info->dlpi_addr + info->dlpi_phdr[i].p_vaddr),
				info->dlpi_phdr[i].p_filesz, own);
	return 1;
}

static struct own_note note_of(const char *suffix, uintptr_t base)
{
	struct own_note own = { .suffix = suffix, .base = base };

	dl_iterate_phdr(look_at_object, &own);
	return own;
}

/* A process and what it has mapped. */
struct seen {
	struct mapsnap_process *process;
	struct mapsnap *snapshot;
};

static struct seen look_at(pid_t pid)
{
	struct mapsnap_options options = unverified_by(MAPSNAP_ROUTE_AUTO);
	struct seen seen = { .process = must_open(pid) };

	seen.snapshot = must_read(seen.process, &options);
	return seen;
}

static void leave(struct seen *seen)
{
	mapsnap_unref(seen->snapshot);
	mapsnap_close(seen->process);
}

static int read_at(const struct seen *seen, struct build_id_cache *cache, const void *address,
		   struct mapsnap_build_id *id)
{
	return build_id_read(cache, seen->process, seen->snapshot,
			     mapsnap_find(seen->snapshot, (uintptr_t)address), id);
}

static void assert_same_everywhere(const struct own_note *own)
{
	const void *address = (const void *)own->base;
	struct seen seen = look_at(getpid());
	const struct mapsnap_mapping *m = mapsnap_find(seen.snapshot, (uintptr_t)address);
	struct mapsnap_build_id id;
	uint32_t route;
	int fd, r;

	assert_int_equal(read_at(&seen, NULL, address, &id), 0);
	assert_int_equal(id.length, 20);
	assert_memory_equal(id.bytes, own->id, 20);
	assert_int_equal(mapsnap_open_file(seen.process, seen.snapshot, m, &fd, &route), 0);
	memset(&id, 0, sizeof(id));
	assert_int_equal(elf_note_of_file(fd, &id), 0);
	close(fd);
	assert_memory_equal(id.bytes, own->id, 20);
	r = mapsnap_build_id(seen.process, m, &id);
	assert_true(r == 0 || r == -EOPNOTSUPP);
	if (r == 0) {
		assert_int_equal(id.route, MAPSNAP_BUILD_ID_KERNEL);
		assert_memory_equal(id.bytes, own->id, 20);
	}
	leave(&seen);
}

static void kernel_file_and_memory_tell_the_same(void **state)
{
	struct own_note libc = note_of("/libc.so.6", 0), own = note_of("", 0);

	(void)state;
	assert_true(libc.found);
	assert_same_everywhere(&libc);
	if (own.found) /* where the compiler is told to make one */
		assert_same_everywhere(&own);
}

static void that_of_the_vdso_is_in_its_image(void **state)
{
	uintptr_t vdso = getauxval(AT_SYSINFO_EHDR);
	struct own_note own = note_of(NULL, vdso);
	struct seen seen = look_at(getpid());
	struct mapsnap_build_id id;
	int r = own.found ? read_at(&seen, NULL, (const void *)vdso, &id) : -ENODATA;

	(void)state;
	leave(&seen);
	if (!own.found)
		skip_because("needs a kernel with a vDSO that has a build-id");
	assert_int_equal(r, 0);
	assert_int_equal(id.route, MAPSNAP_BUILD_ID_MEMORY);
	assert_memory_equal(id.bytes, own.id, 20);
}

static void map(int fd)
{
	if (mmap(ADDRESS, PAGE, PROT_READ, MAP_PRIVATE | MAP_FIXED, fd, 0) != ADDRESS)
		_exit(254);
}

/* A kind of ELF file that the kernel does not look into. */
static void map_and_idle(void *fd)
{
	become_nobody();
	map(*(int *)fd);
	forked_idle(NULL);
}

static int by_root(void *argument)
{
	struct seen seen = look_at(*(pid_t *)argument);
	struct mapsnap_build_id id = { .length = 0 };
	int r = read_at(&seen, NULL, ADDRESS, &id);

	leave(&seen);
	if (r)
		return r;
	return id.route == MAPSNAP_BUILD_ID_ROOT && id.length == 20 && id.bytes[0] == 7 ? 0
											: -EILSEQ;
}

static void what_the_kernel_does_not_tell_is_read_from_the_file(void **state)
{
	int fd = make_elf(scratch.path, 7, ET_NONE);
	pid_t pid = forked(map_and_idle, &fd);

	(void)state;
	if (geteuid() == 0) {
		struct seen seen = look_at(pid);
		struct mapsnap_build_id id;

		assert_int_equal(read_at(&seen, NULL, ADDRESS, &id), 0);
		assert_id(&id, 7);
		assert_int_equal(id.route, MAPSNAP_BUILD_ID_MAP_FILES);
		leave(&seen);
	}
	assert_int_equal(as_nobody(by_root, &pid), 0);
	unlink(scratch.path);
	assert_int_equal(as_nobody(by_root, &pid), ENOENT);
	close(fd);
	forked_kill(pid);
}

static void what_has_none_is_told(void **state)
{
	int fd = make_file(scratch.path, "no ELF file", 11);
	struct mapsnap_build_id id;
	struct seen seen;

	(void)state;
	map(fd);
	close(fd);
	seen = look_at(getpid());
	assert_int_equal(read_at(&seen, NULL, ADDRESS, &id), -ENODATA);
	assert_int_equal(read_at(&seen, NULL, &seen, &id), -ENODATA); /* the stack */
	leave(&seen);
	munmap(ADDRESS, PAGE);
}

/* There it is the kernel alone that tells, where it does. */
static void assert_told_by_maps_file(const struct seen *seen)
{
	const struct mapsnap_mapping *m = mapsnap_find(seen->snapshot, (uintptr_t)ADDRESS);
	struct mapsnap_process *process;
	struct mapsnap_build_id id;

	assert_int_equal(mapsnap_open_fd(mapsnap_maps_fd(seen->process), &process), 0);
	if (mapsnap_build_id(process, m, &id) != -EOPNOTSUPP)
		assert_int_equal(build_id_read(NULL, process, seen->snapshot, m, &id), -EAGAIN);
	mapsnap_close(process);
}

/* It can be had of the old mapping no more, and of the new one only with a new snapshot. */
static void what_is_mapped_anew_is_told(void **state)
{
	int fd = make_elf(scratch.path, 1, ET_DYN), other = make_elf(scratch.other_path, 2, ET_DYN);
	struct mapsnap_build_id id;
	struct seen seen;

	(void)state;
	map(fd);
	seen = look_at(getpid());
	assert_int_equal(read_at(&seen, NULL, ADDRESS, &id), 0);
	assert_id(&id, 1);
	map(other);
	assert_int_equal(read_at(&seen, NULL, ADDRESS, &id), -EAGAIN);
	assert_told_by_maps_file(&seen);
	leave(&seen);
	seen = look_at(getpid());
	assert_int_equal(read_at(&seen, NULL, ADDRESS, &id), 0);
	assert_id(&id, 2);
	leave(&seen);
	munmap(ADDRESS, PAGE);
	close(fd);
	close(other);
}

/* Files as somebody might make them. */

static int note_of_file(const void *content, size_t size)
{
	struct mapsnap_build_id id, untouched;
	int fd = make_file(scratch.path, content, size), r;

	memset(&id, 0x47, sizeof(id));
	untouched = id;
	r = elf_note_of_file(fd, &id);
	if (r)
		assert_memory_equal(&id, &untouched, sizeof(id));
	close(fd);
	unlink(scratch.path);
	return r;
}

static void a_broken_file_has_none(void **state)
{
	struct elf_file file = elf_file_of(1, ET_DYN);

	(void)state;
	assert_int_equal(note_of_file(&file, sizeof(file)), 0);
	for (size_t size = 0; size < offsetof(struct elf_file, rest); size++)
		assert_int_equal(note_of_file(&file, size), -ENODATA);
	file.segments[1].p_filesz += 8;
	assert_int_equal(note_of_file(&file, sizeof(file)), 0);
	file.note.header.n_descsz = 21;
	assert_int_equal(note_of_file(&file, sizeof(file)), -ENODATA);
	file.note.header.n_descsz = 0;
	assert_int_equal(note_of_file(&file, sizeof(file)), -ENODATA);
	file.note.header.n_descsz = UINT32_MAX;
	assert_int_equal(note_of_file(&file, sizeof(file)), -ENODATA);
	file = elf_file_of(1, ET_DYN);
	file.note.header.n_type = NT_GNU_ABI_TAG;
	assert_int_equal(note_of_file(&file, sizeof(file)), -ENODATA);
	file = elf_file_of(1, ET_DYN);
	file.note.name[0] = 'g';
	assert_int_equal(note_of_file(&file, sizeof(file)), -ENODATA);
	file = elf_file_of(1, ET_DYN);
	file.segments[1].p_offset = UINT64_MAX - 8;
	assert_int_equal(note_of_file(&file, sizeof(file)), -ENODATA);
	file = elf_file_of(1, ET_DYN);
	file.header.e_phnum = 200;
	assert_int_equal(note_of_file(&file, sizeof(file)), -ENODATA);
}

/* A sparse file can say that it has terabytes of notes; they are not read. */
static void a_huge_file_takes_no_memory(void **state)
{
	struct elf_file file = elf_file_of(1, ET_DYN);
	struct mapsnap_build_id id;
	int fd;

	(void)state;
	file.segments[1].p_filesz = (uint64_t)1 << 30;
	fd = make_file(scratch.path, &file, sizeof(file));
	assert_int_equal(ftruncate(fd, (off_t)1 << 31), 0);
	assert_int_equal(elf_note_of_file(fd, &id), -ENODATA);
	assert_int_equal(lseek(fd, 0, SEEK_CUR), 0);
	close(fd);
}

/* The cache. */

static int ask(struct build_id_cache *cache, const char *name, struct mapsnap_build_id *id)
{
	int fd = open(name, O_RDONLY | O_CLOEXEC), r;

	assert_true(fd >= 0);
	r = build_id_cache_read(cache, fd, id);
	close(fd);
	return r;
}

static void assert_asked(struct build_id_cache *cache, const char *name, uint8_t byte)
{
	struct mapsnap_build_id id = { .length = 0 };

	assert_int_equal(ask(cache, name, &id), 0);
	assert_id(&id, byte);
}

/* File times move with a coarse clock; what was written in its last tick is not kept. */
static void let_settle(void)
{
	usleep(20000);
}

static unsigned int count_open(void)
{
	DIR *list = opendir("/proc/self/fd");
	unsigned int n = 0;

	assert_non_null(list);
	while (readdir(list))
		n++;
	closedir(list);
	return n;
}

static void a_file_that_took_the_place_of_another_has_its_own(void **state)
{
	struct build_id_cache *cache = build_id_cache_new(8);

	(void)state;
	close(make_elf(scratch.path, 1, ET_DYN));
	close(make_elf(scratch.other_path, 2, ET_DYN));
	let_settle();
	for (int i = 0; i < 2; i++)
		assert_asked(cache, scratch.path, 1);
	assert_int_equal(rename(scratch.other_path, scratch.path), 0);
	for (int i = 0; i < 2; i++)
		assert_asked(cache, scratch.path, 2);
	build_id_cache_free(cache);
}

/* On ext4 the number of a file that was deleted is the next one's at once. */
static void the_inode_of_a_file_that_is_kept_is_given_to_no_other(void **state)
{
	struct build_id_cache *cache = build_id_cache_new(8);
	struct stat first, now;

	(void)state;
	close(make_elf(scratch.path, 1, ET_DYN));
	let_settle();
	assert_int_equal(stat(scratch.path, &first), 0);
	assert_asked(cache, scratch.path, 1);
	for (uint8_t i = 2; i < 200; i++) {
		assert_int_equal(unlink(scratch.path), 0);
		close(make_elf(scratch.path, i, ET_DYN));
		assert_int_equal(stat(scratch.path, &now), 0);
		assert_int_not_equal(now.st_ino, first.st_ino);
		assert_asked(cache, scratch.path, i);
	}
	build_id_cache_free(cache);
}

/* So it would be without a cache: then there is nothing to tell the two apart by. */
static void a_file_with_the_inode_of_one_that_went_has_its_own(void **state)
{
	struct build_id_cache *cache = build_id_cache_new(1);

	(void)state;
	close(make_elf(scratch.other_path, 99, ET_DYN));
	let_settle();
	for (uint8_t i = 1; i < 100; i++) {
		close(make_elf(scratch.path, i, ET_DYN));
		assert_asked(cache, scratch.path, i);
		assert_asked(cache, scratch.other_path, 99); /* with which the first goes */
		assert_int_equal(unlink(scratch.path), 0);
	}
	build_id_cache_free(cache);
}

/* As large as before, and with the time that it had. */
static void a_file_that_was_written_anew_has_its_new_one(void **state)
{
	struct build_id_cache *cache = build_id_cache_new(8);
	struct stat status;

	(void)state;
	close(make_elf(scratch.path, 0, ET_DYN));
	assert_int_equal(stat(scratch.path, &status), 0);
	for (uint8_t i = 1; i < 10; i++) {
		const struct timespec times[] = { status.st_atim, status.st_mtim };

		close(make_elf(scratch.path, i, ET_DYN));
		assert_int_equal(utimensat(AT_FDCWD, scratch.path, times, 0), 0);
		let_settle();
		assert_asked(cache, scratch.path, i);
		assert_asked(cache, scratch.path, i);
	}
	build_id_cache_free(cache);
}

static void a_file_that_is_written_again_at_once_has_its_new_one(void **state)
{
	struct build_id_cache *cache = build_id_cache_new(8);

	(void)state;
	for (unsigned int i = 0; i < 2000; i++) {
		close(make_elf(scratch.path, (uint8_t)i, ET_DYN));
		assert_asked(cache, scratch.path, (uint8_t)i);
	}
	build_id_cache_free(cache);
}

/* A file is open in the cache as long as it is known. */
static bool is_kept(const char *name)
{
	struct stat status, kept;

	assert_int_equal(stat(name, &status), 0);
	for (int fd = 0; fd < 64; fd++)
		if (fstat(fd, &kept) == 0 && kept.st_ino == status.st_ino &&
		    kept.st_dev == status.st_dev)
			return true;
	return false;
}

static void so_many_files_are_kept_and_the_one_asked_for_longest_ago_goes(void **state)
{
	enum {
		FILES = 5,
		MOST = 3
	};
	struct build_id_cache *cache = build_id_cache_new(MOST);
	unsigned int before = count_open();
	char name[FILES][80];

	(void)state;
	for (uint8_t i = 0; i < FILES; i++) {
		snprintf(name[i], sizeof(name[i]), "%s/file-%d", scratch.directory, i);
		close(make_elf(name[i], i, ET_DYN));
	}
	let_settle();
	for (uint8_t i = 0; i < MOST; i++)
		assert_asked(cache, name[i], i);
	assert_asked(cache, name[0], 0);
	assert_asked(cache, name[3], 3);
	assert_true(is_kept(name[0]) && !is_kept(name[1]) && is_kept(name[2]) && is_kept(name[3]));
	assert_asked(cache, name[4], 4);
	assert_true(is_kept(name[0]) && !is_kept(name[2]) && is_kept(name[3]) && is_kept(name[4]));
	assert_asked(cache, name[1], 1);
	assert_true(!is_kept(name[0]) && is_kept(name[1]));
	assert_int_equal(count_open(), before + MOST);
	build_id_cache_free(cache);
	assert_int_equal(count_open(), before);
	for (int i = 0; i < FILES; i++)
		unlink(name[i]);
}

static void that_there_is_none_is_kept_as_well(void **state)
{
	struct build_id_cache *cache = build_id_cache_new(8);
	unsigned int before = count_open();
	struct mapsnap_build_id id = { .length = 47 };

	(void)state;
	close(make_file(scratch.path, "no ELF file", 11));
	let_settle();
	for (int i = 0; i < 3; i++)
		assert_int_equal(ask(cache, scratch.path, &id), -ENODATA);
	assert_int_equal(id.length, 47);
	assert_int_equal(count_open(), before + 1);
	assert_int_equal(build_id_cache_read(cache, -1, &id), -EBADF);
	build_id_cache_free(cache);
	build_id_cache_free(NULL);
}

static void without_a_descriptor_to_keep_it_is_told_even_so(void **state)
{
	struct build_id_cache *cache = build_id_cache_new(8);
	struct mapsnap_build_id id;
	struct rlimit limit, none;
	int fd;

	(void)state;
	close(make_elf(scratch.path, 3, ET_DYN));
	let_settle();
	fd = open(scratch.path, O_RDONLY | O_CLOEXEC);
	getrlimit(RLIMIT_NOFILE, &limit);
	none = (struct rlimit){ 0, limit.rlim_max };
	setrlimit(RLIMIT_NOFILE, &none);
	for (int i = 0; i < 2; i++) {
		assert_int_equal(build_id_cache_read(cache, fd, &id), 0);
		assert_id(&id, 3);
	}
	setrlimit(RLIMIT_NOFILE, &limit);
	assert_int_equal(build_id_cache_read(cache, fd, &id), 0);
	close(fd);
	assert_true(is_kept(scratch.path));
	build_id_cache_free(cache);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		build_id_test(kernel_file_and_memory_tell_the_same),
		build_id_test(that_of_the_vdso_is_in_its_image),
		build_id_test(what_the_kernel_does_not_tell_is_read_from_the_file),
		build_id_test(what_has_none_is_told),
		build_id_test(what_is_mapped_anew_is_told),
		build_id_test(a_broken_file_has_none),
		build_id_test(a_huge_file_takes_no_memory),
		build_id_test(a_file_that_took_the_place_of_another_has_its_own),
		build_id_test(the_inode_of_a_file_that_is_kept_is_given_to_no_other),
		build_id_test(a_file_with_the_inode_of_one_that_went_has_its_own),
		build_id_test(a_file_that_was_written_anew_has_its_new_one),
		build_id_test(a_file_that_is_written_again_at_once_has_its_new_one),
		build_id_test(so_many_files_are_kept_and_the_one_asked_for_longest_ago_goes),
		build_id_test(that_there_is_none_is_kept_as_well),
		build_id_test(without_a_descriptor_to_keep_it_is_told_even_so),
	};

	return run_suite(tests, scratch_make, scratch_remove);
}
