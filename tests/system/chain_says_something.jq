# SPDX-License-Identifier: BSD-2-Clause
# Whether plain reads were torn often enough, and enough snapshots brought up to date by what changed, for the
# runs of a chain given to say anything together; and that they cost no more than what changed.
def sum(f): map(f) | add;
all(.verdict != "torn") and sum(.chain.wrong) == 0 and sum(.chain.rests) >= 2
	and sum(.plain.torn) >= 0.05 * sum(.plain.snapshots)
	and sum(.chain.deltas) >= 100 and sum(.chain.deltas) >= 10 * sum(.chain.resyncs)
	and sum(.chain.mappings) <= 4 * sum(.changes) + 1000
