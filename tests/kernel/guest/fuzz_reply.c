/* SPDX-License-Identifier: BSD-2-Clause */
#include "fuzz_reply.h"

#include <errno.h>
#include <string.h>

#define PAGE 4096U

/* What is at an address that the request has as a number. */
static const void *at(uint64_t address)
{
	return (const void *)(uintptr_t)address;
}

static struct procmap_snapshot returned(const struct fuzz_request *request)
{
	struct procmap_snapshot a;

	memcpy(&a, at(request->space.at), sizeof(a));
	return a;
}

static bool same_but_outputs(const struct procmap_snapshot *before, struct procmap_snapshot after)
{
	after.nr_records = before->nr_records;
	after.names_size = before->names_size;
	after.seq_begin = before->seq_begin;
	after.seq_end = before->seq_end;
	if (before->cookie)
		after.nr_ranges = before->nr_ranges;
	if (before->flags & PROCMAP_SNAPSHOT_LOG)
		after.cookie = before->cookie;
	return memcmp(before, &after, sizeof(after)) == 0;
}

static const char *name_fault(const struct procmap_record *r, const struct procmap_snapshot *a)
{
	const char *name = (const char *)at(a->names + r->name_offset);

	if (!r->name_size)
		return r->name_offset ? "a place without a name" : NULL;
	if (!a->names)
		return "a name that was not asked for";
	if (r->name_size > a->names_size || r->name_offset > a->names_size - r->name_size)
		return "a name outside of the names";
	return strnlen(name, r->name_size) == r->name_size - 1 ? NULL : "a name without its end";
}

/* Of different instants one that has grown can reach into the one before. */
static bool is_behind(const struct procmap_record *r, uint64_t after,
		      const struct procmap_snapshot *a)
{
	return a->seq_begin == a->seq_end ? r->start >= after : r->end > after;
}

static const char *record_fault(const struct procmap_record *r, uint64_t after,
				const struct procmap_snapshot *a)
{
	if (r->start >= r->end || r->start % PAGE || r->end % PAGE)
		return "no range of pages";
	if (!is_behind(r, after, a))
		return "records overlap or are not sorted";
	if (r->end <= a->start || r->start >= a->end)
		return "a record outside of the range";
	if (r->flags & ~FUZZ_PERMISSIONS)
		return "flags that are no permissions";
	if ((a->vma_flags & FUZZ_PERMISSIONS) & ~(uint64_t)r->flags)
		return "a record without the permissions asked for";
	if (a->vma_flags & FUZZ_FILE && !r->inode)
		return "a record without a file";
	return name_fault(r, a);
}

static const char *records_fault(const struct procmap_snapshot *a)
{
	uint64_t after = 0;

	for (uint64_t i = 0; i < a->nr_records; i++) {
		struct procmap_record r;
		const char *fault;

		memcpy(&r, at(a->records + i * sizeof(r)), sizeof(r));
		fault = record_fault(&r, after, a);
		if (fault)
			return fault;
		after = r.end;
	}
	return NULL;
}

/* In order, apart and not empty; and every record in one of them. */
static const char *ranges_fault(const struct procmap_snapshot *a)
{
	const struct procmap_range *ranges = at(a->ranges);
	const struct procmap_record *records = at(a->records);
	uint64_t at_range = 0;

	for (uint64_t i = 0; i < a->nr_ranges; i++)
		if (ranges[i].start >= ranges[i].end || (i && ranges[i].start <= ranges[i - 1].end))
			return "ranges that are empty, or touch, or are not sorted";
	/* Those of different instants need not be in order. */
	for (uint64_t i = 0; a->seq_begin == a->seq_end && i < a->nr_records; i++) {
		struct procmap_record r;

		memcpy(&r, &records[i], sizeof(r));
		while (at_range < a->nr_ranges && ranges[at_range].end <= r.start)
			at_range++;
		if (at_range == a->nr_ranges || ranges[at_range].start >= r.end)
			return "a record where nothing changed";
	}
	return NULL;
}

static const char *sequence_fault(const struct procmap_snapshot *a)
{
	const uint64_t hold = PROCMAP_SNAPSHOT_LOCKED | PROCMAP_SNAPSHOT_TRYLOCK;

	if (a->seq_begin % 2 || a->seq_end % 2)
		return "an odd number";
	if (a->seq_begin > a->seq_end || (a->cookie && a->seq_begin < a->since))
		return "a number that ran backwards";
	if (a->flags & hold && a->seq_begin != a->seq_end)
		return "a change under the lock";
	return NULL;
}

static bool fits(const struct procmap_snapshot *before, const struct procmap_snapshot *after)
{
	return after->nr_records <= before->nr_records && after->names_size <= before->names_size &&
	       after->nr_ranges <= before->nr_ranges;
}

static const char *success_fault(const struct fuzz_request *request)
{
	const struct procmap_snapshot *before = &request->argument;
	struct procmap_snapshot a = returned(request);
	const char *fault = sequence_fault(&a);

	if (!same_but_outputs(before, a))
		return "an input was changed";
	if (!fits(before, &a))
		return "success, and more than there was room for";
	if (!fault)
		fault = records_fault(&a);
	return fault || !before->cookie ? fault : ranges_fault(&a);
}

static const char *too_small_fault(const struct fuzz_request *request)
{
	const struct procmap_snapshot *before = &request->argument;
	struct procmap_snapshot a = returned(request);

	if (!same_but_outputs(before, a))
		return "an input was changed";
	if (fits(before, &a))
		return "too small, although there was room";
	return sequence_fault(&a);
}

/* Only what was told beforehand, or what the process and the buffers can be blamed for. */
static const char *error_fault(const struct fuzz_request *request, int error, bool may_be_gone)
{
	const struct procmap_snapshot *a = &request->argument;
	bool good = fuzz_window_good(&request->records) && fuzz_window_good(&request->names) &&
		    fuzz_window_good(&request->ranges);

	if (fuzz_window_good(&request->space) &&
	    memcmp(at(request->space.at), &request->argument, sizeof(request->argument)) != 0)
		return "the argument was changed in spite of an error";
	if (error == EAGAIN || (error == ESRCH && may_be_gone) || (error == EFAULT && !good))
		return NULL;
	if (a->cookie && (error == EOVERFLOW || (error == EINVAL && a->since > request->log.seq)))
		return NULL;
	if (error == EBUSY && a->flags & PROCMAP_SNAPSHOT_TRYLOCK)
		return NULL;
	return "an error for no reason";
}

static const char *memory_fault(const struct fuzz_request *request)
{
	if (!fuzz_window_untouched(&request->space) || !fuzz_window_untouched(&request->records) ||
	    !fuzz_window_untouched(&request->names) || !fuzz_window_untouched(&request->ranges))
		return "memory was written that was not offered";
	return NULL;
}

static const char *certain_fault(const struct fuzz_request *request, int error)
{
	if (error != fuzz_request_error(request))
		return "not the error that it should be";
	if (!fuzz_window_clean(&request->records) || !fuzz_window_clean(&request->names) ||
	    !fuzz_window_clean(&request->ranges))
		return "a buffer was written in spite of an error";
	return NULL;
}

const char *fuzz_reply_fault(const struct fuzz_request *request, int error, bool may_be_gone)
{
	const char *fault = memory_fault(request);

	if (fault)
		return fault;
	if (fuzz_request_error(request))
		return certain_fault(request, error);
	if (error == 0)
		return success_fault(request);
	if (error == ENOBUFS)
		return too_small_fault(request);
	return error_fault(request, error, may_be_gone);
}

void fuzz_reply_log(const struct fuzz_request *request, struct fuzz_log *log)
{
	struct procmap_snapshot a = returned(request);

	if (a.cookie)
		*log = (struct fuzz_log){ .cookie = a.cookie, .seq = a.seq_begin };
}

bool fuzz_reply_proved(const struct fuzz_request *request)
{
	struct procmap_snapshot a = returned(request);

	return a.seq_begin == a.seq_end;
}
