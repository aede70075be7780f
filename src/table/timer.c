/* SPDX-License-Identifier: BSD-2-Clause */
#include "timer.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "clock.h"

void timer_init(struct timer *timer)
{
	*timer = (struct timer){ .fd = -1 };
}

void timer_free(struct timer *timer)
{
	if (timer->fd >= 0)
		close(timer->fd);
}

/* To set it anew also makes it unreadable. */
void timer_rewind(struct timer *timer)
{
	const struct itimerspec due = { .it_value = timespec_of(timer->interval_ns) };

	if (timer->fd >= 0)
		timerfd_settime(timer->fd, 0, &due, NULL);
}

static int new_fd(void)
{
	int fd = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);

	return fd < 0 ? -errno : fd;
}

int timer_ask(struct timer *timer, uint64_t interval_ns)
{
	if (interval_ns == 0)
		return -EINVAL;
	if (timer->fd < 0) {
		int fd = new_fd();

		if (fd < 0)
			return fd;
		timer->fd = fd;
	}
	timer->interval_ns = interval_ns;
	timer_rewind(timer);
	return timer->fd;
}

/* Under the same number. The old one goes first, so that there is room for another. */
void timer_renew(struct timer *timer)
{
	int fd;

	if (timer->fd < 0)
		return;
	close(timer->fd);
	fd = new_fd();
	if (fd >= 0 && fd != timer->fd) {
		dup3(fd, timer->fd, O_CLOEXEC);
		close(fd);
	}
	timer->fd = fd < 0 ? -1 : timer->fd;
	timer_rewind(timer);
}
