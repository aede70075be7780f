/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * PROCMAP_SNAPSHOT with arguments made by chance, while the process that it is
 * asked about changes its mappings and dies. What is asked depends on the seed
 * alone:
 *
 *	test-guest-fuzz_snapshot [SEED [REQUESTS]]
 */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/random.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

#include "asserts.h"
#include "fuzz_reply.h"
#include "fuzz_target.h"
#include "snapshot_call.h"

#define REQUESTS 10000
#define LIFE     400 /* requests for each process; while it dies, some more */
#define DYING    8

static uint64_t seed;
static uint64_t requests = REQUESTS;

struct subject {
	uint64_t at; /* of what it changes */
	pid_t pid;
	int maps;
	struct fuzz_log log;
	bool killed;
};

/* How often each answer came. */
struct tally {
	uint64_t errors[256]; /* 0: success */
	uint64_t proved;
	uint64_t since; /* of the successes, those that tell what changed */
};

static void begin(struct subject *subject, struct fuzz_random *random)
{
	char path[32];

	subject->pid = fuzz_target_start(subject->at, fuzz_next(random));
	subject->killed = false;
	subject->log = (struct fuzz_log){ 0 };
	snprintf(path, sizeof(path), "/proc/%d/maps", (int)subject->pid);
	subject->maps = open(path, O_RDONLY | O_CLOEXEC);
	assert_true(subject->maps >= 0);
}

static void end(struct subject *subject)
{
	close(subject->maps);
	kill(subject->pid, SIGKILL);
	while (waitpid(subject->pid, NULL, 0) < 0 && errno == EINTR)
		;
}

/* Another process in time. Its death is not waited for: it is to happen during calls. */
static void live(struct subject *subject, uint64_t n, struct fuzz_random *random)
{
	if (n % LIFE == 0) {
		if (n)
			end(subject);
		begin(subject, random);
	}
	if (n % LIFE == LIFE - DYING) {
		subject->killed = true;
		kill(subject->pid, SIGKILL);
	}
}

static int call(const struct subject *subject, const struct fuzz_request *request)
{
	return ioctl(subject->maps, PROCMAP_SNAPSHOT, request->space.at) ? errno : 0;
}

static void describe(const struct fuzz_request *request, uint64_t n, int error)
{
	const struct procmap_snapshot *a = &request->argument;

	print_error("request %" PRIu64 ", errno %d: size %" PRIu64 " at %" PRIx64
		    ", flags %llx, range %llx to %llx, filter %llx, %llu records at %llx, "
		    "names of %llu at %llx, since %llu, cookie %llu, ranges %llu at %llx\n",
		    n, error, (uint64_t)a->size, request->space.at, a->flags, a->start, a->end,
		    a->vma_flags, a->nr_records, a->records, a->names_size, a->names, a->since,
		    a->cookie, a->nr_ranges, a->ranges);
}

static void ask(struct subject *subject, struct fuzz_request *request, uint64_t n,
		struct tally *tally)
{
	int error = call(subject, request);
	const char *fault = fuzz_reply_fault(request, error, subject->killed);

	if (fault) {
		describe(request, n, error);
		fail_msg("%s", fault);
	}
	tally->errors[error]++;
	if (error)
		return;
	tally->proved += fuzz_reply_proved(request);
	tally->since += request->argument.cookie != 0;
	fuzz_reply_log(request, &subject->log);
}

/* A fuzzer that never gets to anything would find nothing. */
static void assert_various(const struct tally *tally)
{
	static const int errors[] = { EINVAL, E2BIG, EFAULT, ENOBUFS, ESRCH, ESTALE };

	printf("# seed %" PRIu64 ": %" PRIu64 " successes, of these %" PRIu64
	       " of one instant, %" PRIu64 " of changes; EAGAIN %" PRIu64 ", EOVERFLOW %" PRIu64,
	       seed, tally->errors[0], tally->proved, tally->since, tally->errors[EAGAIN],
	       tally->errors[EOVERFLOW]);
	for (size_t i = 0; i < sizeof(errors) / sizeof(*errors); i++)
		printf(", %s %" PRIu64, strerrorname_np(errors[i]), tally->errors[errors[i]]);
	printf("\n");
	for (size_t i = 0; i < sizeof(errors) / sizeof(*errors); i++)
		assert_true(tally->errors[errors[i]] > requests / 1000);
	assert_true(tally->errors[0] > requests / 8);
	assert_true(tally->since > requests / 64);
	assert_true(tally->proved > requests / 50 && tally->proved < tally->errors[0]);
}

static void any_argument_has_the_answer_that_it_should(void **state)
{
	struct fuzz_random random = { seed };
	struct subject subject = { .at = fuzz_target_reserve() };
	struct fuzz_request request;
	struct tally tally = { 0 };

	(void)state;
	if (!snapshot_call_exists())
		skip_because("needs a kernel with PROCMAP_SNAPSHOT");
	printf("# seed %" PRIu64 ", %" PRIu64 " requests\n", seed, requests);
	fflush(stdout);
	assert_true(subject.at && fuzz_request_open(&request) == 0);
	for (uint64_t n = 0; n < requests; n++) {
		live(&subject, n, &random);
		fuzz_request_make(&request, &subject.log, subject.at - 64 * 4096,
				  subject.at + (FUZZ_TARGET_PAGES + 64) * 4096, &random);
		ask(&subject, &request, n, &tally);
	}
	end(&subject);
	assert_various(&tally);
}

static void ignore(int signal)
{
	(void)signal;
}

/* Signals come all the time; none of them is a reason for an error. */
static int send_signals(void **state)
{
	const struct itimerval often = { { 0, 1009 }, { 0, 1009 } };
	const struct sigaction action = { .sa_handler = ignore };

	(void)state;
	return sigaction(SIGALRM, &action, NULL) || setitimer(ITIMER_REAL, &often, NULL);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(any_argument_has_the_answer_that_it_should),
	};
	bool seeded = argc > 1 && isdigit((unsigned char)*argv[1]);

	if (getrandom(&seed, sizeof(seed), 0) != sizeof(seed))
		return 1;
	if (seeded)
		seed = strtoull(argv[1], NULL, 10);
	if (seeded && argc > 2)
		requests = strtoull(argv[2], NULL, 10);
	if (seeded)
		argc = 1;
	return run_suite(tests, send_signals, NULL);
}
