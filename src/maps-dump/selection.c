/* SPDX-License-Identifier: BSD-2-Clause */
#include "selection.h"

#include "mapping.h"

bool selection_same(const struct selection *a, const struct selection *b)
{
	return a->executable == b->executable && a->file == b->file && a->deleted == b->deleted &&
	       a->start == b->start && a->last == b->last;
}

bool selection_is_all(const struct selection *selection)
{
	return selection_same(selection, &SELECTION_ALL);
}

bool selection_has(const struct selection *s, const struct mapsnap_mapping *m)
{
	if (s->executable && !(m->permissions & MAPSNAP_EXECUTE))
		return false;
	if (s->file && !has_file(m))
		return false;
	if (s->deleted && !is_deleted_file(m))
		return false;
	return m->start <= s->last && m->end > s->start;
}

struct selection selection_both(const struct selection *a, const struct selection *b)
{
	return (struct selection){
		.executable = a->executable || b->executable,
		.file = a->file || b->file,
		.deleted = a->deleted || b->deleted,
		.start = a->start > b->start ? a->start : b->start,
		.last = a->last < b->last ? a->last : b->last,
	};
}

void selection_narrow(const struct selection *s, struct mapsnap_options *options)
{
	if (s->executable)
		options->filter |= MAPSNAP_EXECUTE;
	if (s->file || s->deleted)
		options->filter |= MAPSNAP_FILTER_FILE;
	if (s->start == 0 && s->last == UINT64_MAX)
		return;
	/* The end that can't be written is beyond every mapping. */
	options->range_start = s->start;
	options->range_end = s->last == UINT64_MAX ? UINT64_MAX : s->last + 1;
}
