/* SPDX-License-Identifier: BSD-2-Clause */
#include "capture_live.h"

#include <err.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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

enum status open_process(const struct target *target, struct mapsnap_process **process)
{
	int error = mapsnap_open_pid(target->pid, process);
	enum status status = status_of_error(error);

	if (!error)
		return STATUS_DONE;
	*process = NULL;
	if (target->found && status == STATUS_GONE)
		return STATUS_DONE;
	if (!(target->found && status == STATUS_NO_PERMISSION))
		warnx("PID %d: %s", target->pid, open_advice(error));
	return status;
}

/* What of a process is read, and how it is called. */
struct living {
	struct mapsnap_process *process;
	const char *subject;
	const char *origin; /* NULL: its pid */
};

static enum status add(const struct living *living, const struct options *options,
		       struct captures *captures, struct mapsnap *snapshot, char *command)
{
	struct capture *capture = captures_add(captures, snapshot, command);

	if (capture) {
		capture->origin = living->origin;
		capture->selection = options->selection;
	}
	if (!capture || (columns_need_build_ids(&options->columns) &&
			 build_ids_read(&capture->build_ids, living->process, snapshot))) {
		warnx("%s: out of memory", living->subject);
		return STATUS_FAILED;
	}
	return STATUS_DONE;
}

static enum status read_process(const struct living *living, const struct options *options,
				struct captures *captures)
{
	struct mapsnap *snapshot;
	char *command = NULL;
	pid_t pid;
	int error;

	/* Before the read: if that succeeds, the pid was this process's all along. */
	mapsnap_identity(living->process, &pid, NULL);
	if (pid)
		command = command_of(pid);
	error = mapsnap_read(living->process, &options->read, &snapshot);
	if (error) {
		warnx("%s: %s", living->subject, mapsnap_error(living->process));
		free(command);
		return status_of_error(error);
	}
	return add(living, options, captures, snapshot, command);
}

enum status capture_process(const struct target *target, const struct options *options,
			    struct captures *captures)
{
	char subject[32];
	struct living living = { .subject = subject };
	enum status status = open_process(target, &living.process);

	if (!living.process)
		return status;
	snprintf(subject, sizeof(subject), "PID %d", target->pid);
	status = read_process(&living, options, captures);
	mapsnap_close(living.process);
	return status;
}

enum status capture_maps_file(int fd, const char *name, const struct options *options,
			      struct captures *captures)
{
	struct living living = { .subject = name, .origin = name };
	enum status status;
	int error = mapsnap_open_fd(fd, &living.process);

	if (error) {
		warnx("%s: %s", name, open_advice(error));
		return status_of_error(error);
	}
	status = read_process(&living, options, captures);
	mapsnap_close(living.process);
	return status;
}
