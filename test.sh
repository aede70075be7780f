#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# ./test.sh            installs what is missing, builds, runs every stage
# ./test.sh STAGE...   only these: unit asan tsan system fuzz install guest bench
# ./test.sh --record   takes the cases that ran as those that must be there: writes tests/cases
# Exit status: 0 all passed or skipped, 1 something failed.
set -euo pipefail
cd "$(dirname "$0")"
. tests/run/common.sh
. tests/run/stages.sh

all_stages=(unit asan tsan system fuzz install guest bench)

# In seconds on 2 cores: a stage, what it adds on a fresh machine, and what any adds there (packages, build).
declare -A warm=([unit]=5 [asan]=30 [tsan]=20 [system]=30 [fuzz]=35 [install]=130 [bench]=10 [guest]=1150)
declare -A cold=([unit]=0 [asan]=10 [tsan]=10 [system]=5 [fuzz]=20 [install]=140 [bench]=0 [guest]=2300)
fresh=75

usage() {
	die "no such stage: $1. The stages are ${all_stages[*]}"
}

minutes() {
	printf '%d:%02d min' $(($1 / 60)) $(($1 % 60))
}

announce() {
	local stage fast=0 slow=$fresh
	for stage in "${stages[@]}"; do
		fast=$((fast + warm[$stage]))
		slow=$((slow + warm[$stage] + cold[$stage]))
	done
	echo "Stages: ${stages[*]}"
	echo "Time on 2 cores: about $(minutes $slow) on a fresh machine, $(minutes $fast) once built"
}

tree_state() {
	git status --porcelain 2>/dev/null || true
}

count() {
	awk -F '\t' -v state="$1" '$1 == state { n++ } END { print n + 0 }' "$results"
}

skips() {
	awk -F '\t' '$1 == "skip" { printf "  %s: %s: %s: %s\n", $2, $3, $4, $5 }' "$results"
}

report() {
	if [ "$(count skip)" -ne 0 ]; then
		printf '\nSkipped:\n'
		skips
	fi
	if [ -s "$failures" ]; then
		printf '\nFailed:\n\n'
		cat "$failures"
	fi
	echo "$(count pass) passed, $(count fail) failed, $(count skip) skipped"
}

# asan and tsan run what unit and system list. A suite that broke off would leave its cases out.
record_lists() {
	local stage
	if grep -q '(whole suite)' "$results"; then
		die 'not recorded: a suite broke off, see above'
	fi
	for stage in "${stages[@]}"; do
		case $stage in asan | tsan) continue ;; esac
		awk -F '\t' -v stage="$stage" '$2 == stage { print $3, $4 }' "$results" >"tests/cases/$stage.list"
	done
}

stages=()
for argument; do
	case $argument in
	--record) record=1 ;;
	*)
		[ -n "${warm[$argument]:-}" ] || usage "$argument"
		stages+=("$argument")
		;;
	esac
done
[ ${#stages[@]} -ne 0 ] || stages=("${all_stages[@]}")

announce
wanted=("${base_packages[@]}" git)
for stage in "${stages[@]}"; do
	read -ra more <<<"${packages[$stage]:-}"
	wanted+=("${more[@]}")
done
install_packages "${wanted[@]}"

trap 'kill "$running" 2>/dev/null || true; exit 130' INT TERM
mkdir -p "$logs"
: >"$results"
: >"$failures"
before=$(tree_state)
for stage in "${stages[@]}"; do
	"stage_$stage"
done
if [ "$(tree_state)" != "$before" ]; then
	printf 'fail\ttree\t-\tleft as it was\t\n' >>"$results"
	printf 'tree: the tests changed it:\n%s\n\n' "$(git status --short)" >>"$failures"
fi
[ "$record" -eq 0 ] || record_lists
report
[ "$(count fail)" -eq 0 ]
