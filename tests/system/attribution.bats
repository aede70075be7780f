#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# A profiler's loop over a process whose plugins are loaded where others were: samples are taken for what ran.

load holds

attribution() {
	"$BUILD/bin/mapsnap-attribution" "$@"
}

# attributed OPTION...: sets $result, of a machine that can sample and prove
attributed() {
	local code=0
	result=$(attribution "$@" 2>&1) || code=$?
	[ "$code" -ne 3 ] || skip "$result"
	echo "$result"
	return $code
}

@test "samples of plugins at the same addresses are taken for the right file and build-id" {
	attributed --seconds 2
	holds '.exact.wrong == 0 and .exact.unknown == 0 and .exact.right >= 0.3 * .samples and .samples >= 500
		and .share_right >= 0.6 and .share_right >= .share_right_at_start + 0.2
		and .reused >= 0.9 * .calls and .others <= 0.2 * .samples' <<<"$result"
}

@test "what is said to be exact is so where plugins come and go faster than the table looks" {
	attributed --seconds 2 --life 2
	holds '.exact.wrong == 0 and .reused >= 200 and .near.wrong > 0' <<<"$result"
}

@test "a run in which no plugin takes the place of another is void" {
	local code=0
	attributed --seconds 1 --life 20000 || code=$?
	[ "$code" -eq 2 ]
	holds '.verdict == "void" and .calls == 1 and .start.right > 0' <<<"$result"
}

@test "what it cannot do is said, and is no verdict" {
	run attribution --rate 0
	[ "$status" -eq 3 ]
	run attribution --life long
	[ "$status" -eq 3 ]
	run attribution now
	[ "$status" -eq 3 ]
}
