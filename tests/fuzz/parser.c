/* SPDX-License-Identifier: BSD-2-Clause */
/* Text is rejected, or is exactly what its fields give when they are written back. */
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "check.h"
#include "mapsnap.h"

static void check_written_back(const struct mapsnap *snapshot, const char *text, size_t size)
{
	const struct mapsnap_mapping *m = mapsnap_mappings(snapshot, NULL);
	size_t length = 0;

	for (size_t i = 0; i < mapsnap_count(snapshot); i++) {
		size_t line = mapsnap_format(&m[i], NULL, 0);
		char *written = malloc(line + 1);

		CHECK(written && mapsnap_format(&m[i], written, line + 1) == line);
		CHECK(line <= size - length && memcmp(written, text + length, line) == 0);
		CHECK(strlen(m[i].name) == m[i].name_length);
		CHECK(strlen(m[i].path) <= m[i].name_length);
		length += line;
		free(written);
	}
	CHECK(length == size);
}

static bool ascends(const struct mapsnap *snapshot)
{
	const struct mapsnap_mapping *m = mapsnap_mappings(snapshot, NULL);

	for (size_t i = 1; i < mapsnap_count(snapshot); i++)
		if (m[i].start < m[i - 1].end)
			return false;
	return true;
}

/* Each mapping is found at its edges; in a torn list an earlier one may be in its place. */
static void check_found(const struct mapsnap *snapshot)
{
	const struct mapsnap_mapping *m = mapsnap_mappings(snapshot, NULL), *many;
	bool whole = ascends(snapshot);

	for (size_t i = 0; i < mapsnap_count(snapshot); i++) {
		const struct mapsnap_mapping *first = mapsnap_find(snapshot, m[i].start);
		const struct mapsnap_mapping *last = mapsnap_find(snapshot, m[i].end - 1);

		CHECK(first && last && first <= &m[i] && last <= &m[i]);
		CHECK(!whole || (first == &m[i] && last == &m[i]));
		CHECK(mapsnap_find_many(snapshot, &m[i].start, 1, &many) == 1 && many == first);
	}
	CHECK(!mapsnap_find(snapshot, UINT64_MAX));
}

static void check_same(const struct mapsnap *snapshot)
{
	struct mapsnap_diff diff = { .before = snapshot, .after = snapshot };
	struct mapsnap_change change;

	CHECK(mapsnap_diff_next(&diff, &change) == 0);
}

static size_t lines_in(const char *text, size_t size)
{
	size_t lines = 1;

	for (size_t i = 0; i < size; i++)
		lines += text[i] == '\n';
	return lines;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	struct mapsnap *snapshot;
	size_t line = 0;
	int r = mapsnap_parse(text, size, &snapshot, &line);

	if (r) {
		CHECK(r == -EBADMSG && line > 0 && line <= lines_in(text, size));
		return 0;
	}
	check_written_back(snapshot, text, size);
	check_found(snapshot);
	check_same(snapshot);
	mapsnap_unref(snapshot);
	return 0;
}
