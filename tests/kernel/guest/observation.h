/* SPDX-License-Identifier: BSD-2-Clause */
/* What an operation did to the text of maps and to the sequence number. */
#ifndef OBSERVATION_H
#define OBSERVATION_H

#include <stdbool.h>
#include <stdint.h>

#include "operation.h"

/* The process at rest. */
struct look {
	char *text;
	size_t length;
	int error;    /* of PROCMAP_SEQ: 0 or a negative errno */
	uint64_t seq; /* where there is no error */
};

struct observation {
	bool made;
	const char *skipped; /* why it can't be done here, or NULL */
	int result;          /* of the operation */
	struct look before, after;
};

/* Does it in a new process, and looks before and after. */
struct observation observe(const struct operation *operation);
void observation_free(struct observation *observation);

bool observed_other_text(const struct observation *observation);
bool observed_other_number(const struct observation *observation);

/* PROCMAP_SEQ on a maps file: 0 or a negative errno. */
int sequence_of(int fd, uint64_t *seq);

#endif
