/* SPDX-License-Identifier: BSD-2-Clause */
/* What --watch says, with the time, as lines of text or of JSON. */
#ifndef REPORT_H
#define REPORT_H

#include <stdbool.h>

#include "changes.h"
#include "output.h"

struct report {
	struct output *output;
	bool json;
};

/* A process as it is seen first, or again after it has called exec. */
void report_begin(struct report *report, const struct capture *capture, bool executed);

/* What changed up to this capture, unless nothing did of what is shown. */
void report_changes(struct report *report, const struct capture *capture,
		    const struct changes *changes);

/* The process has ended. */
void report_end(struct report *report, const struct capture *last);

#endif
