/* SPDX-License-Identifier: BSD-2-Clause */
/* What the reader accepts can be written, and that is read and written the same for ever. */
#include "json.h"

#include <errno.h>
#include <string.h>

#include "check.h"
#include "encoding.h"

static struct writer written(const struct captures *captures)
{
	struct writer writer = { .fd = -1 };

	json_write_begin(&writer);
	for (size_t i = 0; i < captures->count; i++)
		json_write_capture(&writer, &captures->list[i], i == 0);
	json_write_end(&writer);
	CHECK(writer_flush(&writer) == 0);
	return writer;
}

static void check_written_again(const struct writer *once)
{
	struct captures captures = { 0 };
	struct writer twice;
	char error[256];

	CHECK(json_detect(once->buffer, once->used));
	CHECK(json_read(once->buffer, once->used, &captures, error, sizeof(error)) == 0);
	twice = written(&captures);
	CHECK(twice.used == once->used && memcmp(twice.buffer, once->buffer, once->used) == 0);
	writer_free(&twice);
	captures_free(&captures);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const char *text = (const char *)data;
	struct captures captures = { 0 };
	char error[256] = "";
	struct writer once;
	int r = json_read(text, size, &captures, error, sizeof(error));

	if (r) {
		CHECK(r == -EBADMSG && error[0]);
		captures_free(&captures);
		return 0;
	}
	CHECK(json_detect(text, size) && !memchr(text, '\0', size));
	CHECK(utf8_valid_length(text, size) == size);
	once = written(&captures);
	check_written_again(&once);
	writer_free(&once);
	captures_free(&captures);
	return 0;
}
