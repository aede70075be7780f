#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# fuzz.sh PROGRAM: runs a libFuzzer program for a short while and says in TAP how it went: first what it
# found in earlier runs, then its corpus, then mutations of it.
set -euo pipefail

program=$1
name=${program##*/fuzz-}
seconds=15
found=build/fuzz/found/$name

# libFuzzer adds what it learns to the first folder that it is given.
learnt=$(mktemp -d)
trap 'rm -rf "$learnt"' EXIT
mkdir -p "$found"

verdict() {
	local case=$1 status=0
	shift
	"$program" -artifact_prefix="$found/" "$@" 2>&1 || status=$?
	if [ "$status" -eq 0 ]; then
		echo "ok $((++number)) $case"
	else
		echo "not ok $((++number)) $case"
		failed=1
	fi
}

number=0
failed=0
echo 1..2
verdict 'every input of the corpus' -runs=0 "$learnt" "tests/fuzz/corpus/$name" "$found"
verdict 'mutations of the corpus' -max_total_time=$seconds "$learnt" "tests/fuzz/corpus/$name"
exit "$failed"
