/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Captures as JSON, to and from memory. maps-dump(1) and
 * maps-dump.schema.json describe the format.
 */
#ifndef JSON_H
#define JSON_H

#include <stdbool.h>
#include <stddef.h>

#include "capture.h"
#include "json_object.h"
#include "writer.h"

#define JSON_FORMAT  "maps-dump"
#define JSON_VERSION 1

/* A document: begin, a capture any number of times, end. */
void json_write_begin(struct writer *writer);
void json_write_capture(struct writer *writer, const struct capture *capture, bool first);
void json_write_end(struct writer *writer);

/* A document of one capture, in one line: any number of them follow each other. */
void json_write_line(struct writer *writer, const struct capture *capture);

/* What lines of other kinds have in common with that. */
void json_add_mapping(struct object *object, const struct mapsnap_mapping *mapping);
/* That as an object of its own; NULL: there is none. */
void json_add_mapping_or_null(struct object *object, const char *key,
			      const struct mapsnap_mapping *mapping);
void json_add_process(struct object *object, const struct capture *capture);
void json_add_label(struct object *object, const struct mapsnap_info *info);

/* Whether this is JSON rather than text of maps: only JSON begins with a brace. */
bool json_detect(const char *text, size_t length);

/*
 * Adds the captures of a whole document, or of lines. Returns 0, -ENOMEM, or -EBADMSG with
 * a sentence in error that names the place; what was added then must still be
 * freed.
 */
int json_read(const char *text, size_t length, struct captures *captures, char *error,
	      size_t error_size);

#endif
