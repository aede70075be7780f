#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# full.sh KERNEL   the torture at length, by the best source that the kernel has: a line of JSON a run, and
#                  the sum. Exit status 1 where a consistent label was torn.
kernel=$1
cd /
. tests/kernel/guest/torture.sh
set_scale "$kernel"
results=/tmp/results

case $kernel in
*-patched*) by=(as_user mapsnap-torture --source ioctl) ;;
*) by=(mapsnap-torture --source bpf) ;;
esac

# run MODE RATE READS
run() {
	"${by[@]}" --mode "$1" --mappings 500 --rate "$2" --reads "$3" --json | tee -a $results
}

run move 100 30000
for mode in "${modes[@]}"; do
	run "$mode" 500 2000
done
for mode in "${endings[@]}" execs; do
	run "$mode" max 300
done
jq -rse '"plain: \(map(.plain.torn) | add) of \(map(.plain.snapshots) | add) torn",
	"verified: \(map(.verified.torn) | add) of \(map(.verified.snapshots) | add) torn",
	"unverified: \(map(.unverified.torn) | add) of \(map(.unverified.snapshots) | add) torn",
	(any(.verdict == "torn") | not)' $results
