/* SPDX-License-Identifier: BSD-2-Clause */
#include "trouble.h"

#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include "clock.h"

#define QUIET_NS 60000000000ull

struct kind {
	uint64_t told_ns; /* 0: never */
	uint64_t untold;
};

static struct kind kinds[TROUBLE_KINDS];
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;

/* In one write, so that lines of several threads do not mix. A terminal shows no levels. */
static void print(const char *level, const char *format, va_list arguments, uint64_t untold)
{
	char line[512];

	vsnprintf(line, sizeof(line), format, arguments);
	if (isatty(STDERR_FILENO))
		level = "mapsnapd: ";
	if (untold)
		fprintf(stderr, "%s%s (and %llu times more in the meantime)\n", level, line,
			(unsigned long long)untold);
	else
		fprintf(stderr, "%s%s\n", level, line);
}

void trouble(enum trouble kind, const char *format, ...)
{
	struct kind *k = &kinds[kind];
	uint64_t now = now_ns();
	va_list arguments;

	pthread_mutex_lock(&mutex);
	if (k->told_ns && now - k->told_ns < QUIET_NS) {
		k->untold++;
		pthread_mutex_unlock(&mutex);
		return;
	}
	va_start(arguments, format);
	print(SD_WARNING, format, arguments, k->untold);
	va_end(arguments);
	*k = (struct kind){ .told_ns = now };
	pthread_mutex_unlock(&mutex);
}

void notice(const char *format, ...)
{
	va_list arguments;

	va_start(arguments, format);
	print(SD_NOTICE, format, arguments, 0);
	va_end(arguments);
}
