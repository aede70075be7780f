/* SPDX-License-Identifier: BSD-2-Clause */
#include "table_torture_control.h"

static void take_first(struct table_control *control, const struct table_run *run,
		       struct cast_part *part)
{
	struct cast_look look = cast_look(part);

	if (part->invariant->shift || part->seat || !part->invariant->stays)
		return;
	if (mapsnap_table_get(run->table, look.pid, &control->first, &control->revision) == 0)
		control->part = part;
}

/* As the table would answer. */
static void answer(const struct mapsnap *snapshot, struct table_batch *batch, size_t from,
		   size_t to)
{
	for (size_t i = from; i < to; i++) {
		const struct mapsnap_mapping *m = mapsnap_find(snapshot, batch->addresses[i]);

		batch->answers[i] = (struct mapsnap_answer){
			.mapping = m,
			.found = m ? MAPSNAP_FOUND_MAPPING : MAPSNAP_FOUND_NOTHING,
			.file_offset =
				m && m->inode ? batch->addresses[i] - m->start + m->offset : 0,
		};
	}
}

static void mix(struct table_control *control, const struct mapsnap *second,
		struct table_batch *batch, struct table_tally *tally)
{
	struct table_shown shown;
	char why[200];

	answer(control->first, batch, 0, batch->n / 2);
	answer(second, batch, batch->n / 2, batch->n);
	batch->bounds.lower = (struct invariant_moment){ 0 };
	batch->bounds.upper = cast_look(control->part).moment;
	tally->controls++;
	tally->seen += !table_batch_holds(batch, &shown, why, sizeof(why));
}

static void take_second(struct table_control *control, const struct table_run *run,
			struct table_batch *batch, struct table_tally *tally)
{
	struct cast_look look = cast_look(control->part);
	struct mapsnap *second;
	uint64_t revision;

	if (mapsnap_table_get(run->table, look.pid, &second, &revision))
		return;
	if (revision != control->revision) {
		table_batch_begin(batch, control->part, &look);
		mix(control, second, batch, tally);
		table_control_end(control);
	}
	mapsnap_unref(second);
}

void table_control_go_on(struct table_control *control, const struct table_run *run,
			 struct cast_part *part, struct table_batch *batch,
			 struct table_tally *tally)
{
	if (control->part)
		take_second(control, run, batch, tally);
	else
		take_first(control, run, part);
}

void table_control_end(struct table_control *control)
{
	if (control->part)
		mapsnap_unref(control->first);
	*control = (struct table_control){ 0 };
}
