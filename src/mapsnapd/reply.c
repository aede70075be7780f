/* SPDX-License-Identifier: BSD-2-Clause */
#include "reply.h"

void reply_object(struct reply *reply, struct object *object)
{
	object_print_line(object, &reply->body);
}

void reply_problem(struct reply *reply, unsigned int status, const char *sentence)
{
	struct object object = object_new();

	reply->status = status;
	reply->type = REPLY_JSON;
	reply->etag[0] = '\0';
	reply->body.used = 0;
	add_integer(&object, "status", status);
	add_string(&object, "error", sentence);
	reply_object(reply, &object);
}
