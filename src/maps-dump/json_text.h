/* SPDX-License-Identifier: BSD-2-Clause */
/* From bytes to a tree of JSON objects, or to what is wrong with the bytes. */
#ifndef JSON_TEXT_H
#define JSON_TEXT_H

#include <json-c/json.h>
#include <stddef.h>

/*
 * Returns 0 and an object for json_object_put(), -ENOMEM, or -EBADMSG with a
 * sentence that names line and column; first_line is the number of the first.
 */
int json_text_parse(const char *text, size_t length, size_t first_line, struct json_object **json,
		    char *error, size_t error_size);

#endif
