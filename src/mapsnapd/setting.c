/* SPDX-License-Identifier: BSD-2-Clause */
#include "setting.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pid.h"

#define SECOND 1000000000ull

enum {
	KEY_ALL = 256,
	KEY_NAME,
	KEY_USER,
	KEY_CGROUP,
	KEY_PID,
	KEY_SOCKET,
	KEY_GROUP,
	KEY_INTERVAL,
	KEY_MAX_INTERVAL,
	KEY_MAX_CPU,
	KEY_KEEP,
	KEY_MEMORY,
	KEY_PENDING,
	KEY_CLIENTS,
	KEY_TIMEOUT,
	KEY_SOURCE,
	KEY_GROUP_BY,
	KEY_CONFIG,
	KEY_ONESHOT
};

const struct argp_option setting_table[] = {
	{ NULL, 0, NULL, 0, "Which processes, besides PIDs; without any, all:", 1 },
	{ "all", KEY_ALL, NULL, 0, "Every process but kernel threads", 0 },
	{ "name", KEY_NAME, "NAME", 0, "Every process called NAME; may be repeated", 0 },
	{ "user", KEY_USER, "USER", 0, "Every process of USER; may be repeated", 0 },
	{ "cgroup", KEY_CGROUP, "PATH", 0,
	  "Every process in this control group and those below it; may be repeated", 0 },
	{ NULL, 0, NULL, 0, "How:", 2 },
	{ "interval", KEY_INTERVAL, "SECONDS", 0, "Between two rounds (1)", 0 },
	{ "max-interval", KEY_MAX_INTERVAL, "SECONDS", 0,
	  "Between two readings of a process that changes all the time (10)", 0 },
	{ "max-cpu", KEY_MAX_CPU, "PERCENT", 0, "Of one processor, for watching (5)", 0 },
	{ "keep", KEY_KEEP, "SECONDS", 0, "What is known of a process after its end (10)", 0 },
	{ "memory", KEY_MEMORY, "MIB", 0, "That snapshots may take (256)", 0 },
	{ "source", KEY_SOURCE, "SOURCE", 0, "Of the proof: auto, ioctl, bpf or none (auto)", 0 },
	{ "group-by", KEY_GROUP_BY, "WHAT", 0, "Metrics: name or cgroup (name)", 0 },
	{ NULL, 0, NULL, 0, "For whom:", 3 },
	{ "socket", KEY_SOCKET, "PATH", 0,
	  "To listen on (/run/mapsnapd/mapsnapd.sock), unless systemd gives one", 0 },
	{ "group", KEY_GROUP, "NAME", 0,
	  "Who is in it may read everything (mapsnap, if there is one)", 0 },
	{ "clients", KEY_CLIENTS, "NUMBER", 0, "Connections at a time (256)", 0 },
	{ "timeout", KEY_TIMEOUT, "SECONDS", 0,
	  "That a client may be silent, or take nothing of its answer (30)", 0 },
	{ "pending", KEY_PENDING, "MIB", 0, "That answers under way may take (64)", 0 },
	{ "oneshot", KEY_ONESHOT, "FILE", OPTION_ARG_OPTIONAL,
	  "Read all once, print the metrics for node_exporter, and end", 0 },
	{ "config", KEY_CONFIG, "FILE", 0, "With options, a line each (/etc/mapsnapd.conf)", 0 },
	{ NULL, 0, NULL, 0, NULL, 0 }
};

/* What makes no sense in a file, or would in no other place. */
static bool is_of_the_command_line(int key)
{
	return key == KEY_CONFIG || key == KEY_ONESHOT;
}

bool setting_exists(int key)
{
	return key >= KEY_ALL && key <= KEY_ONESHOT;
}

int setting_key(const char *name)
{
	if (strcmp(name, "pid") == 0)
		return KEY_PID;
	for (const struct argp_option *o = setting_table; o->name || o->group; o++)
		if (o->name && strcmp(o->name, name) == 0 && !is_of_the_command_line(o->key))
			return o->key;
	return 0;
}

struct reading {
	const char *value;
	char *error;
	size_t size;
};

static bool wrong(const struct reading *reading, const char *what)
{
	snprintf(reading->error, reading->size, "%s: %s", reading->value, what);
	return false;
}

/* A decimal number with a part behind the point. */
static bool read_real(const struct reading *reading, double least, double most, double *number)
{
	char *end;
	double value = strtod(reading->value, &end);

	if (end != reading->value && !*end && value >= least && value <= most) {
		*number = value;
		return true;
	}
	snprintf(reading->error, reading->size, "%s: not a number from %g to %g", reading->value,
		 least, most);
	return false;
}

static bool read_seconds(const struct reading *reading, uint64_t *ns)
{
	double seconds;

	if (!read_real(reading, 0.01, 86400, &seconds))
		return false;
	*ns = (uint64_t)(seconds * SECOND);
	return true;
}

static bool read_number(const struct reading *reading, uint64_t most, uint64_t *number)
{
	uint64_t value;
	char *end;

	errno = 0;
	value = strtoumax(reading->value, &end, 10);
	if (*reading->value >= '0' && *reading->value <= '9' && !*end && !errno && value &&
	    value <= most) {
		*number = value;
		return true;
	}
	snprintf(reading->error, reading->size, "%s: not a number from 1 to %" PRIu64,
		 reading->value, most);
	return false;
}

static bool read_mebibytes(const struct reading *reading, uint64_t *bytes)
{
	if (!read_number(reading, 1 << 24, bytes))
		return false;
	*bytes <<= 20;
	return true;
}

static bool read_count(const struct reading *reading, unsigned int most, unsigned int *count)
{
	uint64_t number;

	if (!read_number(reading, most, &number))
		return false;
	*count = (unsigned int)number;
	return true;
}

static bool read_percent(const struct reading *reading, double *share)
{
	if (!read_real(reading, 0.01, 100, share))
		return false;
	*share /= 100;
	return true;
}

static bool read_word(const struct reading *reading, const char *const *words, size_t count,
		      unsigned int *number)
{
	for (*number = 0; *number < count; (*number)++)
		if (strcmp(reading->value, words[*number]) == 0)
			return true;
	snprintf(reading->error, reading->size, "%s: none of", reading->value);
	for (size_t i = 0; i < count; i++) {
		size_t used = strlen(reading->error);

		snprintf(reading->error + used, reading->size - used, " %s", words[i]);
	}
	return false;
}

static bool read_source(const struct reading *reading, enum source_choice *source)
{
	static const char *const words[] = { [SOURCE_AUTO] = "auto",
					     [SOURCE_IOCTL] = "ioctl",
					     [SOURCE_BPF] = "bpf",
					     [SOURCE_NONE] = "none" };
	unsigned int number;

	if (!read_word(reading, words, sizeof(words) / sizeof(words[0]), &number))
		return false;
	*source = (enum source_choice)number;
	return true;
}

static bool read_grouping(const struct reading *reading, enum grouping *grouping)
{
	static const char *const words[] = {
		[GROUP_BY_NAME] = "name", [GROUP_BY_CGROUP] = "cgroup"
	};
	unsigned int number;

	if (!read_word(reading, words, sizeof(words) / sizeof(words[0]), &number))
		return false;
	*grouping = (enum grouping)number;
	return true;
}

static bool read_string(const struct reading *reading, char **string)
{
	char *copy = strdup(reading->value);

	if (!copy)
		return wrong(reading, strerror(ENOMEM));
	free(*string);
	*string = copy;
	return true;
}

static bool read_pid(const struct reading *reading, struct options *options)
{
	size_t at = options->pid_count;
	uint64_t number;
	pid_t *longer;

	if (!read_number(reading, PID_MOST, &number))
		return false;
	while (at && options->pids[at - 1] > (pid_t)number)
		at--;
	if (at && options->pids[at - 1] == (pid_t)number)
		return true;
	longer = reallocarray(options->pids, options->pid_count + 1, sizeof(*longer));
	if (!longer)
		return wrong(reading, strerror(ENOMEM));
	options->pids = longer;
	memmove(&longer[at + 1], &longer[at], (options->pid_count++ - at) * sizeof(*longer));
	longer[at] = (pid_t)number;
	return true;
}

bool setting_add_pid(struct options *options, const char *value, char *error, size_t size)
{
	return read_pid(&(struct reading){ value, error, size }, options);
}

static bool added(const struct reading *reading, int error)
{
	if (error == 0)
		return true;
	return wrong(reading, error == -ENOENT ? "there is no user called so" : strerror(-error));
}

bool setting_set(struct options *options, int key, const char *value, char *error, size_t size)
{
	const struct reading reading = { value ? value : "", error, size };

	switch (key) {
	case KEY_ALL:
		return true;
	case KEY_NAME:
		return added(&reading, criteria_add_name(&options->criteria, value));
	case KEY_USER:
		return added(&reading, criteria_add_user(&options->criteria, value));
	case KEY_CGROUP:
		return added(&reading, criteria_add_cgroup(&options->criteria, value));
	case KEY_PID:
		return read_pid(&reading, options);
	case KEY_SOCKET:
		return read_string(&reading, &options->socket);
	case KEY_GROUP:
		return read_string(&reading, &options->group);
	case KEY_CONFIG:
		return read_string(&reading, &options->config);
	case KEY_ONESHOT:
		return read_string(&(struct reading){ value ? value : "-", error, size },
				   &options->oneshot);
	case KEY_INTERVAL:
		return read_seconds(&reading, &options->bounds.least_ns);
	case KEY_MAX_INTERVAL:
		return read_seconds(&reading, &options->bounds.most_ns);
	case KEY_MAX_CPU:
		return read_percent(&reading, &options->share);
	case KEY_KEEP:
		return read_seconds(&reading, &options->keep_ns);
	case KEY_MEMORY:
		return read_mebibytes(&reading, &options->memory);
	case KEY_PENDING:
		return read_mebibytes(&reading, &options->pending);
	case KEY_CLIENTS:
		return read_count(&reading, 65536, &options->clients);
	case KEY_TIMEOUT:
		return read_count(&reading, 86400, &options->timeout);
	case KEY_SOURCE:
		return read_source(&reading, &options->source);
	case KEY_GROUP_BY:
		return read_grouping(&reading, &options->grouping);
	default:
		return wrong(&reading, "there is no such option");
	}
}

void options_free(struct options *options)
{
	criteria_free(&options->criteria);
	free(options->pids);
	free(options->config);
	free(options->socket);
	free(options->group);
	free(options->oneshot);
}
