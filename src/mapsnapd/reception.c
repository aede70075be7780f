/* SPDX-License-Identifier: BSD-2-Clause */
#include "reception.h"

#include <stdlib.h>
#include <sys/socket.h>

#include "admission.h"
#include "connection.h"
#include "trouble.h"

void reception_open(struct reception *reception, struct service *service, unsigned int most)
{
	reception->service = service;
	seats_init(&reception->seats, most);
}

void reception_close(struct reception *reception)
{
	seats_free(&reception->seats);
}

/* NULL: nobody knows who it is, or there is no room even to refuse them. */
static struct seat *take_seat(struct reception *reception, int socket)
{
	struct request request = { .service = reception->service };
	struct seat *seat;
	struct peer *peer;

	if (peer_of(socket, &peer))
		return NULL;
	request.peer = peer;
	seat = seats_take(&reception->seats, peer->uid, admission_to_all(&request));
	free(peer);
	return seat;
}

/* Who is refused is to ask at once; and who can't be, finds the connection closed. */
static struct seat *welcome(struct reception *reception, struct MHD_Connection *connection)
{
	struct seat *seat = take_seat(reception, connection_socket(connection));

	if (seat && !seat->refused)
		return seat;
	trouble(TROUBLE_CLIENTS, "there are too many clients, or too many of one user: some are "
				 "refused; raise the option clients");
	if (seat) {
		MHD_set_connection_option(connection, MHD_CONNECTION_OPTION_TIMEOUT, 1u);
	} else {
		traffic_count(&reception->service->traffic, MHD_HTTP_SERVICE_UNAVAILABLE);
		shutdown(connection_socket(connection), SHUT_RDWR);
	}
	return seat;
}

void reception_note(void *cls, struct MHD_Connection *connection, void **seat,
		    enum MHD_ConnectionNotificationCode what)
{
	struct reception *reception = cls;

	if (what == MHD_CONNECTION_NOTIFY_STARTED)
		*seat = welcome(reception, connection);
	else if (*seat)
		seats_leave(&reception->seats, *seat);
}

bool reception_refuses(struct MHD_Connection *connection)
{
	const struct seat *seat =
		MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)
			->socket_context;

	return !seat || seat->refused;
}
