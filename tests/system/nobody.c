/* SPDX-License-Identifier: BSD-2-Clause */
#include "nobody.h"

#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "forked.h"

/* Who changes his user can't be read by it until he says so, and outlives his parent until then. */
void become_nobody(void)
{
	if (geteuid() != 0)
		return;
	if (setresgid(NOBODY, NOBODY, NOBODY) || setresuid(NOBODY, NOBODY, NOBODY) ||
	    prctl(PR_SET_DUMPABLE, 1) || prctl(PR_SET_PDEATHSIG, SIGKILL))
		_exit(255);
}

struct errand {
	int (*run)(void *argument); /* what the library said */
	void *argument;
};

static void run_errand(void *argument)
{
	const struct errand *errand = argument;

	become_nobody();
	_exit(-errand->run(errand->argument));
}

int as_nobody(int (*run)(void *argument), void *argument)
{
	struct errand errand = { run, argument };

	return forked_status(forked(run_errand, &errand));
}
