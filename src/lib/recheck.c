/* SPDX-License-Identifier: BSD-2-Clause */
#include "recheck.h"

#include <errno.h>

#include "alike.h"
#include "outcome.h"
#include "proof.h"
#include "read.h"

int recheck_changed(struct mapsnap_process *process)
{
	return process_fail(process, -EAGAIN,
			    "it was mapped anew meanwhile: refresh the snapshot and ask again");
}

/* Another source would have to be given, as it is to mapsnap_read(). */
static int ask_proof(struct mapsnap_process *process, const struct mapsnap *snapshot)
{
	const struct mapsnap_sequence *source = process_sequence(process);

	if (!proof_renewable(snapshot, process, source))
		return CHANGED;
	return proof_renew(snapshot, process, source, process->kernel->now());
}

static int read_again(struct mapsnap_process *process, const struct mapsnap *snapshot,
		      const struct mapsnap_mapping *mapping)
{
	const struct mapsnap_mapping *there;
	struct mapsnap *now;
	bool same;
	int r = read_aside(process, mapping->start, mapping->end, mapsnap_info(snapshot)->omit,
			   &now);

	if (r)
		return r;
	there = mapsnap_at(now, 0);
	same = there && alike(there, mapping);
	mapsnap_unref(now);
	return same ? 0 : recheck_changed(process);
}

int recheck(struct mapsnap_process *process, const struct mapsnap *snapshot,
	    const struct mapsnap_mapping *mapping, bool fits)
{
	int r = ask_proof(process, snapshot);

	if (r != CHANGED)
		return r;
	return fits ? read_again(process, snapshot, mapping) : recheck_changed(process);
}
