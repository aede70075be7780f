/* SPDX-License-Identifier: BSD-2-Clause */
/* A JSON object in the making: built and printed by json-c. */
#ifndef JSON_OBJECT_H
#define JSON_OBJECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "writer.h"

/* failed: out of memory; then it is not printed, and the writer has the error. */
struct object {
	struct json_object *json;
	bool failed;
};

struct object object_new(void);

/* Keys are static strings. */
void add_null(struct object *object, const char *key);
void add_boolean(struct object *object, const char *key, bool value);
void add_integer(struct object *object, const char *key, uint32_t value);

/* Takes the child over. */
void add_object(struct object *object, const char *key, struct object child);

/* NULL: out of memory. */
void add_string(struct object *object, const char *key, const char *string);

/* Strings, since many readers of JSON keep only 53 bits of a number. Null where it is not known. */
void add_hex(struct object *object, const char *key, uint64_t value);
void add_decimal(struct object *object, const char *key, uint64_t value, bool known);

/* As a string if it is UTF-8; otherwise readable there and exact in base64 beside it. */
void add_bytes(struct object *object, const char *key, const char *exact_key, const char *bytes);

/* Prints the object without its last `cut` bytes, and frees it. */
void object_print(struct object *object, struct writer *writer, size_t cut);

/* The same whole, as a line. */
void object_print_line(struct object *object, struct writer *writer);

#endif
