#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# torture.sh [OPTION...]   The torture in full: every mode, at several sizes and rates; an hour or more. OPTION goes
# to each run, as --source bpf. READS=N: so many reads of each kind a run (3000), of large targets a tenth.
# One line of JSON a run goes to build/log/torture.jsonl, and the last line on stdout says how many reads were
# verified in all. Exit status 1 where one was torn, or a run failed.
set -euo pipefail
cd "$(dirname "$0")/../.."

torture=build/release/bin/mapsnap-torture
results=build/log/torture.jsonl
reads=${READS:-3000}

die() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	exit 1
}

# MODE MAPPINGS RATE, where a plain read is torn often enough. What forks, or execs in several processes, stays small.
settings() {
	local mode size
	for mode in move pairs boundary grow stacks wide; do
		printf '%s\n' "$mode 500 2000" "$mode 5000 300" "$mode 5000 max" "$mode 60000 10" "$mode 60000 100"
	done
	for mode in exec exit; do
		for size in 500 5000 60000; do
			echo "$mode $size max"
		done
		printf '%s\n' "$mode 5000 50" "$mode 60000 10"
	done
	printf '%s\n' 'execs 500 max' 'execs 2000 max' 'fork 500 1000' 'fork 5000 300' 'fork 5000 max'
}

reads_of() {
	echo $(($1 > 10000 ? reads / 10 : reads))
}

run_all() {
	local mode size rate code
	while read -r mode size rate; do
		code=0
		"$torture" --mode "$mode" --mappings "$size" --rate "$rate" --reads "$(reads_of "$size")" --json "$@" \
			>>"$results" || code=$?
		[ "$code" -ne 3 ] || die "mode $mode with $size mappings could not run"
		tail -n 1 "$results" | jq -r '"\(.mode) \(.mappings) \(.rate): \(.verdict), plain \(.plain.torn) of \(.plain.snapshots) torn, verified \(.verified.torn) of \(.verified.snapshots)"'
	done < <(settings)
}

[ -x "$torture" ] || die "$torture is not there: ninja -C build/release"
mkdir -p build/log
: >"$results"
run_all "$@"
jq -rs '"verified \(map(.verified.snapshots) | add), torn \(map(.verified.torn) | add), void runs \(map(select(.verdict == "void")) | length)"' "$results"
! grep -q '"verdict":"torn"' "$results"
