/* SPDX-License-Identifier: BSD-2-Clause */
/* mapsnapd: starts the parts in order, and stops them in reverse. */
#include <err.h>
#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <systemd/sd-daemon.h>

#include "capabilities.h"
#include "clock.h"
#include "descriptors.h"
#include "listening.h"
#include "loop.h"
#include "oneshot.h"
#include "server.h"
#include "terms.h"
#include "trouble.h"

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

static void begin_to_watch(struct service *service, const struct options *options,
			   struct source *source, size_t hold)
{
	struct watch_options watch = {
		.terms = terms_of(options),
		.memory = options->memory,
		.keep_ns = options->keep_ns,
		.hold = hold,
	};
	int r;

	source_open(source, options->source);
	service->source = source_name(source);
	watch.sequence = source->sequence;
	give_up_capabilities();
	r = watch_init(&service->watch, &watch);
	if (r)
		errx(EXIT_FAILURE, "cannot watch: %s", strerror(-r));
}

static void begin_to_answer(struct service *service, const struct options *options)
{
	int r;

	service->started_ns = now_ns();
	if (getrandom(&service->instance, sizeof(service->instance), 0) < 0)
		service->instance = service->started_ns;
	service->group = find_group(options->group);
	bodies_init(&service->bodies, options->pending);
	streams_init(&service->streams);
	refusals_init(&service->refusals);
	r = gate_start(&service->gate);
	if (r)
		errx(EXIT_FAILURE,
		     "cannot start the gate, which takes CAP_SETUID and CAP_SETGID: %s",
		     strerror(-r));
}

static int serve(struct loop *loop, unsigned int clients)
{
	struct server_options how = { .connections = clients,
				      .threads = 2,
				      .timeout = loop->options->timeout };
	const char *path = loop->options->socket;
	struct listening listening;
	struct server *server;
	int r = listening_open(&listening, path);

	if (r)
		errx(EXIT_FAILURE, "%s: cannot listen: %s", path, strerror(-r));
	r = server_start(loop->service, listening.fd, &how, &server);
	if (r)
		errx(EXIT_FAILURE, "cannot serve: %s", strerror(-r));
	sd_notify(0, "READY=1");
	r = loop_run(loop);
	sd_notify(0, "STOPPING=1");
	server_stop(server);
	listening_close(&listening);
	return r;
}

static int run_service(struct loop *loop)
{
	struct service *service = loop->service;
	struct source source = { 0 };
	struct descriptors share;
	int r;

	loop_block_signals();
	/* It has the capabilities that are given up afterwards. */
	begin_to_answer(service, loop->options);
	share = descriptors_share(loop->options->clients);
	if (share.clients < loop->options->clients)
		notice("there are descriptors for %u clients only: raise LimitNOFILE=",
		       share.clients);
	begin_to_watch(service, loop->options, &source, share.processes);
	r = errands_start(&service->errands, service->watch.table);
	if (r)
		errx(EXIT_FAILURE, "cannot start a thread: %s", strerror(-r));
	r = serve(loop, share.clients);
	/* One that does not come back has what would be freed. */
	if (!errands_stop(&service->errands))
		return r ? EXIT_FAILURE : EXIT_SUCCESS;
	watch_free(&service->watch);
	source_close(&source);
	gate_stop(&service->gate);
	refusals_free(&service->refusals);
	streams_free(&service->streams);
	bodies_free(&service->bodies);
	return r ? EXIT_FAILURE : EXIT_SUCCESS;
}

static int run_once(struct service *service, struct options *options, const char *path)
{
	struct source source = { 0 };
	int r;

	/* All are to be read, which is as much as one thread can spend. */
	options->share = 1;
	begin_to_watch(service, options, &source, descriptors_share(options->clients).processes);
	r = oneshot_read(service);
	if (r)
		errx(EXIT_FAILURE, "not all processes could be looked at: %s", strerror(-r));
	r = oneshot_write(service, path);
	watch_free(&service->watch);
	source_close(&source);
	if (r)
		errx(EXIT_FAILURE, "%s: %s", path, strerror(-r));
	return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	static struct service service;
	static struct options options;
	struct arguments arguments;
	struct loop loop = { .service = &service, .options = &options, .arguments = &arguments };
	char error[512];
	int status;

	arguments_parse(argc, argv, &arguments);
	if (!options_load(&options, &arguments, error, sizeof(error)))
		errx(2, "%s", error);
	status = arguments.oneshot ? run_once(&service, &options, arguments.oneshot)
				   : run_service(&loop);
	options_free(&options);
	arguments_free(&arguments);
	return status;
}
