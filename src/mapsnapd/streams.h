/* SPDX-License-Identifier: BSD-2-Clause */
/* Those who follow what changes: each sleeps until there may be something to tell. */
#ifndef STREAMS_H
#define STREAMS_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

struct MHD_Connection;
struct MHD_Response;
struct changes;
struct stream;

struct streams {
	pthread_mutex_t mutex;
	LIST_HEAD(stream_list, stream) list;
	size_t count;
	uint64_t wakes;
	bool over;
};

void streams_init(struct streams *streams);

/* None is left. */
void streams_free(struct streams *streams);

/* Something may have happened. */
void streams_wake(struct streams *streams);

/* All of them end, and none begins any more. */
void streams_end(struct streams *streams);

size_t streams_count(struct streams *streams);

/* An answer that never ends by itself. Takes the changes over, whatever happens. NULL: no memory.
 */
struct MHD_Response *streams_respond(struct streams *streams, struct MHD_Connection *connection,
				     struct changes *changes);

#endif
