/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>

#include "mapsnap.h"
#include "unit.h"

/* Each of the first `count` values has a word, no two the same, and no other has one. */
static void assert_words(const char *(*word)(uint32_t), uint32_t count)
{
	for (uint32_t i = 0; i < count; i++) {
		assert_string_not_equal(word(i), "unknown");
		assert_true(strlen(word(i)) > 0);
		for (uint32_t j = 0; j < i; j++)
			assert_string_not_equal(word(i), word(j));
	}
	for (uint32_t i = count; i < count + 100; i++)
		assert_string_equal(word(i), "unknown");
	assert_string_equal(word(UINT32_MAX), "unknown");
}

static void every_value_has_a_word_and_no_other(void **state)
{
	(void)state;
	assert_words(mapsnap_consistency_name, MAPSNAP_FROZEN + 1);
	assert_words(mapsnap_reason_text, MAPSNAP_REASON_SHARERS + 1);
	assert_words(mapsnap_source_name, MAPSNAP_SOURCE_IOCTL + 1);
	assert_words(mapsnap_route_name, MAPSNAP_ROUTE_SNAPSHOT + 1);
	assert_words(mapsnap_kind_name, MAPSNAP_KIND_SPECIAL + 1);
	assert_words(mapsnap_file_route_name, MAPSNAP_FILE_ROOT + 1);
	assert_words(mapsnap_build_id_route_name, MAPSNAP_BUILD_ID_MEMORY + 1);
}

static void the_words_are_those_of_the_header(void **state)
{
	(void)state;
	assert_string_equal(mapsnap_consistency_name(MAPSNAP_UNVERIFIED), "unverified");
	assert_string_equal(mapsnap_consistency_name(MAPSNAP_VERIFIED), "verified");
	assert_string_equal(mapsnap_consistency_name(MAPSNAP_LOCKED), "locked");
	assert_string_equal(mapsnap_consistency_name(MAPSNAP_FROZEN), "frozen");
	assert_string_equal(mapsnap_reason_text(MAPSNAP_REASON_NO_SOURCE), "no sequence source");
	assert_string_equal(mapsnap_source_name(MAPSNAP_SOURCE_NONE), "none");
	assert_string_equal(mapsnap_source_name(MAPSNAP_SOURCE_BPF), "bpf");
	assert_string_equal(mapsnap_source_name(MAPSNAP_SOURCE_IOCTL), "ioctl");
	assert_string_equal(mapsnap_route_name(MAPSNAP_ROUTE_AUTO), "auto");
	assert_string_equal(mapsnap_route_name(MAPSNAP_ROUTE_TEXT), "text");
	assert_string_equal(mapsnap_route_name(MAPSNAP_ROUTE_QUERY), "query");
	assert_string_equal(mapsnap_route_name(MAPSNAP_ROUTE_SNAPSHOT), "snapshot");
	assert_string_equal(mapsnap_kind_name(MAPSNAP_KIND_FILE), "file");
	assert_string_equal(mapsnap_kind_name(MAPSNAP_KIND_HEAP), "heap");
	assert_string_equal(mapsnap_kind_name(MAPSNAP_KIND_NAMED_ANONYMOUS), "named-anonymous");
	assert_string_equal(mapsnap_file_route_name(MAPSNAP_FILE_MAP_FILES), "map_files");
	assert_string_equal(mapsnap_file_route_name(MAPSNAP_FILE_ROOT), "root");
	assert_string_equal(mapsnap_build_id_route_name(MAPSNAP_BUILD_ID_NONE), "none");
	assert_string_equal(mapsnap_build_id_route_name(MAPSNAP_BUILD_ID_KERNEL), "kernel");
	assert_string_equal(mapsnap_build_id_route_name(MAPSNAP_BUILD_ID_MEMORY), "memory");
}

static void the_version_is_that_of_the_header(void **state)
{
	char version[32];

	(void)state;
	snprintf(version, sizeof(version), "%d.%d.%d", MAPSNAP_VERSION_MAJOR, MAPSNAP_VERSION_MINOR,
		 MAPSNAP_VERSION_PATCH);
	assert_string_equal(mapsnap_version(), version);
}

UNIT_MAIN("words", cmocka_unit_test(every_value_has_a_word_and_no_other),
	  cmocka_unit_test(the_words_are_those_of_the_header),
	  cmocka_unit_test(the_version_is_that_of_the_header))
