/* SPDX-License-Identifier: BSD-2-Clause */
#include "capture_live.h"

#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "command.h"
#include "permission.h"

/* Why an open failed, and what to do about it. */
static const char *open_advice(int error)
{
	switch (error) {
	case -ESRCH:
		return "no such process, or it has ended";
	case -EACCES:
	case -EPERM:
		return permission_advice();
	case -EAGAIN:
		return "it calls exec all the time: try again";
	case -EINVAL:
		return "not a maps file: give /proc/PID/maps or a saved one";
	case -ENOENT:
		return "/proc is not mounted: mount -t proc proc /proc";
	default:
		return strerror(-error);
	}
}

static enum status read_process(struct mapsnap_process *process, const char *subject,
				const char *origin, const struct options *options,
				struct captures *captures)
{
	struct mapsnap *snapshot;
	struct capture *capture;
	char *command = NULL;
	pid_t pid;
	int error;

	/* Before the read: if that succeeds, the pid was this process's all along. */
	mapsnap_identity(process, &pid, NULL);
	if (pid)
		command = command_of(pid);
	error = mapsnap_read(process, &options->read, &snapshot);
	if (error) {
		warnx("%s: %s", subject, mapsnap_error(process));
		free(command);
		return status_of_error(error);
	}
	capture = captures_add(captures, snapshot, command);
	if (!capture) {
		warnx("%s: out of memory", subject);
		return STATUS_FAILED;
	}
	capture->origin = origin;
	return STATUS_DONE;
}

enum status capture_process(const struct target *target, const struct options *options,
			    struct captures *captures)
{
	struct mapsnap_process *process;
	enum status status;
	char subject[32];
	int error = mapsnap_open_pid(target->pid, &process);

	snprintf(subject, sizeof(subject), "PID %d", target->pid);
	status = status_of_error(error);
	if (error && target->found && status == STATUS_GONE)
		return STATUS_DONE;
	if (error) {
		if (!(target->found && status == STATUS_NO_PERMISSION))
			warnx("%s: %s", subject, open_advice(error));
		return status;
	}
	status = read_process(process, subject, NULL, options, captures);
	mapsnap_close(process);
	return status;
}

enum status capture_maps_file(int fd, const char *name, const struct options *options,
			      struct captures *captures)
{
	struct mapsnap_process *process;
	enum status status;
	int error = mapsnap_open_fd(fd, &process);

	if (error) {
		warnx("%s: %s", name, open_advice(error));
		return status_of_error(error);
	}
	status = read_process(process, name, name, options, captures);
	mapsnap_close(process);
	return status;
}
