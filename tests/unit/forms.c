/* SPDX-License-Identifier: BSD-2-Clause */
#include "forms.h"

#include <stdio.h>
#include <string.h>

#include "mapsnap.h"

#define READ    MAPSNAP_READ
#define WRITE   MAPSNAP_WRITE
#define EXECUTE MAPSNAP_EXECUTE
#define SHARED  MAPSNAP_SHARED

#define NAME(text) .name = (text), .name_length = sizeof(text) - 1
#define NO_NAME    NAME("")

const struct form forms[] = {
	{ "7ffe0a5c1000-7ffe0a5c3000 rw-p 00000000 00:00 0 ",
	  { 0x7ffe0a5c1000, 0x7ffe0a5c3000, 0, 0, 0, 0, .permissions = READ | WRITE, NO_NAME } },
	{ "00010000-00011000 ---p 00000000 00:00 0 ",
	  { 0x10000, 0x11000, 0, 0, 0, 0, .permissions = 0, NO_NAME } },
	{ "00000000-00001000 r--p 00000000 00:00 0 ",
	  { 0, 0x1000, 0, 0, 0, 0, .permissions = READ, NO_NAME } },
	{ "56480d6ca000-56480d6eb000 rw-p 00000000 00:00 0 ",
	  { 0x56480d6ca000, 0x56480d6eb000, 0, 0, 0, 0, .permissions = READ | WRITE,
	    NAME("[heap]") } },
	{ "7ffc7a5f9000-7ffc7a61b000 rw-p 00000000 00:00 0 ",
	  { 0x7ffc7a5f9000, 0x7ffc7a61b000, 0, 0, 0, 0, .permissions = READ | WRITE,
	    NAME("[stack]") } },
	{ "7ffc7a7b2000-7ffc7a7b4000 r-xp 00000000 00:00 0 ",
	  { 0x7ffc7a7b2000, 0x7ffc7a7b4000, 0, 0, 0, 0, .permissions = READ | EXECUTE,
	    NAME("[vdso]") } },
	{ "7ffc7a7ae000-7ffc7a7b2000 r--p 00000000 00:00 0 ",
	  { 0x7ffc7a7ae000, 0x7ffc7a7b2000, 0, 0, 0, 0, .permissions = READ, NAME("[vvar]") } },
	{ "7ffc7a7b0000-7ffc7a7b2000 r--p 00000000 00:00 0 ",
	  { 0x7ffc7a7b0000, 0x7ffc7a7b2000, 0, 0, 0, 0, .permissions = READ,
	    NAME("[vvar_vclock]") } },
	{ "ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0 ",
	  { 0xffffffffff600000, 0xffffffffff601000, 0, 0, 0, 0, .permissions = EXECUTE,
	    NAME("[vsyscall]") } },
	{ "7f0000000000-7f0000001000 rw-p 00000000 00:00 0 ",
	  { 0x7f0000000000, 0x7f0000001000, 0, 0, 0, 0, .permissions = READ | WRITE,
	    NAME("[anon:a name]") } },
	{ "7f0000000000-7f0000001000 rw-s 00000000 00:01 7 ",
	  { 0x7f0000000000, 0x7f0000001000, 0, 7, 0, 1, .permissions = READ | WRITE | SHARED,
	    NAME("[anon_shmem:x]") } },
	{ "7f0000000000-7f0000001000 rw-s 00000000 00:01 12 ",
	  { 0x7f0000000000, 0x7f0000001000, 0, 12, 0, 1, .permissions = READ | WRITE | SHARED,
	    NAME("/dev/zero (deleted)") } },
	{ "7f0000000000-7f0000001000 rw-s 00000000 00:01 2048 ",
	  { 0x7f0000000000, 0x7f0000001000, 0, 2048, 0, 1, .permissions = READ | WRITE | SHARED,
	    NAME("/memfd:a b (deleted)") } },
	{ "7f0000000000-7f0000001000 rw-s 00000000 00:01 65538 ",
	  { 0x7f0000000000, 0x7f0000001000, 0, 65538, 0, 1, .permissions = READ | WRITE | SHARED,
	    NAME("/SYSV0000002a (deleted)") } },
	{ "7f0000000000-7f0000200000 rw-p 00000000 00:0f 3 ",
	  { 0x7f0000000000, 0x7f0000200000, 0, 3, 0, 15, .permissions = READ | WRITE,
	    NAME("/anon_hugepage (deleted)") } },
	{ "7f0000000000-7f0000001000 rw-s 00000000 00:0e 1033 ",
	  { 0x7f0000000000, 0x7f0000001000, 0, 1033, 0, 14, .permissions = READ | WRITE | SHARED,
	    NAME("anon_inode:[perf_event]") } },
	{ "7f1c2a600000-7f1c2a628000 r--p 00000000 fe:00 8716295 ",
	  { 0x7f1c2a600000, 0x7f1c2a628000, 0, 8716295, 0xfe, 0, .permissions = READ,
	    NAME("/usr/lib/x86_64-linux-gnu/libc.so.6") } },
	{ "7f1c2a628000-7f1c2a7be000 r-xp 00028000 08:01 3 ",
	  { 0x7f1c2a628000, 0x7f1c2a7be000, 0x28000, 3, 8, 1, .permissions = READ | EXECUTE,
	    NAME("/with spaces  and a\\012newline") } },
	{ "7f1c2a628000-7f1c2a7be000 r-xp 00028000 103:100005 3 ",
	  { 0x7f1c2a628000, 0x7f1c2a7be000, 0x28000, 3, 0x103, 0x100005,
	    .permissions = READ | EXECUTE, NAME("/nvme \xff\xfe\x01 not UTF-8") } },
	{ "7f1c2a628000-7f1c2a7be000 -w-p 7ffffffff000 08:01 3 ",
	  { 0x7f1c2a628000, 0x7f1c2a7be000, 0x7ffffffff000, 3, 8, 1, .permissions = WRITE,
	    NAME("/x (deleted)") } },
	{ "7f1c2a628000-7f1c2a7be000 rwxs 00001000 08:01 3 ",
	  { 0x7f1c2a628000, 0x7f1c2a7be000, 0x1000, 3, 8, 1,
	    .permissions = READ | WRITE | EXECUTE | SHARED, NO_NAME } },
	{ "7f1c2a628000-7f1c2a7be000 r-xp 123456789000 08:01 18446744073709551615 ",
	  { 0x7f1c2a628000, 0x7f1c2a7be000, 0x123456789000, UINT64_MAX, 8, 1,
	    .permissions = READ | EXECUTE, NAME("/header of 71") } },
	{ "7f1c2a628000-7f1c2a7be000 r-xp 123456789a000 08:01 18446744073709551615 ",
	  { 0x7f1c2a628000, 0x7f1c2a7be000, 0x123456789a000, UINT64_MAX, 8, 1,
	    .permissions = READ | EXECUTE, NAME("/header of 72") } },
	{ "7f1c2a628000-7f1c2a7be000 r-xp 123456789ab000 08:01 18446744073709551615 ",
	  { 0x7f1c2a628000, 0x7f1c2a7be000, 0x123456789ab000, UINT64_MAX, 8, 1,
	    .permissions = READ | EXECUTE, NAME("/header of 73") } },
	{ "fffffffffffffffe-ffffffffffffffff rwxs ffffffffffffffff ffffffff:ffffffff "
	  "18446744073709551615 ",
	  { UINT64_MAX - 1, UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT32_MAX, UINT32_MAX,
	    .permissions = READ | WRITE | EXECUTE | SHARED, NAME("/all at their greatest") } },
};

const size_t forms_count = sizeof(forms) / sizeof(forms[0]);

size_t form_text(const struct form *form, char *text)
{
	size_t header = strlen(form->header);
	size_t padding = header < 72 ? 72 - header : 0;

	if (form->is.name_length == 0)
		return (size_t)sprintf(text, "%s\n", form->header);
	return (size_t)sprintf(text, "%s%*s %s\n", form->header, (int)padding, "", form->is.name);
}
