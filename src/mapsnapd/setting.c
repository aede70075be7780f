/* SPDX-License-Identifier: BSD-2-Clause */
#include "setting.h"

#include <errno.h>
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "clock.h"
#include "pid.h"

struct reading {
	const struct setting *setting;
	const char *value;
	char *error;
	size_t size;
};

static bool wrong(const struct reading *reading, const char *what)
{
	snprintf(reading->error, reading->size, "%.100s: %s", reading->value, what);
	return false;
}

/* ---- what a value may be; `to` is where it belongs in the options */

/* A decimal number with a part behind the point. */
static bool read_real(const struct reading *reading, double *number)
{
	const struct setting *setting = reading->setting;
	char *end;
	double value = strtod(reading->value, &end);

	if (end != reading->value && !*end && value >= setting->least && value <= setting->most) {
		*number = value;
		return true;
	}
	snprintf(reading->error, reading->size, "%.100s: not a number from %g to %g",
		 reading->value, setting->least, setting->most);
	return false;
}

static bool read_seconds(const struct reading *reading, void *to)
{
	uint64_t *ns = to;
	double seconds;

	if (!read_real(reading, &seconds))
		return false;
	*ns = (uint64_t)(seconds * SECOND);
	return true;
}

static bool read_percent(const struct reading *reading, void *to)
{
	double *share = to;

	if (!read_real(reading, share))
		return false;
	*share /= 100;
	return true;
}

static bool read_number(const struct reading *reading, uint64_t *number)
{
	const struct setting *setting = reading->setting;
	uint64_t value;
	char *end;

	errno = 0;
	value = strtoumax(reading->value, &end, 10);
	if (*reading->value >= '0' && *reading->value <= '9' && !*end && !errno &&
	    value >= (uint64_t)setting->least && value <= (uint64_t)setting->most) {
		*number = value;
		return true;
	}
	snprintf(reading->error, reading->size, "%.100s: not a number from %.0f to %.0f",
		 reading->value, setting->least, setting->most);
	return false;
}

static bool read_mebibytes(const struct reading *reading, void *to)
{
	uint64_t *bytes = to;

	if (!read_number(reading, bytes))
		return false;
	*bytes <<= 20;
	return true;
}

static bool read_count(const struct reading *reading, void *to)
{
	unsigned int *count = to;
	uint64_t number;

	if (!read_number(reading, &number))
		return false;
	*count = (unsigned int)number;
	return true;
}

/* Of an enumeration. */
static bool read_word(const struct reading *reading, void *to)
{
	const char *const *words = reading->setting->words;
	unsigned int *number = to;

	for (unsigned int i = 0; words[i]; i++)
		if (strcmp(reading->value, words[i]) == 0) {
			*number = i;
			return true;
		}
	snprintf(reading->error, reading->size, "%.100s: none of", reading->value);
	for (size_t i = 0; words[i]; i++) {
		size_t used = strlen(reading->error);

		snprintf(reading->error + used, reading->size - used, " %s", words[i]);
	}
	return false;
}

static bool read_string(const struct reading *reading, void *to)
{
	char **string = to, *copy = strdup(reading->value);

	if (!copy)
		return wrong(reading, strerror(ENOMEM));
	free(*string);
	*string = copy;
	return true;
}

static bool read_pid(const struct reading *reading, void *to)
{
	struct options *options = to;
	size_t at = options->pid_count;
	uint64_t number;
	pid_t *longer;

	if (!read_number(reading, &number))
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

static bool added(const struct reading *reading, int error)
{
	if (error == 0)
		return true;
	return wrong(reading, error == -ENOENT ? "there is no user called so" : strerror(-error));
}

static bool read_name(const struct reading *reading, void *to)
{
	return added(reading, criteria_add_name(to, reading->value));
}

static bool read_user(const struct reading *reading, void *to)
{
	return added(reading, criteria_add_user(to, reading->value));
}

static bool read_cgroup(const struct reading *reading, void *to)
{
	return added(reading, criteria_add_cgroup(to, reading->value));
}

/* So it is without it. */
static bool read_nothing(const struct reading *reading, void *to)
{
	(void)reading;
	(void)to;
	return true;
}

/* ---- all of them */

static const char *const sources[] = { [SOURCE_AUTO] = "auto",
				       [SOURCE_IOCTL] = "ioctl",
				       [SOURCE_BPF] = "bpf",
				       [SOURCE_NONE] = "none",
				       NULL };
static const char *const groupings[] = {
	[GROUP_BY_NAME] = "name", [GROUP_BY_CGROUP] = "cgroup", NULL
};

#define DAY            86400
#define MOST_MEBIBYTES (1 << 24)

#define MEMBER_SIZE(member) sizeof(((struct options *)NULL)->member)
#define TO(member)          .offset = offsetof(struct options, member), .size = MEMBER_SIZE(member)
#define FROM(from, to)      .least = (from), .most = (to)
#define RESTART             .restart = true

const struct setting settings[] = {
	{ .help = "Which processes, besides PIDs; without any, all:" },
	{ "all", NULL, "Every process but kernel threads", .read = read_nothing },
	{ "name", "NAME", "Every process called NAME; may be repeated", read_name, TO(criteria) },
	{ "user", "USER", "Every process of USER; may be repeated", read_user, TO(criteria) },
	{ "cgroup", "PATH",
	  "Every process in this control group and those below it; may be repeated", read_cgroup,
	  TO(criteria) },
	{ "pid", "PID", NULL, read_pid, FROM(1, PID_MOST) },
	{ .help = "How:" },
	{ "interval", "SECONDS", "Between two rounds (1)", read_seconds, TO(bounds.least_ns),
	  FROM(0.01, DAY) },
	{ "max-interval", "SECONDS",
	  "Between two readings of a process that changes all the time (10)", read_seconds,
	  TO(bounds.most_ns), FROM(0.01, DAY) },
	{ "max-cpu", "PERCENT", "Of one processor, for watching (5)", read_percent, TO(share),
	  FROM(0.01, 100) },
	{ "keep", "SECONDS", "What is known of a process after its end (10)", read_seconds,
	  TO(keep_ns), FROM(0.01, DAY), RESTART },
	{ "memory", "MIB", "That snapshots may take (256)", read_mebibytes, TO(memory),
	  FROM(1, MOST_MEBIBYTES), RESTART },
	{ "source", "SOURCE", "Of the proof: auto, ioctl, bpf or none (auto)", read_word,
	  TO(source), .words = sources, RESTART },
	{ "group-by", "WHAT", "Metrics: name or cgroup (name)", read_word, TO(grouping),
	  .words = groupings },
	{ .help = "For whom:" },
	{ "socket", "PATH", "To listen on (/run/mapsnapd/mapsnapd.sock), unless systemd gives one",
	  read_string, TO(socket), RESTART },
	{ "group", "NAME", "Who is in it may read everything (mapsnap, if there is one)",
	  read_string, TO(group), RESTART },
	{ "clients", "NUMBER", "Connections at a time (256)", read_count, TO(clients),
	  FROM(1, 65536), RESTART },
	{ "timeout", "SECONDS", "That a client may be silent, or take nothing of its answer (30)",
	  read_count, TO(timeout), FROM(1, DAY), RESTART },
	{ "pending", "MIB", "That answers under way may take (64)", read_mebibytes, TO(pending),
	  FROM(1, MOST_MEBIBYTES), RESTART },
	{ .name = NULL }
};

const struct setting *setting_find(const char *name)
{
	for (const struct setting *s = settings; s->name || s->help; s++)
		if (s->name && strcmp(s->name, name) == 0)
			return s;
	return NULL;
}

bool setting_set(const struct setting *setting, struct options *options, const char *value,
		 char *error, size_t size)
{
	const struct reading reading = { setting, value, error, size };

	if (!setting->argument != !value || (value && !*value)) {
		snprintf(error, size, "%s: takes %s", setting->name,
			 setting->argument ? "a value" : "no value");
		return false;
	}
	return setting->read(&reading, (char *)options + setting->offset);
}

static bool is_same(const struct setting *setting, const struct options *one,
		    const struct options *other)
{
	const void *a = (const char *)one + setting->offset;
	const void *b = (const char *)other + setting->offset;
	const char *text, *other_text;

	if (setting->read != read_string)
		return memcmp(a, b, setting->size) == 0;
	text = *(char *const *)a;
	other_text = *(char *const *)b;
	return text && other_text ? strcmp(text, other_text) == 0 : text == other_text;
}

void setting_list_restart(const struct options *before, const struct options *after, char *names,
			  size_t size)
{
	*names = '\0';
	for (const struct setting *s = settings; s->name || s->help; s++) {
		size_t used = strlen(names);

		if (s->restart && !is_same(s, before, after))
			snprintf(names + used, size - used, "%s%s", used ? ", " : "", s->name);
	}
}

void options_free(struct options *options)
{
	criteria_free(&options->criteria);
	free(options->pids);
	free(options->socket);
	free(options->group);
}
