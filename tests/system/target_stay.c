/* SPDX-License-Identifier: BSD-2-Clause */
#include "target_stay.h"

#include <elf.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/auxv.h>
#include <unistd.h>

#include "clock.h"
#include "die.h"
#include "target_change.h"
#include "timing.h"

/* Until it is learned; the least of so many tries is what no other process delayed. */
#define LONG_ENOUGH 1000000000u /* ns */
#define TRIES       16

void target_stay_init(struct invariant *invariant, uint64_t rate)
{
	uint64_t ns = LONG_ENOUGH;

	if (rate == 0)
		ns = UINT64_MAX;
	else if (rate != TARGET_FLAT_OUT)
		ns = 1000000000u / rate;
	atomic_store(&invariant->standing_ns, ns);
	atomic_store(&invariant->tries, rate == TARGET_FLAT_OUT ? TRIES : 0);
}

static uint64_t time_to_read(void)
{
	static char page[65536];
	uint64_t since = now_ns();
	int fd = open("/proc/self/maps", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		die("cannot open /proc/self/maps");
	while (read(fd, page, sizeof(page)) > 0)
		;
	close(fd);
	return now_ns() - since;
}

bool target_stay_learn(struct invariant *invariant)
{
	uint64_t ns;

	if (atomic_load(&invariant->tries) <= 0)
		return false;
	atomic_fetch_sub(&invariant->tries, 1);
	ns = time_to_read();
	if (ns < atomic_load(&invariant->standing_ns))
		atomic_store(&invariant->standing_ns, ns);
	return true;
}

/* The end of the stack, and the code of the kernel: one of them is the last that is mapped. */
static uint64_t landmark(void)
{
	uint64_t stack = getauxval(AT_RANDOM), vdso = getauxval(AT_SYSINFO_EHDR);

	return stack > vdso ? stack : vdso;
}

void target_stay_begin(struct invariant_seat *seat, uint64_t sequence)
{
	atomic_store(&seat->pid, getpid());
	atomic_store(&seat->landmark, landmark());
	invariant_sit_down(seat, sequence);
}

uint64_t target_stay_ns(const struct invariant *invariant)
{
	uint64_t mean = atomic_load(&invariant->standing_ns);

	if (mean == UINT64_MAX)
		return mean;
	/* After exec or fork the row of random numbers would be the same each time. */
	srand48((long)(now_ns() + (uint64_t)getpid()));
	return timing_random((double)mean);
}
