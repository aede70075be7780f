/* SPDX-License-Identifier: BSD-2-Clause */
#include "mapped.h"

#include <string.h>

#include "unit.h"

struct mapsnap *saved(const char *text)
{
	struct mapsnap *snapshot;

	assert_int_equal(mapsnap_parse(text, strlen(text), &snapshot, NULL), 0);
	return snapshot;
}

struct mapsnap *proved(struct mapsnap_process *process)
{
	script(CALL, STILL(4, FILE_RECORDS), CLOCK);
	return read_well(process, NULL);
}
