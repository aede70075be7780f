/* SPDX-License-Identifier: BSD-2-Clause */
/* Exit statuses, as the man page documents them. */
#ifndef STATUS_H
#define STATUS_H

enum status {
	STATUS_DONE,
	STATUS_FAILED,
	STATUS_USAGE,
	STATUS_NOT_CONSISTENT,
	STATUS_NO_PERMISSION,
	STATUS_GONE,
};

/* The status of a whole run in which two targets ended so. */
enum status status_worse(enum status a, enum status b);

/* The status for a negative errno of the library or the kernel. */
enum status status_of_error(int error);

#endif
