/* SPDX-License-Identifier: BSD-2-Clause */
#include "fault.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "setting.h"

#define DEBUGFS "/sys/kernel/debug"

/*
 * Also what may wait, and without a stack trace for each. Whole pages none: the
 * allocator of objects makes do with fewer then, and nobody sees a failure.
 */
static bool configure(void)
{
	return setting_write(DEBUGFS "/failslab/ignore-gfp-wait", "N") &&
	       setting_write(DEBUGFS "/failslab/verbose", "0") &&
	       setting_write(DEBUGFS "/fail_usercopy/verbose", "0") &&
	       setting_write(DEBUGFS "/fail_page_alloc/min-order", "100");
}

bool fault_open(struct fault *fault)
{
	if (access(DEBUGFS "/failslab", F_OK))
		mount("debugfs", DEBUGFS, "debugfs", 0, NULL);
	fault->fd = open("/proc/thread-self/fail-nth", O_RDWR | O_CLOEXEC);
	return fault->fd >= 0 && configure();
}

void fault_close(struct fault *fault)
{
	if (fault->fd >= 0)
		close(fault->fd);
}

bool fault_arm(struct fault *fault, int n)
{
	char number[16];
	int length = snprintf(number, sizeof(number), "%d", n);

	return pwrite(fault->fd, number, (size_t)length, 0) == length;
}

/* What is left of the count; the reading itself may be what fails. */
bool fault_happened(struct fault *fault)
{
	char left[16] = "";
	bool read = pread(fault->fd, left, sizeof(left) - 1, 0) > 0;

	fault_arm(fault, 0);
	return read && strcmp(left, "0\n") == 0;
}
