/* SPDX-License-Identifier: BSD-2-Clause */
/* What is left to do once all options are known: what goes with what, and what follows from it. */
#ifndef OPTIONS_FINISH_H
#define OPTIONS_FINISH_H

#include <argp.h>

#include "options.h"

/* Ends the program as options_parse() does. */
void options_finish(struct options *options, struct argp_state *state);

#endif
