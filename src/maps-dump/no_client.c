/* SPDX-License-Identifier: BSD-2-Clause */
/* In a build without libcurl. */
#include <errno.h>

#include "client.h"

int client_new(const char *socket, struct client **client)
{
	(void)socket;
	(void)client;
	return -EOPNOTSUPP;
}

const char *client_missing(void)
{
	return "this program was built without libcurl";
}

int client_get(struct client *client, const char *path, struct client_answer *answer)
{
	(void)client;
	(void)path;
	(void)answer;
	return -EOPNOTSUPP;
}

const char *client_error(const struct client *client)
{
	(void)client;
	return client_missing();
}

void client_free(struct client *client)
{
	(void)client;
}
