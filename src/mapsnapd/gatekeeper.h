/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The helper of the gate: a process that can become anybody, and do nothing else.
 * For each request it makes a child, which becomes the client. A child, and not
 * itself or a thread of it: what a child gave up it has given up for good, nothing
 * of a client is left for the next one, its memory is not that of a thread that can
 * become anybody, and whatever holds it up, it can be killed.
 */
#ifndef GATEKEEPER_H
#define GATEKEEPER_H

/*
 * Serves requests from this socket until its other end is closed. In a child, with
 * all signals blocked: what is sent to all of a group or terminal is not for it.
 */
_Noreturn void gatekeeper_run(int socket);

#endif
