/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The members of a JSON object with the type that they must have. The first
 * error stays in the place, which names it; a function that meets one gives
 * zero or "", so that a whole object can be read before asking.
 */
#ifndef JSON_MEMBER_H
#define JSON_MEMBER_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Where in the document, and where to say what is wrong there. */
struct place {
	ptrdiff_t snapshot; /* below 0: not in a snapshot */
	ptrdiff_t mapping;  /* below 0: not in a mapping */
	int error;          /* 0, -EBADMSG or -ENOMEM */
	char *sentence;
	size_t sentence_size;
};

/* Says "snapshots[0].mappings[3].start: WHAT"; member may be "". */
void place_bad(struct place *place, const char *member, const char *what);

bool member_is_null(struct json_object *object, const char *key);

uint32_t member_integer(struct place *place, struct json_object *object, const char *key,
			uint32_t max);
bool member_boolean(struct place *place, struct json_object *object, const char *key);

struct json_object *member_object(struct place *place, struct json_object *object, const char *key);

/* Its length is 0 after an error. */
struct json_object *member_array(struct place *place, struct json_object *object, const char *key,
				 size_t *length);

/* Without a NUL inside; belongs to the object. */
const char *member_string(struct place *place, struct json_object *object, const char *key);

/* A string of lowercase hex digits behind 0x, or of decimal digits. */
uint64_t member_hex(struct place *place, struct json_object *object, const char *key);
uint64_t member_decimal(struct place *place, struct json_object *object, const char *key);

/* member_decimal(), or 0 where the member is null. */
uint64_t member_decimal_or_null(struct place *place, struct json_object *object, const char *key);

/* member_decimal(), or 0 where there is no such member. */
uint64_t member_decimal_if_there(struct place *place, struct json_object *object, const char *key);

/* Which value from 0 on has this name. */
uint32_t member_word(struct place *place, struct json_object *object, const char *key,
		     const char *(*name_of)(uint32_t));

/*
 * A string, or the bytes that exact_key holds in base64 where the string could
 * not hold them. Belongs to the object.
 */
const char *member_bytes(struct place *place, struct json_object *object, const char *key,
			 const char *exact_key);

#endif
