/* SPDX-License-Identifier: BSD-2-Clause */
#include "notes.h"

#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>

#include "references.h"

/* Each step is a coin toss: to be a conditional move, never a jump. */
#define UNPREDICTABLE(condition) __builtin_expect_with_probability(!!(condition), 1, 0.5)

struct notes {
	atomic_size_t references;
	size_t count;
	bool unsettled; /* some would be asked for again */
	struct note *notes;
	uint64_t starts[]; /* ascending, and behind them the notes */
};

/* Only what may be executed has samples. */
static bool is_noted(const struct mapsnap_mapping *m)
{
	return m->permissions & MAPSNAP_EXECUTE &&
	       (m->kind == MAPSNAP_KIND_FILE || m->kind == MAPSNAP_KIND_MEMFD ||
		m->kind == MAPSNAP_KIND_VDSO);
}

static size_t count_noted(const struct mapsnap *snapshot)
{
	struct mapsnap_walk walk = { .snapshot = snapshot };
	const struct mapsnap_mapping *m;
	size_t count = 0;

	while ((m = mapsnap_walk_next(&walk)))
		count += is_noted(m);
	return count;
}

static size_t size_of(size_t count)
{
	return sizeof(struct notes) + count * (sizeof(struct note) + sizeof(uint64_t));
}

static struct notes *notes_new(size_t count)
{
	struct notes *notes = malloc(size_of(count));

	if (!notes)
		return NULL;
	atomic_init(&notes->references, 1);
	notes->count = 0;
	notes->unsettled = false;
	notes->notes = (struct note *)(notes->starts + count);
	return notes;
}

/* As mapsnap_find(): no branch depends on what is found. */
static const struct note *find(const struct notes *notes, uint64_t start)
{
	const uint64_t *base = notes->starts;

	if (!notes->count)
		return NULL;
	for (size_t n = notes->count; n > 1; n -= n / 2) {
		const uint64_t *middle = base + n / 2;

		base = UNPREDICTABLE(*middle <= start) ? middle : base;
	}
	return *base == start ? &notes->notes[base - notes->starts] : NULL;
}

/* What is known of it already: nothing of it was touched since. */
static const struct note *known(const struct mapsnap *snapshot, const struct notes *old,
				const struct mapsnap_mapping *m)
{
	const struct note *note = old ? find(old, m->start) : NULL;

	return note && !note->in_vain && !mapsnap_touched(snapshot, m->start, m->end) ? note : NULL;
}

static void ask(struct note *note, const struct notes_asker *asker, const struct mapsnap *snapshot,
		const struct mapsnap_mapping *m)
{
	int r = build_id_read(asker->cache, asker->process, snapshot, m, &note->id);

	note->later = true;
	note->in_vain = r && r != -ENODATA;
}

static void fill(struct notes *notes, const struct notes_asker *asker,
		 const struct mapsnap *snapshot, const struct notes *old)
{
	struct mapsnap_walk walk = { .snapshot = snapshot };
	const struct mapsnap_mapping *m;

	while ((m = mapsnap_walk_next(&walk))) {
		const struct note *note;

		if (!is_noted(m))
			continue;
		note = known(snapshot, old, m);
		notes->starts[notes->count] = m->start;
		notes->notes[notes->count] = (struct note){ 0 };
		if (note)
			notes->notes[notes->count].id = note->id;
		else
			ask(&notes->notes[notes->count], asker, snapshot, m);
		notes->count++;
	}
}

/* Whether it still is what it was, and so was all that was asked about meanwhile. */
static bool is_unchanged(const struct notes_asker *asker, const struct mapsnap *snapshot)
{
	const struct mapsnap_info *info = mapsnap_info(snapshot);
	struct mapsnap_poll entry = {
		.maps_fd = mapsnap_maps_fd(asker->process),
		.sequence = info->sequence,
		.proved_ns = info->begin_ns,
	};
	size_t noted;

	return info->sequence && mapsnap_poll(asker->source, &entry, 1, &noted) == 0 && noted == 0;
}

static void settle(struct notes *notes, bool proved)
{
	for (size_t i = 0; i < notes->count; i++) {
		struct note *note = &notes->notes[i];

		note->later = note->later && !proved;
		notes->unsettled |= note->later || note->in_vain;
	}
}

/* Whether those of the snapshot before are right for this one too. Mostly little was touched. */
static bool still_right(const struct notes *old, struct mapsnap_diff changes)
{
	struct mapsnap_change change;

	if (!old || old->unsettled || !(changes.flags & MAPSNAP_DIFF_TOUCHED))
		return false;
	while (mapsnap_diff_next(&changes, &change))
		if ((change.before && is_noted(change.before)) ||
		    (change.after && is_noted(change.after)))
			return false;
	return true;
}

int notes_make(const struct notes_asker *asker, const struct mapsnap_diff *changes,
	       struct notes *old, struct notes **notes)
{
	const struct mapsnap *snapshot = changes->after;
	struct notes *made;

	if (still_right(old, *changes)) {
		*notes = notes_ref(old);
		return 0;
	}
	made = notes_new(count_noted(snapshot));
	if (!made)
		return -ENOMEM;
	fill(made, asker, snapshot, old);
	settle(made, is_unchanged(asker, snapshot));
	*notes = made;
	return 0;
}

struct notes *notes_ref(struct notes *notes)
{
	references_add(&notes->references);
	return notes;
}

void notes_unref(struct notes *notes)
{
	if (notes && references_drop(&notes->references))
		free(notes);
}

size_t notes_memory(const struct notes *notes)
{
	return size_of(notes->count);
}

const struct note *notes_find(const struct notes *notes, uint64_t start)
{
	const struct note *note = find(notes, start);

	return note && note->id.length ? note : NULL;
}
