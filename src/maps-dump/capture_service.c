/* SPDX-License-Identifier: BSD-2-Clause */
#include "capture_service.h"

#include <err.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "client.h"
#include "json.h"

const char *service_permission_advice(void)
{
	return "mapsnapd refuses: it tells the owner, root, and who is in its group";
}

/* That a process of all was gone is no matter; of another it is told. */
static enum status gone(const struct target *target, const char *sentence)
{
	if (target->found)
		return STATUS_DONE;
	warnx("PID %d: %s", target->pid, sentence);
	return STATUS_GONE;
}

/* That a process of all may not be read is told by the caller or not at all. */
static enum status refused(const struct target *target, unsigned int status)
{
	if (status == 404)
		return gone(target, "mapsnapd does not watch it, or there is no such process");
	if (status == 403) {
		if (!target->found)
			warnx("PID %d: %s", target->pid, service_permission_advice());
		return STATUS_NO_PERMISSION;
	}
	if (status == 503)
		warnx("PID %d: mapsnapd can't tell it just now: try again", target->pid);
	else if (status == 507)
		warnx("PID %d: mapsnapd has no room for so many mappings: raise its option pending",
		      target->pid);
	else
		warnx("PID %d: mapsnapd answered with status %u: is it of another version?",
		      target->pid, status);
	return STATUS_FAILED;
}

/* That the service is not to be had is no matter of one process, and told once. */
static void warn_of(const struct client *client, int error, pid_t pid)
{
	if (error == -ENOTCONN)
		warnx("%s", client_error(client));
	else if (error != -ECANCELED)
		warnx("PID %d: %s", pid, client_error(client));
}

static enum status read_answer(const struct target *target, const struct options *options,
			       const struct client_answer *answer, struct captures *captures)
{
	char sentence[256] = "not of this process alone";
	int error = json_read(answer->body ? answer->body : "", answer->length, captures, sentence,
			      sizeof(sentence));
	struct capture *capture = captures->list;

	if (!error && (captures->count != 1 || capture->info.pid != target->pid))
		error = -EBADMSG;
	if (error) {
		captures_free(captures);
		if (error == -EBADMSG)
			warnx("PID %d: the answer is not what mapsnapd gives: %s", target->pid,
			      sentence);
		else
			warnx("PID %d: %s", target->pid, strerror(-error));
		return STATUS_FAILED;
	}
	capture->selection = selection_both(&capture->selection, &options->selection);
	capture->age_ns = answer->age_ns;
	return STATUS_DONE;
}

enum status capture_service(const struct target *target, const struct options *options,
			    struct captures *captures)
{
	struct client_answer answer;
	enum status status;
	char path[64];
	int error;

	snprintf(path, sizeof(path), "/v1/processes/%d/maps", target->pid);
	error = client_get(options->client, path, &answer);
	if (error) {
		warn_of(options->client, error, target->pid);
		return STATUS_FAILED;
	}
	if (answer.status == 200 && answer.ended)
		status = gone(target, "it has ended");
	else if (answer.status == 200)
		status = read_answer(target, options, &answer, captures);
	else
		status = refused(target, answer.status);
	free(answer.body);
	return status;
}
