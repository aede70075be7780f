# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
# What maps-dump tells while it watches, where the kernel tells what changed: all of it.

# Of a process that changes 20 times a second, looked at twice: what was added and removed adds up, and what
# changed and changed back is told.
watch_it() {
	local target watcher
	mkfifo /tmp/input
	"${ordinary_user[@]}" mapsnap-target --mappings 20 --rate 20 <>/tmp/input >/tmp/ready &
	target=$!
	until grep -qs ready /tmp/ready; do sleep 0.1; done
	"${ordinary_user[@]}" maps-dump --watch=0.5 --jsonl "$target" >/tmp/watch &
	watcher=$!
	sleep 4
	kill -STOP "$target"
	sleep 1.5
	kill -TERM "$watcher"
	wait "$watcher"
	echo "exit status $?, $(wc -l </tmp/watch) lines, the first of them:"
	head -n 3 /tmp/watch
	wc -l <"/proc/$target/maps" >/tmp/now
	kill -CONT "$target"
	kill -TERM "$target"
	jq -es --slurpfile now /tmp/now '
		map(select(.event == "changes")) as $changes
		| ($changes | length) > 3
		and ($changes | map(.gap_free) | .[1:] | all)
		and ($changes | map(.touched) | add) > 0
		and (.[0].mappings + ($changes | map(.added - .removed) | add)) == $now[0]' /tmp/watch
}

run_watch() {
	[[ $1 == 7.3-patched ]] && wanted maps-dump 'watch leaves nothing out' || return 0
	watch_it
	verdict $? maps-dump 'watch leaves nothing out'
}
