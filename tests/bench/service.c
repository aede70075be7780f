/* SPDX-License-Identifier: BSD-2-Clause */
#include "service.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "beside.h"
#include "contest.h"

#define PATIENCE_MS 60000
#define OPTIONS     16

/* One at a time; of the program and not of a call, as exit() has to clean up from anywhere. */
static struct service service;

bool service_possible(void)
{
	return geteuid() == 0 && access(program_beside("mapsnapd"), X_OK) == 0;
}

static void clean_up(void)
{
	if (service.pid > 0) {
		kill(service.pid, SIGTERM);
		waitpid(service.pid, NULL, 0);
	}
	service.pid = 0;
	if (*service.folder) {
		unlink(service.socket);
		rmdir(service.folder);
	}
	*service.folder = '\0';
}

static void run(const char *const *options)
{
	char socket[80];
	const char *words[OPTIONS + 4] = { "mapsnapd", socket, "--config=/dev/null" };
	size_t n = 3;

	snprintf(socket, sizeof(socket), "--socket=%s", service.socket);
	for (; *options && n < OPTIONS + 3; options++)
		words[n++] = *options;
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	execv(program_beside("mapsnapd"), (char *const *)words);
	_exit(127);
}

static int connect_to(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	memcpy(address.sun_path, service.socket, sizeof(service.socket));
	if (fd < 0)
		die("cannot open a socket: %s", strerror(errno));
	if (connect(fd, (const struct sockaddr *)&address, sizeof(address)) == 0)
		return fd;
	close(fd);
	return -1;
}

/* By HTTP/1.0, whose answers come in one piece and end with the connection. */
static int ask(const char *path)
{
	char question[128];
	int fd = connect_to();
	int length = snprintf(question, sizeof(question), "GET %s HTTP/1.0\r\n\r\n", path);

	if (fd >= 0 && write(fd, question, (size_t)length) != length)
		die("cannot ask the service: %s", strerror(errno));
	return fd;
}

/* The next bytes, with a NUL behind them; 0: it is over. */
static size_t read_some(int fd, char *text, size_t size)
{
	struct pollfd answer = { .fd = fd, .events = POLLIN };
	ssize_t n;

	if (poll(&answer, 1, PATIENCE_MS) != 1)
		die("the service does not answer");
	n = read(fd, text, size - 1);
	if (n < 0)
		die("the service does not answer: %s", strerror(errno));
	text[n] = '\0';
	return (size_t)n;
}

static bool answers(void)
{
	char text[256];
	int fd = ask("/healthz");
	bool well;

	if (fd < 0)
		return false;
	well = read_some(fd, text, sizeof(text)) && strstr(text, " 200 ");
	close(fd);
	return well;
}

struct service *service_start(const char *const *options)
{
	static const struct timespec a_moment = { .tv_nsec = 10000000 };
	static bool registered;

	if (!registered && atexit(clean_up) != 0)
		die("out of memory");
	registered = true;
	strcpy(service.folder, "/tmp/mapsnap-bench.XXXXXX");
	if (!mkdtemp(service.folder))
		die("cannot create a folder in /tmp: %s", strerror(errno));
	snprintf(service.socket, sizeof(service.socket), "%s/socket", service.folder);
	service.pid = fork();
	if (service.pid < 0)
		die("cannot fork: %s", strerror(errno));
	if (service.pid == 0)
		run(options);
	while (!answers()) {
		if (waitpid(service.pid, NULL, WNOHANG) != 0)
			die("the service did not start");
		nanosleep(&a_moment, NULL);
	}
	return &service;
}

void service_stop(struct service *s)
{
	(void)s;
	clean_up();
}

double service_metric(const struct service *s, const char *name)
{
	static char text[1 << 18];
	size_t used = 0, length = strlen(name), n;
	int fd = ask("/metrics");
	const char *found;

	(void)s;
	if (fd < 0)
		die("the service has ended");
	while ((n = read_some(fd, text + used, sizeof(text) - used)))
		used += n;
	close(fd);
	for (found = strstr(text, name); found; found = strstr(found + 1, name))
		if (found[-1] == '\n' && found[length] == ' ')
			return strtod(found + length, NULL);
	die("the service has no metric called %s", name);
}

/* Words may come in two parts. */
static void await_word(int fd, const char *word)
{
	static char text[1 << 16];
	size_t kept = 0, n;

	while ((n = read_some(fd, text + kept, sizeof(text) - kept))) {
		if (strstr(text, word))
			return;
		n += kept;
		kept = n < strlen(word) ? n : strlen(word);
		memmove(text, text + n - kept, kept);
	}
	die("the service does not tell any more what changes");
}

int service_follow(const struct service *s, pid_t pid)
{
	char path[64];
	int fd;

	(void)s;
	snprintf(path, sizeof(path), "/v1/changes?pid=%d", pid);
	fd = ask(path);
	if (fd < 0)
		die("the service has ended");
	await_word(fd, "\"event\":\"current\"");
	return fd;
}

void service_await_change(int connection)
{
	await_word(connection, "\"event\":\"changed\"");
}
