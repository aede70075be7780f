/* SPDX-License-Identifier: BSD-2-Clause */
/* A question, taken apart. What it points to is there until it is answered. */
#ifndef REQUEST_H
#define REQUEST_H

#include <sys/types.h>

#include "peer.h"
#include "reply.h"
#include "service.h"

struct request {
	struct service *service;
	struct peer *peer;
	pid_t pid;        /* of a path with one */
	char *none_match; /* If-None-Match, or NULL */
	char *accept;     /* Accept, or NULL */
	/* Parameters, or NULL. */
	char *addresses;
	char *since;
	char *of; /* a pid */
};

typedef void request_answer(const struct request *request, struct reply *reply);

/* What there is. */
request_answer answer_health, answer_info, answer_metrics, answer_processes, answer_maps,
	answer_lookup, answer_changes;

#endif
