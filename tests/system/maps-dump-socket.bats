# SPDX-License-Identifier: BSD-2-Clause
# maps-dump --socket: what mapsnapd has, by the service itself, and by others that are not well.
# MAPS_DUMP, BUILD: as in maps-dump.bash. mapsnapd lies beside maps-dump.

# shellcheck disable=SC2030,SC2031,SC2154 # variables in the subshells of bats
load maps-dump
load service
eval "usual_$(declare -f setup_file)"
eval "usual_$(declare -f setup)"
eval "usual_$(declare -f teardown)"

setup_file() {
	usual_setup_file
	BIN=$(dirname "$MAPS_DUMP")
	export BIN
}

setup() {
	usual_setup
	make_socket
}

teardown() {
	usual_teardown
	remove_socket
}

# Without the --source that is in the usual way of calling it.
ask() {
	LD_LIBRARY_PATH=$SHARED/bin "$SHARED/bin/maps-dump" --socket="$SOCKET" "$@"
}

ask_as_nobody() {
	LD_LIBRARY_PATH=$SHARED/bin as_nobody "$SHARED/bin/maps-dump" --socket="$SOCKET" "$@"
}

# pretend BEHAVIOUR [ARGUMENT [STATUS]]: fake_service.py instead
pretend() {
	python3 "$BATS_TEST_DIRNAME/fake_service.py" "$SOCKET" "$@" 3>&- 2>fake.err &
	adopt $!
	wait_for 20 grep -qs ready "$SOCKET.log"
}

# A capture of $target as the service gives it, in `answer`.
write_answer() {
	maps-dump --jsonl "$target" >answer
}

# fails STATUS SENTENCE ARGUMENT...: and prints nothing; the sentence is a glob
fails() {
	local expected=$1 sentence=$2
	shift 2
	run "-$expected" --separate-stderr ask "$@"
	echo "$stderr"
	[ -z "$output" ]
	# shellcheck disable=SC2053 # a glob, on purpose
	[[ $stderr == "maps-dump: "$sentence ]]
}

# --- a service

@test "by the service a process prints as cat prints it, and in every other format" {
	local format
	start_sleep
	serve "$target"
	ask "$target" | cmp - "/proc/$target/maps"
	ask "/proc/$target/maps" | cmp - "/proc/$target/maps"
	for format in --table --exec --file '--range=0-7fffffffffff' '-o start,path'; do
		# shellcheck disable=SC2086 # of two words
		diff <(ask $format "$target") <(maps-dump $format "$target")
	done
	ask --json "$target" >out.json
	[ -z "$(schema_mistakes out.json)" ]
	maps-dump out.json | cmp - "/proc/$target/maps"
	[ "$(ask --summary "$target" | awk 'NR == 2 { print $1, $3 }')" = "$(maps-dump --summary "$target" | awk 'NR == 2 { print $1, $3 }')" ]
	ask --svg "$target" | xmllint --noout -
}

@test "by the service addresses are looked up, and captures compared" {
	local start
	start_sleep
	serve "$target"
	start=$(cut -d - -f 1 "/proc/$target/maps" | head -n 1)
	ask --lookup="$start,1" "$target" >out
	grep -q "$(sed -n '1s/.* //p' "/proc/$target/maps")" out
	grep -q 'not mapped' out
	maps-dump --jsonl "$target" >before
	run -0 ask --diff before "$target"
	[ -z "$output" ]
	run -1 ask --diff "$target" "$DATA/locked.json"
}

@test "what the user may not read is told to the group of the service, so it is the service that reads" {
	start_sleep
	serve --group=nogroup "$target"
	run -4 --separate-stderr as_nobody "$SHARED/bin/maps-dump" "$target"
	HOME=/ LD_LIBRARY_PATH=$SHARED/bin setpriv --reuid=65534 --regid=nogroup --clear-groups \
		"$SHARED/bin/maps-dump" --socket="$SOCKET" "$target" | cmp - "/proc/$target/maps"
}

@test "who may not read a process is refused by the service with 4" {
	start_sleep
	serve --group=daemon "$target"
	run -4 --separate-stderr ask_as_nobody "$target"
	[ -z "$output" ]
	[ "$stderr" = "maps-dump: PID $target: mapsnapd refuses: it tells the owner, root, and who is in its group" ]
}

@test "a process that the service does not watch exits with 5" {
	local other gone
	start_sleep
	other=$target
	start_sleep
	gone=$(unused_pid)
	serve "$target"
	fails 5 "PID $other: mapsnapd does not watch it, or there is no such process" "$other"
	fails 5 "PID $gone: mapsnapd does not watch it, or there is no such process" "$gone"
	# The others are printed.
	run -5 --separate-stderr ask "$other" "$target"
	[ "${#lines[@]}" -eq "$(($(wc -l <"/proc/$target/maps") + 1))" ]
}

@test "--all prints every process that the service tells of, in order" {
	local first
	start_sleep
	first=$target
	start_sleep
	serve "$target" "$first"
	[ "$(ask --all --jsonl | jq -r .pid)" = "$(printf '%s\n' "$first" "$target" | sort -n)" ]
	run -0 ask_as_nobody --all --json
	holds '.snapshots == []' <<<"$output"
}

@test "--all prints no process that has ended, of which the service still knows" {
	start_sleep
	serve --keep=100 "$target" $$
	kill -KILL "$target"
	wait_for 10 ended "$target"
	ask --all --jsonl >out
	holds ".pid != $target" out
	[ "$(wc -l <out)" -eq 1 ]
}

@test "a process that has ended, of which the service still knows, exits with 5" {
	local other=$$
	start_sleep
	serve --keep=100 "$target" "$other"
	kill -KILL "$target"
	wait_for 10 ended "$target"
	fails 5 "PID $target: it has ended" "$target"
	fails 5 "PID $target: it has ended" --lookup=0 "$target"
	# The others are printed.
	run -5 --separate-stderr ask --jsonl "$target" "$other"
	[ "$(jq .pid <<<"$output")" -eq "$other" ]
}

@test "a process of --all that has ended by the time it is asked for is left out" {
	start_sleep
	write_answer
	echo "{\"pid\":$target,\"state\":\"alive\"}" >list
	pretend list-then-ended list answer
	run -0 --separate-stderr ask --all
	[ -z "$output$stderr" ]
	fails 5 "PID $target: it has ended" "$target"
}

ended() {
	curl -s --unix-socket "$SOCKET" http://mapsnapd/v1/processes | \
		jq -es --argjson pid "$1" 'any(.[]; .pid == $pid and .state == "ended")'
}

@test "--name, --user and --cgroup choose among what the service watches" {
	local watched
	start "$(copy_sleep mapsnap-socket)"
	watched=$target
	start "$(copy_sleep mapsnap-socket)"
	serve "$watched"
	[ "$(ask --name=mapsnap-socket --jsonl | jq .pid)" -eq "$watched" ]
	[ "$(ask --name=mapsnap-socket --user=0 --cgroup=/ --jsonl | jq .pid)" -eq "$watched" ]
	fails 1 'no process that mapsnapd tells of meets --name, --user and --cgroup' --name=mapsnap-socket --user=nobody
	fails 1 '--name: no process that mapsnapd tells of is called sleep' --name=sleep
}

@test "-v says how long ago the service read a process" {
	start_sleep
	serve --source=none "$target"
	run -0 --separate-stderr ask -v "$target"
	[[ $stderr =~ ^"mapsnap: PID $target: unverified (no sequence source, text, 1 attempt, "[0-9.]+" ms, 0."[0-9]" s ago)"$ ]]
}

# --- what else may listen there

@test "the age of a capture is what the service says it is" {
	start_sleep
	write_answer
	pretend file answer 3600500000000
	run -0 --separate-stderr ask -v "$target"
	[[ $stderr == *", 3600.5 s ago)" ]]
}

@test "a capture of which no age is said has none" {
	start_sleep
	write_answer
	pretend file answer x
	run -0 --separate-stderr ask -v "$target"
	[[ $stderr != *ago* ]]
	[[ $stderr == *" ms)" ]]
}

@test "--require-consistent refuses by the label that the service gave" {
	start_sleep
	write_answer
	pretend file answer
	run -3 --separate-stderr ask --require-consistent "$target"
	[ -z "$output" ]
	[[ $stderr == "maps-dump: PID $target: not consistent: "* ]]
}

@test "several processes are asked for over one connection, which may end" {
	start_sleep
	write_answer
	pretend file answer
	ask "$target" "$target" "$target" >out
	[ "$(grep -c connection "$SOCKET.log")" -eq 1 ]
	[ "$(grep -c "request /v1/processes/$target/maps" "$SOCKET.log")" -eq 3 ]
	rm -f "$SOCKET" "$SOCKET.log"
	pretend file-then-close answer
	ask "$target" "$target" "$target" | cmp - out
	[ "$(grep -c connection "$SOCKET.log")" -eq 3 ]
}

@test "an error of the service is told with what to do" {
	local pid=812
	pretend status 503
	fails 1 "PID $pid: mapsnapd can't tell it just now: try again" "$pid"
	fails 1 "mapsnapd lists no processes, but answers with status 503: try again" --all
	rm -f "$SOCKET" "$SOCKET.log"
	pretend status 507
	fails 1 "PID $pid: mapsnapd has no room for so many mappings: raise its option pending" "$pid"
	rm -f "$SOCKET" "$SOCKET.log"
	pretend status 500
	fails 1 "PID $pid: mapsnapd answered with status 500: is it of another version?" "$pid"
	rm -f "$SOCKET" "$SOCKET.log"
	pretend status 403
	fails 4 "PID $pid: mapsnapd refuses: it tells the owner, root, and who is in its group" "$pid"
	rm -f "$SOCKET" "$SOCKET.log"
	pretend status 404
	fails 5 "PID $pid: mapsnapd does not watch it, or there is no such process" "$pid"
}

@test "a process of --all that has ended meanwhile was no target, and one that may not be read is counted" {
	echo '{"pid":812,"state":"alive"}' >list
	pretend list list 404
	run -0 --separate-stderr ask --all
	[ -z "$output$stderr" ]
	rm -f "$SOCKET" "$SOCKET.log"
	printf '{"pid":%d,"state":"alive"}\n' 30 100 20 >list
	pretend list list 404
	ask --all
	[ "$(sed -n 's|^request /v1/processes/\(.*\)/maps|\1|p' "$SOCKET.log" | paste -sd ' ')" = '20 30 100' ]
	rm -f "$SOCKET" "$SOCKET.log"
	echo '{"pid":812,"state":"alive"}' >list
	pretend list list 403
	fails 4 '1 process: mapsnapd refuses: it tells the owner, root, and who is in its group' --all
}

@test "without a service maps-dump asks once whether it runs" {
	fails 1 "$SOCKET: No such file or directory: is mapsnapd running?" 1 2 3
	fails 1 "$SOCKET: No such file or directory: is mapsnapd running?" --all
	# A socket that was left.
	python3 -c 'import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])' "$SOCKET"
	fails 1 "$SOCKET: Connection refused: is mapsnapd running?" 1 2 3
	# What is saved is printed nevertheless.
	run -1 --separate-stderr ask 1 "$DATA/locked.json"
	[ -n "$output" ]
}

@test "a socket that the user may not reach is told" {
	need_root
	pretend status 503
	chmod 700 "$HOME_OF_SOCKET"
	run -1 --separate-stderr ask_as_nobody 1
	[ "$stderr" = "maps-dump: $SOCKET: Permission denied" ]
}

@test "without a path it is the usual socket" {
	[ ! -e /run/mapsnapd/mapsnapd.sock ] || skip 'a mapsnapd runs here'
	run -1 --separate-stderr env LD_LIBRARY_PATH="$SHARED/bin" "$SHARED/bin/maps-dump" --socket 1
	[[ $stderr == 'maps-dump: /run/mapsnapd/mapsnapd.sock: '*': is mapsnapd running?' ]]
}

@test "what is no mapsnapd is told" {
	pretend text
	fails 1 "PID 812: $SOCKET: what answers there is no mapsnapd" 812
}

@test "an answer that breaks off is told, and nothing of it printed" {
	local behaviour
	start_sleep
	write_answer
	for behaviour in half close; do
		pretend "$behaviour" answer
		fails 1 "PID $target: $SOCKET: the answer broke off: try again" "$target"
		rm -f "$SOCKET" "$SOCKET.log"
	done
	pretend half-of-no-length answer
	fails 1 "PID $target: the answer is not what mapsnapd gives: line 1, column *: the text ends before the JSON does" "$target"
}

@test "an answer that is not JSON of one capture of that process is refused" {
	local other
	start_sleep
	write_answer
	cp answer of_one
	pretend file answer
	echo 'not at all' >answer
	fails 1 "PID $target: the answer is not what mapsnapd gives: line 1, column 2: *" "$target"
	: >answer
	fails 1 "PID $target: the answer is not what mapsnapd gives: *" "$target"
	cat of_one of_one >answer
	fails 1 "PID $target: the answer is not what mapsnapd gives: not of this process alone" "$target"
	cp of_one answer
	other=$((target + 1))
	fails 1 "PID $other: the answer is not what mapsnapd gives: not of this process alone" "$other"
	jq -c '.mappings[0].end = "0x0"' of_one >answer
	fails 1 "PID $target: the answer is not what mapsnapd gives: snapshots?0?.mappings?0?: the kernel writes no such mapping" "$target"
	cp of_one answer
	ask "$target" | cmp - "/proc/$target/maps"
}

@test "a list of processes that is none is refused, and one of none is none" {
	pretend file answer
	echo '{"pid":"1","state":"alive"}' >answer
	fails 1 'the list of processes is not what mapsnapd gives: pid: must be an integer' --all
	echo '{"pid":1}' >answer
	fails 1 'the list of processes is not what mapsnapd gives: state: is missing' --all
	printf '{"pid":1,"state":"ended"}\n}' >answer
	fails 1 'the list of processes is not what mapsnapd gives: line 2, *' --all
	: >answer
	run -0 --separate-stderr ask --all
	[ -z "$output$stderr" ]
}

@test "an answer larger than any can be is refused, whether it says so or not" {
	local behaviour
	for behaviour in giant endless; do
		pretend "$behaviour"
		fails 1 "PID 812: $SOCKET: the answer is larger than 512 MiB" 812
		rm -f "$SOCKET" "$SOCKET.log"
	done
}

@test "a service that says nothing is not waited for longer than 10 s, however many processes" {
	local before=$SECONDS
	pretend nothing
	fails 1 "$SOCKET: no answer for 10 s: is mapsnapd well?" 1 2 3
	((SECONDS - before >= 9 && SECONDS - before < 20))
}

@test "proxies are not asked" {
	start_sleep
	write_answer
	pretend file answer
	http_proxy=http://127.0.0.1:1 all_proxy=http://127.0.0.1:1 ask "$target" | cmp - "/proc/$target/maps"
	# To a proxy it would be a whole URL.
	grep -qx "request /v1/processes/$target/maps" "$SOCKET.log"
}

# --- options

@test "options that say how to read are refused with --socket" {
	local option
	for option in --attempts=2 --deadline=1s --fallback=locked --source=none --route=text; do
		fails 2 '*--attempts, --deadline, --fallback, --source and --route say how to read: without --socket*' "$option" 1
	done
	fails 2 '*--watch and --check read here: without --socket*' --watch=1 1
	fails 2 '*--watch and --check read here: without --socket*' --check
	mkdir proc
	fails 2 '*--socket: mapsnapd knows processes by their PID: /proc/../proc/self/maps*' /proc/../proc/self/maps
}

@test "--socket without a path that can be one is refused" {
	SOCKET=
	fails 2 '*--socket: not a path of 1 to 107 bytes: *' 1
	SOCKET=$(printf '%108s' '' | tr ' ' x)
	fails 2 '*--socket: not a path of 1 to 107 bytes: xxx*' 1
	SOCKET=${SOCKET:1}
	fails 1 "$SOCKET: No such file or directory: is mapsnapd running?" 1
}

@test "libcurl is loaded for --socket alone, and missed there alone" {
	start_sleep
	run -0 ldd "$SHARED/bin/maps-dump"
	[[ $output != *curl* ]]
	mkdir broken
	: >broken/libcurl.so.4
	LD_LIBRARY_PATH=$PWD/broken:$SHARED/bin "$SHARED/bin/maps-dump" "$target" | cmp - "/proc/$target/maps"
	run -1 --separate-stderr env LD_LIBRARY_PATH="$PWD/broken:$SHARED/bin" "$SHARED/bin/maps-dump" --socket="$SOCKET" "$target"
	[ "$stderr" = "maps-dump: --socket: libcurl can't be loaded: install the package libcurl4" ]
}
