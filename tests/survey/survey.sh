#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# How often programs under load are read verified: a table in markdown on stdout. See README.md.
set -euo pipefail

seconds=${SECONDS_EACH:-10}
declare -A package_of=([jvm]=default-jdk-headless [node]=nodejs [postgresql]=postgresql
	[redis]=redis-server [chromium]=chromium)
here=$(dirname "$(readlink -f "$0")")

say() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
}

die() {
	say "$*"
	exit 1
}

usage() {
	cat <<-END
		usage: survey.sh MAPSNAP-SURVEY [PROGRAM...]

		MAPSNAP-SURVEY is the program that the build makes. PROGRAM: jvm, node, postgresql, redis,
		chromium; without any: all. SECONDS_EACH in the environment: how long each process
		is read, 1 to 60; without it: 10.
	END
}

# ---- The table ----

head_of_table() {
	cat <<-END
		| program | process | mappings | write locks/s | route | reads | verified at once | verified | attempts | time |
		|---|---|---|---|---|---|---|---|---|---|
	END
}

# row PROGRAM PROCESS PID
row() {
	local line
	case $(readlink "/proc/$3/exe") in
	*/bash | */dash) die "$1, $2 (PID $3): that is a shell, not the program" ;;
	esac
	line=$("$survey" "$3" "$seconds") || die "$1, $2 (PID $3): not surveyed"
	jq -r --arg program "$1" --arg process "$2" '
		def share: . * 1000 | round / 10 | "\(.)%";
		. as $all | ("text", "query") as $route | $all[$route] | select(. != null)
		| [$program, $process, $all.mappings,
		   ($all.write_locks_per_s | if . < 10 then . * 10 | round / 10 else round end),
		   $route, .snapshots, (.verified_first | share), (.verified | share), .mean_attempts,
		   (.median_verified_ms | if . then "\(. * 100 | round / 100) ms" else "none" end)]
		| "| \(join(" | ")) |"' <<<"$line"
}

# ---- What the programs are started with ----

# Asked to end, they remove what they left in /tmp and /dev/shm.
stop_all() {
	local i
	# shellcheck disable=SC2046
	kill -TERM $(jobs -p) 2>/dev/null || true
	for ((i = 0; i < 100; i++)); do
		[ -n "$(jobs -pr)" ] || break
		sleep 0.1
	done
	# shellcheck disable=SC2046
	kill -KILL $(jobs -p) 2>/dev/null || true
	wait
}

as_user() {
	local user=$1
	shift
	setpriv --reuid="$user" --regid="$(id -g "$user")" --init-groups --reset-env \
		env HOME="$scratch/$user" TMPDIR="$scratch/$user" "$@"
}

# own_folder USER: prints a folder that is this user's
own_folder() {
	install -d -o "$1" -g "$(id -g "$1")" -m 700 "$scratch/$1"
	printf %s "$scratch/$1"
}

# until_true COMMAND...: 30 seconds at most
until_true() {
	local i
	for ((i = 0; i < 300; i++)); do
		"$@" >/dev/null 2>&1 && return 0
		sleep 0.1
	done
	die "waited 30 seconds in vain for: $*; what the programs said: $(tail -n 20 "$scratch/log")"
}

# busiest PATTERN [NOT]: which process used most processor time, of those whose command line
# matches PATTERN and does not match NOT
busiest() {
	local pid
	pid=$(ps -eo pid=,cputimes=,args= | awk -v pattern="$1" -v not="${2:-^$}" '
		$3 !~ /awk/ && $0 ~ pattern && $0 !~ not && $2 >= most { most = $2; pid = $1 }
		END { print pid }')
	[ -n "$pid" ] || die "no process runs: $1"
	printf %s "$pid"
}

# ---- The programs ----

jvm() {
	local version load allocators spawners threads collector java
	local loads=("2 2 short threads" "2 0 threads that stay" "0 2 short threads alone")
	version=$(java -version 2>&1 | sed -n '1s/.*"\(.*\)".*/OpenJDK \1/p')
	for load in "${loads[@]}"; do
		read -r allocators spawners threads <<<"$load"
		for collector in Serial Parallel G1 Z; do
			java -Xmx512m "-XX:+Use${collector}GC" "$here/Churn.java" "$allocators" "$spawners" \
				>>"$scratch/log" 2>&1 &
			java=$!
			sleep 4
			row "$version" "${collector}GC, $threads" "$java"
			stop_all
		done
	done
}

node() {
	local pid
	command node "$here/load.js" "$scratch/node.sock" >>"$scratch/log" 2>&1 &
	pid=$!
	until_true test -S "$scratch/node.sock"
	sleep 3
	row "Node.js $(command node --version)" "HTTP and workers" "$pid"
	stop_all
}

postgresql() {
	local bin folder version
	bin=$(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
	version=$("$bin/postgres" --version | awk '{ print "PostgreSQL " $3 }')
	folder=$(own_folder postgres)
	as_user postgres "$bin/initdb" --auth=trust --no-sync -D "$folder/data" >>"$scratch/log" 2>&1
	as_user postgres "$bin/postgres" -D "$folder/data" -k "$folder" -c listen_addresses= >>"$scratch/log" 2>&1 &
	until_true as_user postgres "$bin/pg_isready" -h "$folder"
	as_user postgres "$bin/pgbench" -h "$folder" -i -s 10 postgres >>"$scratch/log" 2>&1
	as_user postgres "$bin/pgbench" -h "$folder" -c 4 -T 600 postgres >>"$scratch/log" 2>&1 &
	# A connection for each query, so that the postmaster forks all the time; to another database,
	# so that these are not taken for the backends that stay.
	echo 'SELECT 1;' >"$scratch/select.sql"
	as_user postgres "$bin/pgbench" -h "$folder" -n -C -f "$scratch/select.sql" -T 600 template1 \
		>>"$scratch/log" 2>&1 &
	sleep 3
	row "$version" "busiest backend, pgbench" "$(busiest 'postgres: postgres postgres')"
	row "$version" "postmaster, a connection a query" "$(head -n 1 "$folder/data/postmaster.pid")"
	stop_all
}

redis_asks() {
	redis-cli -s "$scratch/redis.sock" "$@"
}

redis_saves() {
	while sleep 1; do
		redis_asks bgsave
	done
}

redis() {
	local server
	mkdir "$scratch/redis"
	redis-server --port 0 --unixsocket "$scratch/redis.sock" --dir "$scratch/redis" --save '' >>"$scratch/log" 2>&1 &
	server=$!
	until_true redis_asks ping
	redis-benchmark -s "$scratch/redis.sock" -t set,lpush,get -d 512 -r 200000 -l -q >>"$scratch/log" 2>&1 &
	redis_saves >>"$scratch/log" 2>&1 &
	sleep 3
	row "$(redis-server --version | sed 's/.*v=\([^ ]*\).*/Redis \1/')" "bgsave every second" "$server"
	stop_all
}

chromium() {
	local version folder
	version=$(command chromium --version 2>/dev/null | awk '{ print "Chromium " $2; exit }')
	folder=$(own_folder nobody)
	install -m 644 "$here/page.html" "$folder/page.html"
	# Its own sandbox would need user namespaces; the page is ours and there is no network.
	as_user nobody chromium --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --no-first-run \
		--user-data-dir="$folder/profile" --remote-debugging-port=0 "file://$folder/page.html" >>"$scratch/log" 2>&1 &
	until_true pgrep -f -- --type=renderer
	sleep 4
	row "$version" "renderer, animated page" "$(busiest '--type=renderer')"
	# Not the script that starts it, and not the processes that it started.
	row "$version" "browser, animated page" "$(busiest '/chromium/chromium ' '--type=|/bin/sh|bash')"
	stop_all
}

# ---- Outside the namespaces, and inside ----

is_installed() {
	[ "$(dpkg-query -W -f='${db:Status-Status}' "$1" 2>/dev/null)" = installed ]
}

install_packages() {
	local package missing=()
	for package in "$@"; do
		is_installed "$package" || missing+=("$package")
	done
	[ "${#missing[@]}" -ne 0 ] || return 0
	say "installing ${missing[*]}"
	apt-get -o DPkg::Lock::Timeout=300 update >&2 || true
	DEBIAN_FRONTEND=noninteractive apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends \
		"${missing[@]}" >&2 || die "could not install ${missing[*]}"
}

clean_up() {
	[ -z "$inner" ] || kill -KILL "$inner" 2>/dev/null || true
	rm -rf "$scratch"
}

# Each program has namespaces of its own: what runs in them ends with them, however this script
# ends, and there is no network.
outside() {
	local program status=0 packages=(jq procps util-linux)
	[ "$(id -u)" -eq 0 ] || die "must be root: it installs packages and loads an eBPF program"
	for program in "${programs[@]}"; do
		packages+=("${package_of[$program]}")
	done
	install_packages "${packages[@]}"
	scratch=$(mktemp -d /tmp/mapsnap-survey.XXXXXX)
	chmod 711 "$scratch"
	inner=
	trap 'exit 130' INT TERM HUP
	trap clean_up EXIT
	head_of_table
	for program in "${programs[@]}"; do
		say "$program"
		unshare --net --ipc --pid --fork --kill-child --mount-proc \
			"$0" --inside "$scratch" "$survey" "$program" &
		inner=$!
		# The other rows are worth having without this one.
		wait "$inner" || status=1
		inner=
	done
	return "$status"
}

inside() {
	trap 'exit 130' INT TERM
	mount -t tmpfs -o mode=1777 survey /dev/shm
	export TMPDIR=$scratch
	"${programs[0]}"
}

inside=
if [ "${1:-}" = --inside ]; then
	inside=1
	scratch=$2
	shift 2
fi
if [ $# -eq 0 ] || [ "$1" = --help ]; then
	usage
	[ $# -ne 0 ] || exit 2
	exit 0
fi
survey=$(readlink -f "$1")
[ -x "$survey" ] || die "$1: no such program; build the target mapsnap-survey"
shift
programs=("$@")
[ $# -ne 0 ] || programs=(jvm node postgresql redis chromium)
for program in "${programs[@]}"; do
	[ -n "${package_of[$program]:-}" ] || die "$program: not one of jvm, node, postgresql, redis, chromium"
done
if [ -n "$inside" ]; then
	inside
else
	outside
fi
