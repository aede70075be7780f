/* SPDX-License-Identifier: BSD-2-Clause */
#include "target_end.h"

#include <poll.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <time.h>
#include <unistd.h>

#include "die.h"

static int signal_fd = -1;

void target_end_init(void)
{
	sigset_t ending;

	sigemptyset(&ending);
	sigaddset(&ending, SIGTERM);
	sigprocmask(SIG_BLOCK, &ending, NULL);
	signal_fd = signalfd(-1, &ending, SFD_CLOEXEC);
	if (signal_fd < 0)
		die("signalfd");
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	/* Sleep as long as asked, and not 50 us longer. */
	prctl(PR_SET_TIMERSLACK, 1);
}

void target_end_with(pid_t parent)
{
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(0);
}

bool target_end_within(uint64_t ns)
{
	struct pollfd fds[] = {
		{ .fd = STDIN_FILENO, .events = POLLIN },
		{ .fd = signal_fd, .events = POLLIN },
	};
	struct timespec timeout = { (time_t)(ns / 1000000000), (long)(ns % 1000000000) };

	return ppoll(fds, 2, ns == TARGET_FOR_EVER ? NULL : &timeout, NULL) != 0;
}
