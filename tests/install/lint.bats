# SPDX-License-Identifier: BSD-2-Clause
# The tools that read the code. What only tests use is left to the compiler's warnings and the sanitizers.
# BUILD: folder of a built tree.

# Also what is new and not yet added.
files() {
	git ls-files --cached --others --exclude-standard "$@"
}

# quietly REGEX COMMAND...: without the lines that match
quietly() {
	local noise=$1 status=0 output
	shift
	output=$("$@" 2>&1) || status=$?
	grep -vE "$noise" <<<"$output" || true
	return $status
}

# load.c draws in what bpftool writes.
@test "clang-tidy finds nothing" {
	files 'src/*.c' 'examples/*.c' ':!*.bpf.c' ':!src/bpf/load.c' | quietly '^[0-9]+ warnings? generated' \
		xargs -P "$(nproc)" -n 4 clang-tidy -p "$BUILD" --quiet --warnings-as-errors='*'
}

@test "cppcheck finds nothing" {
	files 'src/*.c' 'examples/*.c' ':!*.bpf.c' | cppcheck --quiet -j "$(nproc)" --std=c11 -Iinclude -Isrc/common -Isrc/lib -Isrc/maps-dump -Isrc/procs -Isrc/bpf \
		--enable=warning,performance,portability --suppress=normalCheckLevelMaxBranches \
		--inline-suppr --error-exitcode=1 --file-list=-
}

# Other pages are found only where man-db has indexed them. By lines, as what it says of that comes between.
@test "mandoc finds nothing in the man pages" {
	run quietly 'mandoc.db|referenced manual not found' stdbuf -oL mandoc -T lint -W style man/*.[1-8]
	echo "$output"
	[ -z "$output" ]
}

# Sourced files are read with the scripts that source them.
@test "shellcheck finds nothing in the scripts" {
	files | xargs grep -lE '^#!/usr/bin/env bash' | xargs shellcheck --external-sources --check-sourced
	files '*.bats' | xargs shellcheck --external-sources --shell=bats
	files '*.bash' 'packaging/*/p*' | xargs shellcheck --external-sources
}
