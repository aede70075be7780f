/* SPDX-License-Identifier: BSD-2-Clause */
#include "json_member.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "encoding.h"

void place_bad(struct place *place, const char *member, const char *what)
{
	char snapshot[48] = "", mapping[48] = "";

	if (place->error)
		return;
	if (place->snapshot >= 0)
		snprintf(snapshot, sizeof(snapshot), "snapshots[%td]", place->snapshot);
	if (place->mapping >= 0)
		snprintf(mapping, sizeof(mapping), ".mappings[%td]", place->mapping);
	snprintf(place->sentence, place->sentence_size, "%s%s%s%s: %s", snapshot, mapping,
		 *snapshot && *member ? "." : "", member, what);
	place->error = -EBADMSG;
}

/* NULL after an error. */
static struct json_object *member(struct place *place, struct json_object *object, const char *key,
				  enum json_type type, const char *what)
{
	struct json_object *value;

	if (!json_object_is_type(object, json_type_object))
		place_bad(place, "", "must be an object");
	else if (!json_object_object_get_ex(object, key, &value))
		place_bad(place, key, "is missing");
	else if (!json_object_is_type(value, type))
		place_bad(place, key, what);
	else
		return value;
	return NULL;
}

bool member_is_null(struct json_object *object, const char *key)
{
	struct json_object *value;

	return json_object_object_get_ex(object, key, &value) && !value;
}

uint32_t member_integer(struct place *place, struct json_object *object, const char *key,
			uint32_t max)
{
	struct json_object *json = member(place, object, key, json_type_int, "must be an integer");
	int64_t integer = json ? json_object_get_int64(json) : 0;

	if (integer >= 0 && integer <= max)
		return (uint32_t)integer;
	place_bad(place, key, "is out of range");
	return 0;
}

bool member_boolean(struct place *place, struct json_object *object, const char *key)
{
	struct json_object *json =
		member(place, object, key, json_type_boolean, "must be true or false");

	return json && json_object_get_boolean(json);
}

struct json_object *member_object(struct place *place, struct json_object *object, const char *key)
{
	return member(place, object, key, json_type_object, "must be an object");
}

struct json_object *member_array(struct place *place, struct json_object *object, const char *key,
				 size_t *length)
{
	struct json_object *json = member(place, object, key, json_type_array, "must be an array");

	*length = json ? json_object_array_length(json) : 0;
	return json;
}

const char *member_string(struct place *place, struct json_object *object, const char *key)
{
	struct json_object *json = member(place, object, key, json_type_string, "must be a string");
	const char *string = json ? json_object_get_string(json) : "";

	if (!json || strlen(string) == (size_t)json_object_get_string_len(json))
		return string;
	place_bad(place, key, "has a NUL");
	return "";
}

/* strtoull() alone would take spaces, signs and, in base 16, another "0x". */
static bool parse_digits(const char *digits, int base, uint64_t *value)
{
	const char *allowed = base == 16 ? "0123456789abcdef" : "0123456789";
	size_t length = strlen(digits);

	errno = 0;
	*value = strtoull(digits, NULL, base);
	return length > 0 && strspn(digits, allowed) == length && errno == 0;
}

uint64_t member_hex(struct place *place, struct json_object *object, const char *key)
{
	const char *string = member_string(place, object, key);
	uint64_t value;

	if (strncmp(string, "0x", 2) == 0 && parse_digits(string + 2, 16, &value))
		return value;
	place_bad(place, key, "must be \"0x\" and lowercase hex digits, 64 bits at most");
	return 0;
}

uint64_t member_decimal(struct place *place, struct json_object *object, const char *key)
{
	const char *string = member_string(place, object, key);
	uint64_t value;

	if (parse_digits(string, 10, &value))
		return value;
	place_bad(place, key, "must be a string of digits, 64 bits at most");
	return 0;
}

uint64_t member_decimal_or_null(struct place *place, struct json_object *object, const char *key)
{
	return member_is_null(object, key) ? 0 : member_decimal(place, object, key);
}

uint64_t member_decimal_if_there(struct place *place, struct json_object *object, const char *key)
{
	return json_object_object_get_ex(object, key, NULL) ? member_decimal(place, object, key)
							    : 0;
}

uint32_t member_word(struct place *place, struct json_object *object, const char *key,
		     const char *(*name_of)(uint32_t))
{
	const char *string = member_string(place, object, key);
	const char *unknown = name_of(UINT32_MAX);

	for (uint32_t i = 0; strcmp(name_of(i), unknown) != 0; i++)
		if (strcmp(name_of(i), string) == 0)
			return i;
	place_bad(place, key, "is a word that this version does not know");
	return 0;
}

/* Puts the decoded bytes in the place of their base64, so that the object owns them. */
static const char *decode(struct place *place, struct json_object *object, const char *key)
{
	struct json_object *decoded = NULL;
	size_t length;
	char *bytes = base64_decoded(member_string(place, object, key), &length);

	if (!bytes && errno == EBADMSG)
		place_bad(place, key, "is not base64");
	else if (bytes && strlen(bytes) != length)
		place_bad(place, key, "has a NUL");
	else if (!bytes || !(decoded = json_object_new_string_len(bytes, (int)length)) ||
		 json_object_object_add(object, key, decoded) < 0)
		place->error = -ENOMEM;
	free(bytes);
	return place->error ? "" : json_object_get_string(decoded);
}

const char *member_bytes(struct place *place, struct json_object *object, const char *key,
			 const char *exact_key)
{
	const char *shown = member_string(place, object, key);
	const char *bytes;
	char *expected;

	if (!json_object_object_get_ex(object, exact_key, NULL))
		return shown;
	bytes = decode(place, object, exact_key);
	expected = utf8_replaced(bytes, strlen(bytes));
	if (!expected)
		place->error = -ENOMEM;
	else if (strcmp(expected, shown) != 0)
		place_bad(place, exact_key, "holds other bytes than the string beside it");
	free(expected);
	return bytes;
}
