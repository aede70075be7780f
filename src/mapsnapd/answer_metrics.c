/* SPDX-License-Identifier: BSD-2-Clause */
/* Metrics for whoever scrapes them. */
#include <string.h>

#include "admission.h"
#include "hidepid.h"
#include "metrics.h"
#include "request.h"

/* Who says what they can read and does not name OpenMetrics is given the older format. */
static bool accepts_open_metrics(const char *accept)
{
	return !accept || strstr(accept, "application/openmetrics-text") || strstr(accept, "*/*");
}

void answer_metrics(const struct request *request, struct reply *reply)
{
	const struct exposition exposition = { .writer = &reply->body,
					       .open_metrics =
						       accepts_open_metrics(request->accept) };

	/* The names in them are then for nobody else. */
	if (!admission_to_all(request) && hidepid_is_set()) {
		reply_problem(reply, 403,
			      "/proc is mounted with hidepid: metrics, which name processes, "
			      "are for root and the group alone");
		return;
	}
	reply->type = exposition.open_metrics ? REPLY_METRICS : REPLY_TEXT;
	metrics_write(&exposition, request->service, true);
}
