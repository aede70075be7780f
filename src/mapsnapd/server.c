/* SPDX-License-Identifier: BSD-2-Clause */
#include "server.h"

#include <errno.h>
#include <inttypes.h>
#include <microhttpd.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "changes.h"
#include "clock.h"
#include "connection.h"
#include "pid.h"
#include "reception.h"
#include "request.h"
#include "values.h"

#define BLOCK 32768

struct server {
	struct service *service;
	struct reception reception;
	struct MHD_Daemon *daemon;
};

/* {} stands for the number of a process. */
static const struct {
	const char *before, *after; /* after: NULL where there is no number */
	request_answer *answer;
} routes[] = {
	{ "/healthz", NULL, answer_health },        { "/metrics", NULL, answer_metrics },
	{ "/v1/info", NULL, answer_info },          { "/v1/processes", NULL, answer_processes },
	{ "/v1/processes/", "/maps", answer_maps }, { "/v1/processes/", "/lookup", answer_lookup },
	{ "/v1/changes", NULL, answer_changes },
};

static bool matches(const char *path, size_t route, pid_t *pid)
{
	size_t length = strlen(routes[route].before);

	if (!routes[route].after)
		return strcmp(path, routes[route].before) == 0;
	if (strncmp(path, routes[route].before, length) != 0)
		return false;
	*pid = pid_parse(path + length, routes[route].after);
	return *pid != 0;
}

static request_answer *find_answer(const char *path, pid_t *pid)
{
	for (size_t i = 0; i < sizeof(routes) / sizeof(routes[0]); i++)
		if (matches(path, i, pid))
			return routes[i].answer;
	return NULL;
}

static void add_number(struct MHD_Response *response, const char *header, uint64_t number)
{
	char digits[24];

	snprintf(digits, sizeof(digits), "%" PRIu64, number);
	MHD_add_response_header(response, header, digits);
}

static void add_headers(struct MHD_Response *response, const struct reply *reply)
{
	MHD_add_response_header(response, MHD_HTTP_HEADER_CONTENT_TYPE, reply->type);
	if (*reply->etag)
		MHD_add_response_header(response, MHD_HTTP_HEADER_ETAG, reply->etag);
	if (reply->status == MHD_HTTP_METHOD_NOT_ALLOWED)
		MHD_add_response_header(response, MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
	if (reply->last)
		MHD_add_response_header(response, MHD_HTTP_HEADER_CONNECTION, "close");
	if (reply->held_ns)
		add_number(response, "Mapsnap-Age-Ns", now_ns() - reply->held_ns);
	if (reply->ended)
		MHD_add_response_header(response, "Mapsnap-State", "ended");
	if (reply->retry_after)
		add_number(response, MHD_HTTP_HEADER_RETRY_AFTER, reply->retry_after);
}

static ssize_t read_body(void *cls, uint64_t position, char *buffer, size_t room)
{
	const struct body *body = cls;
	size_t left = body->size - (size_t)position, piece = left < room ? left : room;

	memcpy(buffer, body->bytes + position, piece);
	return (ssize_t)piece;
}

static void close_body(void *cls)
{
	body_unref(cls);
}

/* The body becomes one of those that take memory until they are sent. */
static struct body *body_of(struct server *server, struct reply *reply)
{
	struct bodies *bodies = &server->service->bodies;
	struct body *body = reply->shared;
	size_t size = reply->body.used;

	if (!body)
		body = bodies_add(bodies, reply->body.buffer, reply->body.used, reply->key,
				  reply->leave);
	reply->shared = NULL;
	reply->body = (struct writer){ .fd = -1 };
	if (body)
		return body;
	/* This much there always is. */
	if (bodies_could_have_room(bodies, size + reply->leave))
		reply_later(reply, 1, "too many answers are under way: try again");
	else
		reply_too_large(reply);
	return NULL;
}

static struct MHD_Response *respond_with_body(struct body *body)
{
	size_t block = body->size < BLOCK ? body->size + 1 : BLOCK;
	struct MHD_Response *response =
		MHD_create_response_from_callback(body->size, block, read_body, body, close_body);

	if (!response)
		body_unref(body);
	return response;
}

static struct MHD_Response *respond(struct server *server, struct MHD_Connection *connection,
				    struct reply *reply)
{
	struct body *body;

	if (reply->changes)
		return streams_respond(&server->service->streams, connection, reply->changes);
	body = body_of(server, reply);
	if (body)
		return respond_with_body(body);
	return MHD_create_response_from_buffer(reply->body.used, reply->body.buffer,
					       MHD_RESPMEM_MUST_FREE);
}

static enum MHD_Result send_reply(struct server *server, struct MHD_Connection *connection,
				  struct reply *reply)
{
	struct MHD_Response *response = respond(server, connection, reply);
	enum MHD_Result r;

	if (!response)
		return MHD_NO;
	add_headers(response, reply);
	traffic_count(&server->service->traffic, reply->status);
	r = MHD_queue_response(connection, reply->status, response);
	MHD_destroy_response(response);
	return r;
}

static int read_values(struct MHD_Connection *connection, struct request *request)
{
	const struct {
		enum MHD_ValueKind kind;
		const char *name;
		char **list;
	} wanted[] = {
		{ MHD_HEADER_KIND, MHD_HTTP_HEADER_IF_NONE_MATCH, &request->none_match },
		{ MHD_HEADER_KIND, MHD_HTTP_HEADER_ACCEPT, &request->accept },
		{ MHD_GET_ARGUMENT_KIND, "address", &request->addresses },
		{ MHD_GET_ARGUMENT_KIND, "since", &request->since },
		{ MHD_GET_ARGUMENT_KIND, "pid", &request->of },
	};
	int r = 0;

	for (size_t i = 0; r == 0 && i < sizeof(wanted) / sizeof(wanted[0]); i++)
		r = values_of(connection, wanted[i].kind, wanted[i].name, wanted[i].list);
	return r;
}

static void free_values(struct request *request)
{
	free(request->none_match);
	free(request->accept);
	free(request->addresses);
	free(request->since);
	free(request->of);
}

/* Who follows what changes is judged for each, so the peer is theirs. */
static void answer_peer(struct request *request, request_answer *how, struct reply *reply)
{
	how(request, reply);
	if (!reply->changes)
		free(request->peer);
}

static void answer(struct service *service, struct MHD_Connection *connection, const char *path,
		   struct reply *reply)
{
	struct request request = { .service = service };
	request_answer *how = find_answer(path, &request.pid);

	if (!how)
		reply_problem(reply, MHD_HTTP_NOT_FOUND,
			      "there is nothing here: see the manual page mapsnapd(8)");
	else if (read_values(connection, &request))
		reply_refusal(reply, -ENOMEM);
	else if (peer_of(connection_socket(connection), &request.peer))
		reply_problem(reply, MHD_HTTP_FORBIDDEN, "nobody knows who asks");
	else
		answer_peer(&request, how, reply);
	free_values(&request);
}

static void refuse(struct reply *reply)
{
	reply_later(reply, 1, "too many clients are connected: try again");
	reply->last = true;
}

static bool is_known_method(const char *method)
{
	return strcmp(method, MHD_HTTP_METHOD_GET) == 0 ||
	       strcmp(method, MHD_HTTP_METHOD_HEAD) == 0;
}

/* Called once for the headers, then for each part of a body, which nobody wants, and at its end. */
static enum MHD_Result handle(void *cls, struct MHD_Connection *connection, const char *path,
			      const char *method, const char *version, const char *body,
			      size_t *body_size, void **state)
{
	struct server *server = cls;
	struct reply reply = { .status = 200, .type = REPLY_JSON, .body = { .fd = -1 } };

	(void)version;
	(void)body;
	if (!*state) {
		*state = server;
		return MHD_YES;
	}
	if (*body_size) {
		*body_size = 0;
		return MHD_YES;
	}
	if (reception_refuses(connection))
		refuse(&reply);
	else if (is_known_method(method))
		answer(server->service, connection, path, &reply);
	else
		reply_problem(&reply, MHD_HTTP_METHOD_NOT_ALLOWED, "ask by GET");
	if (reply.body.error) {
		reply.body.error = 0;
		reply_later(&reply, 1, "out of memory: try again");
	}
	return send_reply(server, connection, &reply);
}

/*
 * That it can be suspended brings an eventfd, by which it is ended: otherwise that were
 * shutdown() of the socket, which is also systemd's. Those that are closed at once have a place
 * for so long.
 */
static struct MHD_Daemon *start_daemon(struct server *server, int listening,
				       const struct server_options *options)
{
	unsigned int most = seats_with_refused(options->connections) + 2 * options->threads;

	return MHD_start_daemon(MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME, 0, NULL,
				NULL, handle, server, MHD_OPTION_LISTEN_SOCKET, listening,
				MHD_OPTION_NOTIFY_CONNECTION, reception_note, &server->reception,
				MHD_OPTION_CONNECTION_LIMIT, most, MHD_OPTION_CONNECTION_TIMEOUT,
				options->timeout, MHD_OPTION_THREAD_POOL_SIZE, options->threads,
				MHD_OPTION_END);
}

int server_start(struct service *service, int listening, const struct server_options *options,
		 struct server **server)
{
	struct server *s = malloc(sizeof(*s));

	if (!s)
		return -ENOMEM;
	s->service = service;
	reception_open(&s->reception, service, options->connections);
	s->daemon = start_daemon(s, listening, options);
	if (!s->daemon) {
		reception_close(&s->reception);
		free(s);
		return -EIO;
	}
	*server = s;
	return 0;
}

void server_stop(struct server *server)
{
	/* The socket is its owner's to close. */
	MHD_quiesce_daemon(server->daemon);
	streams_end(&server->service->streams);
	MHD_stop_daemon(server->daemon);
	reception_close(&server->reception);
	free(server);
}
