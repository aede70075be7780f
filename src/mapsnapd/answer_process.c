/* SPDX-License-Identifier: BSD-2-Clause */
/* What is told of one process: its mappings, what is at addresses, and what changes. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "addresses.h"
#include "admission.h"
#include "changes.h"
#include "json.h"
#include "mapping.h"
#include "pid.h"

/*
 * A sequence alone could come again in another program, or in another process of the
 * same number: the revision is of this snapshot alone.
 */
static void set_etag(struct reply *reply, const struct mapsnap *snapshot,
		     const struct mapsnap_member *member)
{
	const struct mapsnap_info *info = mapsnap_info(snapshot);

	snprintf(reply->etag, sizeof(reply->etag), "\"%llx-%llx-%llx\"",
		 (unsigned long long)info->start_time, (unsigned long long)info->sequence,
		 (unsigned long long)member->revision);
}

/* Beside the body and not in it, which stays the same for as long as the tag does. */
static void set_age(struct reply *reply, const struct mapsnap *snapshot,
		    const struct mapsnap_member *member)
{
	uint64_t read_ns = mapsnap_info(snapshot)->end_ns;

	reply->held_ns = member->proved_ns > read_ns ? member->proved_ns : read_ns;
}

/* One of a list, or any, as RFC 9110 has it; ours have no comma in them. */
static bool is_known(const struct request *request, const char *etag)
{
	const char *list = request->none_match;

	return list && (strcmp(list, "*") == 0 || strstr(list, etag));
}

/* Nobody waits for room: who asks is told to come again, where that can help. */
static void write_maps(const struct request *request, struct reply *reply, struct mapsnap *snapshot)
{
	size_t size = mapsnap_count(snapshot) * BYTES_OF_MAPPING;
	struct capture capture = { .snapshot = snapshot,
				   .info = *mapsnap_info(snapshot),
				   .selection = SELECTION_ALL };

	if (!admission_could_have_room(request, size))
		reply_too_large(reply);
	else if (admission_has_room(request, size))
		json_write_line(&reply->body, &capture);
	else
		reply_later(reply, 1, "too many answers are under way: try again");
}

static void find_or_write_maps(const struct request *request, struct reply *reply,
			       struct mapsnap *snapshot, uint64_t revision)
{
	reply->key = (struct body_key){ BODY_SNAPSHOT, revision };
	reply->leave = admission_leaves(request);
	reply->shared = bodies_find(&request->service->bodies, reply->key);
	if (!reply->shared)
		write_maps(request, reply, snapshot);
}

void answer_maps(const struct request *request, struct reply *reply)
{
	struct mapsnap_member member;
	struct mapsnap *snapshot;
	int r = admission_to(request, request->pid, &snapshot, &member);

	if (r) {
		reply_refusal(reply, r);
		return;
	}
	set_etag(reply, snapshot, &member);
	set_age(reply, snapshot, &member);
	reply->ended = member.state == MAPSNAP_STATE_ENDED;
	if (is_known(request, reply->etag))
		reply->status = 304;
	else
		find_or_write_maps(request, reply, snapshot, member.revision);
	mapsnap_unref(snapshot);
}

static void add_mapping(struct object *answer, const struct mapsnap_mapping *m, uint64_t address)
{
	add_boolean(answer, "mapped", m != NULL);
	json_add_mapping_or_null(answer, "mapping", m);
	if (m && has_file(m))
		add_hex(answer, "file_offset", m->offset + (address - m->start));
	else
		add_null(answer, "file_offset");
}

/* An answer a line, in the order of the addresses. */
static void write_answers(struct reply *reply, const struct mapsnap *snapshot,
			  const struct addresses *addresses)
{
	struct capture capture = { .info = *mapsnap_info(snapshot), .selection = SELECTION_ALL };

	for (size_t i = 0; i < addresses->count; i++) {
		uint64_t address = addresses->list[i];
		struct object answer = object_new();

		json_add_process(&answer, &capture);
		json_add_label(&answer, &capture.info);
		add_hex(&answer, "address", address);
		add_mapping(&answer, mapsnap_find(snapshot, address), address);
		reply_object(reply, &answer);
	}
}

static void look_up(const struct request *request, const struct addresses *addresses,
		    struct reply *reply)
{
	struct mapsnap_member member;
	struct mapsnap *snapshot;
	int r = admission_to(request, request->pid, &snapshot, &member);

	if (r) {
		reply_refusal(reply, r);
		return;
	}
	reply->type = REPLY_JSON_LINES;
	reply->ended = member.state == MAPSNAP_STATE_ENDED;
	write_answers(reply, snapshot, addresses);
	mapsnap_unref(snapshot);
}

void answer_lookup(const struct request *request, struct reply *reply)
{
	struct addresses addresses = { 0 };
	const char *wrong;
	int r = request->addresses ? addresses_add(&addresses, request->addresses, &wrong)
				   : -EINVAL;

	if (r == -ENOMEM)
		reply_refusal(reply, r);
	else if (r || addresses.count == 0)
		reply_problem(reply, 400, "give address=HEX[,HEX...], with or without 0x");
	else
		look_up(request, &addresses, reply);
	addresses_free(&addresses);
}

/* Of all, or of the one that is named. */
static bool parse_of(const struct request *request, pid_t *pid)
{
	*pid = request->of ? pid_parse(request->of, "") : 0;
	return !request->of || *pid != 0;
}

void answer_changes(const struct request *request, struct reply *reply)
{
	struct request of = *request;
	int r;

	if (!parse_of(request, &of.pid)) {
		reply_problem(reply, 400, "pid: a number is wanted");
		return;
	}
	r = changes_open(&of, &reply->changes);
	if (r == -EINVAL)
		reply_problem(reply, 400, "since: a cursor of a line from here is wanted");
	else if (r)
		reply_refusal(reply, r);
	else
		reply->type = REPLY_JSON_LINES;
}
