/* SPDX-License-Identifier: BSD-2-Clause */
#include "permission.h"

#include <linux/capability.h>
#include <sys/syscall.h>
#include <unistd.h>

bool has_ptrace_capability(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3] = { 0 };

	return syscall(SYS_capget, &header, data) == 0 &&
	       data[CAP_TO_INDEX(CAP_SYS_PTRACE)].effective & CAP_TO_MASK(CAP_SYS_PTRACE);
}

const char *permission_advice(void)
{
	if (has_ptrace_capability())
		return "permission denied in spite of CAP_SYS_PTRACE: by a security module, or by "
		       "the user namespace";
	return "permission denied: run as its owner or with CAP_SYS_PTRACE";
}
