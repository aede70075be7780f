/* SPDX-License-Identifier: BSD-2-Clause */
#include "hidepid.h"

#include <string.h>
#include <sys/sysmacros.h>

#include "unit.h"

#define ROOT  "28 1 254:1 / / rw,relatime shared:1 - ext4 /dev/vda1 rw,errors=remount-ro\n"
#define OTHER "60 28 0:52 / /srv/root/proc rw shared:9 - proc proc rw,hidepid=invisible\n"

static bool is_set_in(const char *mounts)
{
	FILE *file = fmemopen((char *)mounts, strlen(mounts), "r");
	bool set;

	assert_non_null(file);
	set = hidepid_is_set_in(file, makedev(0, 21));
	fclose(file);
	return set;
}

#define OPTIONS(options) \
	ROOT OTHER "24 28 0:21 / /proc rw,nosuid shared:13 - proc proc " options "\n" ROOT

static void each_word_and_number_but_off_hides(void **state)
{
	(void)state;
	assert_false(is_set_in(OPTIONS("rw")));
	assert_false(is_set_in(OPTIONS("rw,hidepid=off")));
	assert_false(is_set_in(OPTIONS("rw,gid=4,hidepid=0")));
	assert_true(is_set_in(OPTIONS("rw,hidepid=noaccess")));
	assert_true(is_set_in(OPTIONS("rw,gid=4,hidepid=invisible,subset=pid")));
	assert_true(is_set_in(OPTIONS("rw,hidepid=ptraceable")));
	assert_true(is_set_in(OPTIONS("rw,hidepid=1")));
	assert_true(is_set_in(OPTIONS("rw,hidepid=2,gid=4")));
	assert_true(is_set_in(OPTIONS("rw,hidepid=4")));
}

/* As where there is no optional field. */
static void it_is_that_of_the_device(void **state)
{
	(void)state;
	assert_false(is_set_in(OTHER "24 28 0:21 / /elsewhere rw - proc none rw\n"));
	assert_true(is_set_in("24 28 0:21 / /elsewhere rw - proc none rw,hidepid=2\n" OTHER));
}

static void what_cannot_be_told_hides(void **state)
{
	(void)state;
	assert_true(is_set_in(ROOT));
	assert_true(is_set_in("x\n"));
}

UNIT_MAIN("hidepid", cmocka_unit_test(each_word_and_number_but_off_hides),
	  cmocka_unit_test(it_is_that_of_the_device), cmocka_unit_test(what_cannot_be_told_hides))
