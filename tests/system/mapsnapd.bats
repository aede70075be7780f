# SPDX-License-Identifier: BSD-2-Clause
# The service, asked by curl as its users would.
# BUILD: the built tree.

# shellcheck disable=SC2030,SC2031,SC2154 # variables that it sets, in the subshells of bats
load mapsnapd

header() {
	tr -d '\r' <headers | awk -v name="$1" 'tolower($1) == tolower(name) ":" { $1 = ""; print substr($0, 2) }'
}

start_sleep() {
	"$@" sleep 1000 3>&- &
	sleeper=$!
	started+=("$sleeper")
	wait_for 10 is_sleep "$sleeper"
}

is_sleep() {
	[ "$(cat "/proc/$1/comm" 2>/dev/null)" = sleep ]
}

# Which nobody else sees.
needs_mounts() {
	unshare --mount mount -t proc proc /proc || skip 'needs to mount /proc'
}

@test "it is well, and says what it is" {
	serve
	holds '.status == "ok"' health
	ask /v1/info
	[ "$code" = 200 ]
	holds '.version and (.source | IN("none", "bpf", "ioctl")) and .interval_ns == "100000000" and (.rounds | tonumber) > 0' body
}

@test "the mappings of a process are those that maps-dump prints" {
	start_sleep
	serve
	wait_for 10 watched "$sleeper"
	[ "$(header Content-Type)" = application/json ]
	"$BIN/maps-dump" --source=none --jsonl "$sleeper" >dumped
	diff <(jq -S .mappings body) <(jq -S .mappings dumped)
	holds ".pid == $sleeper and .format == \"maps-dump\"" body
	# As any capture it can be read again.
	"$BIN/maps-dump" body | diff - "/proc/$sleeper/maps"
}

@test "what is unchanged is not sent again" {
	local etag
	start_target one --rate 1
	kill -STOP "$target"
	serve "$target"
	wait_for 10 watched "$target"
	etag=$(header ETag)
	[ -n "$etag" ]
	ask "/v1/processes/$target/maps" -H "If-None-Match: $etag"
	[ "$code" = 304 ]
	run ! grep -q pid body
	[ "$(header ETag)" = "$etag" ]
	# It was read longer ago than it was last seen to hold.
	sleep 2
	ask "/v1/processes/$target/maps" -H "If-None-Match: $etag"
	[ "$code" = 304 ]
	[ "$(header Mapsnap-Age-Ns)" -gt 0 ]
	[ "$(header Mapsnap-Age-Ns)" -lt 1500000000 ]
	ask "/v1/processes/$target/maps" -H 'If-None-Match: *'
	[ "$code" = 304 ]
	ask "/v1/processes/$target/maps" -H 'If-None-Match: "1-2-3"'
	[ "$code" = 200 ]
	# It is one list, on however many lines.
	ask "/v1/processes/$target/maps" -H 'If-None-Match: "1-2-3", "x"' -H "if-none-match: W/$etag" -H 'If-None-Match: "y"'
	[ "$code" = 304 ]
	ask "/v1/processes/$target/maps" -H 'If-None-Match: "1-2-3"' -H 'If-None-Match: "y"'
	[ "$code" = 200 ]
}

# another_tag SOURCE
another_tag() {
	local etag
	serve --source="$1" "$target"
	wait_for 10 watched "$target" || cat body service.err
	etag=$(header ETag)
	differs() {
		ask "/v1/processes/$target/maps" -H "If-None-Match: $etag"
		[ "$code" = 200 ]
	}
	wait_for 10 differs
	[ "$(header ETag)" != "$etag" ]
	stop
}

@test "what has changed is sent, with another tag" {
	start_target one --rate 5
	another_tag auto
	another_tag none
}

@test "exec brings another program, and the end of a process that there is none" {
	local etag
	bash -c 'read -r; exec sleep 1000' < <(sleep 3) 3>&- &
	target=$!
	started+=("$target")
	serve --keep=0.2 "$target"
	wait_for 10 watched "$target"
	etag=$(header ETag)
	holds 'any(.mappings[]; .name | endswith("/bash"))' body
	is_replaced() {
		watched "$target" && holds 'any(.mappings[]; .name | endswith("/sleep"))' body
	}
	wait_for 10 is_replaced
	[ "$(header ETag)" != "$etag" ]
	kill -KILL "$target"
	is_gone() {
		ask "/v1/processes/$target/maps"
		[ "$code" = 404 ]
	}
	wait_for 10 is_gone
}

@test "what is still known of a process that has ended is marked so" {
	local etag
	start_sleep
	serve --keep=100 "$sleeper"
	wait_for 10 watched "$sleeper"
	[ -z "$(header Mapsnap-State)" ]
	etag=$(header ETag)
	ask "/v1/processes/$sleeper/lookup?address=0"
	[ -z "$(header Mapsnap-State)" ]
	kill -KILL "$sleeper"
	is_marked() {
		watched "$sleeper" && [ "$(header Mapsnap-State)" = ended ]
	}
	wait_for 10 is_marked
	as_described '/v1/processes/{pid}/maps'
	ask "/v1/processes/$sleeper/maps" -H "If-None-Match: $etag"
	[ "$code" = 304 ]
	[ "$(header Mapsnap-State)" = ended ]
	ask "/v1/processes/$sleeper/lookup?address=0"
	[ "$code" = 200 ]
	[ "$(header Mapsnap-State)" = ended ]
}

@test "what is mapped at an address is told, and that nothing is" {
	local start offset
	start_sleep
	serve "$sleeper"
	wait_for 10 watched "$sleeper"
	read -r start offset < <(awk '$2 ~ /x/ && $6 ~ /sleep$/ { sub(/-.*/, "", $1); print $1, $3 }' "/proc/$sleeper/maps")
	ask "/v1/processes/$sleeper/lookup?address=0x$start,0"
	[ "$code" = 200 ]
	[ "$(wc -l <body)" -eq 2 ]
	jq -se --arg offset "$(printf '0x%x' $((16#$offset)))" '.[0].mapped and (.[0].mapping.name | endswith("/sleep"))
		and .[0].file_offset == $offset and .[1].mapped == false and .[1].mapping == null and .[1].address == "0x0"' body
	# All that is asked for is answered.
	ask "/v1/processes/$sleeper/lookup?address=0x$start&address=1&address=2,3"
	[ "$code" = 200 ]
	[ "$(jq -r .address body | paste -sd ' ')" = "0x$start 0x1 0x2 0x3" ]
	for wrong in '' '?address' '?address=' '?address=xyz' '?address=1,,z' '?address=1%00,2' '?address=1&address=x'; do
		ask "/v1/processes/$sleeper/lookup$wrong"
		[ "$code" = 400 ]
		holds .error body
	done
}

@test "a question that makes no sense is answered so" {
	serve $$
	ask /v1/nothing
	[ "$code" = 404 ]
	holds '.status == 404' body
	for wrong in '' 0 -1 +1 %201 1x 4194304 99999999999999999999; do
		ask "/v1/processes/$wrong/maps"
		[ "$code" = 404 ]
		holds '.error == "there is nothing here: see the manual page mapsnapd(8)"' body
		ask "/v1/changes?pid=$wrong"
		[ "$code" = 400 ]
	done
	ask "/v1/changes?pid=$$&pid=$$"
	[ "$code" = 400 ]
	ask /v1/info -X DELETE
	[ "$code" = 405 ]
	[ "$(header Allow)" = 'GET, HEAD' ]
	ask /v1/info --data-binary @"$BIN/mapsnapd"
	[ "$code" = 405 ]
	ask /v1/info -I
	[ "$code" = 200 ]
	# Not as other errors are.
	ask "/v1/info?$(printf '%040000d' 0)"
	[ "$code" = 414 ]
	grep -q '<html>' body
	ask /v1/info -H "X-Long: $(printf '%040000d' 0)"
	[ "$code" = 431 ]
	grep -q '<html>' body
	healthy
}

@test "who may read a process is told of it, and nobody else" {
	start_sleep
	local roots=$sleeper
	start_sleep setpriv --reuid=65534 --regid=65534 --clear-groups
	serve
	wait_for 10 watched "$sleeper"
	wait_for 10 watched "$roots"
	ask_as_nobody "/v1/processes/$sleeper/maps"
	[ "$code" = 200 ]
	holds '.mappings | length > 5' body
	ask_as_nobody "/v1/processes/$roots/maps"
	[ "$code" = 403 ]
	holds '.mappings == null' body
	ask_as_nobody "/v1/processes/$roots/lookup?address=0"
	[ "$code" = 403 ]
	ask_as 12345 12345 '' "/v1/processes/$sleeper/maps"
	[ "$code" = 403 ]
	ask_as_nobody /v1/processes
	[ "$code" = 200 ]
	jq -se --argjson own "$sleeper" --argjson other "$roots" 'any(.[]; .pid == $own) and all(.[]; .pid != $other)' body
}

@test "who asks from a user namespace of its own is told nothing" {
	local nobody=(setpriv --reuid=65534 --regid=65534 --clear-groups)
	(cd / && "${nobody[@]}" unshare --user true) || skip "users can't make user namespaces here"
	start_sleep "${nobody[@]}"
	serve "$sleeper"
	wait_for 10 watched "$sleeper"
	ask_as 65534 65534 '' "/v1/processes/$sleeper/maps"
	[ "$code" = 200 ]
	# Where it could not read it by itself.
	run ! setpriv --reuid=65534 --regid=65534 --clear-groups unshare --user head -c 1 "/proc/$sleeper/maps"
	cd /
	"${nobody[@]}" unshare --user curl -s --unix-socket "$SOCKET" "http://mapsnapd/v1/processes/$sleeper/maps" >"$BATS_TEST_TMPDIR/body"
	jq -es 'length == 1 and .[0].status == 403 and .[0].mappings == null' "$BATS_TEST_TMPDIR/body"
	"${nobody[@]}" unshare --user curl -s --unix-socket "$SOCKET" http://mapsnapd/v1/processes >"$BATS_TEST_TMPDIR/body"
	[ ! -s "$BATS_TEST_TMPDIR/body" ]
}

@test "of hundreds of processes those are listed that the client may read, and no other" {
	local crowd='for i in {1..300}; do sleep 1000 & done; wait'
	setsid bash -c "$crowd" 3>&- &
	started+=("$!")
	setsid setpriv --reuid=65534 --regid=65534 --clear-groups bash -c "$crowd" 3>&- &
	started+=("$!")
	serve --name=sleep
	all_are_watched() {
		ask /v1/processes
		[ "$(wc -l <body)" -ge 600 ]
	}
	wait_for 20 all_are_watched
	ask_as_nobody /v1/processes
	[ "$code" = 200 ]
	jq .pid body | sort >listed
	pgrep -x -u 65534 sleep | sort >readable
	[ "$(wc -l <readable)" -ge 300 ]
	diff readable listed
}

@test "of a program that may be read none is shown that came before and might not" {
	bash -c 'read -r; exec setpriv --reuid=65534 --regid=65534 --clear-groups sleep 1000' < <(sleep 2) 3>&- &
	target=$!
	started+=("$target")
	# No round comes in between.
	serve --interval=30 --max-interval=30 "$target"
	wait_for 10 watched "$target"
	holds 'any(.mappings[]; .name | endswith("/bash"))' body
	ask_as_nobody "/v1/processes/$target/maps"
	[ "$code" = 403 ]
	ask_as_nobody /v1/processes
	run ! grep -q pid body
	wait_for 10 is_sleep "$target"
	# That they were refused is held against them for a moment.
	is_listed() {
		ask_as_nobody /v1/processes
		grep -q pid body
	}
	wait_for 5 is_listed
	jq -se --argjson pid "$target" 'length == 1 and .[0].pid == $pid and .[0].state == "alive"' body
	ask_as_nobody "/v1/processes/$target/maps"
	[ "$code" = 200 ]
	holds 'any(.mappings[]; .name | endswith("/sleep")) and all(.mappings[]; .name | endswith("/bash") | not)' body
}

# What the children of the helper that judges came to: by their page faults, of which each of them has as many
judged() {
	awk '{ print $11 }' "/proc/$(pgrep -P "$service")/stat"
}

# ask_often PID: as nobody, in half a second or so; sets $cost
ask_often() {
	local before
	before=$(judged)
	(cd / && setpriv --reuid=65534 --regid=65534 --clear-groups \
		curl -s --unix-socket "$SOCKET" "http://mapsnapd/v1/processes/$1/lookup?address=[0-199]") >answers
	cost=$(($(judged) - before))
}

@test "who was refused is not judged anew each time, and who was not is" {
	local allowed
	start_sleep
	local roots=$sleeper
	start_sleep setpriv --reuid=65534 --regid=65534 --clear-groups
	serve "$roots" "$sleeper"
	wait_for 10 watched "$roots" "$sleeper"
	ask_often "$sleeper"
	[ "$(jq -s 'map(select(.mapped == false)) | length' answers)" -eq 200 ]
	allowed=$cost
	[ "$allowed" -gt 1000 ]
	ask_often "$roots"
	[ "$(jq -s 'map(select(.status == 403)) | length' answers)" -eq 200 ]
	echo "$allowed page faults for those who may, $cost for those who may not"
	[ "$cost" -lt $((allowed / 10)) ]
	# Of others it is not known; and after a while it is asked again.
	ask_as 12345 12345 '' "/v1/processes/$sleeper/maps"
	[ "$code" = 403 ]
	sleep 3
	ask_as_nobody "/v1/processes/$roots/maps"
	[ "$code" = 403 ]
	ask_as 65534 65534 0 "/v1/processes/$sleeper/maps"
	[ "$code" = 200 ]
}

@test "of a new program it is judged at once who may read it" {
	mkfifo input
	bash -c 'read -r; exec setpriv --reuid=65534 --regid=65534 --clear-groups sleep 1000' <>input 3>&- &
	target=$!
	started+=("$target")
	serve --interval=0.02 "$target"
	wait_for 10 watched "$target"
	ask_as_nobody "/v1/processes/$target/maps"
	[ "$code" = 403 ]
	echo >input
	# Sooner than what was said of the program before is forgotten.
	local end=$(($(date +%s%N) + 2500000000))
	until [ "$code" = 200 ]; do
		[ "$(date +%s%N)" -lt "$end" ]
		ask_as_nobody "/v1/processes/$target/maps"
	done
}

@test "who is in the group may read everything" {
	start_sleep
	serve --group=users "$sleeper"
	wait_for 10 watched "$sleeper"
	ask_as 12345 12345 '' "/v1/processes/$sleeper/maps"
	[ "$code" = 403 ]
	ask_as 12345 12345 "$(getent group users | cut -d: -f3)" "/v1/processes/$sleeper/maps"
	[ "$code" = 200 ]
}

@test "the processes that are watched are listed" {
	start_sleep
	serve "$sleeper" $$
	wait_for 10 watched "$sleeper"
	wait_for 10 watched $$
	ask /v1/processes
	jq -se --argjson one "$sleeper" --argjson other $$ 'map(.pid) | sort == ([$one, $other] | sort)' body
	jq -se 'all(.[]; .state == "alive" and (.mappings | tonumber) > 5 and .revision)' body
}

@test "processes are chosen by name and by user" {
	start_sleep setpriv --reuid=65534 --regid=65534 --clear-groups
	serve --name=sleep --user=nobody
	wait_for 10 watched "$sleeper"
	ask "/v1/processes/$$/maps"
	[ "$code" = 404 ]
	# Also one that comes later.
	start_sleep setpriv --reuid=65534 --regid=65534 --clear-groups
	wait_for 10 watched "$sleeper"
	# And one that becomes such a program without a new pid, or ceases to be it.
	setpriv --reuid=65534 --regid=65534 --clear-groups bash -c 'read -r; exec sleep 1000' < <(sleep 2) 3>&- &
	sleeper=$!
	started+=("$sleeper")
	sleep 1
	ask "/v1/processes/$sleeper/maps"
	[ "$code" = 404 ]
	wait_for 10 watched "$sleeper"
	cp /bin/bash "$HOME_OF_SOCKET/sleep"
	setpriv --reuid=65534 --regid=65534 --clear-groups "$HOME_OF_SOCKET/sleep" -c 'read -r; exec tail -f /dev/null' < <(sleep 2) 3>&- &
	sleeper=$!
	started+=("$sleeper")
	wait_for 10 watched "$sleeper"
	no_more() {
		ask "/v1/processes/$sleeper/maps"
		[ "$code" = 404 ]
	}
	wait_for 10 no_more
	[ "$(cat "/proc/$sleeper/comm")" = tail ]
}

@test "there are metrics" {
	serve
	ask /metrics
	[ "$code" = 200 ]
	[[ $(header Content-Type) == application/openmetrics-text* ]]
	[ "$(tail -n 1 body)" = '# EOF' ]
	grep -qE '^mapsnapd_rounds_total [1-9]' body
	grep -qE '^mapsnapd_processes\{group="[^"]+"\} [1-9]' body
	# Each family once, with type and help; no address and no pid.
	diff <(sed -nE 's/^# TYPE ([a-z_]+) .*/\1/p' body) <(sed -nE 's/^# HELP ([a-z_]+) .*/\1/p' body)
	[ -z "$(sed -nE 's/^# TYPE ([a-z_]+) .*/\1/p' body | sort | uniq -d)" ]
	run ! grep -E 'pid|0x' body
	# In the older format where that is asked for: counters are called as their samples, and there is no end mark.
	ask /metrics -H 'Accept: text/plain'
	[[ $(header Content-Type) == 'text/plain; version=0.0.4'* ]]
	grep -q '^# TYPE mapsnapd_rounds_total counter$' body
	run ! grep -q EOF body
}

@test "where /proc hides processes the metrics are for root and the group alone" {
	needs_mounts
	start_sleep
	serve --group=users "$sleeper"
	wait_for 10 watched "$sleeper"
	ask_as_nobody /metrics
	[ "$code" = 200 ]
	stop
	# Where nobody else sees that.
	# shellcheck disable=SC2016 # for that shell
	within=(unshare --mount sh -c 'mount -t proc -o hidepid=2 proc /proc && exec "$@"' -)
	serve --group=users "$sleeper"
	wait_for 10 watched "$sleeper"
	ask_as_nobody /metrics
	[ "$code" = 403 ]
	jq -es 'length == 1 and .[0].status == 403 and (.[0].error | test("hidepid"))' body
	ask_as 12345 12345 "$(getent group users | cut -d: -f3)" /metrics
	[ "$code" = 200 ]
	metric_is 'mapsnapd_processes{group="sleep"}' 1
	ask /metrics
	[ "$code" = 200 ]
	# It may be mounted otherwise while it runs.
	nsenter --mount="/proc/$service/ns/mnt" mount -o remount,hidepid=0 /proc
	ask_as_nobody /metrics
	[ "$code" = 200 ]
	nsenter --mount="/proc/$service/ns/mnt" mount -o remount,hidepid=invisible /proc
	ask_as_nobody /metrics
	[ "$code" = 403 ]
	echo 'Content-Type: application/json' >headers
	sed -i '/^$/d' body
	as_described /metrics
}

@test "what somebody is to be woken for is counted by name" {
	start_target one --rate 5
	cp /bin/sleep ./sleepy
	./sleepy 1000 3>&- &
	started+=("$!")
	wait_for 10 grep -qx sleepy "/proc/$!/comm"
	rm sleepy
	python3 -c 'import mmap, time; m = mmap.mmap(-1, 4096, prot=7); print("ready", flush=True); time.sleep(1000)' >python.ready 3>&- &
	started+=("$!")
	wait_for 20 grep -q ready python.ready
	# 80 percent of what the kernel allows.
	local limit
	limit=$(cat /proc/sys/vm/max_map_count)
	start_target large --mappings $((limit * 85 / 100))
	serve "${started[@]}"
	wait_for 20 metric_is 'mapsnapd_deleted_file_processes{group="sleepy"}' 1
	wait_for 20 metric_is 'mapsnapd_writable_executable_mappings{group="python3"}' 1
	wait_for 20 metric_is 'mapsnapd_near_max_map_count_processes{group="mapsnap-target"}' 1
	metric_is 'mapsnapd_near_max_map_count_processes{group="sleepy"}' 0
	metric_is mapsnapd_mappings_limit "$limit"
	grows() { [ "$(metric 'mapsnapd_sequence_steps_total{group="mapsnap-target"}')" -gt 10 ]; }
	wait_for 20 grows
	avoided() { [ "$(metric mapsnapd_reads_avoided_total)" -gt 10 ]; }
	wait_for 20 avoided
	promtool=$(command -v promtool) || return 0
	ask /metrics -H 'Accept: text/plain'
	"$promtool" check metrics <body
}

@test "groups in metrics are bounded" {
	for i in $(seq 70); do
		cp /bin/sleep "./sleep$i"
		"./sleep$i" 1000 3>&- &
		started+=("$!")
	done
	serve
	all_are_there() { [ "$(metric 'mapsnapd_processes{group="other"}')" -gt 5 ]; }
	wait_for 20 all_are_there
	[ "$(grep -c '^mapsnapd_processes{' body)" -le 65 ]
	"$BIN/mapsnapd" --oneshot --group-by=cgroup >once
	grep -q '^mapsnapd_processes{group="' once
	run ! grep -q 'group="sleep1"' once
}

@test "however processes are called, no metric is there twice" {
	# Names that are shown alike, one like that of the others, and so many that there are others.
	python3 - 3>&- >named <<-'EOF' &
		import ctypes, os, time
		prctl = ctypes.CDLL(None).prctl
		names = [b"\xe9a", b"\xe8a", b"?a", b"a\nb", b'q"\\{}', b"other"] + [b"filler%d" % i for i in range(70)]
		for name in names:
		    if os.fork() == 0:
		        prctl(15, name, 0, 0, 0)
		        time.sleep(1000)
		        os._exit(0)
		time.sleep(1)
		print("ready", flush=True)
		time.sleep(1000)
	EOF
	local python=$!
	started+=("$python")
	wait_for 20 grep -q ready named
	mapfile -t -O "${#started[@]}" started < <(pgrep -P "$python")
	serve "${started[@]}"
	others_are_there() { [ "$(metric 'mapsnapd_processes{group="other"}')" = 11 ]; }
	wait_for 20 others_are_there
	metric_is 'mapsnapd_processes{group="?a"}' 3
	metric_is 'mapsnapd_processes{group="a?b"}' 1
	grep -qxF 'mapsnapd_processes{group="q\"\\{}"} 1' body
	[ -z "$(sed -E '/^#/d; s/ [^ ]*$//' body | sort | uniq -d)" ]
}

@test "the names of processes that have ended make room for others" {
	local i names=(--name=newcomer)
	for i in $(seq 70); do
		cp /bin/sleep "./short$i"
		"./short$i" 1000 3>&- &
		started+=("$!")
		names+=("--name=short$i")
	done
	serve --keep=60 "${names[@]}"
	wait_for 20 metric_is 'mapsnapd_process_states{state="held"}' 70
	grep -qxF 'mapsnapd_processes{group="other"} 6' body
	kill "${started[@]}"
	wait_for 20 metric_is 'mapsnapd_process_states{state="ended"}' 70
	run ! grep '^mapsnapd_processes{group="short' body
	cp /bin/sleep newcomer
	./newcomer 1000 3>&- &
	started+=("$!")
	wait_for 20 metric_is 'mapsnapd_processes{group="newcomer"}' 1
}

@test "metrics are written once, whole or not at all" {
	start_sleep
	"$BIN/mapsnapd" --oneshot "$sleeper" >once
	grep -q '^mapsnapd_processes{group="sleep"} 1$' once
	grep -q '^mapsnapd_rounds_total [1-9]' once
	run ! grep -qE 'EOF|mapsnapd_streams' once
	[ "$(awk '/^mapsnapd_mappings\{/ { print $2 }' once)" -eq "$(wc -l <"/proc/$sleeper/maps")" ]
	mkdir textfile
	echo old >textfile/mapsnapd.prom
	"$BIN/mapsnapd" --oneshot=textfile/mapsnapd.prom "$sleeper"
	[ "$(ls textfile)" = mapsnapd.prom ]
	[ "$(stat -c %a textfile/mapsnapd.prom)" = 644 ]
	grep -q '^mapsnapd_processes{group="sleep"} 1$' textfile/mapsnapd.prom
	run -1 "$BIN/mapsnapd" --oneshot=/nonexistent/file "$sleeper"
	[[ $output == */nonexistent/file:* ]]
}

@test "metrics are written to where a link leads, and into what is no file" {
	start_sleep
	mkdir there
	ln -s "$PWD/there/link" link
	ln -s metrics there/link
	for _ in 1 2; do
		"$BIN/mapsnapd" --oneshot=link "$sleeper"
		[ -L link ]
		[ -L there/link ]
		[ "$(find there -mindepth 1 -printf '%f\n' | sort | xargs)" = 'link metrics' ]
		grep -q '^mapsnapd_processes{group="sleep"} 1$' there/metrics
	done
	mkfifo pipe
	ln -s pipe to-pipe
	"$BIN/mapsnapd" --oneshot=to-pipe "$sleeper" 3>&- &
	timeout 20 cat pipe >written
	wait $!
	grep -q '^mapsnapd_processes{group="sleep"} 1$' written
	[ -p pipe ]
	run -1 "$BIN/mapsnapd" --oneshot=there "$sleeper"
	[[ $output == *'there: Is a directory' ]]
	ln -s round-2 round-1
	ln -s round-1 round-2
	run -1 "$BIN/mapsnapd" --oneshot=round-1 "$sleeper"
	[[ $output == *'round-1: Too many levels of symbolic links' ]]
}

is_idle() {
	[ "$(chrt -p "$1" | awk '/policy/ { print $NF }')" = SCHED_IDLE ]
}

@test "for metrics that are written once all are read, however long it takes, at idle priority" {
	for i in 1 2 3; do
		start_target "t$i" --mappings 3000
	done
	"$BIN/mapsnapd" --oneshot --max-cpu=0.01 "${started[@]}" >once
	grep -qxF 'mapsnapd_process_states{state="new"} 0' once
	grep -qxF 'mapsnapd_processes{group="mapsnap-target"} 3' once
	[ "$(awk '/^mapsnapd_mappings\{/ { print $2 }' once)" -gt 9000 ]
	# It has read them when it waits for a reader, and can be ended then.
	mkfifo pipe
	"$BIN/mapsnapd" --oneshot=pipe "${started[@]}" 3>&- &
	local once=$! status=0
	started+=("$once")
	wait_for 20 is_idle "$once"
	kill -TERM "$once"
	wait "$once" || status=$?
	[ "$status" -eq 143 ]
}

@test "where not all can be read no metrics are written" {
	start_sleep
	start_target large --mappings 30000
	echo old >metrics
	run -1 "$BIN/mapsnapd" --oneshot=metrics --memory=1 "$sleeper" "$target"
	[[ $output == *'raise the option memory'*'not all processes could be looked at: No space left on device' ]]
	[ "$(cat metrics)" = old ]
	# What the kernel refuses is counted.
	start_sleep setpriv --reuid=65534 --regid=65534 --clear-groups
	setpriv --bounding-set=-sys_ptrace,-perfmon "$BIN/mapsnapd" --oneshot=metrics --source=none "$sleeper"
	grep -qxF 'mapsnapd_process_states{state="refused"} 1' metrics
}

# follow [PARAMETERS]: the lines of what changes go to `changes`
follow() {
	curl -sN --unix-socket "$SOCKET" "http://mapsnapd/v1/changes${1:-}" >changes 3>&- &
	follower=$!
	started+=("$follower")
}

# The last line may still be on its way.
whole_lines() {
	grep '}$' changes
}

has_line() {
	whole_lines | jq -ne "any(inputs; $1)" >/dev/null
}

last_cursor() {
	whole_lines | jq -r 'select(.cursor) | .cursor' | tail -n 1
}

@test "what changes is followed, and gone on from" {
	local cursor
	start_target one --rate 5
	serve "$target"
	wait_for 10 watched "$target"
	follow
	wait_for 10 has_line '.event == "current"'
	head -n 1 changes | holds '.event == "resync" and .cursor == null'
	wait_for 10 has_line '.event == "changed" and (.changes | length) > 0'
	has_line ".event == \"added\" and .pid == $target and (.snapshot.mappings | length) > 40"
	kill "$follower"
	cursor=$(last_cursor)
	# What is told in two parts comes to the same as all of it at once.
	whole_lines >first
	sleep 1
	follow "?since=$cursor"
	wait_for 10 has_line '.event == "changed"'
	run ! has_line '.event == "resync" or .event == "added"'
	kill -STOP "$target"
	sleep 0.5
	ask "/v1/processes/$target/maps"
	kill "$follower"
	whole_lines | cat first - >all
	jq -c --slurpfile now body -n -f "$BATS_TEST_DIRNAME/changes.jq" all >result || {
		cat result
		false
	}
	cat result
	holds '.mappings > 40 and .changes >= 2 and .same' result
}

@test "who follows is told of new processes, of exec and of the end" {
	serve --keep=0.2 --name=bash --name=sleep
	follow
	wait_for 10 has_line '.event == "current"'
	bash -c 'read -r; exec sleep 1000' < <(sleep 1) 3>&- &
	target=$!
	started+=("$target")
	wait_for 10 has_line ".pid == $target and .event == \"added\""
	wait_for 10 has_line ".pid == $target and .event == \"exec\" and any(.snapshot.mappings[]; .name | endswith(\"/sleep\"))"
	kill -KILL "$target"
	wait_for 10 has_line ".pid == $target and .event == \"exited\""
	wait_for 10 has_line ".pid == $target and .event == \"removed\""
}

@test "after a restart who follows is told all again" {
	start_sleep
	serve "$sleeper"
	wait_for 10 watched "$sleeper"
	follow
	wait_for 10 has_line '.event == "current"'
	local cursor
	cursor=$(last_cursor)
	kill -KILL "$service"
	wait "$service" || true
	serve "$sleeper"
	wait_for 10 watched "$sleeper"
	follow "?since=$cursor"
	wait_for 10 has_line '.event == "current"'
	head -n 1 changes | holds '.event == "resync" and .reason == "the service was started again"'
	has_line ".event == \"added\" and .pid == $sleeper"
	for wrong in x '' 1 "$cursor-" "-$cursor"; do
		ask "/v1/changes?since=$wrong"
		[ "$code" = 400 ]
	done
	# None of the future: there it would wait in vain, and of what comes until then not be told.
	cursor=$(last_cursor)
	for wrong in 1000000 18446744073709551615; do
		ask "/v1/changes?since=${cursor%-*}-$wrong"
		[ "$code" = 400 ]
		as_described /v1/changes
	done
	ask "/v1/changes?pid=1"
	[ "$code" = 404 ]
}

@test "who may not read a process is told nothing of what changes in it" {
	start_sleep
	local roots=$sleeper
	start_sleep setpriv --reuid=65534 --regid=65534 --clear-groups
	serve
	wait_for 10 watched "$sleeper"
	wait_for 10 watched "$roots"
	(cd / && setpriv --reuid=65534 --regid=65534 --clear-groups \
		timeout 3 curl -sN --unix-socket "$SOCKET" http://mapsnapd/v1/changes) >changes &
	local reader=$!
	sleep 1
	kill -KILL "$roots" "$sleeper"
	wait "$reader" || true
	has_line ".event == \"added\" and .pid == $sleeper and (.snapshot.mappings | length) > 5"
	has_line ".event == \"exited\" and .pid == $sleeper"
	run ! grep -qw "$roots" changes
	# The same of a single one is refused.
	ask_as_nobody "/v1/changes?pid=$$"
	[ "$code" = 403 ]
}

# follow_as_nobody [PARAMETERS]
follow_as_nobody() {
	(cd / && exec setpriv --reuid=65534 --regid=65534 --clear-groups \
		curl -sN --unix-socket "$SOCKET" "http://mapsnapd/v1/changes${1:-}") >changes 3>&- &
	follower=$!
	started+=("$follower")
}

# start_secretive: sets $target, of nobody, which with a line of its input becomes a program that nobody may not read
start_secretive() {
	# Whoever may execute it but not read it may not look into it either.
	cp /bin/sleep "$HOME_OF_SOCKET/sleep"
	chmod 711 "$HOME_OF_SOCKET/sleep"
	mkfifo input
	setpriv --reuid=65534 --regid=65534 --clear-groups bash -c "read -r; exec $HOME_OF_SOCKET/sleep 1000" <>input 3>&- &
	target=$!
	started+=("$target")
}

@test "who follows is told that a process has become one that they may not read, and no more of it" {
	local of
	start_secretive
	serve --keep=0.2 "$target"
	wait_for 10 watched "$target"
	follow_as_nobody
	of=".pid == $target"
	wait_for 10 has_line "$of and .event == \"added\""
	echo >input
	wait_for 10 has_line "$of and .event == \"unreadable\" and .error == \"Permission denied\""
	as_lines_are_described
	kill -KILL "$target"
	is_gone() {
		ask "/v1/processes/$target/maps"
		[ "$code" = 404 ]
	}
	wait_for 10 is_gone
	sleep 0.5
	[ "$(whole_lines | jq -r "select($of) | .event" | paste -sd ' ')" = 'added unreadable' ]
}

@test "who goes on from a cursor is told of what has ended since, and of what they may not read nothing" {
	local roots own cursor
	start_sleep
	roots=$sleeper
	start_sleep setpriv --reuid=65534 --regid=65534 --clear-groups
	own=$sleeper
	start_sleep setpriv --reuid=65534 --regid=65534 --clear-groups
	serve --keep=0.2 "$roots" "$own" "$sleeper"
	wait_for 10 watched "$roots" "$own" "$sleeper"
	follow_as_nobody
	wait_for 10 has_line '.event == "current"'
	cursor=$(last_cursor)
	kill "$follower"
	# As long as nothing ends all is as it was.
	follow_as_nobody "?since=$cursor"
	start_sleep setpriv --reuid=65534 --regid=65534 --clear-groups
	sleep 0.5
	[ "$(whole_lines | wc -l)" -eq 0 ]
	kill "$follower"
	# What the client had is replaced, by what is there still.
	kill -KILL "$own" "$roots"
	follow_as_nobody "?since=$cursor"
	wait_for 10 has_line '.event == "current"'
	head -n 1 changes | jq -es 'length == 1 and .[0].event == "resync"'
	[ "$(whole_lines | jq -r 'select(.event == "added") | .pid')" -eq "${started[2]}" ]
	run ! grep -qwE "$roots|$own" changes
	# From then on it is known what the client knows.
	kill -KILL "${started[2]}"
	wait_for 10 has_line ".event == \"exited\" and .pid == ${started[2]}"
	[ "$(whole_lines | jq -r 'select(.event == "resync") | .event' | wc -l)" -eq 1 ]
}

@test "who goes on from a cursor is told all again when there is one that they may not read, and not of it" {
	local cursor
	start_secretive
	start_sleep setpriv --reuid=65534 --regid=65534 --clear-groups
	serve "$target" "$sleeper"
	wait_for 10 watched "$target" "$sleeper"
	follow_as_nobody
	wait_for 10 has_line '.event == "current"'
	cursor=$(last_cursor)
	kill "$follower"
	echo >input
	wait_for 10 is_sleep "$target"
	follow_as_nobody "?since=$cursor"
	wait_for 10 has_line '.event == "current"'
	head -n 1 changes | holds '.event == "resync"'
	has_line ".event == \"added\" and .pid == $sleeper"
	run ! grep -qw "$target" changes
}

@test "who goes on with a single process is told of its end" {
	local cursor
	start_sleep setpriv --reuid=65534 --regid=65534 --clear-groups
	serve --keep=0.2 "$sleeper"
	wait_for 10 watched "$sleeper"
	follow_as_nobody "?pid=$sleeper"
	wait_for 10 has_line '.event == "current"'
	cursor=$(last_cursor)
	kill "$follower"
	follow_as_nobody "?pid=$sleeper&since=$cursor"
	sleep 0.5
	kill -KILL "$sleeper"
	wait_for 10 has_line '.event == "removed"'
	[ "$(whole_lines | jq -r .event | paste -sd ' ')" = 'exited removed' ]
}

@test "those who follow are told of a process once a round, however many they are" {
	local before i
	user=65534 start_target one --rate 2000
	serve --interval=0.5 --max-interval=0.5 --max-cpu=50 "$target"
	wait_for 10 watched "$target"
	for i in {1..8}; do
		follow_as_nobody
		wait_for 10 test -e changes
		mv changes "changes.$i"
	done
	before=$(metric mapsnapd_rounds_total)
	sleep 3
	before=$(($(metric mapsnapd_rounds_total) - before))
	kill "${started[@]:1}"
	[ "$(grep -h '}$' changes.* | grep -c '^{"event":"changed"')" -ge "$before" ]
	[ "$(grep -h '}$' changes.* | grep -c '^{"event":"changed"')" -le $((8 * (before + 2))) ]
}

# start_as PID: sets $target, a sleep of root with this pid, which nobody has
start_as() {
	python3 -c '
import os, sys
for _ in range(1000):
    with open("/proc/sys/kernel/ns_last_pid", "w") as last:
        last.write(str(int(sys.argv[1]) - 1))
    pid = os.fork()
    if pid == 0 and os.getpid() == int(sys.argv[1]):
        os.execlp("sleep", "sleep", "1000")
    elif pid == 0:
        os._exit(0)
    if pid == int(sys.argv[1]):
        break
    os.waitpid(pid, 0)' "$1" 3>&-
	target=$1
	started+=("$target")
	wait_for 10 is_sleep "$target"
}

@test "who follows is told no more of a process whose pid one has by now that they may not read" {
	[ -w /proc/sys/kernel/ns_last_pid ] || skip 'needs /proc/sys/kernel/ns_last_pid'
	start_sleep setpriv --reuid=65534 --regid=65534 --clear-groups
	# No round comes in between, for the most part.
	serve --interval=2 "$sleeper" $$
	wait_for 10 watched "$sleeper"
	follow_as_nobody
	wait_for 10 has_line ".pid == $sleeper and .event == \"added\""
	kill -KILL "$sleeper"
	wait_for 10 test ! -e "/proc/$sleeper"
	start_as "$sleeper"
	wait_for 10 has_line ".pid == $sleeper and .event == \"removed\""
	watched "$sleeper"
	as_lines_are_described
	jq -es --argjson pid "$sleeper" 'map(select(.pid == $pid)) | (map(.start_time) | unique | length == 1) and (map(.event) == ["added", "exited", "removed"])' body
}

@test "who follows is told that a process has taken on rights that they do not have, and all of it when it gave them up" {
	local of
	mkfifo input
	python3 -c '
import ctypes, mmap, os, sys
many = []
def dumpable(value):
    ctypes.CDLL(None).prctl(4, value)
os.setgroups([])
os.setresgid(65534, 65534, 65534)
os.setresuid(65534, 65534, 65534)
dumpable(1)
print("ready", flush=True)
for line in sys.stdin:
    dumpable(int(line))
    many.append(mmap.mmap(-1, 4096))' <>input >ready 3>&- &
	target=$!
	started+=("$target")
	wait_for 20 grep -q ready ready
	serve "$target"
	wait_for 10 watched "$target"
	follow_as_nobody
	of=".pid == $target"
	wait_for 10 has_line "$of and .event == \"added\""
	sleep 0.5
	echo 0 >input
	wait_for 10 has_line "$of and .event == \"unreadable\" and .error == \"Permission denied\""
	echo 0 >input
	sleep 0.5
	# For a moment it is still held to be so.
	is_told() {
		echo 1 >input
		sleep 0.2
		has_line "$of and .event == \"changed\" and .snapshot"
	}
	wait_for 10 is_told
	[ "$(whole_lines | jq -r "select($of) | .event" | uniq | grep -A9 unreadable | head -n 2 | paste -sd ' ')" = 'unreadable changed' ]
}

@test "without descriptors for all, some are looked at in turns" {
	start_sleep
	local first=$sleeper
	for _ in $(seq 60); do
		sleep 1000 3>&- &
		started+=("$!")
	done
	start_target one --rate 2
	nofile=180 serve --clients=16 --max-interval=0.4 --name=sleep --name=mapsnap-target
	in_turns() { [ "$(metric 'mapsnapd_process_states{state="in_turns"}')" -gt 5 ]; }
	wait_for 10 in_turns
	metric_is 'mapsnapd_process_states{state="new"}' 0
	metric_is 'mapsnapd_process_states{state="refused"}' 0
	wait_for 10 watched "$first"
	for pid in "${started[@]}"; do
		watched "$pid"
	done
	grep -q 'looked at in turns' service.err
	# Each of them is still seen to change, and to end.
	local etag
	watched "$target"
	etag=$(header ETag)
	differs() {
		ask "/v1/processes/$target/maps" -H "If-None-Match: $etag"
		[ "$code" = 200 ]
	}
	wait_for 20 differs
	# One line of its kind, however many they are.
	[ "$(grep -c 'looked at in turns' service.err)" -eq 1 ]
	# Who ends makes room.
	kill -KILL "${started[@]:1:40}"
	wait_for 40 metric_is 'mapsnapd_process_states{state="in_turns"}' 0
}

@test "why processes are refused is told, and not of whom" {
	start_sleep setpriv --reuid=65534 --regid=65534 --clear-groups
	within=(setpriv "--bounding-set=-sys_ptrace,-perfmon")
	serve --source=none --max-interval=0.2 "$sleeper"
	wait_for 10 metric_is 'mapsnapd_process_states{state="refused"}' 1
	# It is tried again and again.
	tried() { [ "$(metric mapsnapd_failed_total)" -ge 5 ]; }
	wait_for 20 tried
	[ "$(wc -l <service.err)" -eq 1 ]
	grep -q 'some processes cannot be read: Permission denied: it takes CAP_SYS_PTRACE' service.err
	run ! grep -qw "$sleeper" service.err
}

@test "one that changes all the time is read less often, and the others are not" {
	start_target one --rate 2000
	start_sleep
	serve --interval=0.05 --max-interval=1 "$target" "$sleeper"
	wait_for 10 watched "$target"
	sleep 2
	local before after
	before=$(metric 'mapsnapd_events_total{event="changed"}')
	sleep 3
	after=$(metric 'mapsnapd_events_total{event="changed"}')
	# In 60 rounds.
	[ $((after - before)) -ge 1 ]
	[ $((after - before)) -le 12 ]
	[ "$(metric mapsnapd_put_off_total)" -gt 20 ]
}

@test "the budget is kept" {
	for i in 1 2 3; do
		start_target "t$i" --mappings 3000 --rate 50
	done
	# Without it: each round reads all.
	serve --interval=0.02 --max-interval=0.02 --max-cpu=1 "${started[@]}"
	local spent
	sleep 5
	spent=$(metric mapsnapd_watch_cpu_seconds_total)
	sleep 5
	# One percent of five seconds, and half as much again for rounds that can only be ended.
	spent=$(awk -v a="$spent" -v b="$(metric mapsnapd_watch_cpu_seconds_total)" 'BEGIN { print b - a }')
	echo "spent $spent s"
	awk -v spent="$spent" 'BEGIN { exit !(spent > 0.01 && spent < 0.1) }'
	[ "$(metric mapsnapd_stale_processes)" -ge 1 ]
	[ "$(metric mapsnapd_put_off_total)" -ge 1 ]
}

@test "a file has the same options, and is read again" {
	start_sleep
	local first=$sleeper
	cat >mapsnapd.conf <<-EOF
		# What is watched.
		pid = $first
		interval = 0.1
	EOF
	serve --config=mapsnapd.conf
	wait_for 10 watched "$first"
	start_sleep
	printf 'pid = %s\ninterval = 0.2\nmemory = 5\n' "$sleeper" >mapsnapd.conf
	kill -HUP "$service"
	wait_for 10 watched "$sleeper"
	is_dropped() {
		ask "/v1/processes/$first/maps"
		[ "$code" = 404 ]
	}
	wait_for 10 is_dropped
	ask /v1/info
	# What was said on the command line still is said.
	ask /v1/info
	holds '.interval_ns == "100000000"' body
	grep -q 'until it is started again: memory$' service.err
	# What makes no sense leaves all as it was.
	printf 'pid = %s\nno-such = 1\n' "$first" >mapsnapd.conf
	kill -HUP "$service"
	wait_for 10 grep -q 'mapsnapd.conf:2: no-such: there is no such option' service.err
	watched "$sleeper"
	for wrong in 'interval = x' 'interval' 'all = no' 'name =' $'[part]\nall' 'config = x' 'max-cpu = 0' 'interval = 20'; do
		echo "$wrong" >wrong.conf
		run -2 "$BIN/mapsnapd" --config=wrong.conf
		[[ $output == *wrong.conf:[12]:* || $output == *'shorter than interval'* ]]
	done
	run -2 "$BIN/mapsnapd" --config=nonexistent.conf
}

@test "a file may have long lines, and blanks before an option" {
	local name=sleep-long-name
	cp /bin/sleep "$name"
	"./$name" 1000 3>&- &
	started+=("$!")
	{
		printf '# %0300d\n' 0
		printf 'name = %s\n  group-by = cgroup\n' "$name"
	} >mapsnapd.conf
	run --separate-stderr "$BIN/mapsnapd" --oneshot --config=mapsnapd.conf
	[ "$status" -eq 0 ]
	[ -z "$stderr" ]
	grep -q '^mapsnapd_processes{group="/.*"} 1$' <<<"$output"
	# As long as Kubernetes has them, and the line that is wrong is the next.
	printf 'cgroup = /%0250d\nx = y\n' 0 >mapsnapd.conf
	run -2 "$BIN/mapsnapd" --oneshot --config=mapsnapd.conf
	[[ $output == *'mapsnapd.conf:2: x: there is no such option' ]]
}

@test "a user who has gone leaves a running service as it was" {
	needs_mounts
	start_sleep setpriv --reuid=65534 --regid=65534 --clear-groups
	# Where nobody else sees who is there.
	cp /etc/passwd passwd
	echo 'gone:x:65534:65534::/:/bin/sh' >>passwd
	# shellcheck disable=SC2016,SC2034 # for that shell; serve has it
	within=(unshare --mount sh -c 'mount --bind passwd /etc/passwd && exec "$@"' -)
	serve --user=gone
	wait_for 10 watched "$sleeper"
	cat /etc/passwd >passwd
	kill -HUP "$service"
	wait_for 10 grep -q 'stays as it was: gone: there is no user called so' service.err
	watched "$sleeper"
	# One who has come back has perhaps another number.
	echo 'gone:x:65533:65534::/:/bin/sh' >>passwd
	kill -HUP "$service"
	is_another() {
		ask "/v1/processes/$sleeper/maps"
		[ "$code" = 404 ]
	}
	wait_for 10 is_another
}

@test "answers that wait to be sent are bounded" {
	start_target large --mappings 20000
	serve --pending=3 "$target"
	wait_for 10 metric_is 'mapsnapd_process_states{state="held"}' 1
	# To come again would not help.
	ask "/v1/processes/$target/maps"
	[ "$code" = 507 ]
	[ -z "$(header Retry-After)" ]
	as_described '/v1/processes/{pid}/maps'
	ask "/v1/processes/$target/lookup?address=0"
	[ "$code" = 200 ]
	stop 'raise the option pending'
	grep -q 'some answers are larger than those under way may be together' service.err
	serve --pending=8 "$target"
	wait_for 10 watched "$target"
	[ "$(jq '.mappings | length' body)" -gt 19900 ]
}

@test "half of the room for answers is for root and the group" {
	user=65534 start_target large --mappings 20000
	serve --pending=8 "$target"
	wait_for 10 watched "$target"
	ask_as_nobody "/v1/processes/$target/maps"
	[ "$code" = 507 ]
	stop 'raise the option pending'
	serve --pending=16 "$target"
	wait_for 10 watched "$target"
	ask_as_nobody "/v1/processes/$target/maps"
	[ "$code" = 200 ]
}

# start_breather: sets $target, which has as many mappings besides its own as the last line of its input says
start_breather() {
	mkfifo breather.input
	python3 -c '
import mmap, sys
many = []
print("ready", flush=True)
for line in sys.stdin:
    many = many[:int(line)] + [mmap.mmap(-1, 4096) for _ in range(int(line) - len(many))]' <>breather.input >breather.ready 3>&- &
	target=$!
	started+=("$target")
	wait_for 20 grep -q ready breather.ready
}

@test "who follows is told that there is no room to tell of a process, and of all others" {
	local large='.event == "unreadable" and (.error | contains("the option pending"))'
	start_sleep
	start_breather
	serve --pending=1 "$target" "$sleeper"
	wait_for 10 watched "$target" "$sleeper"
	large="$large and .pid == $target"
	follow
	wait_for 10 has_line ".event == \"added\" and .pid == $target"
	# All that is new at once is too large, too.
	echo 8000 >breather.input
	wait_for 10 has_line "$large"
	kill "$follower"
	# And from the beginning.
	follow
	wait_for 10 has_line '.event == "current"'
	has_line "$large and .cursor == null"
	has_line ".event == \"added\" and .pid == $sleeper"
	# It still is too large, and that is not told again.
	echo 9000 >breather.input
	is_larger() {
		ask /v1/processes
		jq -es --argjson pid "$target" 'any(.[]; .pid == $pid and (.mappings | tonumber) > 9000)' body
	}
	wait_for 10 is_larger
	sleep 0.5
	[ "$(whole_lines | jq -c "select($large)" | wc -l)" -eq 1 ]
	as_lines_are_described
	# Once there is room all of it is told, also where the last change would have had room before.
	echo 4300 >breather.input
	sleep 0.5
	echo 3700 >breather.input
	wait_for 10 has_line ".pid == $target and .event == \"changed\" and (.snapshot.mappings | length) > 3700"
	kill -KILL "$target"
	wait_for 10 has_line ".pid == $target and .event == \"exited\""
	stop 'raise the option pending'
	grep -q 'some processes have more mappings than there is room to tell of' service.err
}

@test "what has no room only as its names are so long is refused, too" {
	local folder=$PWD
	for _ in {1..7}; do
		folder=$folder/$(printf '%0250d' 0)
		mkdir "$folder"
	done
	python3 -c '
import mmap, sys, time
file = open(sys.argv[1], "wb+")
file.write(b"x" * 4096)
file.flush()
many = [mmap.mmap(file.fileno(), 4096, prot=1 + i % 2 * 2) for i in range(1200)]
print("ready", flush=True)
time.sleep(1000)' "$folder/file" >ready 3>&- &
	target=$!
	started+=("$target")
	wait_for 20 grep -q ready ready
	serve --pending=1 "$target"
	wait_for 10 metric_is 'mapsnapd_process_states{state="held"}' 1
	ask "/v1/processes/$target/maps"
	[ "$code" = 507 ]
	follow
	wait_for 10 has_line '.event == "current"'
	has_line ".event == \"unreadable\" and .pid == $target"
	stop 'raise the option pending'
}

@test "it gives up what it need not have, and ends when it is told to" {
	# Others may be refused by something else than capabilities, which it would tell.
	serve $$
	local kept=0 capability
	for capability in 2 19 38 39; do # DAC_READ_SEARCH, SYS_PTRACE, PERFMON, BPF
		kept=$((kept | 1 << capability))
	done
	[ $((16#$(awk '/^CapEff/ { print $2 }' "/proc/$service/status") & ~kept)) -eq 0 ]
	[ $((16#$(awk '/^CapPrm/ { print $2 }' "/proc/$service/status") & ~kept)) -eq 0 ]
	[ "$(awk '/^NoNewPrivs/ { print $2 }' "/proc/$service/status")" -eq 1 ]
	local helper
	helper=$(pgrep -P "$service")
	[ -n "$helper" ]
	stop
	[ ! -e "$SOCKET" ]
	[ ! -e "/proc/$helper" ]
}

@test "a socket that was left is replaced, and one that is in use is not" {
	serve $$
	run -1 timeout -s KILL 20 "$BIN/mapsnapd" --socket="$SOCKET" $$
	[[ $output == *'Address already in use'* ]]
	healthy
	kill -KILL "$service"
	wait "$service" || true
	[ -S "$SOCKET" ]
	serve $$
	healthy
}

@test "systemd may have opened the socket" {
	command -v systemd-socket-activate >/dev/null || skip 'needs systemd-socket-activate'
	systemd-socket-activate -l "$SOCKET" "$BIN/mapsnapd" --interval=0.1 $$ 2>service.err 3>&- &
	service=$!
	wait_for 10 test -S "$SOCKET"
	wait_for 20 healthy
}

@test "a socket that systemd opened can be connected to when the service has ended" {
	# As systemd does, which goes on listening.
	python3 - "$SOCKET" "$BIN/mapsnapd" $$ <<-'EOF' 3>&-
		import os, signal, socket, subprocess, sys
		path, *command = sys.argv[1:]
		listening = socket.socket(socket.AF_UNIX)
		listening.bind(path)
		listening.listen()
		os.dup2(listening.fileno(), 3)
		service = subprocess.Popen(["sh", "-c", 'LISTEN_PID=$$ exec "$@"', "-", *command],
		                           env={"LISTEN_FDS": "1", **os.environ}, pass_fds=[3])
		client = socket.socket(socket.AF_UNIX)
		client.connect(path)
		client.send(b"GET /v1/info HTTP/1.0\r\n\r\n")
		assert b"200 OK" in client.recv(4096)
		service.send_signal(signal.SIGTERM)
		assert service.wait(timeout=20) == 0
		socket.socket(socket.AF_UNIX).connect(path)
	EOF
}

# as_described PATH: the last answer is what openapi.json says of it
as_described() {
	python3 "$BATS_TEST_DIRNAME/openapi.py" "$1" "$code" "$(header Content-Type)" <body
}

as_lines_are_described() {
	whole_lines >body
	code=200
	echo 'Content-Type: application/jsonl' >headers
	as_described /v1/changes
}

@test "every answer is as it is described" {
	local one='/v1/processes/{pid}'
	start_sleep
	start_target one --rate 5
	serve "$sleeper" "$target"
	wait_for 10 watched "$sleeper"
	as_described "$one/maps"
	ask "/v1/processes/$sleeper/maps" -H "If-None-Match: $(header ETag)"
	[ "$code" = 304 ]
	as_described "$one/maps"
	for path in /healthz /v1/info /v1/processes /metrics; do
		ask $path
		[ "$code" = 200 ]
		as_described $path
	done
	ask "/v1/processes/$sleeper/lookup?address=0,$(awk 'NR == 1 { sub(/-.*/, ""); print }' "/proc/$sleeper/maps")"
	[ "$code" = 200 ]
	as_described "$one/lookup"
	ask "/v1/processes/$sleeper/lookup"
	[ "$code" = 400 ]
	as_described "$one/lookup"
	for what in maps lookup?address=0; do
		ask "/v1/processes/1/$what"
		[ "$code" = 404 ]
		as_described "$one/${what%%\?*}"
	done
	ask /metrics -H 'Accept: text/plain'
	as_described /metrics
	for what in since=x pid=x; do
		ask "/v1/changes?$what"
		as_described /v1/changes
	done
	follow
	wait_for 10 has_line '.event == "current"'
	kill -KILL "$sleeper"
	wait_for 10 has_line '.event == "exited"'
	wait_for 10 has_line '.event == "changed"'
	as_lines_are_described
	sed -i 's/"event":"current"/"event":"news"/' body
	run ! as_described /v1/changes
	# What is not so is noticed.
	ask /v1/info
	sed -i 's/"source":"[a-z]*"/"source":"magic"/' body
	run ! as_described /v1/info
}

@test "options that make no sense are refused" {
	for options in --interval=0 --interval=x --memory=0 --clients=-1 --source=magic 0 x 99999999999 --user=; do
		run "$BIN/mapsnapd" --socket="$SOCKET" "$options"
		[ "$status" -ne 0 ]
		[ -n "$output" ]
	done
	run -1 "$BIN/mapsnapd" --group=no-such-group
	[[ $output == *'there is no group called no-such-group'* ]]
	run -1 "$BIN/mapsnapd" --socket=/nonexistent/socket
	[[ $output == */nonexistent/socket:* ]]
}
