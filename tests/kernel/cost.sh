#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# tests/kernel/cost.sh UNPATCHED PATCHED [PROGRAM]: what the patch costs, in instructions, as a markdown table.
# The first two are bzImages of the same configuration; PROGRAM is guest-cost, of build/release by default.
# One CPU, emulated, whose clock counts instructions: the same on every machine. Each runs twice, to show
# how far a figure can be trusted; the patched one also while somebody has the changes logged.
set -euo pipefail

die() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	exit 1
}

# The program is all there is in the guest.
make_initramfs() {
	local root=$work/root
	mkdir -p "$root/dev"
	cp "$program" "$root/init"
	(cd "$root" && find . | cpio --quiet -o -H newc) >"$work/initramfs"
}

# count KERNEL [log]: "INSTRUCTIONS NAME" a line. Nothing in the guest is random, or a fork would differ by some percent.
count() {
	timeout 300 qemu-system-x86_64 -accel tcg -icount shift=0,sleep=off -cpu max,rdrand=off,rdseed=off -seed 1 \
		-rtc base=2000-01-01,clock=vm -smp 1 -m 512M -nodefaults -display none -no-reboot -serial stdio \
		-kernel "$1" -initrd "$work/initramfs" \
		-append 'console=ttyS0 quiet panic=-1 reboot=t tsc=reliable nokaslr norandmaps'"${2:+ -- $2}" </dev/null |
		tr -d '\r' | sed -n 's/^cost: //p'
}

# Of the first runs the three kinds, and how each differs from the one before; then the second runs.
table() {
	paste -d '\t' "$work"/{unpatched,patched,logged}.{1,2} | awk -F '\t' '
		function differs(a, b) {
			return sprintf("%+.0f (%+.2f%%)", b - a, 100 * (b - a) / a)
		}
		BEGIN {
			print "| instructions | unpatched | patched | difference | with the log | difference | again |"
			print "|---|---|---|---|---|---|---|"
		}
		{
			for (i = 1; i <= 6; i++) {
				split($i, part, " ")
				n[i] = part[1]
			}
			name = $1
			sub(/^[^ ]* /, "", name)
			call = name == "PROCMAP_SEQ"
			printf "| %s | %s | %.0f | %s | %.0f | %s | %s, %.0f, %.0f |\n", name, call ? "no such call" : sprintf("%.0f", n[1]),
				n[3], call ? "" : differs(n[1], n[3]), n[5], differs(n[3], n[5]),
				call ? "none" : sprintf("%.0f", n[2]), n[4], n[6]
		}'
}

[ $# -ge 2 ] || die 'give two kernels: tests/kernel/cost.sh UNPATCHED PATCHED [PROGRAM]'
program=${3:-build/release/bin/guest-cost}
[ -x "$program" ] || die "$program: not built; ./test.sh guest builds it"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
make_initramfs
for run in 1 2; do
	count "$1" >"$work/unpatched.$run"
	count "$2" >"$work/patched.$run"
	count "$2" log >"$work/logged.$run"
done
for counted in "$work"/{unpatched,patched,logged}.[12]; do
	[ "$(grep -c '^[0-9]' "$counted")" -eq 9 ] || die "a guest broke off: $(cat "$counted")"
done
table
