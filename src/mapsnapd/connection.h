/* SPDX-License-Identifier: BSD-2-Clause */
#ifndef CONNECTION_H
#define CONNECTION_H

#include <microhttpd.h>

static inline int connection_socket(struct MHD_Connection *connection)
{
	return MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd;
}

#endif
