/* SPDX-License-Identifier: BSD-2-Clause */
/* What is at an address: a walk over what is published, which takes no lock and no memory. */
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "moment.h"
#include "table.h"

/* So many are looked up at a time. */
#define BATCH 64

void mapsnap_table_enter(void)
{
	rcu_enter();
}

void mapsnap_table_leave(void)
{
	rcu_leave();
}

/* In a section. 0, -ESRCH, or why there is no snapshot. */
static int find_latest(const struct mapsnap_table *table, pid_t pid,
		       const struct generation **latest)
{
	*latest = roster_latest(&table->roster, pid);
	return *latest ? (*latest)->error : -ESRCH;
}

static void add_note(struct mapsnap_answer *answer, const struct generation *generation)
{
	const struct note *note = notes_find(generation->notes, answer->mapping->start);

	if (!note)
		return;
	answer->build_id = &note->id;
	if (note->later)
		answer->flags |= MAPSNAP_ANSWER_BUILD_ID_LATER;
}

/* found: in that generation, or NULL */
static inline void answer_by(struct mapsnap_answer *answer, const struct generation *generation,
			     const struct mapsnap_mapping *found, uint64_t address)
{
	const struct mapsnap_info *info = mapsnap_info(generation->snapshot);

	*answer = (struct mapsnap_answer){
		.mapping = found,
		.sequence = info->sequence,
		.revision = generation->revision,
		.consistency = info->consistency,
		.found = found ? MAPSNAP_FOUND_MAPPING : MAPSNAP_FOUND_NOTHING,
	};
	if (!found)
		return;
	if (found->inode || found->device_major || found->device_minor)
		answer->file_offset = address - found->start + found->offset;
	if (found->permissions & MAPSNAP_EXECUTE && generation->notes)
		add_note(answer, generation);
}

/* Outside of a section of the caller's nothing keeps what is pointed to. */
static void hide_pointers(struct mapsnap_answer *answers, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		answers[i].mapping = NULL;
		answers[i].build_id = NULL;
	}
}

static void resolve(const struct generation *generation, const uint64_t *addresses, size_t n,
		    struct mapsnap_answer *answers)
{
	const struct mapsnap_mapping *found[BATCH];

	for (size_t done = 0, some; done < n; done += some) {
		some = n - done < BATCH ? n - done : BATCH;
		mapsnap_find_many(generation->snapshot, addresses + done, some, found);
		for (size_t i = 0; i < some; i++)
			answer_by(&answers[done + i], generation, found[i], addresses[done + i]);
	}
}

int mapsnap_table_resolve(const struct mapsnap_table *table, pid_t pid, const uint64_t *addresses,
			  size_t n, struct mapsnap_answer *answers)
{
	const struct generation *latest;
	bool inside = urcu_bp_read_ongoing();
	int r;

	rcu_enter();
	r = find_latest(table, pid, &latest);
	if (r == 0)
		resolve(latest, addresses, n, answers);
	rcu_leave();
	if (r == 0 && !inside)
		hide_pointers(answers, n);
	return r;
}

static const struct mapsnap_mapping *find_in(const struct generation *generation, uint64_t address)
{
	return generation->snapshot ? mapsnap_find(generation->snapshot, address) : NULL;
}

/* That of which something is known, and which has something there; the later of two. */
static const struct generation *choose(const struct moment *moment, uint64_t address)
{
	const struct generation *before = moment->before, *after = moment->after;

	if (!after || !after->snapshot)
		return before;
	if (!before || !before->snapshot)
		return after;
	return !find_in(after, address) && find_in(before, address) ? before : after;
}

/* Older than the program, or than anything that is kept of another. */
static bool is_beyond(const struct moment *moment, const struct mapsnap_sample *sample)
{
	return !moment->before &&
	       (!moment->after ||
		(sample->time_ns && moment_is_before_program(moment->after, sample->time_ns)));
}

static void answer_at(struct mapsnap_answer *answer, const struct generation *latest,
		      const struct mapsnap_sample *sample)
{
	struct moment moment = moment_find(latest, sample);
	const struct generation *chosen = NULL;

	if (!is_beyond(&moment, sample))
		chosen = choose(&moment, sample->address);
	if (!chosen || !chosen->snapshot) {
		*answer = (struct mapsnap_answer){ .found = MAPSNAP_FOUND_UNKNOWN,
						   .moment = MAPSNAP_MOMENT_NEAR };
		return;
	}
	answer_by(answer, chosen, find_in(chosen, sample->address), sample->address);
	answer->moment = moment.held || moment_is_untouched(&moment, sample->address)
				 ? MAPSNAP_MOMENT_EXACT
				 : MAPSNAP_MOMENT_NEAR;
}

static void answer_now(struct mapsnap_answer *answer, const struct generation *latest,
		       uint64_t address)
{
	if (latest->snapshot)
		answer_by(answer, latest, find_in(latest, address), address);
	else
		*answer = (struct mapsnap_answer){ .found = MAPSNAP_FOUND_UNKNOWN };
}

static void resolve_samples(const struct generation *latest, const struct mapsnap_sample *samples,
			    size_t n, struct mapsnap_answer *answers)
{
	for (size_t i = 0; i < n; i++)
		if (samples[i].time_ns || samples[i].sequence)
			answer_at(&answers[i], latest, &samples[i]);
		else
			answer_now(&answers[i], latest, samples[i].address);
}

int mapsnap_table_resolve_samples(const struct mapsnap_table *table, pid_t pid,
				  const struct mapsnap_sample *samples, size_t n,
				  struct mapsnap_answer *answers)
{
	const struct generation *latest;
	bool inside = urcu_bp_read_ongoing();

	rcu_enter();
	latest = roster_latest(&table->roster, pid);
	if (latest)
		resolve_samples(latest, samples, n, answers);
	rcu_leave();
	if (latest && !inside)
		hide_pointers(answers, n);
	return latest ? 0 : -ESRCH;
}

int mapsnap_table_get(const struct mapsnap_table *table, pid_t pid, struct mapsnap **snapshot,
		      uint64_t *revision)
{
	const struct generation *latest;
	int r;

	rcu_enter();
	r = find_latest(table, pid, &latest);
	if (r == 0) {
		*snapshot = mapsnap_ref(latest->snapshot);
		if (revision)
			*revision = latest->revision;
	}
	rcu_leave();
	return r;
}
