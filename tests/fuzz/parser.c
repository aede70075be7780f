/* SPDX-License-Identifier: BSD-2-Clause */
/* Text is rejected, or is exactly what its fields give when they are written back. */
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "check.h"
#include "mapsnap.h"

static void check_written_back(const struct mapsnap *snapshot, const char *text, size_t size)
{
	size_t length = 0;

	for (size_t i = 0; i < mapsnap_count(snapshot); i++) {
		const struct mapsnap_mapping *m = mapsnap_at(snapshot, i);
		size_t line = mapsnap_format(m, NULL, 0);
		char *written = malloc(line + 1);

		CHECK(written && mapsnap_format(m, written, line + 1) == line);
		CHECK(line <= size - length && memcmp(written, text + length, line) == 0);
		CHECK(strlen(m->name) == m->name_length);
		CHECK(strlen(m->path) <= m->name_length);
		length += line;
		free(written);
	}
	CHECK(length == size);
}

static bool ascends(const struct mapsnap *snapshot)
{
	for (size_t i = 1; i < mapsnap_count(snapshot); i++)
		if (mapsnap_at(snapshot, i)->start < mapsnap_at(snapshot, i - 1)->end)
			return false;
	return true;
}

/* In a torn list an earlier one may be in its place. */
static bool is_at(const struct mapsnap *snapshot, const struct mapsnap_mapping *found,
		  size_t number, bool whole)
{
	while (!whole && number > 0 && found != mapsnap_at(snapshot, number))
		number--;
	return found && found == mapsnap_at(snapshot, number);
}

/* Each mapping is found at its edges. */
static void check_found(const struct mapsnap *snapshot)
{
	const struct mapsnap_mapping *many;
	bool whole = ascends(snapshot);

	for (size_t i = 0; i < mapsnap_count(snapshot); i++) {
		const struct mapsnap_mapping *m = mapsnap_at(snapshot, i);
		const struct mapsnap_mapping *first = mapsnap_find(snapshot, m->start);

		CHECK(is_at(snapshot, first, i, whole));
		CHECK(is_at(snapshot, mapsnap_find(snapshot, m->end - 1), i, whole));
		CHECK(mapsnap_find_many(snapshot, &m->start, 1, &many) == 1 && many == first);
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
