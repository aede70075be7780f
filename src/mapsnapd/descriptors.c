/* SPDX-License-Identifier: BSD-2-Clause */
#include "descriptors.h"

#include <sys/resource.h>

#include "seats.h"

/* Of the source, the gate, the server, and a reading. */
#define OWN 64

static size_t raise_limit(void)
{
	struct rlimit limit = { 0 };

	if (getrlimit(RLIMIT_NOFILE, &limit) == 0) {
		limit.rlim_cur = limit.rlim_max;
		setrlimit(RLIMIT_NOFILE, &limit);
	}
	return limit.rlim_cur;
}

struct descriptors descriptors_share(unsigned int clients)
{
	size_t limit = raise_limit(), left = limit > OWN ? limit - OWN : 0;

	while (clients > 1 && seats_with_refused(clients) > left / 2)
		clients--;
	if (seats_with_refused(clients) > left)
		return (struct descriptors){ .clients = clients };
	return (struct descriptors){
		.clients = clients,
		.processes = (left - seats_with_refused(clients)) / 2,
	};
}
