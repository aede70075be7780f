# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
# The service, on a socket of its own. BIN: where it lies.

load waiting

need_root() {
	[ "$(id -u)" -eq 0 ] || skip 'needs root'
}

# Where every user may go; and nothing is started yet.
make_socket() {
	HOME_OF_SOCKET=$(mktemp -d)
	chmod 755 "$HOME_OF_SOCKET"
	SOCKET=$HOME_OF_SOCKET/socket
	service=
	within=()
}

# serve OPTION...: it has looked at the processes once; with no more than $nofile descriptors, if that is set,
# and started by what $within says
serve() {
	need_root
	${nofile:+prlimit --nofile="$nofile:$nofile"} \
		"${within[@]}" "$BIN/mapsnapd" --socket="$SOCKET" --interval=0.1 "$@" 2>>service.err 3>&- &
	service=$!
	wait_for 30 healthy
}

healthy() {
	curl -sf --max-time 5 --unix-socket "$SOCKET" http://mapsnapd/healthz >health
}

# Ends what is left of it, and shows what it said, which is printed where a test has failed.
remove_socket() {
	[ ! -s service.err ] || cat service.err
	[ -z "$service" ] || kill "$service" 2>/dev/null || true
	wait
	rm -rf "$HOME_OF_SOCKET"
}
