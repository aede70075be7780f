# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
# What the tests of maps-dump have in common.
# MAPS_DUMP: the program, otherwise bin/maps-dump of the built tree in BUILD. mapsnap-target lies beside it.

bats_require_minimum_version 1.5.0

load holds
load waiting

setup_file() {
	export DATA=$BATS_TEST_DIRNAME/../data/json
	export SCHEMA=$BATS_TEST_DIRNAME/../../src/maps-dump/maps-dump.schema.json
	export PAGE=$BATS_TEST_DIRNAME/../../man/maps-dump.1
	# A copy where every user may go.
	SHARED=$(mktemp -d)
	export SHARED
	chmod 755 "$SHARED"
	MAPS_DUMP=$(realpath "${MAPS_DUMP:-${BUILD:-$BATS_TEST_DIRNAME/../../build/release}/bin/maps-dump}")
	TARGET=$(dirname "$MAPS_DUMP")/mapsnap-target
	export TARGET
	mkdir "$SHARED/bin"
	cp "$MAPS_DUMP" "$SHARED/bin/maps-dump"
	# Its libraries, where it has any of ours.
	cp -L "$(dirname "$MAPS_DUMP")"/../lib/libmapsnap*.so.? "$SHARED/bin" 2>/dev/null || true
	# But for the tests of sources, nothing may depend on what this machine has.
	cat >"$SHARED/maps-dump" <<-EOF
		#!/bin/bash
		LD_LIBRARY_PATH=$SHARED/bin exec -a maps-dump "$SHARED/bin/maps-dump" --source=none "\$@"
	EOF
	chmod 755 "$SHARED/maps-dump"
	export PATH=$SHARED:$PATH
}

# Another --source behind the first one counts.
with_bpf() {
	maps-dump --source=bpf "$@"
}

# What the kernel offers by itself needs no privilege.
with_ioctl() {
	maps-dump --source=ioctl "$@"
}

has_snapshot() {
	maps-dump --check | grep -q '^snapshot yes'
}

need_ioctl() {
	with_ioctl $$ >/dev/null 2>&1 || skip 'needs a kernel with PROCMAP_SEQ'
}

need_no_ioctl() {
	! with_ioctl $$ >/dev/null 2>&1 || skip 'this kernel has PROCMAP_SEQ'
}

# For what needs the sequence of stock kernels.
need_bpf() {
	local why
	why=$(with_bpf $$ 2>&1 >/dev/null) || skip "$why"
}

teardown_file() {
	rm -rf "$SHARED"
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	started=()
	ended=()
}

teardown() {
	local pid
	for pid in "${ended[@]}"; do
		kill -CONT "$pid"
		kill -TERM "$pid"
		wait_for 10 test ! -e "/proc/$pid"
	done
	for pid in "${started[@]}"; do
		kill -KILL "$pid" 2>/dev/null || true
	done
}

state_is() {
	grep -qs "^State:.$2" "/proc/$1/status"
}

# To be killed in the end, without a word of the shell about it.
adopt() {
	started+=("$1")
	disown "$1"
}

# Starts this executable, stops it, and sets $target: its maps stay as they are from now on.
start() {
	"$@" 100 3>&- &
	target=$!
	adopt "$target"
	wait_for 10 test "/proc/$target/exe" -ef "$1"
	kill -STOP "$target"
	wait_for 10 state_is "$target" T
}

start_sleep() {
	start /bin/sleep
}

# A process of tests/system/target.c, stopped. In the end it is asked to, and removes its files.
start_mapsnap_target() {
	mkfifo input
	"$TARGET" "$@" <>input >ready 3>&- &
	target=$!
	ended+=("$target")
	disown "$target"
	wait_for 20 grep -q ready ready
	kill -STOP "$target"
	wait_for 10 state_is "$target" T
}

# An executable called so, in a place where every user may go.
copy_sleep() {
	mkdir -p "$SHARED/$BATS_TEST_NUMBER"
	cp /bin/sleep "$SHARED/$BATS_TEST_NUMBER/$1"
	printf %s "$SHARED/$BATS_TEST_NUMBER/$1"
}

as_nobody() {
	if [ "$(id -u)" -eq 0 ]; then
		setpriv --reuid=65534 --regid=65534 --clear-groups "$@"
	else
		"$@"
	fi
}

# A process that nobody may not read: of our own as root, otherwise the first of all.
start_unreadable() {
	if [ "$(id -u)" -eq 0 ]; then
		start_sleep
	else
		target=1
	fi
}

# By PF_KTHREAD of include/linux/sched.h, in the flags of /proc/PID/stat.
is_kernel_thread() {
	local line fields
	read -r line 2>/dev/null <"/proc/$1/stat" || return
	read -ra fields <<<"${line##*) }"
	((fields[6] & 0x200000))
}

# Sets $thread.
find_kernel_thread() {
	local process
	for process in /proc/[0-9]*; do
		thread=${process#/proc/}
		! is_kernel_thread "$thread" || return 0
	done
	skip "no kernel thread can be seen here"
}

# A pid that no process has: of one that has ended.
unused_pid() {
	sh -c 'echo $$'
}

schema_mistakes() {
	jq -r -f "$BATS_TEST_DIRNAME/json-schema.jq" --slurpfile schema "$SCHEMA" "$1"
}

# Saved text of 2 MB, in large.
write_large() {
	awk 'BEGIN { for (i = 1; i <= 50000; i++) printf "%08x-%08x rw-p 00000000 00:00 0 \n", i * 8192, i * 8192 + 4096 }' >large
}

into_full() {
	maps-dump "$@" >/dev/full
}

into_closed() {
	maps-dump "$@" >&-
}

# is_usage_error SENTENCE ARGUMENT...
is_usage_error() {
	local sentence=$1
	shift
	run -2 --separate-stderr maps-dump "$@"
	[ -z "$output" ]
	# shellcheck disable=SC2154 # set by run
	[[ $stderr == "maps-dump: "*"$sentence"* ]]
}
