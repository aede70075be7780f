/* SPDX-License-Identifier: BSD-2-Clause */
/* The caller's options, checked, with the defaults filled in. */
#ifndef REQUEST_H
#define REQUEST_H

#include <stdint.h>

#include "mapsnap.h"
#include "want.h"

struct request {
	struct want want;
	const struct mapsnap_sequence *sequence; /* as given, or NULL */
	uint64_t deadline_ns;                    /* from the call */
	uint32_t attempts;
	enum mapsnap_fallback fallback;
	enum mapsnap_route route;
};

/* options may be NULL. 0, -EINVAL or -E2BIG. */
int request_from_options(struct request *request, const struct mapsnap_options *options);

#endif
