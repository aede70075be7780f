# SPDX-License-Identifier: BSD-2-Clause
# The service, asked by curl as its users would.
# BUILD: the built tree.

# shellcheck disable=SC2030,SC2031,SC2154 # variables in the subshells of bats
bats_require_minimum_version 1.5.0

setup_file() {
	export BIN=${BUILD:-$BATS_TEST_DIRNAME/../../build/release}/bin
	export TARGET=$BIN/mapsnap-target
}

setup() {
	[ "$(id -u)" -eq 0 ] || skip 'needs root'
	cd "$BATS_TEST_TMPDIR" || exit 1
	# Every user may go there.
	HOME_OF_SOCKET=$(mktemp -d)
	chmod 755 "$HOME_OF_SOCKET"
	SOCKET=$HOME_OF_SOCKET/socket
	started=()
	service=
}

teardown() {
	[ -z "$service" ] || kill "$service" 2>/dev/null || true
	[ "${#started[@]}" -eq 0 ] || kill -KILL "${started[@]}" 2>/dev/null || true
	wait
	rm -rf "$HOME_OF_SOCKET"
}

# wait_for SECONDS COMMAND...
wait_for() {
	local end=$((SECONDS + $1))
	shift
	until "$@"; do
		[ $SECONDS -lt $end ] || return 1
		sleep 0.02
	done
}

serve() {
	"$BIN/mapsnapd" --socket="$SOCKET" --interval=0.1 --source=auto "$@" 2>service.err 3>&- &
	service=$!
	wait_for 20 healthy
}

healthy() {
	curl -sf --max-time 5 --unix-socket "$SOCKET" http://mapsnapd/healthz >health
}

# ask PATH [CURL-OPTION...]: status in $code, headers in `headers`, the body in `body`
ask() {
	: >body
	code=$(curl -s --max-time 20 --unix-socket "$SOCKET" -D headers -o body -w '%{http_code}' "http://mapsnapd$1" "${@:2}")
}

# The same as another user: uid, gid and groups, separated by commas.
ask_as() {
	local groups=--clear-groups
	[ -z "$3" ] || groups=--groups=$3
	code=$(cd / && setpriv --reuid="$1" --regid="$2" "$groups" \
		curl -s --max-time 20 --unix-socket "$SOCKET" -o - -w '\n%{http_code}' "http://mapsnapd$4" >"$BATS_TEST_TMPDIR/answer" &&
		tail -n 1 "$BATS_TEST_TMPDIR/answer")
	sed '$d' answer >body
}

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

watched() {
	ask "/v1/processes/$1/maps"
	[ "$code" = 200 ]
}

# A target of the library's tests, which makes changes by itself.
start_target() {
	mkfifo input
	"$TARGET" --mappings 50 --mode move "$@" <>input >ready 3>&- &
	target=$!
	started+=("$target")
	wait_for 20 grep -q ready ready
}

@test "it is well, and says what it is" {
	serve
	jq -e '.status == "ok"' health
	ask /v1/info
	[ "$code" = 200 ]
	jq -e '.version and (.source | IN("none", "bpf", "ioctl")) and .interval_ns == "100000000" and (.rounds | tonumber) > 0' body
}

@test "the mappings of a process are those that maps-dump prints" {
	start_sleep
	serve
	wait_for 10 watched "$sleeper"
	[ "$(header Content-Type)" = application/json ]
	"$BIN/maps-dump" --source=none --jsonl "$sleeper" >dumped
	diff <(jq -S .mappings body) <(jq -S .mappings dumped)
	jq -e --arg pid "$sleeper" '(.pid | tostring) == $pid and .format == "maps-dump"' body
	# As any capture it can be read again.
	"$BIN/maps-dump" body | diff - "/proc/$sleeper/maps"
}

@test "what is unchanged is not sent again" {
	local etag
	start_target --rate 1
	kill -STOP "$target"
	serve "$target"
	wait_for 10 watched "$target"
	etag=$(header ETag)
	[ -n "$etag" ]
	ask "/v1/processes/$target/maps" -H "If-None-Match: $etag"
	[ "$code" = 304 ]
	[ ! -s body ]
	[ "$(header ETag)" = "$etag" ]
	ask "/v1/processes/$target/maps" -H 'If-None-Match: *'
	[ "$code" = 304 ]
	ask "/v1/processes/$target/maps" -H 'If-None-Match: "1-2-3"'
	[ "$code" = 200 ]
}

@test "what has changed is sent, with another tag" {
	local etag
	start_target --rate 5
	serve "$target"
	wait_for 10 watched "$target" || cat body service.err target.err
	etag=$(header ETag)
	differs() {
		ask "/v1/processes/$target/maps" -H "If-None-Match: $etag"
		[ "$code" = 200 ]
	}
	wait_for 10 differs
	[ "$(header ETag)" != "$etag" ]
}

@test "exec brings another program, and the end of a process that there is none" {
	local etag
	bash -c 'read -r; exec sleep 1000' < <(sleep 3) 3>&- &
	target=$!
	started+=("$target")
	serve --keep=0.2 "$target"
	wait_for 10 watched "$target"
	etag=$(header ETag)
	jq -e 'any(.mappings[]; .name | endswith("/bash"))' body
	is_replaced() {
		watched "$target" && jq -e 'any(.mappings[]; .name | endswith("/sleep"))' body
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
	for wrong in '' '?address=' '?address=xyz' '?address=1,,z'; do
		ask "/v1/processes/$sleeper/lookup$wrong"
		[ "$code" = 400 ]
		jq -e .error body
	done
}

@test "a question that makes no sense is answered so" {
	serve $$
	ask /v1/nothing
	[ "$code" = 404 ]
	jq -e '.status == 404' body
	for path in /v1/processes/0/maps /v1/processes/-1/maps /v1/processes/1x/maps /v1/processes/99999999999999999999/maps; do
		ask $path
		[ "$code" = 404 ]
	done
	ask /v1/info -X DELETE
	[ "$code" = 405 ]
	[ "$(header Allow)" = 'GET, HEAD' ]
	ask /v1/info --data-binary @"$BIN/mapsnapd"
	[ "$code" = 405 ]
	ask /v1/info -I
	[ "$code" = 200 ]
	healthy
}

@test "who may read a process is told of it, and nobody else" {
	start_sleep
	local roots=$sleeper
	start_sleep setpriv --reuid=65534 --regid=65534 --clear-groups
	serve
	wait_for 10 watched "$sleeper"
	wait_for 10 watched "$roots"
	ask_as 65534 65534 '' "/v1/processes/$sleeper/maps"
	[ "$code" = 200 ]
	jq -e '.mappings | length > 5' body
	ask_as 65534 65534 '' "/v1/processes/$roots/maps"
	[ "$code" = 403 ]
	jq -e '.mappings == null' body
	ask_as 65534 65534 '' "/v1/processes/$roots/lookup?address=0"
	[ "$code" = 403 ]
	ask_as 12345 12345 '' "/v1/processes/$sleeper/maps"
	[ "$code" = 403 ]
	ask_as 65534 65534 '' /v1/processes
	[ "$code" = 200 ]
	jq -se --argjson own "$sleeper" --argjson other "$roots" 'any(.[]; .pid == $own) and all(.[]; .pid != $other)' body
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
}

@test "there are metrics" {
	serve
	ask /metrics
	[ "$code" = 200 ]
	[[ $(header Content-Type) == application/openmetrics-text* ]]
	[ "$(tail -n 1 body)" = '# EOF' ]
	grep -qE '^mapsnapd_rounds_total [1-9]' body
	grep -qE '^mapsnapd_processes [1-9]' body
	# Each family once, with type and help; no address and no pid.
	diff <(sed -nE 's/^# TYPE ([a-z_]+) .*/\1/p' body) <(sed -nE 's/^# HELP ([a-z_]+) .*/\1/p' body)
	[ -z "$(sed -nE 's/^# TYPE ([a-z_]+) .*/\1/p' body | sort | uniq -d)" ]
	run ! grep -E 'pid|0x' body
}

@test "it gives up what it need not have, and ends when it is told to" {
	serve
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
	kill -TERM "$service"
	local status=0
	wait "$service" || status=$?
	service=
	cat service.err
	[ "$status" -eq 0 ]
	[ ! -e "$SOCKET" ]
	[ ! -e "/proc/$helper" ]
	[ ! -s service.err ]
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

# as_described PATH: the last answer is what openapi.json says of it
as_described() {
	python3 "$BATS_TEST_DIRNAME/openapi.py" "$1" "$code" "$(header Content-Type)" <body
}

@test "every answer is as it is described" {
	local one='/v1/processes/{pid}'
	start_sleep
	serve "$sleeper"
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
