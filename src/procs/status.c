/* SPDX-License-Identifier: BSD-2-Clause */
#include "status.h"

#include <errno.h>
#include <stddef.h>

/* The worst first. A usage error ends the run before any target is read. */
static const enum status order[] = { STATUS_USAGE, STATUS_FAILED, STATUS_NO_PERMISSION, STATUS_GONE,
				     STATUS_NOT_CONSISTENT };

enum status status_worse(enum status a, enum status b)
{
	for (size_t i = 0; i < sizeof(order) / sizeof(order[0]); i++)
		if (a == order[i] || b == order[i])
			return order[i];
	return STATUS_DONE;
}

enum status status_of_error(int error)
{
	switch (error) {
	case 0:
		return STATUS_DONE;
	case -EACCES:
	case -EPERM:
		return STATUS_NO_PERMISSION;
	case -ESRCH:
	case -ESTALE:
		return STATUS_GONE;
	default:
		return STATUS_FAILED;
	}
}
