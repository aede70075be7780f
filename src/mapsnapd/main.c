/* SPDX-License-Identifier: BSD-2-Clause */
/* mapsnapd: starts the parts in order, waits for a signal, and stops them in reverse. */
#include <err.h>
#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <systemd/sd-daemon.h>
#include <time.h>

#include "capabilities.h"
#include "listening.h"
#include "options.h"
#include "server.h"

#define SECOND 1000000000ull

static uint64_t now_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (uint64_t)now.tv_sec * SECOND + (uint64_t)now.tv_nsec;
}

/* Who is in the group that was named, or in the usual one where there is one. */
static gid_t find_group(const char *name)
{
	const struct group *group = getgrnam(name ? name : "mapsnap");

	if (!group && name)
		errx(EXIT_FAILURE, "there is no group called %s", name);
	return group ? group->gr_gid : (gid_t)-1;
}

static const char *source_name(const struct source *source)
{
	if (source->bpf)
		return "bpf";
	return mapsnap_source_name(source->sequence ? MAPSNAP_SOURCE_NONE
						    : mapsnap_kernel_source());
}

/* For all threads: only work() takes them. */
static void block_signals(sigset_t *ends)
{
	sigemptyset(ends);
	sigaddset(ends, SIGTERM);
	sigaddset(ends, SIGINT);
	pthread_sigmask(SIG_BLOCK, ends, NULL);
	signal(SIGPIPE, SIG_IGN);
}

/*
 * Others' maps take CAP_SYS_PTRACE, the files beside them that are their owner's alone
 * CAP_DAC_READ_SEARCH, and the sequence by eBPF two of its own.
 */
static void give_up_capabilities(void)
{
	const uint64_t needed = CAPABILITY(CAP_SYS_PTRACE) | CAPABILITY(CAP_DAC_READ_SEARCH) |
				CAPABILITY(CAP_BPF) | CAPABILITY(CAP_PERFMON);
	int r = capabilities_keep(needed & capabilities_had());

	if (r)
		errx(EXIT_FAILURE, "cannot give up capabilities: %s", strerror(-r));
}

/* Each process takes two. */
static void raise_descriptors(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit))
		return;
	limit.rlim_cur = limit.rlim_max;
	setrlimit(RLIMIT_NOFILE, &limit);
}

/* What it watches has priority before it, always; so have those who ask. */
static void be_idle(void)
{
	const struct sched_param lowest = { 0 };

	pthread_setschedparam(pthread_self(), SCHED_IDLE, &lowest);
}

static bool is_over(const sigset_t *ends, uint64_t until)
{
	uint64_t now = now_ns(), left = until > now ? until - now : 0;
	const struct timespec wait = { .tv_sec = (time_t)(left / SECOND),
				       .tv_nsec = (long)(left % SECOND) };

	return sigtimedwait(ends, NULL, &wait) > 0;
}

/* A watchdog sees that rounds come to their end. */
static void work(struct watch *watch, const sigset_t *ends)
{
	uint64_t next;

	be_idle();
	do {
		next = watch_round(watch);
		sd_notify(0, "WATCHDOG=1");
	} while (!is_over(ends, next));
}

static void serve(struct service *service, const struct options *options, const sigset_t *ends)
{
	struct server_options how = { .connections = options->clients,
				      .threads = 2,
				      .timeout = 30 };
	struct listening listening;
	struct server *server;
	int r = listening_open(&listening, options->socket);

	if (r)
		errx(EXIT_FAILURE, "%s: cannot listen: %s", options->socket, strerror(-r));
	r = server_start(service, listening.fd, &how, &server);
	if (r)
		errx(EXIT_FAILURE, "cannot serve: %s", strerror(-r));
	sd_notify(0, "READY=1");
	work(&service->watch, ends);
	sd_notify(0, "STOPPING=1");
	server_stop(server);
	listening_close(&listening);
}

int main(int argc, char **argv)
{
	static struct service service;
	struct watch_options watch;
	struct source source = { 0 };
	struct options options;
	sigset_t ends;
	int r;

	options_parse(argc, argv, &options);
	block_signals(&ends);
	service.group = find_group(options.group);
	r = gate_start(&service.gate, service.group);
	if (r)
		errx(EXIT_FAILURE,
		     "cannot start the gate, which takes CAP_SETUID and CAP_SETGID: %s",
		     strerror(-r));
	source_open(&source, options.source);
	service.source = source_name(&source);
	raise_descriptors();
	give_up_capabilities();
	service.started_ns = now_ns();
	watch = (struct watch_options){
		.criteria = options.criteria,
		.pids = options.pids,
		.pid_count = options.pid_count,
		.interval_ns = options.interval_ns,
		.keep_ns = options.keep_ns,
		.memory = options.memory,
		.sequence = source.sequence,
	};
	r = watch_init(&service.watch, &watch);
	if (r)
		errx(EXIT_FAILURE, "cannot watch: %s", strerror(-r));
	serve(&service, &options, &ends);
	watch_free(&service.watch);
	source_close(&source);
	gate_stop(&service.gate);
	options_free(&options);
	return EXIT_SUCCESS;
}
