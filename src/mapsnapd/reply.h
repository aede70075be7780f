/* SPDX-License-Identifier: BSD-2-Clause */
/* An answer in the making: status, headers and body. */
#ifndef REPLY_H
#define REPLY_H

#include <stdbool.h>
#include <stdint.h>

#include "bodies.h"
#include "json_object.h"
#include "writer.h"

struct reply {
	unsigned int status;
	const char *type;         /* of the body */
	char etag[64];            /* "": none */
	uint64_t held_ns;         /* until then it is known to have been so; 0: not said */
	bool ended;               /* the process has, of which it tells */
	unsigned int retry_after; /* seconds; 0: not said */
	bool last;                /* the connection ends with it */
	struct writer body;
	/* In its place: */
	struct body *shared;     /* a reference, which the server gives back */
	struct changes *changes; /* which the server closes */
	struct body_key key;     /* under which others may find the body */
	size_t leave;            /* bytes of the room for bodies */
};

#define REPLY_JSON       "application/json"
#define REPLY_JSON_LINES "application/jsonl"
#define REPLY_METRICS    "application/openmetrics-text; version=1.0.0; charset=utf-8"
#define REPLY_TEXT       "text/plain; version=0.0.4; charset=utf-8"

/* A line of JSON that says what is wrong. Whatever the body was is replaced. */
void reply_problem(struct reply *reply, unsigned int status, const char *sentence);

/* 503: the client is to come again after so many seconds. */
void reply_later(struct reply *reply, unsigned int seconds, const char *sentence);

/* 507: there is no room for so large an answer, whenever the client comes. */
void reply_too_large(struct reply *reply);

/* Why a process can't be told of, by an error of admission. */
void reply_refusal(struct reply *reply, int error);

/* The object as the body, a line. */
void reply_object(struct reply *reply, struct object *object);

#endif
