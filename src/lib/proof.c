/* SPDX-License-Identifier: BSD-2-Clause */
#include "proof.h"

#include <errno.h>
#include <string.h>

#include "label.h"
#include "sequence.h"
#include "snapshot.h"

bool proof_renewable(const struct mapsnap *snapshot, const struct mapsnap_process *process,
		     const struct mapsnap_sequence *source)
{
	return source && label_has_sequence(&snapshot->info) &&
	       snapshot->info.source == source->source && snapshot->process == process &&
	       snapshot->process_opened == process->opened;
}

/* The last proof is recent enough; of one of another sequence nothing says how old it is. */
static bool proof_holds(const struct mapsnap *snapshot, const struct mapsnap_process *process,
			const struct mapsnap_sequence *source)
{
	uint64_t now = process->kernel->now();
	bool dated = snapshot->info.sequence == process->proved_sequence;

	return sequence_vouches(source, dated ? now - process->proved_ns : UINT64_MAX);
}

int proof_renew(const struct mapsnap *snapshot, struct mapsnap_process *process,
		const struct mapsnap_sequence *source, uint64_t begin_ns)
{
	uint64_t now;
	int r = sequence_read(source, process->maps_fd, &now);

	if (r == -ESRCH)
		return process_gone(process);
	if (r == -ESTALE)
		return process_replaced(process);
	if (r)
		return process_fail(process, r, "the sequence source failed: %s",
				    strerrordesc_np(-r));
	if (now != snapshot->info.sequence || !proof_holds(snapshot, process, source))
		return CHANGED;
	process->proved_ns = begin_ns;
	return sequence_tells_exec(source) ? DONE : process_check(process, true);
}
