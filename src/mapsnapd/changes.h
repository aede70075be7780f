/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What one client is told of what changes: first all that there is, then each change. A cursor
 * says where it stands; with that another can go on, as long as what came since is kept.
 */
#ifndef CHANGES_H
#define CHANGES_H

#include <stdbool.h>

#include "bodies.h"
#include "request.h"

struct changes;

/*
 * As the request has it. Takes the peer over after success. Returns 0, -EINVAL (no cursor is
 * written so), -ENOMEM, or of a single process why there is nothing to tell of it.
 */
int changes_open(const struct request *request, struct changes **changes);
void changes_close(struct changes *changes);

/*
 * The next line or lines, with a reference for the caller; NULL: nothing has happened, or
 * there is no memory to tell it just now.
 */
struct body *changes_next(struct changes *changes);

#endif
