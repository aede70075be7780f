# SPDX-License-Identifier: BSD-2-Clause
# Whether plain reads were torn often enough, and enough reads verified, for the runs of the torture given to say
# anything together. On a machine that does much else they may not; then another run may make up for it.
def sum(f): map(f) | add;
all(.verdict != "torn") and sum(.verified.snapshots + .locked.snapshots) >= 10
	and sum(.plain.torn) >= 0.05 * sum(.plain.snapshots)
	and sum(.verified.changed + .unverified.changed + .gone.changed)
		>= 0.2 * sum(.verified.attempts + .unverified.attempts + .gone.attempts)
