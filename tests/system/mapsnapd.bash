# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
# What the tests of mapsnapd have in common: the service, processes to watch, and who asks by curl.
# BUILD: the built tree.

bats_require_minimum_version 1.5.0

load holds
load service

setup_file() {
	export BIN=${BUILD:-$BATS_TEST_DIRNAME/../../build/release}/bin
	export TARGET=$BIN/mapsnap-target
}

setup() {
	need_root
	cd "$BATS_TEST_TMPDIR" || exit 1
	make_socket
	started=()
	again=20
}

# Those of timeout are the first of a group, whose other it would leave behind.
teardown() {
	[ "${#started[@]}" -eq 0 ] || kill -KILL -- "${started[@]}" "${started[@]/#/-}" 2>/dev/null || true
	remove_socket
}

# stop [PATTERN]: it ends in order, and has said nothing but this
stop() {
	local status=0
	kill -TERM "$service"
	wait "$service" || status=$?
	service=
	[ "$status" -eq 0 ]
	if [ "$#" -gt 0 ]; then
		run ! grep -vE "$1" service.err
	else
		[ ! -s service.err ]
	fi
}

# ask PATH [CURL-OPTION...]: status in $code, headers in `headers`, the body in `body`
ask() {
	: >body
	code=$(curl -s --max-time 20 --unix-socket "$SOCKET" -D headers -o body -w '%{http_code}' "http://mapsnapd$1" "${@:2}")
}

# The same as another user: uid, gid and groups, separated by commas. 000: it was closed. Who is told to come again does
# so, $again times at most.
ask_as() {
	local try
	for ((try = 0; try <= again; try++)); do
		ask_once_as "$@"
		[ "$code" = 503 ] || break
		sleep 0.5
	done
}

ask_once_as() {
	local groups=--clear-groups
	[ -z "$3" ] || groups=--groups=$3
	(cd / && setpriv --reuid="$1" --regid="$2" "$groups" \
		curl -s --max-time 20 --unix-socket "$SOCKET" -o - -w '\n%{http_code}' "http://mapsnapd$4") >answer || true
	code=$(tail -n 1 answer)
	sed '$d' answer >body
}

ask_as_nobody() {
	ask_as 65534 65534 '' "$1"
}

# watched PID...: of the last one the answer
watched() {
	local pid
	for pid in "$@"; do
		ask "/v1/processes/$pid/maps"
		[ "$code" = 200 ] || return
	done
}

# metric NAME[{LABELS}]: its value
metric() {
	ask /metrics
	awk -v name="$1" '$1 == name { print $2 }' body
}

# metric_is NAME[{LABELS}] VALUE
metric_is() {
	[ "$(metric "$1")" = "$2" ]
}

# start_target NAME [OPTION...]: sets $target, of tests/system/target.c, which makes changes by itself; of the user $user,
# if there is one
start_target() {
	mkfifo "$1.input"
	${user:+setpriv --reuid="$user" --regid="$user" --clear-groups} \
		"$TARGET" --mappings 50 "${@:2}" <>"$1.input" >"$1.ready" 3>&- &
	target=$!
	started+=("$target")
	wait_for 60 grep -q ready "$1.ready"
}
