/* SPDX-License-Identifier: BSD-2-Clause */
/* Who connects: each is given a seat, or refused, or finds the connection closed. */
#ifndef RECEPTION_H
#define RECEPTION_H

#include <microhttpd.h>
#include <stdbool.h>

#include "seats.h"
#include "service.h"

struct reception {
	struct service *service;
	struct seats seats;
};

void reception_open(struct reception *reception, struct service *service, unsigned int most);

/* All must have left. */
void reception_close(struct reception *reception);

/* For libmicrohttpd, which tells of each who comes or leaves. cls: the reception. */
void reception_note(void *cls, struct MHD_Connection *connection, void **seat,
		    enum MHD_ConnectionNotificationCode what);

/* Whatever they ask, they are to be told that there is no room. */
bool reception_refuses(struct MHD_Connection *connection);

#endif
