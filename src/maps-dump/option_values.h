/* SPDX-License-Identifier: BSD-2-Clause */
/* From what stands behind an option to what it means. Each ends the program where it means nothing.
 */
#ifndef OPTION_VALUES_H
#define OPTION_VALUES_H

#include <argp.h>
#include <stdint.h>

#include "addresses.h"
#include "columns.h"
#include "selection.h"

/* The words of mapsnap.h and source.h. */
uint32_t parse_fallback(const char *argument, struct argp_state *state);
uint32_t parse_source(const char *argument, struct argp_state *state);
uint32_t parse_route(const char *argument, struct argp_state *state);

uint32_t parse_attempts(const char *argument, struct argp_state *state);

/* In ns, from a time with its unit, or from seconds. */
uint64_t parse_deadline(const char *argument, struct argp_state *state);
uint64_t parse_seconds(const char *argument, struct argp_state *state);

/* A path that fits an address, or where that is NULL the usual one. */
const char *parse_socket(const char *argument, struct argp_state *state);

void parse_range(const char *argument, struct selection *selection, struct argp_state *state);
void parse_columns(const char *argument, struct columns *columns, struct argp_state *state);
void parse_sort(const char *argument, struct sort *sort, struct argp_state *state);

/* From the list, or where that is "-" from standard input. */
void parse_addresses(const char *argument, struct addresses *addresses, struct argp_state *state);

#endif
