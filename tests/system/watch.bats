# SPDX-License-Identifier: BSD-2-Clause
# maps-dump --watch on processes that change, exec and end.

# shellcheck disable=SC2030,SC2031,SC2153,SC2154 # variables that it sets, in subshells of bats
load maps-dump

# Starts a watch in the background, with its output in `out`, and sets $watcher.
watch() {
	maps-dump --watch 0.05 "$@" >out 2>err 3>&- &
	watcher=$!
	started+=("$watcher")
	wait_for 10 test -s out
}

# Waits for the watch, and sets $status.
ended() {
	status=0
	wait "$watcher" || status=$?
}

said() {
	grep -q "$1" out
}


@test "what is added and removed shows once, with its time, and nothing while nothing changes" {
	local before
	start_mapsnap_target --mappings 20 --rate 2
	kill -CONT "$target"
	watch "$target"
	# A move is two changes of the target: a plain read between them shows them one by one.
	wait_for 10 said '^-2000'
	wait_for 10 said '^+2000'
	kill -STOP "$target"
	sleep 0.3
	before=$(wc -l <out)
	sleep 0.4
	[ "$(wc -l <out)" -eq "$before" ]
	kill -INT "$watcher"
	ended
	[ "$status" -eq 0 ]
	[ ! -s err ]
	head -n 1 out | grep -qE "^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\.[0-9]{3}[+-][0-9]{2}:[0-9]{2} PID $target: mapsnap-target, [0-9]+ mappings \(unverified: no sequence source\)\$"
	said '^[0-9T:.+-]* PID [0-9]*: [01] added, [01] removed, 0 changed '
}

@test "--jsonl is a line an event and a line a change, and what it tells adds up" {
	start_mapsnap_target --mappings 20 --rate 20
	kill -CONT "$target"
	watch --jsonl "$target"
	sleep 1
	kill -STOP "$target"
	sleep 0.3
	kill -TERM "$watcher"
	ended
	[ "$status" -eq 0 ]
	jq -es 'map(select(.event == "changes")) | length > 3' out
	# From the number at the beginning, by what was added and removed, to what is there now.
	jq -es '(map(select(.event == "begin")) | .[0].mappings) + (map(select(.event == "changes") | .added - .removed) | add)' out >sum
	[ "$(cat sum)" -eq "$(wc -l <"/proc/$target/maps")" ]
	jq -es '[.[] | select(.event == "changes") | .added + .removed + .changed + .touched] | add' out >told
	[ "$(cat told)" -eq "$(grep -c '"event":"change"' out)" ]
}

@test "the end of the process ends the watch with 5" {
	start_sleep
	watch "$target"
	kill -KILL "$target"
	ended
	[ "$status" -eq 5 ]
	[ ! -s err ]
	grep -q "PID $target: ended\$" out
}

@test "exec is told, and what is executed is watched on" {
	# shellcheck disable=SC2016 # for the shell
	bash -c 'read -r; exec sleep 100' <>"$(mkfifo go && echo go)" 3>&- &
	target=$!
	adopt "$target"
	watch "$target"
	echo >go
	wait_for 10 said 'called exec, now sleep, '
	kill -KILL "$target"
	ended
	[ "$status" -eq 5 ]
	grep -q "PID $target: ended\$" out
	[ ! -s err ]
}

@test "of several processes each is told apart, and one that ends leaves the others" {
	local first
	start_sleep
	first=$target
	start_sleep
	watch "$first" "$target"
	wait_for 10 said "PID $target: sleep"
	kill -KILL "$first"
	wait_for 10 said "PID $first: ended"
	kill -0 "$watcher"
	kill -KILL "$target"
	ended
	[ "$status" -eq 5 ]
}

@test "filters leave out what nobody asked for" {
	start_mapsnap_target --mappings 20 --rate 20
	kill -CONT "$target"
	watch --exec "$target"
	sleep 0.5
	kill -INT "$watcher"
	ended
	[ "$(wc -l <out)" -eq 1 ]
}

@test "where the kernel tells what changed, nothing is left out" {
	need_ioctl
	has_snapshot || skip 'needs a kernel with PROCMAP_SNAPSHOT'
	start_mapsnap_target --mappings 20 --rate 20
	kill -CONT "$target"
	watch --source=ioctl "$target"
	wait_for 10 said 'gap-free)$'
	kill -INT "$watcher"
	ended
	[ "$status" -eq 0 ]
}

@test "a process that may not be read exits with 4" {
	start_unreadable
	run -4 --separate-stderr as_nobody maps-dump --watch 1 "$target"
	[ -z "$output" ]
	[[ $stderr == "maps-dump: PID $target: permission denied"* ]]
}

@test "an output that takes nothing ends the watch with 1" {
	start_sleep
	run -1 --separate-stderr into_full --watch 1 "$target"
	[ "$stderr" = 'maps-dump: standard output: No space left on device' ]
}
