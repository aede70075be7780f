/* SPDX-License-Identifier: BSD-2-Clause */
#include "reply.h"

#include <errno.h>

#include "trouble.h"

void reply_object(struct reply *reply, struct object *object)
{
	object_print_line(object, &reply->body);
}

void reply_later(struct reply *reply, unsigned int seconds, const char *sentence)
{
	reply_problem(reply, 503, sentence);
	reply->retry_after = seconds;
}

void reply_too_large(struct reply *reply)
{
	trouble(TROUBLE_ROOM, "some answers are larger than those under way may be together: raise "
			      "the option pending");
	reply_problem(reply, 507,
		      "the answer is larger than all answers may be together: raise the option "
		      "pending of mapsnapd, or look up addresses");
}

void reply_problem(struct reply *reply, unsigned int status, const char *sentence)
{
	struct object object = object_new();

	reply->status = status;
	reply->type = REPLY_JSON;
	reply->etag[0] = '\0';
	reply->held_ns = 0;
	reply->ended = false;
	reply->key = (struct body_key){ BODY_OWN };
	reply->body.used = 0;
	add_integer(&object, "status", status);
	add_string(&object, "error", sentence);
	reply_object(reply, &object);
}

void reply_refusal(struct reply *reply, int error)
{
	switch (error) {
	case -ESRCH:
		reply_problem(reply, 404,
			      "this process is not watched, or there is none of this number");
		break;
	case -EACCES:
	case -EPERM:
		reply_problem(reply, 403, "this process may not be read by who asks");
		break;
	case -ENOMEM:
		reply_later(reply, 1, "out of memory: try again");
		break;
	default:
		reply_later(reply, 1, "it can't be told just now: try again");
	}
}
