# SPDX-License-Identifier: BSD-2-Clause
# What maps-dump prints of recorded captures, in every form, byte for byte; and what a terminal is given.

# shellcheck disable=SC2030,SC2031,SC2153,SC2154 # variables that it sets, in subshells of bats
load maps-dump

# as_recorded NAME STATUS ARGUMENT...: what it prints is what the file says, and it exits so
as_recorded() {
	local name=$1 expected=$2 status=0
	shift 2
	(cd "$DATA" && maps-dump "$@") >out || status=$?
	diff -u "$DATA/../output/$name" out
	[ "$status" -eq "$expected" ]
}

# on_terminal WIDTH COMMAND...: what it writes to a terminal of so many columns, in a UTF-8 locale
on_terminal() {
	local width=$1
	shift
	export LC_ALL=${LC_ALL-C.UTF-8}
	script -qec "stty cols $width -onlcr && ${*@Q}" /dev/null </dev/null
}

# --- recorded

@test "a table has a line a mapping and a total" {
	as_recorded table 0 --table verified.json
}

@test "a table of several captures names each" {
	as_recorded table-several 0 --table several.json
}

@test "a table has the columns that were asked for, in that order" {
	as_recorded table-all 0 -o kind,deleted,inode,device,end,start,offset,perms,buildid,size,path,name verified.json
}

@test "a table shows a name that is no text so that it harms nobody" {
	as_recorded table-names 0 -o start,name,path names.json not-utf8.json
}

@test "a table is sorted by any column, and stays in order where that is alike" {
	as_recorded sort-size 0 --table --sort=-size verified.json
	as_recorded sort-kind 0 --table --sort=kind verified.json
	as_recorded sort-perms 0 -o perms,start --sort=perms verified.json
}

@test "--jsonl is a line a capture, and is read again as it was" {
	as_recorded jsonl 0 --jsonl several.json
	maps-dump --jsonl "$DATA/several.json" >lines.json
	maps-dump --json lines.json | cmp - "$DATA/several.json"
	head -n 1 lines.json | maps-dump --json - | cmp - <(maps-dump --json "$DATA/verified.json")
}

@test "--jsonl names the line where it is wrong" {
	{
		maps-dump --jsonl "$DATA/verified.json"
		echo
		echo '{"format":"maps-dump","version":1,"pid":'
	} >lines.json
	run -1 --separate-stderr maps-dump lines.json
	[ -z "$output" ]
	[[ $stderr == 'maps-dump: lines.json: line 3, column 41: the text ends before the JSON does' ]]
}

@test "--lookup answers for each address, mapped or not" {
	as_recorded lookup 0 --lookup 55d0c0a02010,0x7f2b20000000 --lookup=7f2b30030000,10,ffffffffff600000,0 several.json
}

@test "--lookup reads addresses from standard input" {
	printf '0x10\n  7f2b10000fff,7f2b10021000\n' | as_recorded lookup-stdin 0 --lookup - verified.json
	true | as_recorded nothing 0 --lookup - verified.json
}

@test "--lookup --jsonl is a line an answer" {
	as_recorded lookup-jsonl 0 --lookup 55d0c0a02010,10,7f2b10000000 --jsonl verified.json
}

@test "--diff shows what was and what is, and exits as diff does" {
	as_recorded nothing 0 --diff verified.json verified.json
	as_recorded diff 1 --diff verified.json names.json
	as_recorded diff-jsonl 1 --diff --jsonl verified.json names.json
	run -2 --separate-stderr maps-dump --diff nothing "$DATA/verified.json"
	run -2 --separate-stderr maps-dump --diff "$DATA/verified.json" "$DATA/several.json"
	[ "$stderr" = "maps-dump: --diff: $DATA/several.json has 3 captures; it takes files of one" ]
	run -2 --separate-stderr maps-dump --diff "$DATA/verified.json" "$DATA/nothing.json"
	run -2 --separate-stderr maps-dump --diff --require-consistent "$DATA/verified.json" "$DATA/from-text.json"
}

@test "filters leave what has all that was asked for" {
	as_recorded exec 0 --exec verified.json
	as_recorded file 0 --file verified.json
	as_recorded deleted 0 --deleted verified.json
	as_recorded exec-file 0 --exec --file verified.json
	as_recorded range 0 --range 55d0c0a06fff-0x7f2b20000001 verified.json
	as_recorded summary-exec 0 --summary --exec several.json
	as_recorded table-exec 0 --table --exec verified.json
	as_recorded jsonl-exec 0 --jsonl --exec --range 0-7f2b40000001 verified.json
}

@test "a capture that was saved with filters stays one, and is not compared with one of others" {
	maps-dump --json --exec "$DATA/verified.json" >part.json
	maps-dump --json part.json | cmp - part.json
	maps-dump --exec "$DATA/verified.json" | cmp - <(maps-dump part.json)
	[ "$(maps-dump --lookup 10 part.json)" = '10 verified not known' ]
	maps-dump --jsonl --lookup 10 part.json | holds '.mapped == null'
	maps-dump --file part.json | cmp - <(maps-dump --exec --file "$DATA/verified.json")
	run -2 --separate-stderr maps-dump --diff part.json "$DATA/verified.json"
	[[ $stderr == 'maps-dump: --diff: one was saved with filters that the other does not have: '* ]]
	run -0 maps-dump --diff --exec part.json "$DATA/verified.json"
}

# --- live

@test "filters of a process leave what they leave of its text, by every route" {
	local route
	start_mapsnap_target --names
	cat "/proc/$target/maps" >text
	for route in auto text; do
		maps-dump --route=$route --exec "$target" | cmp - <(maps-dump --exec text)
		maps-dump --route=$route --file "$target" | cmp - <(maps-dump --file text)
		maps-dump --route=$route --deleted "$target" | cmp - <(maps-dump --deleted text)
		maps-dump --route=$route --range 0-7000000000000000 "$target" | cmp - <(maps-dump --range 0-7000000000000000 text)
	done
	[ -n "$(maps-dump --deleted text)" ]
}

@test "of processes that were found only those are shown that have what was asked for" {
	start "$(copy_sleep upgraded)"
	rm "$SHARED/$BATS_TEST_NUMBER/upgraded"
	maps-dump --all --deleted >out 2>/dev/null || true
	grep -q "^$target: upgraded" out
	maps-dump --name bash --name upgraded --deleted >out 2>/dev/null || true
	[[ $(grep -c '^[0-9]*: ' out) -eq $(grep -c '^[0-9]*: upgraded' out) ]]
}

@test "--lookup asks the process for no more than that" {
	local start
	start_sleep
	start=$(sed -n '2s/-.*//p' "/proc/$target/maps")
	run -0 maps-dump --lookup "$start,10" "$target"
	[[ ${lines[0]} == "$start unverified $start-"*' r-xp '*/sleep ]]
	[ "${lines[1]}" = '10 unverified not mapped' ]
}

@test "the build-id of a program is that of its file" {
	local id
	start_sleep
	id=$(readelf -n /bin/sleep | sed -n 's/.*Build ID: //p')
	[ -n "$id" ]
	[ "$(maps-dump --exec -o buildid,path "$target" | awk '/sleep$/ { print $1 }')" = "$id" ]
}

@test "the build-id of a program that was deleted is still that of its file" {
	local id
	[ "$(id -u)" -eq 0 ] || skip "needs root: map_files"
	start "$(copy_sleep gone)"
	id=$(readelf -n /bin/sleep | sed -n 's/.*Build ID: //p')
	rm "$SHARED/$BATS_TEST_NUMBER/gone"
	[ "$(maps-dump --exec -o buildid,path "$target" | awk '/gone$/ { print $1 }')" = "$id" ]
}

@test "the build-id of the vDSO is the same in every process" {
	local id
	grep -q '\[vdso\]' "/proc/$$/maps" || skip "needs a kernel with a vDSO"
	start_sleep
	id=$(maps-dump -o buildid,name "$target" | awk '/\[vdso\]$/ { print $1 }')
	[[ $id =~ ^[0-9a-f]{40}$ ]]
	[ "$(maps-dump -o buildid,name "$$" | awk '/\[vdso\]$/ { print $1 }')" = "$id" ]
}

@test "--user finds whose process it is, by name and by number" {
	start_sleep
	maps-dump --summary --user "$(id -un)" >out 2>/dev/null || true
	grep -qE "^ *$target .* sleep\$" out
	maps-dump --summary --user "$(id -u)" --name sleep >out 2>/dev/null || true
	grep -qE "^ *$target .* sleep\$" out
	run -1 --separate-stderr maps-dump --user 54321 --name sleep
	[ "$stderr" = 'maps-dump: no process meets --name, --user and --cgroup' ]
	run -1 --separate-stderr maps-dump --user no-such-user
	[ "$stderr" = 'maps-dump: --user: there is no user no-such-user' ]
}

@test "--cgroup finds what is in it and below it" {
	local group
	start_sleep
	group=$(sed -n 's/^0:://p' "/proc/$target/cgroup")
	[ -n "$group" ] || skip 'needs cgroup v2'
	maps-dump --summary --cgroup "$group" --name sleep >out 2>/dev/null || true
	grep -qE "^ *$target .* sleep\$" out
	maps-dump --summary --cgroup "/sys/fs/cgroup$group/" --name sleep >out 2>/dev/null || true
	grep -qE "^ *$target .* sleep\$" out
	run -1 --separate-stderr maps-dump --cgroup "${group%/}/none" --name sleep
}

# --- terminals

@test "a terminal is given no escape sequence of a name" {
	on_terminal 200 maps-dump "$DATA/names.json" "$DATA/not-utf8.json" >out
	run ! grep -aP '[\x00-\x08\x0b-\x1a\x1c-\x1f\x7f]|\x1b(?!\[[0-9;]*m)' out
	grep -aF '/\011\033\177 é 🐉 ' out
	on_terminal 200 maps-dump --table "$DATA/names.json" >out
	run ! grep -aP '\x1b(?!\[[0-9;]*m)' out
	LC_ALL=C on_terminal 200 maps-dump "$DATA/names.json" >out
	run ! grep -aP '[\x80-\xff]' out
}

@test "a table is cut to the width of the terminal, at the beginning of what is long" {
	on_terminal 60 maps-dump --table "$DATA/verified.json" >out
	sed '/^mapsnap: /d; s/\x1b\[[0-9;]*m//g' out >plain
	[ "$(LC_ALL=C.UTF-8 wc -L <plain)" -eq 60 ]
	grep -q '…' plain
	maps-dump --table "$DATA/verified.json" >out
	run ! grep -q '…' out
}

@test "colours are for terminals only, and never with NO_COLOR or a dumb one" {
	export TERM=xterm
	on_terminal 200 maps-dump --table "$DATA/verified.json" | grep -qF $'\e[1;31m'
	on_terminal 200 maps-dump --diff "$DATA/verified.json" "$DATA/names.json" | grep -qF $'\e[32m+'
	run ! grep -F $'\e' <(maps-dump --table "$DATA/verified.json")
	run ! grep -F $'\e' <(export NO_COLOR=1 && on_terminal 200 maps-dump --table "$DATA/verified.json")
	run ! grep -F $'\e' <(export TERM=dumb && on_terminal 200 maps-dump --table "$DATA/verified.json")
}

@test "progress shows on a terminal, past a second, and nowhere else" {
	local second
	# What takes its time: reading pipes that are filled late.
	for second in 0.5 1.0 1.5; do
		mkfifo "slow$second"
		(sleep $second && cat "$DATA/verified.json") >"slow$second" 3>&- &
	done
	on_terminal 80 bash -c "maps-dump --summary slow0.5 slow1.0 slow1.5 $DATA/verified.json 2>&1 >/dev/null" >out
	grep -aF $'\r3 of 4' out
	grep -aF $'\r\e[K' out
	on_terminal 80 bash -c "maps-dump --summary $DATA/*.json 2>&1 >/dev/null" >out
	run ! grep -a ' of ' out
}

# --- what goes with what

@test "what does not go together is a usage error" {
	is_usage_error 'only one of --lookup, --diff, --watch and --check' --diff --watch 1 $$ $$
	is_usage_error '--lookup, --diff and --watch print text or --jsonl' --lookup 10 --json $$
	is_usage_error '--sort goes with --table' --sort size $$
	is_usage_error '--lookup goes without filters' --lookup 10 --exec $$
	is_usage_error '--all is every process' --all --name sleep
	is_usage_error '--diff compares two targets, not 1' --diff $$
	is_usage_error '--watch: not a process: file' --watch 1 file
	is_usage_error '--watch: not a number of seconds from 0.001 on: 0' --watch 0 $$
	is_usage_error '--watch: not a number of seconds from 0.001 on: 1s' --watch 1s $$
	is_usage_error '--lookup: not an address in hex: xyz' --lookup 10,xyz $$
	is_usage_error '--lookup: not an address in hex: 10000000000000000' --lookup 10000000000000000 $$
	is_usage_error '--range: not two addresses in hex like 7f00-7fff: 10' --range 10 $$
	is_usage_error '--range: the end, which is exclusive, is not behind the start: 20-20' --range 20-20 $$
	is_usage_error '--output: no such column: color' -o start,color $$
	is_usage_error '--sort: no such column: color' --table --sort=-color $$
}
