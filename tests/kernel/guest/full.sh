#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# full.sh KERNEL   the torture at length, in each way to read that the kernel has: a line of JSON a run, and
#                  the sum of each way. Exit status 1 where a consistent label was torn.
cd /
. tests/kernel/guest/torture.sh
set_scale "$1"
results=/tmp/results
status=0

# run MODE RATE READS
run() {
	# shellcheck disable=SC2086 # words, on purpose
	"$user" mapsnap-torture $options --mode "$1" --mappings 500 --rate "$2" --reads "$3" --json | tee -a $results
}

while read -r user name options; do
	: >$results
	run move 100 30000
	for mode in "${modes[@]}"; do
		run "$mode" 500 1000
	done
	for mode in "${endings[@]}" execs; do
		run "$mode" max 100
	done
	echo "By $name:"
	jq -rse '"plain: \(map(.plain.torn) | add) of \(map(.plain.snapshots) | add) torn",
		"verified: \(map(.verified.torn) | add) of \(map(.verified.snapshots) | add) torn",
		"locked: \(map(.locked.torn) | add) of \(map(.locked.snapshots) | add) torn",
		"unverified: \(map(.unverified.torn) | add) of \(map(.unverified.snapshots) | add) torn",
		(any(.verdict == "torn") | not)' $results || status=1
done < <(ways_of "$1")

[[ $1 == *-patched* ]] || exit $status
: >$results
user=as_user options=--chain
for mode in move pairs boundary grow stacks; do
	for rate in 1000 max; do
		run "$mode" "$rate" 1000
	done
done
echo 'By changes:'
jq -rse '"plain: \(map(.plain.torn) | add) of \(map(.plain.snapshots) | add) torn",
	"verified: \(map(.verified.torn) | add) of \(map(.verified.snapshots) | add) torn",
	"locked: \(map(.locked.torn) | add) of \(map(.locked.snapshots) | add) torn",
	"deltas: \(map(.chain.deltas) | add), wrong \(map(.chain.wrong) | add) of them and of \(map(.chain.rests) | add) rests",
	"mappings read: \(map(.chain.mappings) | add), changes \(map(.changes) | add)",
	"read anew: \(map(.chain.resyncs) | add), overflows \(map(.chain.overflows) | add)",
	(any(.verdict == "torn") | not)' $results || status=1
exit $status
