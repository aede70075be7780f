/* SPDX-License-Identifier: BSD-2-Clause */
#include "request.h"

#include <errno.h>
#include <stdbool.h>

#include "sized_copy.h"

#define DEFAULT_ATTEMPTS 5
#define DEFAULT_DEADLINE 100000000u /* 100 ms */

static bool valid_sequence(const struct mapsnap_sequence *sequence)
{
	return !sequence || (sequence->size >= sizeof(*sequence) &&
			     (sequence->source == MAPSNAP_SOURCE_NONE || sequence->read));
}

static bool valid(const struct mapsnap_options *o)
{
	uint32_t filters = WANT_PERMISSIONS | MAPSNAP_FILTER_FILE | MAPSNAP_FILTER_NO_GATE;
	bool everywhere = o->range_start == 0 && o->range_end == 0;

	return !(o->filter & ~filters) && !(o->omit & ~MAPSNAP_OMIT_NAMES) &&
	       (everywhere || o->range_start < o->range_end) &&
	       o->fallback <= MAPSNAP_FALLBACK_FROZEN && o->route <= MAPSNAP_ROUTE_SNAPSHOT &&
	       o->reserved == 0 && valid_sequence(o->sequence);
}

int request_from_options(struct request *request, const struct mapsnap_options *options)
{
	struct mapsnap_options o;
	int r = sized_copy(&o, sizeof(o), options);

	if (r)
		return r;
	if (!valid(&o))
		return -EINVAL;
	*request = (struct request){
		.want = {
			.filter = o.filter,
			.omit = o.omit,
			.start = o.range_start,
			.end = o.range_end - 1, /* 0 - 1: the last byte there is */
		},
		.sequence = o.sequence,
		.deadline_ns = o.deadline_ns ? o.deadline_ns : DEFAULT_DEADLINE,
		.attempts = o.attempts ? o.attempts : DEFAULT_ATTEMPTS,
		.fallback = o.fallback,
		.route = o.route,
	};
	return 0;
}
