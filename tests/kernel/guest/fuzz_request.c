/* SPDX-License-Identifier: BSD-2-Clause */
#include "fuzz_request.h"

#include <errno.h>
#include <string.h>

#define PAGE    4096UL
#define STRUCT  sizeof(struct procmap_snapshot)
#define RECORD  sizeof(struct procmap_record)
#define KNOWN   (FUZZ_PERMISSIONS | FUZZ_FILE)
#define RECORDS 700 /* more than the process has mappings */
#define NAMES   (16 * PAGE)
#define RANGES  192 /* more than the log has */
#define FLAGS   (PROCMAP_SNAPSHOT_LOCKED | PROCMAP_SNAPSHOT_LOG | PROCMAP_SNAPSHOT_TRYLOCK)

int fuzz_request_open(struct fuzz_request *request)
{
	*request = (struct fuzz_request){ 0 };
	if (fuzz_window_open(&request->space, 2 * PAGE) ||
	    fuzz_window_open(&request->records, 10 * PAGE) ||
	    fuzz_window_open(&request->names, NAMES) || fuzz_window_open(&request->ranges, PAGE))
		return -1;
	return 0;
}

static uint64_t some_size(struct fuzz_random *random)
{
	switch (fuzz_below(random, 12)) {
	case 0:
		return fuzz_below(random, STRUCT);
	case 1:
		return STRUCT + fuzz_below(random, PAGE + 2 - STRUCT);
	case 2:
		return fuzz_number(random);
	default:
		return STRUCT;
	}
}

static uint64_t some_flags(struct fuzz_random *random)
{
	if (fuzz_one_in(random, 16))
		return fuzz_number(random);
	return (fuzz_one_in(random, 5) ? PROCMAP_SNAPSHOT_LOCKED : 0) |
	       (fuzz_one_in(random, 3) ? PROCMAP_SNAPSHOT_LOG : 0);
}

static uint64_t some_filter(struct fuzz_random *random)
{
	if (fuzz_one_in(random, 16))
		return fuzz_number(random);
	return fuzz_one_in(random, 3) ? fuzz_next(random) & KNOWN : 0;
}

static uint64_t some_address(uint64_t low, uint64_t high, struct fuzz_random *random)
{
	return fuzz_one_in(random, 12) ? fuzz_number(random) : low + fuzz_below(random, high - low);
}

static void make_range(struct procmap_snapshot *argument, uint64_t low, uint64_t high,
		       struct fuzz_random *random)
{
	uint64_t a = some_address(low, high, random), b = some_address(low, high, random);

	argument->start = 0;
	argument->end = UINT64_MAX;
	if (fuzz_one_in(random, 2))
		return;
	argument->start = a < b ? a : b;
	argument->end = a < b ? b : a;
	if (fuzz_one_in(random, 20)) {
		argument->start = a;
		argument->end = fuzz_one_in(random, 2) ? a : b;
	}
}

/* With room for `most` units of `unit` bytes at most; now and then without any, or a bad place. */
static uint64_t make_room(struct fuzz_window *window, uint64_t most, size_t unit,
			  struct fuzz_random *random)
{
	uint64_t room = fuzz_one_in(random, 3) ? 1 + fuzz_below(random, most) : most;

	if (fuzz_one_in(random, 12)) {
		fuzz_window_close(window);
		return 0;
	}
	if (fuzz_one_in(random, 12))
		fuzz_window_offer_bad(window, room * unit, random);
	else
		fuzz_window_offer(window, room * unit, random);
	return room;
}

/* Each is wrong alone, so that no other mistake hides it. */
static void make_mistake(struct procmap_snapshot *argument, struct fuzz_random *random)
{
	__u64 *fields[] = { &argument->since,     &argument->cookie,     &argument->ranges,
			    &argument->nr_ranges, &argument->nr_records, &argument->names_size };
	uint64_t which = fuzz_below(random, 6);

	/* With a cookie there is room for ranges, and no more than was offered. */
	*fields[which] = which < 2 || (which < 4 && !argument->cookie) ? fuzz_number(random) : 0;
}

/* What changed since: mostly by the log that there is, and from where it began or a little later.
 */
static void make_since(struct fuzz_request *request, struct fuzz_random *random)
{
	struct procmap_snapshot *argument = &request->argument;
	uint64_t seq = request->log.seq;
	uint64_t numbers[] = {
		seq,
		seq,
		seq + 2 * fuzz_below(random, 64),
		seq - 2 * fuzz_below(random, 1 + seq / 2),
		seq + 1,
		fuzz_number(random),
	};

	argument->flags = fuzz_one_in(random, 16)  ? fuzz_number(random)
			  : fuzz_one_in(random, 2) ? PROCMAP_SNAPSHOT_TRYLOCK
						   : 0;
	argument->cookie = fuzz_one_in(random, 16) ? fuzz_number(random) : request->log.cookie;
	argument->since = numbers[fuzz_below(random, sizeof(numbers) / sizeof(*numbers))];
	argument->nr_ranges =
		make_room(&request->ranges, RANGES, sizeof(struct procmap_range), random);
	argument->ranges = request->ranges.at;
}

/* The struct where the caller says that it is; of a larger one the rest, zero or not. */
static void place(struct fuzz_request *request, struct fuzz_random *random)
{
	uint64_t size = request->argument.size;
	uint64_t length = size < STRUCT ? STRUCT : size > PAGE ? PAGE : size;
	unsigned char *at;

	if (fuzz_one_in(random, 24)) {
		fuzz_window_offer_bad(&request->space, length, random);
		return;
	}
	fuzz_window_offer(&request->space, length, random);
	at = (unsigned char *)(uintptr_t)request->space.at;
	memset(at, 0, length);
	memcpy(at, &request->argument, STRUCT);
	request->tail = 0;
	if (length > STRUCT && fuzz_one_in(random, 2)) {
		request->tail = 1 + fuzz_below(random, length - STRUCT);
		at[STRUCT + request->tail - 1] = 1;
	}
}

void fuzz_request_make(struct fuzz_request *request, const struct fuzz_log *log, uint64_t low,
		       uint64_t high, struct fuzz_random *random)
{
	struct procmap_snapshot *argument = &request->argument;

	request->log = *log;
	fuzz_window_close(&request->ranges);
	*argument = (struct procmap_snapshot){
		.size = some_size(random),
		.flags = some_flags(random),
		.vma_flags = some_filter(random),
	};
	make_range(argument, low, high, random);
	argument->nr_records = make_room(&request->records, RECORDS, RECORD, random);
	argument->records = request->records.at;
	argument->names_size = make_room(&request->names, NAMES, 1, random);
	argument->names = request->names.at;
	if (log->cookie && fuzz_one_in(random, 2))
		make_since(request, random);
	if (fuzz_one_in(random, 16))
		make_mistake(argument, random);
	place(request, random);
}

/* With a cookie and without there are different flags and fields to go with it. */
static bool goes_together(const struct procmap_snapshot *a)
{
	if (a->cookie)
		return !(a->flags & ~(uint64_t)PROCMAP_SNAPSHOT_TRYLOCK) && a->since % 2 == 0;
	return !(a->flags & PROCMAP_SNAPSHOT_TRYLOCK) && !a->since && !a->nr_ranges;
}

static bool is_valid(const struct procmap_snapshot *a)
{
	return !(a->flags & ~(uint64_t)FLAGS) && !(a->vma_flags & ~(uint64_t)KNOWN) &&
	       goes_together(a) && !a->records == !a->nr_records && !a->names == !a->names_size &&
	       !a->ranges == !a->nr_ranges && a->start < a->end;
}

int fuzz_request_error(const struct fuzz_request *request)
{
	const struct procmap_snapshot *a = &request->argument;

	/* Where it can be read at all, there is nothing but what marks untouched memory. */
	if (!fuzz_window_good(&request->space))
		return fuzz_window_has(&request->space, sizeof(a->size)) ? E2BIG : EFAULT;
	if (a->size > PAGE)
		return E2BIG;
	if (a->size < STRUCT)
		return EINVAL;
	if (request->tail)
		return E2BIG;
	if (!is_valid(a))
		return EINVAL;
	return a->cookie && a->cookie != request->log.cookie ? ESTALE : 0;
}
