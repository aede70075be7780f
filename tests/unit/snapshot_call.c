/* SPDX-License-Identifier: BSD-2-Clause */
#include "snapshot_call.h"

#include <stdio.h>

#include "unit.h"

#define MOST_RECORDS 40000
#define NAME_SIZE    16

int open_with_sequence(void **state)
{
	int r = open_process_42(state);

	if (r)
		return r;
	script(SEQ(2));
	assert_non_null(process_sequence(*state));
	script_played();
	((struct mapsnap_process *)*state)->log = LOG_ABSENT;
	return 0;
}

int open_with_log(void **state)
{
	int r = open_with_sequence(state);

	if (r == 0)
		((struct mapsnap_process *)*state)->log = LOG_ASKED;
	return r;
}

struct records many_records(size_t count, size_t files)
{
	static struct procmap_record list[MOST_RECORDS];
	static char names[MOST_RECORDS * NAME_SIZE];

	assert_true(count <= MOST_RECORDS && files <= MOST_RECORDS);
	for (size_t i = 0; i < files; i++)
		snprintf(names + i * NAME_SIZE, NAME_SIZE, "/lib/%010u", (unsigned int)i);
	for (size_t i = 0; i < count; i++) {
		list[i] = (struct procmap_record)ANONYMOUS_RECORD(i << 12, (i + 1) << 12);
		if (files == 0)
			continue;
		list[i].name_offset = i % files * NAME_SIZE;
		list[i].name_size = NAME_SIZE;
	}
	return (struct records){
		.list = list, .count = count, .names = names, .names_size = files * NAME_SIZE
	};
}
