/* SPDX-License-Identifier: BSD-2-Clause */
/* The processes that a service watches. */
#ifndef SERVICE_FIND_H
#define SERVICE_FIND_H

#include "options.h"

/*
 * As targets_find() has it, among those that options->client is told of. Ends the program
 * where the service does not list them.
 */
int service_find(struct options *options);

#endif
