# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
# shellcheck disable=SC2154 # ordinary_user, of torture.sh
# The service where the kernel tells it what changed: what it serves, to whom, and what it need not read.

service_socket=/tmp/service.socket

# ask PATH [COMMAND...]: by curl, which the command runs
ask() {
	"${@:2}" curl -s --max-time 20 --unix-socket $service_socket "http://mapsnapd$1"
}

answers() {
	ask "$1" | jq -es "length == 1 and (.[0] | $2)" >/dev/null
}

metric() {
	ask /metrics | sed -n "s/^$1 //p"
}

# soon COMMAND...: whether it comes true
soon() {
	local i
	for ((i = 0; i < 200; i++)); do
		! "$@" || return 0
		sleep 0.1
	done
	return 1
}

# Beside a process of root, one that an ordinary user has and that changes 20 times a second.
start_service() {
	mkfifo /tmp/service.input
	"${ordinary_user[@]}" mapsnap-target --mappings 50 --mode move --rate 20 <>/tmp/service.input >/tmp/service.ready &
	busy=$!
	soon grep -qs ready /tmp/service.ready || return 1
	sleep 1000 &
	quiet=$!
	mapsnapd --config=/dev/null --socket=$service_socket --interval=0.1 --max-interval=0.1 "$busy" "$quiet" 2>/tmp/service.err &
	service=$!
	soon answers "/v1/processes/$busy/maps" '.pid' && soon answers "/v1/processes/$quiet/maps" '.pid'
}

end_service() {
	kill -CONT "$busy"
	kill "$busy" "$quiet" "$service"
	wait "$service" "$busy" "$quiet"
	rm -f /tmp/service.*
}

# What this kernel has to tell by.
source_of() {
	case $1 in
	*-patched*) echo ioctl ;;
	*) echo bpf ;;
	esac
}

it_serves_what_is_verified() {
	local by
	by=$(source_of "$1")
	answers /v1/info ".source == \"$by\"" &&
		soon answers "/v1/processes/$busy/maps" ".consistency == \"verified\" and .source == \"$by\"" &&
		answers "/v1/processes/$quiet/maps" ".consistency == \"verified\" and .source == \"$by\""
}

# Leaves what was told, and what there was in the end.
follow_it() {
	local follower
	curl -sN --unix-socket $service_socket "http://mapsnapd/v1/changes?pid=$busy" >/tmp/service.stream &
	follower=$!
	sleep 3
	kill -STOP "$busy"
	sleep 1
	ask "/v1/processes/$busy/maps" >/tmp/service.now
	wc -l <"/proc/$busy/maps" >/tmp/service.mappings
	kill "$follower"
	kill -CONT "$busy"
	grep '}$' /tmp/service.stream >/tmp/service.changes
}

# To who has read all of it.
what_it_tells_adds_up() {
	jq -c --slurpfile now /tmp/service.now -n -f /tests/system/changes.jq /tmp/service.changes >/tmp/service.sum
	cat /tmp/service.sum
	jq -es --slurpfile mappings /tmp/service.mappings \
		'length == 1 and (.[0] | .mappings == $mappings[0] and .changes >= 5 and .same)' /tmp/service.sum >/dev/null
}

# Only a kernel of ours tells all that happened in between.
nothing_is_left_out() {
	jq -es 'map(select(.event == "changed") | .gapless) | length >= 5 and all' /tmp/service.changes >/dev/null
}

# Nor looked at one by one.
what_rests_is_not_read() {
	local read avoided
	kill -STOP "$busy"
	sleep 1
	read=$(metric mapsnapd_read_seconds_count) avoided=$(metric mapsnapd_reads_avoided_total)
	sleep 2
	[ "$(metric mapsnapd_read_seconds_count)" = "$read" ] && [ "$(metric mapsnapd_reads_avoided_total)" -ge $((avoided + 10)) ]
}

a_user_is_told_of_what_is_theirs() {
	answers_user() {
		ask "$1" "${ordinary_user[@]}" | jq -es "length == 1 and (.[0] | $2)" >/dev/null
	}
	answers_user "/v1/processes/$busy/maps" '.mappings | length > 40' &&
		answers_user "/v1/processes/$quiet/maps" '.status == 403 and .mappings == null' &&
		answers_user /v1/processes ".pid == $busy"
}

# run_service KERNEL
run_service() {
	local name names=(it_serves_what_is_verified what_it_tells_adds_up what_rests_is_not_read a_user_is_told_of_what_is_theirs)
	local busy quiet service
	wanted mapsnapd || return 0
	[[ $1 != *-patched* ]] || names=("${names[@]:0:2}" nothing_is_left_out "${names[@]:2}")
	start_service && follow_it
	for name in "${names[@]}"; do
		wanted mapsnapd "${name//_/ }" || continue
		"$name" "$1"
		verdict $? mapsnapd "${name//_/ }"
	done
	cat /tmp/service.err
	end_service
}
