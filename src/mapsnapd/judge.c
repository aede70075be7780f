/* SPDX-License-Identifier: BSD-2-Clause */
#include "judge.h"

#include <errno.h>
#include <grp.h>
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "capabilities.h"
#include "fd_message.h"
#include "proc_maps.h"

/*
 * The kernel judges by effective and supplementary ids: files by fsuid, which
 * follows the effective one, user namespaces by the effective one itself, for
 * their owner may read what is in them. The other uids remain the helper's, so
 * that it can kill us and the client can't send us signals or trace us.
 */
static int become(const struct gate_request *request, const gid_t *groups)
{
	/* It would leave us what we are. */
	if (request->uid == (uid_t)-1 || request->gid == (gid_t)-1)
		return -EINVAL;
	if (setgroups(request->group_count, groups) ||
	    setresgid(request->gid, request->gid, request->gid) ||
	    setresuid((uid_t)-1, request->uid, (uid_t)-1))
		return -errno;
	return capabilities_keep(0);
}

/* A change of the uid cancels that we end with our parent, so it is asked for afterwards. */
static int stay_with(pid_t helper)
{
	if (prctl(PR_SET_PDEATHSIG, SIGKILL))
		return -errno;
	return getppid() == helper ? 0 : -EPIPE;
}

static int verdict(const struct gate_request *request, const gid_t *groups, pid_t helper)
{
	int r = become(request, groups);

	if (r == 0)
		r = stay_with(helper);
	if (r)
		return r;
	/* Its own memory everybody may read, as whoever it is. */
	if (request->pid == getpid())
		return -EACCES;
	return proc_maps_open(request->pid, request->start_time);
}

void judge(const struct gate_request *request, const gid_t *groups, int answer, pid_t helper)
{
	int fd = verdict(request, groups, helper), error = fd < 0 ? fd : 0;
	struct iovec part = { .iov_base = &error, .iov_len = sizeof(error) };

	/* Who asked may have left. */
	fd_message_send(answer, &part, 1, fd < 0 ? -1 : fd);
}
