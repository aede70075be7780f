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
static int become(const struct gate_request *request)
{
	/* It would leave us what we are. */
	if (request->uid == (uid_t)-1 || request->gid == (gid_t)-1)
		return -EINVAL;
	if (setgroups(request->group_count, gate_request_groups(request)) ||
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

static int verdict(const struct gate_case *process)
{
	int fd;

	/* Its own memory everybody may read, as whoever it is. */
	if (process->pid == getpid())
		return -EACCES;
	fd = proc_maps_open(process->pid, process->start_time);
	if (fd < 0)
		return fd;
	close(fd);
	return 0;
}

void judge(const struct gate_request *request, int answer, pid_t helper)
{
	struct gate_answer said = { .error = become(request) };
	struct iovec part = { &said, sizeof(said.error) };

	if (said.error == 0)
		said.error = stay_with(helper);
	if (said.error == 0) {
		for (size_t i = 0; i < request->case_count; i++)
			said.verdicts[i] = verdict(&request->cases[i]);
		part.iov_len = gate_answer_size(request->case_count);
	}
	/* Who asked may have left. */
	fd_message_send(answer, &part, 1, -1);
}
