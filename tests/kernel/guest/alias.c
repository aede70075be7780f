/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The 32 bits of the kernel's lock sequence come round: a mapping that was
 * locked 2^31 sections ago is taken for locked. The maps sequence must move
 * all the same. The module beside this program turns the lock sequence on.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "asserts.h"
#include "observation.h"

#define CONTROL "/proc/mapsnap_alias"
#define SIZE    (4 * 4096UL)

/* Of the address space and of the mapping, as the module shows them. */
struct lock_sequence {
	uint32_t mm, vma;
};

static int maps, control;

/* Alone: nothing to merge with on either side. */
static char *new_mapping(void)
{
	char *room = mmap(NULL, 3 * SIZE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	assert_true(room != MAP_FAILED);
	assert_int_equal(mprotect(room + SIZE, SIZE, PROT_READ | PROT_WRITE), 0);
	return room + SIZE;
}

/* Not by stdio: between this and the change nothing may be mapped. */
static void make_alias(const char *at)
{
	char line[32];
	int length = snprintf(line, sizeof(line), "%lx", (unsigned long)at);

	assert_int_equal(write(control, line, (size_t)length), length);
}

static struct lock_sequence lock_sequence(void)
{
	struct lock_sequence now;

	assert_int_equal(pread(control, &now, sizeof(now), 0), sizeof(now));
	return now;
}

/* Before the change: the next section has the mapping's number. After it: that one has been. */
static void assert_seen(char *at, int (*change)(char *))
{
	struct lock_sequence before, after;
	uint64_t old = 0, new = 0;
	int r;

	make_alias(at);
	before = lock_sequence();
	assert_int_equal(sequence_of(maps, &old), 0);
	r = change(at);
	after = lock_sequence();
	assert_int_equal(r, 0);
	assert_int_equal(before.mm + 1, before.vma);
	assert_int_equal(after.mm, before.vma + 1);
	assert_int_equal(after.vma, before.vma);
	assert_int_equal(sequence_of(maps, &new), 0);
	assert_true(new > old &&new % 2 == 0);
	munmap(at - SIZE, 3 * SIZE);
}

static int protect(char *at)
{
	return mprotect(at, SIZE, PROT_READ);
}

static int name(char *at)
{
	return prctl(PR_SET_VMA, PR_SET_VMA_ANON_NAME, at, SIZE, "name");
}

static void mprotect_is_seen_when_the_lock_sequence_aliases(void **state)
{
	(void)state;
	assert_seen(new_mapping(), protect);
}

static void a_name_is_seen_when_the_lock_sequence_aliases(void **state)
{
	(void)state;
	assert_seen(new_mapping(), name);
}

/* What makes the others worth anything: such a change is one that counts, alias or not. */
static void mprotect_is_seen_without_alias(void **state)
{
	char *at = new_mapping();
	uint64_t old = 0, new = 0;

	(void)state;
	assert_int_equal(sequence_of(maps, &old), 0);
	assert_int_equal(protect(at), 0);
	assert_int_equal(sequence_of(maps, &new), 0);
	assert_int_equal(new, old + 2);
}

static int module_beside_program(void)
{
	char path[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);
	char *name;

	path[n > 0 ? n : 0] = '\0';
	name = strrchr(path, '/') + 1;
	snprintf(name, (size_t)(path + sizeof(path) - name), "mapsnap_alias.ko");
	return open(path, O_RDONLY | O_CLOEXEC);
}

static int load_module(void **state)
{
	int module = module_beside_program();
	long r = syscall(SYS_finit_module, module, "", 0);

	(void)state;
	if (r && errno != EEXIST)
		print_error("mapsnap_alias.ko: %s\n", strerror(errno));
	close(module);
	control = open(CONTROL, O_RDWR | O_CLOEXEC);
	maps = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);
	return control < 0 || maps < 0;
}

static int unload_module(void **state)
{
	(void)state;
	close(maps);
	close(control);
	return (int)syscall(SYS_delete_module, "mapsnap_alias", O_NONBLOCK);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(mprotect_is_seen_without_alias),
		cmocka_unit_test(mprotect_is_seen_when_the_lock_sequence_aliases),
		cmocka_unit_test(a_name_is_seen_when_the_lock_sequence_aliases),
	};

	return run_suite(tests, load_module, unload_module);
}
