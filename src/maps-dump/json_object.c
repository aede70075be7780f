/* SPDX-License-Identifier: BSD-2-Clause */
#include "json_object.h"

#include <errno.h>
#include <inttypes.h>
#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "encoding.h"

static void add_value(struct object *object, const char *key, struct json_object *value)
{
	unsigned int options = JSON_C_OBJECT_ADD_KEY_IS_NEW | JSON_C_OBJECT_ADD_CONSTANT_KEY;

	if (!object->json || !value ||
	    json_object_object_add_ex(object->json, key, value, options) < 0) {
		json_object_put(value);
		object->failed = true;
	}
}

void add_object(struct object *object, const char *key, struct object child)
{
	object->failed |= child.failed;
	add_value(object, key, child.json);
}

void add_null(struct object *object, const char *key)
{
	if (!object->json || json_object_object_add(object->json, key, NULL) < 0)
		object->failed = true;
}

void add_boolean(struct object *object, const char *key, bool value)
{
	add_value(object, key, json_object_new_boolean(value));
}

void add_string(struct object *object, const char *key, const char *string)
{
	add_value(object, key, string ? json_object_new_string(string) : NULL);
}

void add_integer(struct object *object, const char *key, uint32_t value)
{
	add_value(object, key, json_object_new_int64(value));
}

void add_hex(struct object *object, const char *key, uint64_t value)
{
	char string[sizeof("0x") + 16];

	snprintf(string, sizeof(string), "0x%" PRIx64, value);
	add_string(object, key, string);
}

void add_decimal(struct object *object, const char *key, uint64_t value, bool known)
{
	char string[sizeof("18446744073709551615")];

	snprintf(string, sizeof(string), "%" PRIu64, value);
	if (known)
		add_string(object, key, string);
	else
		add_null(object, key);
}

void add_bytes(struct object *object, const char *key, const char *exact_key, const char *bytes)
{
	size_t length = strlen(bytes);
	char *string;

	if (utf8_valid_length(bytes, length) == length) {
		add_string(object, key, bytes);
		return;
	}
	string = utf8_replaced(bytes, length);
	add_string(object, key, string);
	free(string);
	string = base64_encoded(bytes, length);
	add_string(object, exact_key, string);
	free(string);
}

struct object object_new(void)
{
	struct json_object *json = json_object_new_object();

	return (struct object){ .json = json, .failed = !json };
}

void object_print(struct object *object, struct writer *writer, size_t cut)
{
	int flags = JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE;
	const char *string = NULL;
	size_t length;

	if (!object->failed)
		string = json_object_to_json_string_length(object->json, flags, &length);
	if (string)
		writer_bytes(writer, string, length - cut);
	else if (!writer->error)
		writer->error = -ENOMEM;
	json_object_put(object->json);
}

void object_print_line(struct object *object, struct writer *writer)
{
	object_print(object, writer, 0);
	writer_string(writer, "\n");
}
