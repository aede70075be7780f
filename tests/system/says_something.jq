# SPDX-License-Identifier: BSD-2-Clause
# Whether plain reads were torn often enough, and enough reads verified, for a run of the torture to say
# anything. On a machine that does much else it may not be; then another run may.
.verdict == "good" and .verified.snapshots + .locked.snapshots >= 10
	and .plain.torn >= 0.05 * .plain.snapshots
	and (.verified.changed + .unverified.changed + .gone.changed)
		>= 0.2 * (.verified.attempts + .unverified.attempts + .gone.attempts)
