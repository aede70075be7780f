#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# A table that many threads use at a time, while its processes change, call exec and end, and their pids
# are reused: that every answer and every event is right, and that enough happened to say so.

torture() {
	"$BUILD/bin/mapsnap-table-torture" "$@"
}

# A run in which too little happened says nothing, and a longer one follows; one wrong answer ends it.
is_right() {
	local seconds result code
	for seconds in 4 8 16 32; do
		code=0
		result=$(torture --source "$1" --seconds "$seconds" 2>&1) || code=$?
		echo "$seconds s: $result"
		if [ "$code" -eq 3 ]; then
			[[ $result == *'no source by '* || $result == *CAP_CHECKPOINT_RESTORE* ]]
			skip "$(grep -m 1 -oE 'no source by .*|cannot fork with a pid .*' <<<"$result")"
		fi
		[ "$code" -ne 0 ] || return 0
		[ "$code" -eq 2 ] || return 1
	done
	return 1
}

@test "by the targets' own sequences every answer of a shared table is right" {
	is_right target
}

@test "by eBPF every answer of a shared table is right" {
	is_right bpf
}

@test "by ioctl every answer of a shared table is right" {
	is_right ioctl
}

@test "a run in which too little happens is void" {
	run torture --seconds 0 --json
	[ "$status" -eq 2 ] || [[ $output == *CAP_CHECKPOINT_RESTORE* ]]
}

@test "what can't be tortured is said, and is no verdict" {
	run torture --source oracle
	[ "$status" -eq 3 ]
	[[ $output == *'no such source'* ]]
	run torture --resolvers 0
	[ "$status" -eq 3 ]
	run torture now
	[ "$status" -eq 3 ]
}
