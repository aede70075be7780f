/* SPDX-License-Identifier: BSD-2-Clause */
#include "markup.h"

#include <stdio.h>
#include <string.h>

#include "unit.h"

static void assert_markup(const char *string, const char *expected)
{
	struct writer writer = { .fd = -1 };

	markup_string(&writer, string);
	writer_bytes(&writer, "", 1);
	assert_int_equal(writer.error, 0);
	assert_string_equal(writer.buffer, expected);
	writer_free(&writer);
}

static void markup_becomes_text(void **state)
{
	(void)state;
	assert_markup("</title><script>x()</script>",
		      "&#60;/title&#62;&#60;script&#62;x()&#60;/script&#62;");
	assert_markup("\" onclick='x()", "&#34; onclick=&#39;x()");
	assert_markup("&lt;&amp", "&#38;lt;&#38;amp");
	assert_markup("<![CDATA[", "&#60;![CDATA[");
}

static void control_characters_are_spelled_out_but_for_a_newline(void **state)
{
	(void)state;
	assert_markup("a\nb", "a&#10;b");
	assert_markup("\a\t\r\x1b[31m\x7f", "\\007\\011\\015\\033[31m\\177");
}

static void what_is_no_character_is_replaced(void **state)
{
	(void)state;
	assert_markup("caf\xe9", "caf\xef\xbf\xbd");
	assert_markup("\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd");
	assert_markup("\xef\xbf\xbe|\xef\xbf\xbf|\xef\xbf\xbd",
		      "\xef\xbf\xbd|\xef\xbf\xbd|\xef\xbf\xbd");
	assert_markup("\xef", "\xef\xbf\xbd");
}

static void other_text_stays(void **state)
{
	(void)state;
	assert_markup("", "");
	assert_markup("caf\xc3\xa9 \xe6\x96\x87 \xf0\x9f\x90\xa7 [heap]",
		      "caf\xc3\xa9 \xe6\x96\x87 \xf0\x9f\x90\xa7 [heap]");
}

/* Not one byte can begin or end anything. */
static void no_byte_stays_that_means_something(void **state)
{
	char bytes[256];
	struct writer writer = { .fd = -1 };

	(void)state;
	for (int i = 1; i < 256; i++)
		bytes[i - 1] = (char)i;
	bytes[255] = '\0';
	markup_string(&writer, bytes);
	writer_bytes(&writer, "", 1);
	for (const char *p = writer.buffer; *p; p++)
		assert_true((unsigned char)*p >= 0x20 && *p != 0x7f && !strchr("<>\"'", *p));
	for (const char *p = writer.buffer; (p = strchr(p, '&')); p++)
		assert_int_equal(p[1], '#');
	writer_free(&writer);
}

UNIT_MAIN("markup", cmocka_unit_test(markup_becomes_text),
	  cmocka_unit_test(control_characters_are_spelled_out_but_for_a_newline),
	  cmocka_unit_test(what_is_no_character_is_replaced), cmocka_unit_test(other_text_stays),
	  cmocka_unit_test(no_byte_stays_that_means_something))
