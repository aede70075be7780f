/* SPDX-License-Identifier: BSD-2-Clause */
#include "kind.h"

#include <string.h>

#include "text.h"
#include "unit.h"

#define KIND(word) MAPSNAP_KIND_##word

static void a_name_tells_the_kind(void **state)
{
	static const struct {
		const char *name;
		uint8_t kind;
	} names[] = {
		{ "[heap]", KIND(HEAP) },
		{ "[stack]", KIND(STACK) },
		{ "[vdso]", KIND(VDSO) },
		{ "[vvar]", KIND(VVAR) },
		{ "[vvar_vclock]", KIND(VVAR) },
		{ "[vsyscall]", KIND(VSYSCALL) },
		{ "[anon:x]", KIND(NAMED_ANONYMOUS) },
		{ "[anon:]", KIND(NAMED_ANONYMOUS) },
		{ "[anon_shmem:x]", KIND(SHARED_ANONYMOUS) },
		{ "/dev/zero (deleted)", KIND(SHARED_ANONYMOUS) },
		{ "/memfd:x (deleted)", KIND(MEMFD) },
		{ "/memfd: (deleted)", KIND(MEMFD) },
		{ "/SYSV00000000 (deleted)", KIND(SYSV) },
		{ "[uprobes]", KIND(SPECIAL) },
		{ "[heap] ", KIND(FILE) },
		{ "[stack:17]", KIND(SPECIAL) },
		{ "[]", KIND(SPECIAL) },
		{ "[", KIND(FILE) },
		{ "[vvar", KIND(FILE) },
		{ "[anon:x", KIND(FILE) },
		{ "/dev/zero", KIND(FILE) },
		{ "/memfd:x", KIND(FILE) },
		{ "/SYSV00000000", KIND(FILE) },
		{ "/bin/[heap]", KIND(FILE) },
		{ "/memfd:x (deleted)/y", KIND(FILE) },
		{ "/usr/bin/cat", KIND(FILE) },
		{ "anon_inode:[perf_event]", KIND(FILE) },
	};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		uint8_t kind = kind_of_name(names[i].name, strlen(names[i].name));

		if (kind != names[i].kind)
			fail_msg("%s: %s", names[i].name, mapsnap_kind_name(kind));
	}
}

static void without_a_name_the_device_and_inode_tell(void **state)
{
	static const char text[] = "00010000-00020000 rw-p 00000000 00:00 0 \n"
				   "00020000-00030000 rw-p 00000000 00:00 7 \n"
				   "00030000-00040000 rw-p 00000000 00:01 0 \n"
				   "00040000-00050000 rw-p 00000000 01:00 0 \n";
	struct mapsnap *snapshot = text_parsed(text, sizeof(text) - 1);

	(void)state;
	assert_int_equal(mapsnap_at(snapshot, 0)->kind, KIND(ANONYMOUS));
	assert_int_equal(mapsnap_at(snapshot, 1)->kind, KIND(FILE));
	assert_int_equal(mapsnap_at(snapshot, 2)->kind, KIND(FILE));
	assert_int_equal(mapsnap_at(snapshot, 3)->kind, KIND(FILE));
	mapsnap_unref(snapshot);
}

UNIT_MAIN("kind", cmocka_unit_test(a_name_tells_the_kind),
	  cmocka_unit_test(without_a_name_the_device_and_inode_tell))
