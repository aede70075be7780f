#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# cases.sh KERNEL ONLY STOCK   runs in the guest what there is to run on this kernel, and prints TAP
#
# A case is called "SUITE: NAME". ONLY is the one to run, or a suite, or empty for all. STOCK is what the
# kernel's own tests said on the unpatched kernel, empty on that one.
only=$2
number=0
failed=0

cd /
. tests/kernel/guest/suites.sh
. tests/kernel/guest/torture.sh
. tests/kernel/guest/selftests.sh
. tests/kernel/guest/watch.sh
. tests/kernel/guest/service.sh

# wanted SUITE [NAME]: whether it is to run, or anything of it
wanted() {
	[ -z "$only" ] || [ "$only" = "$1" ] || [ "$only" = "$1: ${2:-}" ] || { [ $# -eq 1 ] && [[ $only == "$1: "* ]]; }
}

# verdict STATUS SUITE NAME [REASON]; 77 is a skip for that reason
verdict() {
	case $1 in
	0) echo "ok $((++number)) $2: $3" ;;
	77) echo "ok $((++number)) $2: $3 # skip $4" ;;
	*)
		echo "not ok $((++number)) $2: $3"
		failed=1
		;;
	esac
}

# What only a kernel of ours can show still runs; left out there, it would not be.
run_benches() {
	local name said
	[ "$1" = 7.3-patched ] || return 0
	for name in read-snapshot changed verified; do
		wanted bench "$name" || continue
		said=$(tests/run/bench.sh mapsnap-bench "$name")
		echo "# ${said//$'\n'/$'\n'# }"
		[ "$(tail -n 1 <<<"$said")" = "ok 1 $name" ]
		verdict $? bench "$name"
	done
}

# Last what waits for a machine that has been up for a minute.
run_torture "$1"
run_selftests "$3"
run_benches "$1"
run_watch "$1"
run_service "$1"
run_suites "$1"
exit $failed
