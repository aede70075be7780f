/* SPDX-License-Identifier: BSD-2-Clause */
/* JSON that is one object, or an object a line. */
#ifndef JSON_LINES_H
#define JSON_LINES_H

#include "json_member.h"

/* Reads an object, which is freed afterwards. What is wrong with it stays in the place. */
typedef void json_lines_take(struct place *place, struct json_object *json, void *context);

/*
 * Gives the objects one after the other, up to the first that is wrong. Returns 0, -ENOMEM,
 * or -EBADMSG with a sentence in error that names the place.
 */
int json_lines_read(const char *text, size_t length, json_lines_take *take, void *context,
		    char *error, size_t error_size);

#endif
