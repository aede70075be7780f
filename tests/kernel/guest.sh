#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# guest.sh KERNEL [CASE]   boots that kernel and runs there its cases, or one, and prints TAP
# guest.sh KERNEL --full   the torture at length: 30,000 labelled reads and more in each way, most of an hour
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/kernel/common.sh

kernel=$1
only=${2:-}
mkdir -p "$logs/guest"
console=$logs/guest/console-$kernel.log
stock=$logs/guest/selftests-7.3
minutes=25
! is_debug "$kernel" || minutes=45

# What a kernel says when it finds itself in the wrong.
reports='BUG|WARNING|KASAN|Oops|general protection fault|Kernel panic|stack guard page'
reports+='|INFO: (task|rcu|trying|possible|lockdep|inconsistent)|(circular|recursive|irq lock inversion).*depend'
reports+='|suspicious RCU|rcu: .*(stall|detected)|corruption|refcount_t:|unreferenced object|segfault at ffff'

# clean_log NUMBER
clean_log() {
	local said='it never came to run anything'
	if grep -q 'Run /init' "$console"; then
		said=$(grep -m 30 -E "$reports" "$console" || true)
	fi
	if [ -z "$said" ]; then
		echo "ok $1 kernel log is clean"
	else
		echo "not ok $1 kernel log is clean"
		printf '%s\n' "$said" "The whole log: $console" | sed 's/^/# /'
		[ $status -ne 0 ] || status=1
	fi
}

# What the kernel's own tests said: "NAME OUTCOME" a line.
outcomes() {
	sed -nE 's/^not ok [0-9]+ selftests\/proc: ([^ ]+).*/\1 fails/p
		s/^ok [0-9]+ selftests\/proc: ([^ ]+) # skip it fails .*/\1 fails/p
		s/^ok [0-9]+ selftests\/proc: ([^ ]+) # skip the test itself .*/\1 skips/p
		s/^ok [0-9]+ selftests\/proc: ([^ ]+)$/\1 passes/p' "$1"
}

# Those on the stock kernel, which may not have run yet.
stock_outcomes() {
	is_patched "$kernel" || return 0
	[ -e "$stock" ] || tests/kernel/guest.sh 7.3 selftests/proc >/dev/null || true
	[ -s "$stock" ] || die 'the tests of the unpatched kernel said nothing'
	cat "$stock"
}

folder=$(tests/kernel/kernel.sh "$kernel")
[ "$only" != --full ] || exec tests/kernel/boot.sh "$folder" "$console" 14400 full "$kernel"

echo "# Linux $kernel from $(<"$folder/source"), booted $(date -u +%FT%TZ)"
tap=$(mktemp)
trap 'rm -f "$tap"' EXIT
before=$(stock_outcomes)
status=0
tests/kernel/boot.sh "$folder" "$console" $((minutes * 60)) cases "$kernel" "$only" "$before" 2>&1 | tee "$tap" || status=$?
if [ "$kernel-${only:-selftests/proc}" = 7.3-selftests/proc ] && [ $status -lt 124 ]; then
	outcomes "$tap" >"$stock"
fi
number=$(grep -cE '^(not )?ok ' "$tap" || true)
[ -n "$only" ] || clean_log $((++number))
case $status in
124) echo "The guest was still running after $minutes minutes." ;;
125) echo "The guest died." ;;
esac
if [ $status -ge 124 ]; then
	echo "The end of its console:"
	tail -n 15 "$console" | tr -d '\r'
else
	echo "1..$number"
fi
exit $status
