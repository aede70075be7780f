# SPDX-License-Identifier: BSD-2-Clause
# maps-dump on processes of this machine and on saved captures.

# shellcheck disable=SC2030,SC2031,SC2153,SC2154 # variables that it sets, in subshells of bats
load maps-dump

# --- text

@test "one stopped process prints as cat prints it" {
	start_sleep
	maps-dump "$target" | cmp - "/proc/$target/maps"
}

@test "names with a newline, spaces and bytes that are no UTF-8 print as cat prints them" {
	local name
	for name in $'caf\xe9' $'new\nline' $'tab\t and  spaces ' $'\xff\xfe\x80' 'x (deleted)' 'back\012slash' $'\e[31m'; do
		start "$(copy_sleep "$name")"
		maps-dump "$target" | cmp - "/proc/$target/maps"
		rm -f "$SHARED/$BATS_TEST_NUMBER/$name"
		grep -q '(deleted)$' "/proc/$target/maps"
		maps-dump "$target" | cmp - "/proc/$target/maps"
	done
}

@test "every form of name that lives here prints as cat prints it, and survives JSON" {
	start_mapsnap_target --names
	maps-dump "$target" | cmp - "/proc/$target/maps"
	maps-dump --json "$target" >out.json
	maps-dump out.json | cmp - "/proc/$target/maps"
	maps-dump --json out.json | cmp - out.json
	[ -z "$(schema_mistakes out.json)" ]
}

@test "the number of a thread stands for its process" {
	local tasks
	start_mapsnap_target --names
	# The main thread and another.
	tasks=("/proc/$target/task"/*)
	[ "${#tasks[@]}" -eq 2 ]
	run -0 --separate-stderr maps-dump -v "${tasks[1]##*/}"
	[ "${tasks[1]##*/}" != "$target" ]
	[[ $stderr == "mapsnap: PID $target: "* ]]
}

@test "several targets print in the order given, each behind its pid and command" {
	local first
	start_sleep
	first=$target
	start "$(copy_sleep $'a\tb')"
	maps-dump "$target" "$first" >out
	{
		printf '%d: a\\011b\n' "$target"
		cat "/proc/$target/maps"
		printf '%d: sleep\n' "$first"
		cat "/proc/$first/maps"
	} | cmp - out
}

@test "/proc/PID/maps as a target is the process, not a file" {
	start_sleep
	run -0 --separate-stderr maps-dump -v "/proc/$target/maps"
	[ "$output" = "$(cat "/proc/$target/maps")" ]
	[[ $stderr == "mapsnap: PID $target: unverified (no sequence source, text, 1 attempt, "*" ms)" ]]
	run -0 --separate-stderr maps-dump -v /proc/self/maps
	[[ $output == *"$SHARED/bin/maps-dump"* ]]
	[[ $stderr =~ ^'mapsnap: PID '[0-9]+': unverified' ]]
}

@test "a maps file of procfs is read as a process by any path, and from standard input" {
	start_sleep
	run -0 --separate-stderr maps-dump -v "/proc/$target/task/$target/maps"
	[ "$output" = "$(cat "/proc/$target/maps")" ]
	[[ $stderr == "mapsnap: /proc/$target/task/$target/maps: unverified (no sequence source, text, "* ]]
	run -0 --separate-stderr maps-dump -v - <"/proc/$target/maps"
	[ "$output" = "$(cat "/proc/$target/maps")" ]
	[[ $stderr == "mapsnap: standard input: unverified (no sequence source, text, "* ]]
}

@test "another file of procfs is refused, with what to give instead" {
	run -1 --separate-stderr maps-dump /proc/self/smaps
	[ -z "$output" ]
	[ "$stderr" = 'maps-dump: /proc/self/smaps: not a maps file: give /proc/PID/maps or a saved one' ]
}

# --- targets that can't be read

@test "a kernel thread is an empty success" {
	[ "$(id -u)" -eq 0 ] || skip "needs root: nobody else may read a kernel thread"
	find_kernel_thread
	run -0 --separate-stderr maps-dump -v "$thread"
	[ -z "$output" ]
	[[ $stderr == "mapsnap: PID $thread: verified (a kernel thread has no mappings, "* ]]
	run -0 maps-dump --require-consistent "$thread"
}

@test "a process that is gone exits with 5" {
	local pid
	pid=$(unused_pid)
	run -5 --separate-stderr maps-dump "$pid"
	[ -z "$output" ]
	[ "$stderr" = "maps-dump: PID $pid: no such process, or it has ended" ]
}

# Sets $zombie, a process called mapsnap-zombie.
start_zombie() {
	# shellcheck disable=SC2016 # for the shells inside
	printf '%s\n' 'printf mapsnap-zombie >/proc/$$/comm' \
		'until grep -q ^sleep "/proc/$PPID/comm"; do sleep 0.02; done' >child.sh
	# The shell becomes a program that never waits for its child, which ends after that.
	# shellcheck disable=SC2016
	sh -c 'sh child.sh & echo $!; exec sleep 100' >pid 3>&- &
	adopt $!
	wait_for 10 test -s pid
	zombie=$(cat pid)
	wait_for 10 state_is "$zombie" Z
}

@test "a zombie exits with 5" {
	start_zombie
	run -5 --separate-stderr maps-dump "$zombie"
	[ -z "$output" ]
	[ "$stderr" = "maps-dump: PID $zombie: no such process, or it has ended" ]
}

# Starts a target whose processes end all the time, each about when a read of it would, and sets $keeper,
# their parent.
start_keeper() {
	mkfifo input
	"$TARGET" --mode "$1" --mappings 20000 --rate max <>input >ready 3>&- &
	keeper=$!
	ended+=("$keeper")
	disown "$keeper"
	wait_for 20 grep -q ready ready
}

# Sets $target to a child of $keeper, if there is one at the moment.
find_child() {
	target=$(grep -ls "^PPid:.$keeper\$" /proc/[0-9]*/status | head -n 1 | tr -dc 0-9)
	[ -n "$target" ]
}

# What maps-dump may say of a child that may end at any time, and its output is whole or empty. A program that
# has begun to map the arena has a stack.
dump_child() {
	local code=0
	"$@" "$target" >out 2>err || code=$?
	case $code in
	0) [ -s out ] && { ! grep -q '^2000' out || grep -q ' \[stack\]$' out; } ;;
	5) [ ! -s out ] ;;
	*) return 1 ;;
	esac
}

# exits_with_5_in_the_middle MODE SENTENCE COMMAND...: the sentence is one that only a read says, not an open
exits_with_5_in_the_middle() {
	local try sentence=$2
	start_keeper "$1"
	shift 2
	for try in {1..400}; do
		find_child || continue
		dump_child "$@" || { cat err && return 1; }
		! grep -qx "maps-dump: PID $target: $sentence" err || return 0
	done
	echo "not met in $try tries"
	return 1
}

@test "exec in the middle of a read exits with 5" {
	exits_with_5_in_the_middle exec 'it has called exec: its mappings were replaced; open it again' maps-dump
}

@test "exit in the middle of a read exits with 5" {
	exits_with_5_in_the_middle exit 'the process has ended' maps-dump
}

@test "by eBPF exec in the middle of a read exits with 5" {
	need_bpf
	exits_with_5_in_the_middle exec 'it has called exec: its mappings were replaced; open it again' with_bpf
}

@test "by eBPF exit in the middle of a read exits with 5" {
	need_bpf
	exits_with_5_in_the_middle exit 'the process has ended' with_bpf
}

@test "a process of another user exits with 4 and says what helps" {
	start_unreadable
	run -4 --separate-stderr as_nobody maps-dump "$target"
	[ -z "$output" ]
	[ "$stderr" = "maps-dump: PID $target: permission denied: run as its owner or with CAP_SYS_PTRACE" ]
}

@test "of several targets the worst exit status counts, and the others are printed" {
	local gone
	start_sleep
	gone=$(unused_pid)
	run -0 maps-dump "$target" "$DATA/verified.json"
	run -3 maps-dump --require-consistent "$DATA/verified.json" "$target"
	[[ $output == *'[anon:jit]'* ]]
	run -5 maps-dump --require-consistent "$target" "$gone" "$DATA/verified.json"
	[[ $output == *'[anon:jit]'* ]]
	run -5 maps-dump "$gone" "$target"
	[[ $output == *'[stack]'* ]]
	run -1 maps-dump nothing "$gone" "$target"
	[[ $output == *'[stack]'* ]]
}

@test "no permission is worse than gone and less than failed" {
	local gone
	start_unreadable
	gone=$(unused_pid)
	run -4 as_nobody maps-dump "$target" "$gone"
	run -4 as_nobody maps-dump "$gone" "$target"
	run -1 as_nobody maps-dump "$target" nothing "$gone"
}

# --- --all and --name

@test "--all prints every process but itself and kernel threads" {
	local pid
	start_sleep
	# Others may be unreadable here, whoever we are, or end meanwhile.
	maps-dump --all >out 2>err || [[ $? == [45] ]]
	grep -aqx "$target: sleep" out
	run ! grep -aq ': maps-dump$' out
	run -0 sed -n 's/^\([0-9]*\): .*/\1/p' out
	for pid in "${lines[@]}"; do
		run ! is_kernel_thread "$pid"
	done
}

@test "--all counts what may not be read in one line and exits with 4, -v names each" {
	local mine
	[ "$(id -u)" -eq 0 ] || skip "needs root, to have processes of two users"
	start_sleep
	setpriv --reuid=65534 --regid=65534 --clear-groups sleep 100 3>&- &
	mine=$!
	adopt "$mine"
	wait_for 10 grep -q ^sleep "/proc/$mine/comm"
	run -4 --separate-stderr as_nobody maps-dump --all
	# Alone that may be read, so without a line before it.
	[[ $output == *'[stack]'* ]]
	# shellcheck disable=SC2154 # set by run
	[ "${#stderr_lines[@]}" -eq 1 ]
	[[ $stderr =~ ^'maps-dump: '[0-9]+' process'(es)?': permission denied: run as its owner or with CAP_SYS_PTRACE'$ ]]
	run -4 --separate-stderr as_nobody maps-dump --all -v
	grep -qx "maps-dump: PID $target: permission denied" <<<"$stderr"
	run ! grep -q "PID $mine: permission denied" <<<"$stderr"
}

@test "--name finds processes by the first 15 bytes of the name, itself never" {
	start "$(copy_sleep mapsnap-sleeper-with-a-long-name)"
	[ "$(cat "/proc/$target/comm")" = mapsnap-sleeper ]
	maps-dump --name=mapsnap-sleeper | cmp - "/proc/$target/maps"
	maps-dump --name mapsnap-sleeper-with-a-long-name | cmp - "/proc/$target/maps"
	run -1 maps-dump --name=mapsnap-sleepe
	# Under a name of its own: others may be dumping as well.
	cp "$SHARED/maps-dump" "$SHARED/dump-$$"
	run -1 "$SHARED/dump-$$" "--name=dump-$$"
}

@test "--name may be repeated and finds names that are no UTF-8" {
	local first
	start "$(copy_sleep mapsnap-a)"
	first=$target
	start "$(copy_sleep $'mapsnap-\xe9\nb')"
	maps-dump --name=$'mapsnap-\xe9\nb' --name=mapsnap-a >out
	maps-dump "$first" "$target" | cmp - out
	grep -qx "$first: mapsnap-a" out
	grep -qxF "$target: mapsnap-\\351\\012b" out
}

@test "--name without a match fails and says so" {
	run -1 --separate-stderr maps-dump --name=no-such-process
	[ -z "$output" ]
	[ "$stderr" = 'maps-dump: --name: no process is called no-such-process' ]
}

@test "a process that --name found and that ended before it was opened was no target" {
	start_zombie
	run -0 --separate-stderr maps-dump --name=mapsnap-zombie
	[ -z "$output$stderr" ]
	maps-dump --json --name=mapsnap-zombie | holds '.snapshots == []'
}

# --- the label

@test "the label goes to standard error if that is a terminal" {
	start_sleep
	script -qec true /dev/null </dev/null || skip "no pseudo-terminal can be made here"
	script -qec "maps-dump $target >/dev/null" /dev/null </dev/null >out
	grep -q "^mapsnap: PID $target: unverified (no sequence source, text, 1 attempt, [0-9.]* ms)" out
	run -0 --separate-stderr maps-dump "$target"
	[ -z "$stderr" ]
}

@test "-v and --verbose print the label to standard error alone" {
	local option
	start_sleep
	for option in -v --verbose; do
		run -0 --separate-stderr maps-dump "$option" "$target"
		[ "$output" = "$(cat "/proc/$target/maps")" ]
		[[ $stderr =~ ^"mapsnap: PID $target: unverified (no sequence source, text, 1 attempt, "[0-9]+\.[0-9]' ms)'$ ]]
	done
}

@test "a saved capture keeps its label, with its source or its reason" {
	run -0 --separate-stderr maps-dump -v "$DATA/several.json"
	[ "${stderr_lines[0]}" = "mapsnap: $DATA/several.json: PID 812: verified (source bpf, text, 1 attempt, 2.6 ms)" ]
	[ "${stderr_lines[1]}" = "mapsnap: $DATA/several.json: PID 813: unverified (changed during every attempt, text, 5 attempts, 2.6 ms)" ]
	[ "${stderr_lines[2]}" = "mapsnap: $DATA/several.json: PID 2: verified (a kernel thread has no mappings, text, 0 attempts, 0.0 ms)" ]
	run -0 --separate-stderr maps-dump -v --require-consistent "$DATA/locked.json"
	[ "$stderr" = "mapsnap: $DATA/locked.json: PID 812: locked (read under one hold of the lock, snapshot, 5 attempts, 2.6 ms)" ]
	run -0 --separate-stderr maps-dump -v --require-consistent "$DATA/frozen.json"
	[ "$stderr" = "mapsnap: $DATA/frozen.json: PID 812: frozen (its threads were stopped, text, 0 attempts, 2.6 ms, stopped for 1.2 ms)" ]
	maps-dump --svg "$DATA/frozen.json" | grep -q 'stopped for 1.2 ms'
}

# --- JSON

@test "--json is what its schema says" {
	start_sleep
	maps-dump --json "$target" /proc/self/maps - <"/proc/$target/maps" >out.json
	[ "$(jq '.snapshots | length' out.json)" -eq 3 ]
	[ -z "$(schema_mistakes out.json)" ]
	local sample
	for sample in "$DATA"/*.json; do
		[ -z "$(schema_mistakes "$sample")" ]
	done
}

@test "the schema refuses what is not so" {
	local name
	for name in format-missing version-later start-missing start-number start-without-0x end-65-bits inode-number \
		device-33-bits device-fraction permissions-swapped kind-unknown deleted-string pid-zero label-unknown \
		sequence-missing pause-number pause-null mapping-string snapshots-object; do
		[ -n "$(schema_mistakes "$DATA/bad/$name.json")" ]
	done
	jq '.snapshots[0].mappings[0].more = 1' "$DATA/verified.json" >more.json
	[ "$(schema_mistakes more.json)" = '.snapshots[0].mappings[0]: more is not in the schema' ]
}

@test "--json has the label, who it was and every mapping" {
	start_sleep
	maps-dump --json "$target" >out.json
	holds ".snapshots[0] | .pid == $target"' and .command == "sleep" and .consistency == "unverified"
		and .reason == "no sequence source" and .source == "none" and .route == "text" and .attempts == 1
		and (.end_ns | tonumber) >= (.begin_ns | tonumber) and .sequence == null' out.json
	[ "$(jq -r '.snapshots[0].start_time' out.json)" = "$(sed 's/.*) //' "/proc/$target/stat" | cut -d ' ' -f 20)" ]
	# The text again, by another program.
	jq -r '.snapshots[0].mappings[] | "\(.start[2:] | "0" * (8 - length) + .)-\(.end[2:] | "0" * (8 - length) + .) \(.permissions) \(.name)"' \
		out.json >by-jq
	awk '{ print $1, $2, substr($0, 74) }' "/proc/$target/maps" | cmp - by-jq
}

@test "--json of a process and back is the text again, whatever the names" {
	local name
	for name in plain $'caf\xe9\nnew\nline \x01\x7f "\\' $'\xff' $'\u00e9\U1f409'; do
		start "$(copy_sleep "$name")"
		maps-dump --json "$target" >out.json
		maps-dump out.json | cmp - "/proc/$target/maps"
		maps-dump - <out.json | cmp - "/proc/$target/maps"
		maps-dump --json out.json | cmp - out.json
		[ -z "$(schema_mistakes out.json)" ]
	done
}

@test "a name that is not UTF-8 is readable in JSON, and exact in base64" {
	start "$(copy_sleep $'caf\xe9')"
	maps-dump --json "$target" >out.json
	[ "$(jq -r '.snapshots[0].mappings[0].name' out.json)" = "$SHARED/$BATS_TEST_NUMBER/caf"$'\ufffd' ]
	[ "$(jq -r '.snapshots[0].mappings[0].name_base64' out.json | base64 -d)" = "$SHARED/$BATS_TEST_NUMBER/"$'caf\xe9' ]
	[ "$(jq -r '.snapshots[0].command_base64' out.json | base64 -d)" = $'caf\xe9' ]
	holds '.snapshots[0].mappings | map(select(.name == "[stack]")) | length == 1 and (.[0] | has("name_base64") | not)' out.json
}

@test "saved JSON goes through unchanged, 64-bit numbers and all" {
	local sample
	for sample in "$DATA"/*.json; do
		maps-dump --json "$sample" | cmp - "$sample"
	done
	maps-dump "$DATA/largest-numbers.json" >largest.txt
	maps-dump largest.txt | cmp - largest.txt
	grep -q '^8000000000000000-ffffffffffffffff rwxs ffffffffffffffff ffffffff:ffffffff 18446744073709551615  /largest$' largest.txt
}

@test "JSON that another program laid out anew reads the same" {
	local sample
	for sample in several names not-utf8; do
		jq . "$DATA/$sample.json" | maps-dump --json - | cmp - "$DATA/$sample.json"
		jq -a '.snapshots[0] += { host: { name: "a" } }' "$DATA/$sample.json" | maps-dump --json - | cmp - "$DATA/$sample.json"
	done
}

@test "JSON that is wrong is refused whole, with the place" {
	local sample count=0
	for sample in "$DATA"/bad/*.json; do
		run -1 --separate-stderr maps-dump "$sample"
		[ -z "$output" ]
		[ "$stderr" = "maps-dump: $sample: $(cat "${sample%.json}.error")" ]
		count=$((count + 1))
	done
	[ "$count" -ge 40 ]
}

@test "no document is printed where every target failed, a whole one where some did" {
	local gone
	start_sleep
	gone=$(unused_pid)
	run -5 --separate-stderr maps-dump --json "$gone"
	[ -z "$output" ]
	maps-dump --json "$gone" "$target" "$gone" >out.json || [ $? -eq 5 ]
	[ "$(jq '.snapshots | length' out.json)" -eq 1 ]
}

# --- saved text

@test "saved text prints as it is, labelled as saved" {
	start_sleep
	cat "/proc/$target/maps" >saved.txt
	run -0 --separate-stderr maps-dump -v saved.txt
	[ "$output" = "$(cat saved.txt)" ]
	[ "$stderr" = 'mapsnap: saved.txt: unverified (saved text)' ]
	run -0 --separate-stderr maps-dump -v - <saved.txt
	[ "$output" = "$(cat saved.txt)" ]
	[ "$stderr" = 'mapsnap: standard input: unverified (saved text)' ]
	maps-dump --json saved.txt | holds '.snapshots[0] | .pid == null and .command == null and .reason == "saved text" and .end_ns == null'
	cp saved.txt 123
	maps-dump ./123 | cmp - saved.txt
}

@test "several saved files print behind their names" {
	start_sleep
	cat "/proc/$target/maps" >saved.txt
	cp saved.txt stdin.txt
	maps-dump saved.txt - <stdin.txt >out
	{
		echo saved.txt:
		cat saved.txt
		echo standard input:
		cat saved.txt
	} | cmp - out
}

@test "an empty file is what a kernel thread has: an empty success" {
	: >empty
	run -0 --separate-stderr maps-dump empty
	[ -z "$output$stderr" ]
}

@test "saved text that is wrong is refused whole, with the number of the line" {
	local expected='neither maps of a 64-bit kernel nor JSON of maps-dump'
	start_sleep
	cat "/proc/$target/maps" >good
	sed '3s/r/q/' good >letter
	sed '3s/-/ /' good >dash
	sed '3s/$/ x/' good | sed '3s/  */ /g' >column
	{ sed -n 1,2p good; printf '\n'; sed -n '3,$p' good; } >blank
	{ sed -n 1,2p good; sed -n 3p good | tr / '\000'; } >nul
	{ sed -n 1,2p good; sed -n 3p good | tr -d '\n'; } >cut-off
	{ sed -n 1,2p good; echo "812: sleep"; } >header
	local name
	for name in letter dash column blank nul cut-off header; do
		run -1 --separate-stderr maps-dump "$name"
		[ -z "$output" ]
		[ "$stderr" = "maps-dump: $name: line 3: $expected" ]
	done
	run -1 --separate-stderr maps-dump - <letter
	[ "$stderr" = "maps-dump: standard input: line 3: $expected" ]
}

@test "a file that can't be read says why" {
	run -1 --separate-stderr maps-dump nothing
	[ "$stderr" = 'maps-dump: nothing: No such file or directory' ]
	run -1 --separate-stderr maps-dump /
	[ "$stderr" = 'maps-dump: /: Is a directory' ]
	cp "$DATA/verified.json" "$SHARED/locked.json"
	chmod 0 "$SHARED/locked.json"
	run -4 --separate-stderr as_nobody maps-dump "$SHARED/locked.json"
	[ "$stderr" = "maps-dump: $SHARED/locked.json: Permission denied" ]
}

@test "output that is larger than any buffer is whole, wherever a line falls" {
	local length name
	write_large
	# Lines have 41 bytes: the first one, 73 and a name, shifts the others past every edge.
	for length in {1..42}; do
		printf -v name '%*s' "$length" ''
		printf '%-72s %s\n' '00001000-00002000 rw-p 00000000 00:01 7' "${name// /n}" | cat - large >shifted
		maps-dump shifted | cmp - shifted
	done
}

# --- --summary

@test "--summary counts mappings, writable and executable ones, deleted files and bytes" {
	run -0 maps-dump --summary "$DATA/verified.json"
	[ "${lines[0]}" = 'PID CONSISTENCY MAPPINGS LIMIT W+X DELETED SIZE COMMAND' ]
	[ "${lines[1]}" = '812 verified           9     -   1       1 696K cat' ]
	[ "${#lines[@]}" -eq 2 ]
}

@test "--summary gives the share of vm.max_map_count of a live process" {
	local mappings
	start_mapsnap_target --mappings 5000
	mappings=$(grep -vc '\[vsyscall\]$' "/proc/$target/maps")
	maps-dump --summary "$target" >out
	awk -v pid="$target" -v mappings="$mappings" -v max="$(cat /proc/sys/vm/max_map_count)" '
		NR == 2 { found = $1 == pid && $2 == "unverified" && $3 == mappings && $4 == sprintf("%.1f%%", int((1000 * mappings + int(max / 2)) / max) / 10) && $8 == "mapsnap-target" }
		END { exit !found }' out
}

@test "--summary aligns the columns of several targets and names files" {
	start_sleep
	cat "/proc/$target/maps" >saved.txt
	run -0 maps-dump --summary "$DATA/several.json" saved.txt "$target"
	[ "${#lines[@]}" -eq 6 ]
	[[ ${lines[4]} =~ ^' '*'- unverified '.*' - '.*' saved.txt'$ ]]
	local line
	for line in "${lines[@]}"; do
		[ "$(expr "$line" : '.* ')" -eq "$(expr "${lines[0]}" : '.* ')" ]
	done
}

# --- --check

@test "--check says which label this machine can give and why" {
	run -0 --separate-stderr maps-dump --check
	[ -z "$stderr" ]
	[[ ${lines[0]} == "machine  Linux $(uname -r), $(uname -m)" ]]
	[ "${lines[1]}" = 'source   none' ]
	[ "${lines[3]}" = 'label    unverified: no sequence source' ]
	grep -qE '^query    (yes: PROCMAP_QUERY gave the [0-9]+ mappings of maps-dump|no: .+)$' <<<"$output"
	grep -qE '^snapshot (yes: PROCMAP_SNAPSHOT gave the [0-9]+ mappings of maps-dump|no: .+)$' <<<"$output"
	grep -qE '^reach    [0-9]+ of [0-9]+ other processes; CAP_SYS_PTRACE is (not )?effective$' <<<"$output"
}

@test "--check says why there is no source" {
	run -0 maps-dump --check
	[ "${lines[2]}" = '         --source none asks for no proof' ]
	need_no_ioctl
	[ "$(id -u)" -eq 0 ] || skip 'needs root, to become somebody else'
	run -0 as_nobody maps-dump --check --source=auto
	[ "${lines[1]}" = 'source   none' ]
	[[ ${lines[2]} == '         no ioctl: '*PROCMAP_SEQ* ]]
	[[ ${lines[3]} == '         no bpf: '*CAP_BPF* ]] || [[ ${lines[3]} == '         no bpf: '*'built without'* ]]
	[ "${lines[4]}" = 'label    unverified: no sequence source' ]
}

# --- source

@test "by ioctl an ordinary user gets verified at the first attempt, by each route" {
	local route
	need_ioctl
	[ "$(id -u)" -eq 0 ] || skip 'needs root, to become somebody else'
	for route in text query snapshot; do
		[ $route != snapshot ] || has_snapshot || continue
		run -0 --separate-stderr as_nobody bash -c "maps-dump --source=auto -v --route=$route \$\$; :"
		[[ $stderr == 'mapsnap: PID '*": verified (source ioctl, $route, 1 attempt, "*' ms)' ]]
	done
}

@test "by ioctl --json has the sequence, and --check says verified" {
	need_ioctl
	start_sleep
	maps-dump --source=auto --json "$target" >out
	holds '.snapshots[0] | .consistency == "verified" and .source == "ioctl" and (.sequence | tonumber) % 2 == 0' out
	run -0 maps-dump --source=auto --check --require-consistent
	[ "${lines[1]}" = 'source   ioctl' ]
	[ "${lines[2]}" = 'label    verified: sequence unchanged' ]
}

@test "where the kernel has a sequence, --source=bpf and --source=none are obeyed" {
	need_ioctl
	need_bpf
	start_sleep
	run -0 --separate-stderr with_bpf -v "$target"
	[[ $stderr == *'(source bpf, '* ]]
	run -0 --separate-stderr maps-dump -v "$target"
	[[ $stderr == *'(no sequence source, '* ]]
}

@test "a kernel without a sequence of its own is an error where that was chosen" {
	need_no_ioctl
	start_sleep
	run -1 --separate-stderr with_ioctl "$target"
	[ -z "$output" ]
	[[ $stderr == 'maps-dump: --source ioctl: this kernel has no PROCMAP_SEQ; '* ]]
}

@test "by eBPF a process at rest is verified at the first attempt, by both routes" {
	local route
	need_bpf
	start_sleep
	for route in text query; do
		run -0 --separate-stderr with_bpf -v --route=$route "$target"
		[[ $stderr == "mapsnap: PID $target: verified (source bpf, $route, 1 attempt, "*' ms)' ]]
	done
	with_bpf "$target" | cmp - "/proc/$target/maps"
	with_bpf --require-consistent "$target" | cmp - "/proc/$target/maps"
	with_bpf --fallback=error "$target" | cmp - "/proc/$target/maps"
}

@test "by eBPF --json has the sequence, and --check says verified" {
	need_bpf
	start_sleep
	with_bpf --json "$target" >out
	holds '.snapshots[0] | .consistency == "verified" and .source == "bpf" and (.sequence | tonumber) % 2 == 0' out
	run -0 with_bpf --check --require-consistent
	[ "${lines[1]}" = 'source   bpf' ]
	[ "${lines[2]}" = 'label    verified: sequence unchanged' ]
}

@test "a source that can't be had is an error where it was asked for, and none where it was not" {
	start_sleep
	[ "$(id -u)" -eq 0 ] || skip 'needs root, to become somebody else'
	chmod 755 .
	run -4 --separate-stderr as_nobody maps-dump --source=bpf "$target" || [ "$status" -eq 1 ]
	[ -z "$output" ]
	[[ $stderr == 'maps-dump: --source bpf: '* ]]
	as_nobody bash -c 'maps-dump --source=auto $$' | grep -q ' \[stack\]$'
}

@test "a source that does not exist is a usage error" {
	is_usage_error '--source: no such choice: oracle' --source=oracle $$
}

@test "--check tells of a user who may not read others" {
	start_unreadable
	run -0 as_nobody maps-dump --check
	grep -qE '^reach    [0-9]+ of [0-9]+ other processes; CAP_SYS_PTRACE is not effective$' <<<"$output"
	grep -qx '         the rest: permission denied: run as its owner or with CAP_SYS_PTRACE' <<<"$output"
}

@test "--check --require-consistent exits with 3 where no label would be" {
	run -3 maps-dump --check --require-consistent
	[[ $output == *'unverified: no sequence source'* ]]
}

# --- attempts, deadline, fallback, route

@test "--attempts, --deadline and --fallback=unverified leave a quiet process as it is" {
	local options
	start_sleep
	for options in --attempts=1 --attempts=4294967295 --deadline=1 --deadline=100ms --deadline=2s --fallback=unverified; do
		maps-dump "$options" "$target" | cmp - "/proc/$target/maps"
	done
}

@test "--attempts wants a number from 1 on" {
	local value
	for value in 0 -1 4294967296 99999999999999999999 5x x ''; do
		is_usage_error '--attempts: not a number from 1 to 4294967295' "--attempts=$value" $$
	done
}

@test "--deadline wants a time" {
	local value
	for value in 0 0ms -1 1.5s 10m 5us ms 99999999999999999999 9223372036855s ''; do
		is_usage_error '--deadline: not a time like 100ms or 2s' "--deadline=$value" $$
	done
}

@test "--fallback=error fails where nothing can be verified" {
	start_sleep
	run -1 --separate-stderr maps-dump --fallback=error "$target"
	[ -z "$output" ]
	[[ $stderr == "maps-dump: PID $target: "*sequence* ]]
	is_usage_error '--fallback: no such choice: never' --fallback=never "$target"
}

@test "--fallback=locked reads under the lock where nothing else proves it" {
	has_snapshot || skip 'needs a kernel with PROCMAP_SNAPSHOT'
	start_sleep
	run -0 --separate-stderr maps-dump -v --fallback=locked --require-consistent "$target"
	[[ $stderr == "mapsnap: PID $target: locked (read under one hold of the lock, snapshot, 0 attempts, "*' ms)' ]]
	maps-dump --fallback=locked "$target" | cmp - "/proc/$target/maps"
	maps-dump --fallback=locked --json "$target" >out.json
	[ -z "$(schema_mistakes out.json)" ]
	holds '.snapshots[0] | .consistency == "locked" and .source == "none" and .sequence == null' out.json
	run -0 maps-dump --check --fallback=locked --require-consistent
	[ "${lines[3]}" = 'label    locked: read under one hold of the lock' ]
	# A target at rest does not get so far.
	run -0 --separate-stderr maps-dump --source=ioctl -v --fallback=locked "$target"
	[[ $stderr == *': verified (source ioctl, snapshot, 1 attempt, '* ]]
}

@test "--fallback=locked is an error where the kernel can't" {
	! has_snapshot || skip 'this kernel has PROCMAP_SNAPSHOT'
	start_sleep
	for options in '' --require-consistent; do
		# shellcheck disable=SC2086 # no argument at all, once
		run -1 --separate-stderr maps-dump --fallback=locked $options "$target"
		[ -z "$output" ]
		[[ $stderr == "maps-dump: PID $target: the fallback locked needs PROCMAP_SNAPSHOT, "* ]]
	done
}

# Elsewhere processes may share memory that can't be seen.
need_initial_namespace() {
	[ "$(stat -L -c %i /proc/self/ns/pid)" = 4026531836 ] || skip 'needs the initial pid namespace'
}

@test "--fallback=frozen stops a process and lets it go on" {
	need_initial_namespace
	start_sleep
	run -0 --separate-stderr maps-dump -v --fallback=frozen --require-consistent "$target"
	[[ $stderr =~ ^"mapsnap: PID $target: frozen (its threads were stopped, text, 0 attempts, "[0-9.]+' ms, stopped for '[0-9.]+' ms)'$ ]]
	maps-dump --fallback=frozen "$target" | cmp - "/proc/$target/maps"
	maps-dump --fallback=frozen --json "$target" >out.json
	[ -z "$(schema_mistakes out.json)" ]
	holds '.snapshots[0] | .consistency == "frozen" and .source == "none" and .sequence == null
		and (.pause_ns | tonumber) > 0' out.json
	maps-dump --json out.json | cmp - out.json
	# One that was stopped before is so again, and one that was not sleeps on.
	grep -q '^TracerPid:	0$' "/proc/$target/status"
	wait_for 10 state_is "$target" T
	kill -CONT "$target"
	wait_for 10 state_is "$target" S
	maps-dump --fallback=frozen "$target" >out
	wait_for 10 state_is "$target" S
}

@test "--fallback=frozen needs a process other than its own, and says what it does to that" {
	start_sleep
	run -1 --separate-stderr maps-dump --fallback=frozen "/proc/$target/../$target/maps"
	[ -z "$output" ]
	[[ $stderr == *': the fallback frozen has to know the process: open it by its pid' ]]
	run -1 --separate-stderr maps-dump --check --fallback=frozen
	[[ $stderr == *"the fallback frozen can't stop the process that reads" ]]
	maps-dump --help | grep -q EINTR
}

@test "--require-consistent prints nothing that is not, and exits with 3" {
	start_sleep
	run -3 --separate-stderr maps-dump --require-consistent "$target"
	[ -z "$output" ]
	[ "$stderr" = "maps-dump: PID $target: not consistent: no sequence source" ]
	run -3 maps-dump --require-consistent --fallback=error "$target"
	run -3 --separate-stderr maps-dump --require-consistent --json "$target"
	[ -z "$output" ]
	run -0 maps-dump --require-consistent "$DATA/verified.json"
	run -3 --separate-stderr maps-dump --require-consistent "$DATA/several.json"
	[ "$stderr" = "maps-dump: $DATA/several.json: PID 813: not consistent: changed during every attempt" ]
	[ "${lines[0]}" = '812: cat' ]
	[ "${lines[-1]}" = '2: kthreadd' ]
	[ "${#lines[@]}" -eq 12 ]
}

@test "--route=text and --route=query give the same but for the gate" {
	maps-dump --check | grep -q '^query    yes' || skip "no PROCMAP_QUERY here: it came with Linux 6.11"
	start "$(copy_sleep $'caf\xe9\nb')"
	maps-dump --route=text "$target" | cmp - "/proc/$target/maps"
	grep -av '\[vsyscall\]$' "/proc/$target/maps" >without-gate
	maps-dump --route=query "$target" | cmp - without-gate
	run -0 --separate-stderr maps-dump -v --route=query "$target"
	[[ $stderr == *'(no sequence source, query, 1 attempt, '* ]]
	maps-dump --json --route=query "$target" >out.json
	[ "$(jq -r '.snapshots[0].route' out.json)" = query ]
	maps-dump --json out.json | cmp - out.json
}

@test "--route=snapshot gives what the text gives" {
	has_snapshot || skip 'needs a kernel with PROCMAP_SNAPSHOT'
	start "$(copy_sleep $'caf\xe9\nb')"
	maps-dump --route=snapshot "$target" | cmp - "/proc/$target/maps"
	maps-dump --source=auto "$target" | cmp - "/proc/$target/maps"
	run -0 --separate-stderr maps-dump --source=auto -v "$target"
	[[ $stderr == *'(source ioctl, snapshot, 1 attempt, '* ]]
	# A source that was refused proves nothing.
	run -0 --separate-stderr maps-dump -v --route=snapshot "$target"
	[[ $stderr == *'unverified (no sequence source, snapshot, 1 attempt, '* ]]
	maps-dump --json --route=snapshot "$target" >out.json
	[ "$(jq -r '.snapshots[0].route' out.json)" = snapshot ]
	[ -z "$(schema_mistakes out.json)" ]
	maps-dump --json out.json | cmp - out.json
}

@test "--route=snapshot is an error where the kernel can't" {
	! has_snapshot || skip 'this kernel has PROCMAP_SNAPSHOT'
	start_sleep
	run -1 --separate-stderr maps-dump --route=snapshot "$target"
	[ -z "$output" ]
	[[ $stderr == "maps-dump: PID $target: PROCMAP_SNAPSHOT can't read it: "* ]]
}

@test "--route wants a route that there is" {
	is_usage_error '--route: no such choice: maps' --route=maps $$
}

# --- the command line

@test "without a target one line says what to give" {
	local options
	for options in '' -v --json --summary --require-consistent; do
		# shellcheck disable=SC2086 # no argument at all, once
		run -2 --separate-stderr maps-dump $options
		[ -z "$output" ]
		[ "$stderr" = 'maps-dump: say what to dump: a PID, --name NAME, --all or a saved file; --help tells more' ]
	done
}

@test "what makes no sense is a usage error" {
	is_usage_error "unrecognized option '--jsn'" --jsn $$
	is_usage_error 'only one of --json, --jsonl, --summary, --table, --svg and --html' --json --summary $$
	is_usage_error 'only one of --json, --jsonl, --summary, --table, --svg and --html' --table --jsonl $$
	is_usage_error '--check goes with no target and no other output' --check $$
	is_usage_error '--check goes with no target and no other output' --check --json
	is_usage_error '--check goes with no target and no other output' --check --all
	is_usage_error '0: no PID is that number; a file of that name is ./0' 0
	is_usage_error '4194304: no PID is that number' 4194304
	is_usage_error '4294967297: no PID is that number' 4294967297
	is_usage_error '99999999999999999999: no PID is that number' 99999999999999999999
	is_usage_error 'standard input can be read only once' - -
}

@test "--help, --usage and --version succeed" {
	local option
	for option in --help '-?' --usage; do
		run -0 --separate-stderr maps-dump "$option"
		[[ $output == [Uu]sage:* ]]
		[ -z "$stderr" ]
	done
	for option in --version -V; do
		run -0 --separate-stderr maps-dump "$option"
		[[ $output =~ ^'maps-dump '[0-9]+\.[0-9]+\.[0-9]+$ ]]
	done
}

@test "every option stands in the man page" {
	local option count=0
	while read -r option; do
		grep -q "Fl .*\\\\-$option\b" "$PAGE"
		count=$((count + 1))
	done < <(maps-dump --help | grep -oE '^ .*  --[a-z-]+|^ .*, --[a-z-]+|^ +--[a-z-]+' | sed 's/.*--//')
	[ "$count" -ge 12 ]
}

# --- standard output and signals

@test "a standard output that takes nothing is an error, whatever the format" {
	local options
	start_sleep
	for options in "$target" "--json $target" "--summary $target" --check; do
		# shellcheck disable=SC2086 # several arguments
		run -1 --separate-stderr into_full $options
		[ "$stderr" = 'maps-dump: standard output: No space left on device' ]
	done
	run -1 --separate-stderr into_closed "$target"
	[ "$stderr" = 'maps-dump: standard output: Bad file descriptor' ]
}

@test "a reader that leaves ends maps-dump by SIGPIPE, quietly" {
	local options
	write_large
	for options in '' --json; do
		rm -f status
		# shellcheck disable=SC2086 # no argument at all, once
		{ maps-dump $options large 2>err || echo $? >status; } | head -n 1 >first
		[ "$(cat status)" -eq 141 ]
		[ ! -s err ]
		[ -s first ]
	done
}

@test "SIGINT ends it at once" {
	mkfifo pipe
	# Both ends, so that reading waits.
	run -130 timeout --foreground --preserve-status -s INT 0.5 maps-dump - <>pipe
	[ -z "$output" ]
}
