/* SPDX-License-Identifier: BSD-2-Clause */
#include "streams.h"

#include <microhttpd.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#include "changes.h"
#include "connection.h"

#define BLOCK 16384

struct stream {
	struct streams *streams;
	struct MHD_Connection *connection;
	struct changes *changes;
	struct body *body; /* that is being sent; NULL: none */
	size_t sent;       /* of it */
	bool asleep;
	LIST_ENTRY(stream) link;
};

void streams_init(struct streams *streams)
{
	*streams = (struct streams){ .mutex = PTHREAD_MUTEX_INITIALIZER };
}

void streams_free(struct streams *streams)
{
	pthread_mutex_destroy(&streams->mutex);
}

static void wake_all(struct streams *streams)
{
	struct stream *stream;

	streams->wakes++;
	for (stream = LIST_FIRST(&streams->list); stream; stream = LIST_NEXT(stream, link)) {
		if (stream->asleep)
			MHD_resume_connection(stream->connection);
		stream->asleep = false;
	}
}

void streams_wake(struct streams *streams)
{
	pthread_mutex_lock(&streams->mutex);
	wake_all(streams);
	pthread_mutex_unlock(&streams->mutex);
}

void streams_end(struct streams *streams)
{
	pthread_mutex_lock(&streams->mutex);
	streams->over = true;
	wake_all(streams);
	pthread_mutex_unlock(&streams->mutex);
}

size_t streams_count(struct streams *streams)
{
	size_t count;

	pthread_mutex_lock(&streams->mutex);
	count = streams->count;
	pthread_mutex_unlock(&streams->mutex);
	return count;
}

/* How often they were woken so far; false: it is over. */
static bool look(struct streams *streams, uint64_t *wakes)
{
	bool over;

	pthread_mutex_lock(&streams->mutex);
	*wakes = streams->wakes;
	over = streams->over;
	pthread_mutex_unlock(&streams->mutex);
	return !over;
}

/* Unless they were woken since. It may be woken again as soon as the lock is given back. */
static bool sleep_since(struct stream *stream, uint64_t wakes)
{
	struct streams *streams = stream->streams;
	bool asleep;

	pthread_mutex_lock(&streams->mutex);
	asleep = streams->wakes == wakes && !streams->over;
	stream->asleep = asleep;
	if (asleep)
		MHD_suspend_connection(stream->connection);
	pthread_mutex_unlock(&streams->mutex);
	return asleep;
}

static ssize_t send_piece(struct stream *stream, char *buffer, size_t room)
{
	size_t left = stream->body->size - stream->sent, piece = left < room ? left : room;

	memcpy(buffer, stream->body->bytes + stream->sent, piece);
	stream->sent += piece;
	if (stream->sent == stream->body->size) {
		body_unref(stream->body);
		stream->body = NULL;
	}
	return (ssize_t)piece;
}

/*
 * As long as there is nothing to send libmicrohttpd does not see it. Who only sends no more
 * is still there.
 */
static bool has_left(const struct stream *stream)
{
	struct pollfd fd = { .fd = connection_socket(stream->connection) };

	return poll(&fd, 1, 0) > 0;
}

static ssize_t read_on(void *cls, uint64_t position, char *buffer, size_t room)
{
	struct stream *stream = cls;
	uint64_t wakes;

	(void)position;
	while (!stream->body) {
		if (!look(stream->streams, &wakes))
			return MHD_CONTENT_READER_END_OF_STREAM;
		stream->body = changes_next(stream->changes);
		stream->sent = 0;
		if (!stream->body && has_left(stream))
			return MHD_CONTENT_READER_END_WITH_ERROR;
		if (!stream->body && sleep_since(stream, wakes))
			return 0;
	}
	return send_piece(stream, buffer, room);
}

static void close_stream(void *cls)
{
	struct stream *stream = cls;
	struct streams *streams = stream->streams;

	pthread_mutex_lock(&streams->mutex);
	streams->count--;
	LIST_REMOVE(stream, link);
	pthread_mutex_unlock(&streams->mutex);
	if (stream->body)
		body_unref(stream->body);
	changes_close(stream->changes);
	free(stream);
}

static void link_in(struct streams *streams, struct stream *stream)
{
	pthread_mutex_lock(&streams->mutex);
	streams->count++;
	LIST_INSERT_HEAD(&streams->list, stream, link);
	pthread_mutex_unlock(&streams->mutex);
}

struct MHD_Response *streams_respond(struct streams *streams, struct MHD_Connection *connection,
				     struct changes *changes)
{
	struct stream *stream = calloc(1, sizeof(*stream));
	struct MHD_Response *response;

	if (!stream) {
		changes_close(changes);
		return NULL;
	}
	stream->streams = streams;
	stream->connection = connection;
	stream->changes = changes;
	link_in(streams, stream);
	response = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, BLOCK, read_on, stream,
						     close_stream);
	if (!response)
		close_stream(stream);
	return response;
}
