/* SPDX-License-Identifier: BSD-2-Clause */
#include "census.h"

#include <errno.h>
#include <fcntl.h>
#include <libproc2/pids.h>
#include <unistd.h>

#define PF_KTHREAD 0x00200000 /* include/linux/sched.h; shown by /proc/PID/stat */

/* FILL_ID_MAX of libproc2, which its header does not tell: no more at a time. */
#define GROUP 255

/* Neither PIDS_CMD nor PIDS_CGROUP: some bytes are replaced there. */
enum {
	ITEM_PID,
	ITEM_FLAGS,
	ITEM_USER,
	ITEM_COUNT
};

struct census {
	struct pids_info *info;
	const struct criteria *criteria;
	census_take *take;
	void *context;
};

/*
 * A process that libproc2 has no descriptor for seems to be gone to it. It takes one for
 * the folder, and one for a file at a time.
 */
static int check_descriptors(void)
{
	int folder = open("/proc", O_PATH | O_CLOEXEC), file;
	int error;

	if (folder < 0)
		return -errno;
	file = fcntl(folder, F_DUPFD_CLOEXEC, 0);
	error = file < 0 ? -errno : 0;
	close(folder);
	if (file >= 0)
		close(file);
	return error;
}

static int begin(struct census *search)
{
	enum pids_item items[ITEM_COUNT] = {
		[ITEM_PID] = PIDS_ID_PID, [ITEM_FLAGS] = PIDS_FLAGS, [ITEM_USER] = PIDS_ID_EUID
	};
	int error = check_descriptors();

	return error ? error : procps_pids_new(&search->info, items, ITEM_COUNT);
}

static int look(const struct census *search, const struct pids_result *result)
{
	struct candidate candidate = {
		.pid = result[ITEM_PID].result.s_int,
		.user = result[ITEM_USER].result.u_int,
		.is_kernel_thread = result[ITEM_FLAGS].result.ul_int & PF_KTHREAD,
	};
	int r = candidate.pid == getpid() ? 0 : candidate_meets(&candidate, search->criteria);

	if (r > 0)
		r = search->take(&candidate, search->context);
	candidate_free(&candidate);
	return r;
}

static int look_at_all(const struct census *search, const struct pids_fetch *fetched)
{
	int error = fetched ? 0 : -errno;
	int total = fetched ? fetched->counts->total : 0;

	for (int i = 0; !error && i < total; i++)
		error = look(search, fetched->stacks[i]->head);
	return error;
}

int census_all(const struct criteria *criteria, census_take *take, void *context)
{
	struct census search = { .criteria = criteria, .take = take, .context = context };
	int error = begin(&search);

	if (error < 0)
		return error;
	error = look_at_all(&search, procps_pids_reap(search.info, PIDS_FETCH_TASKS_ONLY));
	procps_pids_unref(&search.info);
	return error;
}

int census_among(const pid_t *pids, size_t count, const struct criteria *criteria,
		 census_take *take, void *context)
{
	struct census search = { .criteria = criteria, .take = take, .context = context };
	unsigned int group[GROUP];
	int error = begin(&search);

	if (error < 0)
		return error;
	for (size_t done = 0, n; !error && done < count; done += n) {
		for (n = 0; n < GROUP && done + n < count; n++)
			group[n] = (unsigned int)pids[done + n];
		error = look_at_all(
			&search, procps_pids_select(search.info, group, (int)n, PIDS_SELECT_PID));
	}
	procps_pids_unref(&search.info);
	return error;
}
