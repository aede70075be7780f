/* SPDX-License-Identifier: BSD-2-Clause */
#include "client.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "libcurl.h"

/* Some two million mappings. */
#define LENGTH_MAX (512u << 20)

/* Seconds in which nothing comes. */
#define SILENCE 10L

struct client {
	const struct libcurl *curl;
	CURL *handle;
	const char *socket;
	bool gone; /* not to be asked again */
	char error[512];
};

/* An answer as it comes in. */
struct incoming {
	struct client_answer *answer;
	size_t size; /* of the body */
	int error;
};

const char *client_missing(void)
{
	return "libcurl can't be loaded: install the package libcurl4";
}

static int set_up(struct client *client)
{
	const struct libcurl *curl = client->curl;
	CURL *handle = client->handle;

	if (curl->setopt(handle, CURLOPT_UNIX_SOCKET_PATH, client->socket) ||
	    curl->setopt(handle, CURLOPT_NOSIGNAL, 1L) ||
	    curl->setopt(handle, CURLOPT_CONNECTTIMEOUT, SILENCE) ||
	    curl->setopt(handle, CURLOPT_LOW_SPEED_LIMIT, 1L) ||
	    curl->setopt(handle, CURLOPT_LOW_SPEED_TIME, SILENCE))
		return -ENOMEM;
	return 0;
}

int client_new(const char *socket, struct client **client)
{
	const struct libcurl *curl = libcurl_load();
	struct client *new;

	if (!curl)
		return -EOPNOTSUPP;
	new = calloc(1, sizeof(*new));
	if (!new)
		return -ENOMEM;
	new->curl = curl;
	new->socket = socket;
	new->handle = curl->init();
	if (!new->handle || set_up(new)) {
		client_free(new);
		return -ENOMEM;
	}
	*client = new;
	return 0;
}

void client_free(struct client *client)
{
	if (!client)
		return;
	client->curl->cleanup(client->handle);
	free(client);
}

static int make_room(struct incoming *in, size_t length)
{
	size_t size = in->size ? in->size : 64 * 1024;
	char *body;

	if (length > LENGTH_MAX)
		return -EMSGSIZE;
	if (length <= in->size)
		return 0;
	while (size < length)
		size *= 2;
	body = realloc(in->answer->body, size);
	if (!body)
		return -ENOMEM;
	in->answer->body = body;
	in->size = size;
	return 0;
}

/* Anything but the length of what it was given ends the transfer. */
static size_t take(char *bytes, size_t one, size_t length, void *context)
{
	struct incoming *in = context;

	(void)one;
	in->error = make_room(in, in->answer->length + length);
	if (in->error)
		return 0;
	memcpy(in->answer->body + in->answer->length, bytes, length);
	in->answer->length += length;
	return length;
}

/* What stands behind the name, without the end of the line; false: it is another header. */
static bool header_value(const char *line, size_t length, const char *name, char value[24])
{
	size_t skip = strlen(name);

	if (length < skip || strncasecmp(line, name, skip) != 0)
		return false;
	while (skip < length && line[skip] == ' ')
		skip++;
	snprintf(value, 24, "%.*s", (int)(length - skip), line + skip);
	value[strcspn(value, " \r\n")] = '\0';
	return true;
}

/* A header at a time, with its end of line. */
static size_t take_header(char *line, size_t one, size_t length, void *context)
{
	struct incoming *in = context;
	char value[24];

	(void)one;
	if (header_value(line, length, "Mapsnap-Age-Ns:", value))
		in->answer->age_ns = strtoull(value, NULL, 10);
	else if (header_value(line, length, "Mapsnap-State:", value))
		in->answer->ended = strcmp(value, "ended") == 0;
	return length;
}

static int fail(struct client *client, int error, const char *sentence, const char *advice)
{
	client->gone = error == -ENOTCONN;
	snprintf(client->error, sizeof(client->error), "%s: %s%s", client->socket, sentence,
		 advice);
	return error;
}

static int fail_to_connect(struct client *client)
{
	long error = 0;

	client->curl->getinfo(client->handle, CURLINFO_OS_ERRNO, &error);
	return fail(client, -ENOTCONN, error ? strerror((int)error) : "can't connect",
		    error == EACCES ? "" : ": is mapsnapd running?");
}

static int fail_as(struct client *client, CURLcode code, const struct incoming *in)
{
	switch (code) {
	case CURLE_COULDNT_CONNECT:
		return fail_to_connect(client);
	case CURLE_OPERATION_TIMEDOUT:
		return fail(client, -ENOTCONN, "no answer for 10 s: is mapsnapd well?", "");
	case CURLE_GOT_NOTHING:
	case CURLE_PARTIAL_FILE:
	case CURLE_RECV_ERROR:
	case CURLE_SEND_ERROR:
		return fail(client, -EIO, "the answer broke off: try again", "");
	case CURLE_UNSUPPORTED_PROTOCOL:
	case CURLE_WEIRD_SERVER_REPLY:
		return fail(client, -EIO, "what answers there is no mapsnapd", "");
	case CURLE_WRITE_ERROR:
		return in->error == -EMSGSIZE
			       ? fail(client, -EIO, "the answer is larger than 512 MiB", "")
			       : fail(client, -ENOMEM, strerror(ENOMEM), "");
	case CURLE_OUT_OF_MEMORY:
		return fail(client, -ENOMEM, strerror(ENOMEM), "");
	default:
		return fail(client, -EIO, client->curl->strerror(code), "");
	}
}

static int perform(struct client *client, const char *url, struct incoming *in)
{
	const struct libcurl *curl = client->curl;
	long status = 0;
	CURLcode code;

	if (curl->setopt(client->handle, CURLOPT_URL, url) ||
	    curl->setopt(client->handle, CURLOPT_WRITEFUNCTION, take) ||
	    curl->setopt(client->handle, CURLOPT_WRITEDATA, in) ||
	    curl->setopt(client->handle, CURLOPT_HEADERFUNCTION, take_header) ||
	    curl->setopt(client->handle, CURLOPT_HEADERDATA, in))
		return fail(client, -ENOMEM, strerror(ENOMEM), "");
	code = curl->perform(client->handle);
	if (code)
		return fail_as(client, code, in);
	curl->getinfo(client->handle, CURLINFO_RESPONSE_CODE, &status);
	in->answer->status = (unsigned int)status;
	return 0;
}

int client_get(struct client *client, const char *path, struct client_answer *answer)
{
	struct incoming in = { .answer = answer };
	char url[128];
	int error;

	*answer = (struct client_answer){ 0 };
	if (client->gone)
		return -ECANCELED;
	/* The name of the host is of no consequence. */
	snprintf(url, sizeof(url), "http://mapsnapd%s", path);
	error = perform(client, url, &in);
	if (!error)
		return 0;
	free(answer->body);
	*answer = (struct client_answer){ 0 };
	return error;
}

const char *client_error(const struct client *client)
{
	return client->error;
}
