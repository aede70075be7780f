#!/usr/bin/env bats
# SPDX-License-Identifier: BSD-2-Clause
# The torture in a short setting: that it bites, and that no consistent label is torn; by the target's
# own word, which every kernel has, by the kernel's, and by eBPF.

load holds

torture() {
	"$BUILD/bin/mapsnap-torture" "$@"
}

# tears_plain_reads_only MODE [SOURCE [RATE [READS [OPTION...]]]]; one torn verified read ends it, and one false word besides
tears_plain_reads_only() {
	local all='' result try
	for try in 1 2 3 4 5 6; do
		result=$(torture --mode "$1" --mappings 1000 --rate "${3:-1000}" --reads "${4:-250}" --source "${2:-target}" --json "${@:5}") || true
		echo "$try: $result"
		holds '.verified.torn == 0 and .locked.torn == 0 and .frozen.torn == 0 and .verdict != "torn"' <<<"$result"
		all+=$result
		! jq -es -f tests/system/says_something.jq <<<"$all" || return 0
	done
	return 1
}

@test "a mapping moved between two distant places tears plain reads only" {
	tears_plain_reads_only move
}

@test "mappings moved in turn between distant places tear plain reads only" {
	tears_plain_reads_only pairs
}

@test "boundaries moved inside covered bands tear plain reads only" {
	tears_plain_reads_only boundary
}

@test "mappings that grow and shrink at both ends tear plain reads only" {
	tears_plain_reads_only grow
}

@test "stacks of threads that come and go tear plain reads only" {
	tears_plain_reads_only stacks
}

@test "many mappings changed at once tear plain reads only" {
	tears_plain_reads_only wide
}

@test "exec in the middle of a read cuts off plain reads only" {
	tears_plain_reads_only exec target max 80
}

@test "many processes that exec all the time cut off plain reads only" {
	tears_plain_reads_only execs target max 80
}

@test "exit in the middle of a read cuts off plain reads only" {
	tears_plain_reads_only exit target max 80
}

@test "a process that forks all the time, and its children, tear plain reads only" {
	tears_plain_reads_only fork target 2000
}

by_ioctl() {
	local why code=0
	why=$(torture --rate 0 --mappings 10 --reads 1 --source ioctl 2>&1) || code=$?
	[ "$code" -ne 3 ] || skip "$why"
	tears_plain_reads_only "$1" ioctl "${2:-1000}" 250 --route text
}

@test "by ioctl a mapping moved between two distant places tears plain reads only" {
	by_ioctl move
}

@test "by ioctl mappings moved in turn between distant places tear plain reads only" {
	by_ioctl pairs
}

@test "by ioctl boundaries moved inside covered bands tear plain reads only" {
	by_ioctl boundary
}

@test "by ioctl mappings that grow and shrink at both ends tear plain reads only" {
	by_ioctl grow
}

@test "by ioctl stacks of threads that come and go tear plain reads only" {
	by_ioctl stacks
}

@test "by ioctl many mappings changed at once tear plain reads only" {
	by_ioctl wide
}

@test "by ioctl exec in the middle of a read cuts off plain reads only" {
	by_ioctl exec max
}

@test "by ioctl many processes that exec all the time cut off plain reads only" {
	by_ioctl execs max
}

@test "by ioctl exit in the middle of a read cuts off plain reads only" {
	by_ioctl exit max
}

@test "by ioctl a process that forks all the time, and its children, tear plain reads only" {
	by_ioctl fork 2000
}

by_snapshot() {
	local why code=0
	why=$(torture --rate 0 --mappings 10 --reads 1 --route snapshot 2>&1) || code=$?
	[ "$code" -ne 3 ] || skip "$why"
	tears_plain_reads_only "$1" ioctl "${2:-1000}" 250 --route snapshot "${@:3}"
}

@test "by the snapshot call a mapping moved between two distant places tears plain reads only" {
	by_snapshot move
}

@test "by the snapshot call mappings moved in turn between distant places tear plain reads only" {
	by_snapshot pairs
}

@test "by the snapshot call boundaries moved inside covered bands tear plain reads only" {
	by_snapshot boundary
}

@test "by the snapshot call mappings that grow and shrink at both ends tear plain reads only" {
	by_snapshot grow
}

@test "by the snapshot call stacks of threads that come and go tear plain reads only" {
	by_snapshot stacks
}

@test "by the snapshot call many mappings changed at once tear plain reads only" {
	by_snapshot wide
}

@test "by the snapshot call exec in the middle of a read cuts off plain reads only" {
	by_snapshot exec max
}

@test "by the snapshot call many processes that exec all the time cut off plain reads only" {
	by_snapshot execs max
}

@test "by the snapshot call exit in the middle of a read cuts off plain reads only" {
	by_snapshot exit max
}

@test "by the snapshot call a process that forks all the time, and its children, tear plain reads only" {
	by_snapshot fork 2000
}

# Without a source each of them is.
@test "what is read under the lock is never torn" {
	local mode result
	for mode in move pairs boundary grow stacks wide exec execs exit fork; do
		result=$(torture --mode "$mode" --mappings 1000 --rate max --reads 100 --source none --fallback locked --json 2>&1) || true
		[[ $result != *'needs PROCMAP_SNAPSHOT'* ]] || skip 'needs a kernel with PROCMAP_SNAPSHOT'
		echo "$result"
		holds '.verdict != "torn" and .locked.torn == 0 and .locked.snapshots >= 10
			and .verified.snapshots == 0 and .unverified.snapshots == 0' <<<"$result"
	done
}

# Without a source each of them is. Address spaces that end all the time are mostly gone before they stand still;
# and of some it may not be known who shares them.
@test "what is read while the target stands still is never torn" {
	[ "$(stat -L -c %i /proc/self/ns/pid)" = 4026531836 ] || skip 'needs the initial pid namespace'
	local mode result all=''
	for mode in move pairs boundary grow stacks wide exec execs exit fork; do
		result=$(torture --mode "$mode" --mappings 1000 --rate max --reads 60 --deadline 5000 --source none --fallback frozen --json) || true
		echo "$result"
		holds '.verdict != "torn" and .frozen.torn == 0 and .verified.snapshots == 0
			and .pauses.p50_us <= .pauses.p99_us and .pauses.p99_us <= .pauses.max_us' <<<"$result"
		all+=$result
	done
	jq -es 'def sum(f): map(f) | add;
		sum(.plain.torn) >= 0.05 * sum(.plain.snapshots)
		and (map(select(.mode | IN("move", "pairs", "boundary", "grow", "stacks", "wide"))) | all(.frozen.snapshots >= 50))
		and sum(.pauses.count) >= 310 and all(.pauses.count == 0 or .pauses.p50_us > 0)' <<<"$all"
}

by_ebpf() {
	local why code=0
	why=$(torture --rate 0 --mappings 10 --reads 1 --source bpf 2>&1) || code=$?
	[ "$code" -ne 3 ] || skip "$why"
	tears_plain_reads_only "$1" bpf "${@:2}"
}

@test "by eBPF a mapping moved between two distant places tears plain reads only" {
	by_ebpf move
}

@test "by eBPF mappings moved in turn between distant places tear plain reads only" {
	by_ebpf pairs
}

@test "by eBPF boundaries moved inside covered bands tear plain reads only" {
	by_ebpf boundary
}

@test "by eBPF mappings that grow and shrink at both ends tear plain reads only" {
	by_ebpf grow
}

@test "by eBPF stacks of threads that come and go tear plain reads only" {
	by_ebpf stacks
}

@test "by eBPF many mappings changed at once tear plain reads only" {
	by_ebpf wide
}

@test "by eBPF exec in the middle of a read cuts off plain reads only" {
	by_ebpf exec max 80
}

@test "by eBPF many processes that exec all the time cut off plain reads only" {
	by_ebpf execs max 80
}

@test "by eBPF exit in the middle of a read cuts off plain reads only" {
	by_ebpf exit max 80
}

@test "by eBPF a process that forks all the time, and its children, tear plain reads only" {
	by_ebpf fork 2000
}

# Nothing changes there but that it ends.
@test "without a source what is cut off is not given at all" {
	local mode
	for mode in exec execs exit; do
		run torture --mode "$mode" --mappings 1000 --reads 60 --source none --json
		holds '.verdict != "torn" and .verified.snapshots == 0 and .unverified.torn == 0
			and .plain.cut_off > 0 and .gone.changed > 0' <<<"$output"
	done
}

@test "a chain of snapshots ends as what is read anew" {
	run torture --chain --mode pairs --mappings 1000 --rate 1000 --reads 60 --json
	[ "$status" -ne 3 ]
	holds '.verdict != "torn" and .chain.wrong == 0 and .chain.rests >= 3
		and .chain.deltas + .chain.resyncs >= 100' <<<"$output"
}

@test "a source that knows no end is found out" {
	run torture --mode exit --mappings 1000 --reads 100 --source liar
	[ "$status" -eq 1 ]
	[[ $output == *'The first torn verified one: it ends before '* ]]
	[[ $output == *'The first torn unchanged one: '* ]]
}

@test "without a source what is torn is not called consistent" {
	run torture --mode pairs --mappings 2000 --rate max --reads 50 --source none --json
	[ "$status" -eq 0 ]
	holds '.verified.snapshots == 0 and .unverified.torn > 0' <<<"$output"
}

@test "a source that says nothing ever changes is found out" {
	run torture --mode move --mappings 2000 --rate 1000 --reads 100 --source liar
	[ "$status" -eq 1 ]
	[[ $output == *'The first torn verified one: '* ]]
	[[ $output == *'TORN: a label promised what was not so.'* ]]
}

@test "a run that tears no plain read is void" {
	run torture --mappings 100 --rate 0 --reads 10
	[ "$status" -eq 2 ]
	[[ $output == *VOID* ]]
}

@test "a target at rest is whole by each route" {
	for route in text query snapshot; do
		run torture --mappings 5000 --rate 0 --reads 3 --source liar --route "$route" --json
		[[ $route != query || $output != *'older than 6.11'* ]] || skip "PROCMAP_QUERY needs Linux 6.11"
		[[ $route != snapshot || $output != *"PROCMAP_SNAPSHOT can't"* ]] || skip 'needs a kernel with PROCMAP_SNAPSHOT'
		holds '.verified.snapshots == 3 and .verified.torn == 0 and .plain.torn == 0' <<<"$output"
	done
}

@test "the demonstration is two lines" {
	run torture --demo
	[ "$status" -eq 0 ]
	[ "${#lines[@]}" -eq 2 ]
	[[ ${lines[0]} =~ ^'plain reads torn:    '[0-9]+' of 200'$ ]]
	[[ ${lines[1]} =~ ^'labelled reads torn: 0 of '[0-9]+' consistent' ]]
}

@test "what it cannot do is said, and is no verdict" {
	run torture --mode standstill
	[ "$status" -eq 3 ]
	run torture --source oracle
	[ "$status" -eq 3 ]
	[[ $output == *'no source is called oracle'* ]]
	run torture --fallback never
	[ "$status" -eq 3 ]
	run torture --route maps
	[ "$status" -eq 3 ]
	run torture now
	[ "$status" -eq 3 ]
}
