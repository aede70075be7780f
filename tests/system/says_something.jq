# SPDX-License-Identifier: BSD-2-Clause
# Whether plain reads were torn often enough, and enough reads verified, for the runs of the torture given to say
# anything together. On a machine that does much else they may not; then another run may make up for it. A run in
# which plain reads were hardly torn says nothing, and takes nothing from what the others say.
def sum(f): map(f) | add // 0;
def enough:
	sum(.verified.snapshots + .locked.snapshots) >= 10
	and sum(.verified.changed + .unverified.changed + .gone.changed)
		>= 0.2 * sum(.verified.attempts + .unverified.attempts + .gone.attempts);
all(.verdict != "torn") and (map(select(.plain.torn >= 0.05 * .plain.snapshots)) | enough)
