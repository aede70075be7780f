# SPDX-License-Identifier: BSD-2-Clause
# The service under load, and with clients that do wrong: each case counts what became of every question.
# BUILD: the built tree. LOAD: how much of it, in percent (100); the soak then takes as much longer.

# shellcheck disable=SC2030,SC2031,SC2034,SC2154 # variables that it sets, in the subshells of bats
load mapsnapd

percent() {
	echo $(($1 * ${LOAD:-100} / 100))
}

# ThreadSanitizer and AddressSanitizer take memory of their own.
sanitized() {
	grep -qE '__(a|t)san_init' "$BIN/mapsnapd"
}

# Names that no other process has.
own_names() {
	SLEEP=$PWD/sleep-$$
	cp /bin/sleep "$SLEEP"
	cp "$TARGET" "target-$$"
	TARGET=$PWD/target-$$
}

descriptors() {
	local all=("/proc/$service/fd"/*)
	echo "${#all[@]}"
}

# What they are at rest: also a reading takes some, and a connection for a moment after its end.
least_descriptors() {
	for _ in {1..20}; do
		descriptors
		sleep 0.02
	done | sort -n | head -n 1
}

descriptors_are() {
	[ "$(descriptors)" -eq "$1" ]
}

resident() {
	awk '/^VmRSS/ { print $2 }' "/proc/$service/status"
}

show_counts() {
	cat counts
	echo "# $(jq -c 'with_entries(select(.value > 0 or (.key | IN("served", "unchanged", "refused", "lost"))))' counts)" >&3
}

# clients COMMAND [OPTION...]: their counts in `counts`
clients() {
	timeout -s KILL 300 python3 "$BATS_TEST_DIRNAME/load_clients.py" "$SOCKET" "$@" >counts 3>&-
	show_counts
}

# counted FILTER: so it is, of the counts
counted() {
	holds "$1" counts
}

# rest [PID...]: of targets, so that what is read stays as it is
rest() {
	kill -STOP "$@"
	sleep 0.3
}

@test "of many who ask at once none is lost, and what each is told is whole" {
	local requests first before body n=0
	requests=$(percent 60)
	start_target one --rate 5
	first=$target
	start_target other --mappings 300 --rate 20 --arena 1
	serve --max-cpu=50 --max-interval=0.1 "$first" "$target"
	wait_for 20 watched "$first" "$target"
	before=$(least_descriptors)
	# As fast as may be: what many ask for at once is made once, and answers that are none of it are not taken for it.
	rest "$first"
	clients crowd --clients 200 --requests "$requests" --pid "$first" --pause 0
	counted ".lost == 0 and .closed == 0 and .wrong == 0 and .served + .unchanged + .refused == 200 * $requests"
	kill -CONT "$first"
	mkdir saved
	clients crowd --clients 200 --requests "$requests" --pid "$first" --pid "$target" --save saved
	counted ".lost == 0 and .closed == 0 and .wrong == 0 and .served + .unchanged + .refused == 200 * $requests"
	counted '.served > 1000 and .unchanged > 100'
	for body in saved/*.json; do
		"$BIN/maps-dump" "$body" >text
		[ "$(wc -l <text)" -eq "$(jq '.mappings | length' "$body")" ]
		n=$((n + 1))
	done
	[ "$n" -gt 5 ]
	wait_for 20 metric_is mapsnapd_pending_bytes 0
	wait_for 60 descriptors_are "$before"
	# Under load it may notice late that a client has left its place.
	stop 'too many clients'
}

@test "who comes when all places are taken is refused at once, and who has one is not disturbed" {
	serve --clients=40 $$
	wait_for 20 watched $$
	clients beyond --clients 40 --extra 100 --seconds 3
	# Those outside come again and again, and find room once the others have left.
	counted '.lost == 0 and .wrong == 0 and .inside_refused == 0 and .inside_served > 400'
	counted '.refused > 100 and .served_in_time == 0 and .served == 100 and .longest_wait_ms < 3000'
	stop 'too many clients'
	grep -q 'too many clients, or too many of one user' service.err
}

@test "no user takes all places, and one that is silent in them loses them" {
	again=0
	serve --clients=40 --timeout=2 $$
	wait_for 20 watched $$
	local before
	before=$(least_descriptors)
	timeout -s KILL 100 python3 "$BATS_TEST_DIRNAME/load_clients.py" "$SOCKET" sit --clients 100 --uid 65534 --seconds 60 >taken 3>&- &
	started+=("$!")
	wait_for 20 test -s taken
	cat taken
	# A quarter, and as many as may wait to be told that there is no room.
	holds '.seated >= 10 and .seated <= 10 + 13 and .closed == 100 - .seated' taken
	ask_as_nobody /healthz
	[ "$code" = 503 ] || [ "$code" = 000 ]
	clients crowd --clients 25 --requests 10 --pid $$
	counted '.refused == 0 and .closed == 0 and .lost == 0'
	# Its places are free again, though it still is there.
	wait_for 60 descriptors_are "$before"
	ask_as_nobody /healthz
	[ "$code" = 200 ]
	stop 'too many clients'
}

# What a process may have with its own and those that change, by the kernel's default of 65,530, or as much as is allowed here.
most_mappings() {
	local most
	most=$(($(cat /proc/sys/vm/max_map_count) - 40))
	echo $((most < 65490 ? most : 65490))
}

@test "who reads slowly holds no more than was allowed, disturbs nobody, and loses it in the end" {
	local before timeout=3
	# So much slower an answer is made.
	! sanitized || timeout=10
	start_target large --mappings "$(most_mappings)" --backing anonymous --rate 2
	serve --max-cpu=100 --max-interval=0.2 --memory=64 --pending=64 --timeout="$timeout" "$target"
	wait_for 30 watched "$target"
	before=$(least_descriptors)
	clients slow --clients 24 --pid "$target" --service "$service"
	counted '.lost == 0 and .wrong == 0 and .held >= 4 and .refused == .retry_after and .held == .cut_off'
	# Who is slower makes fewer snapshots, and of one there is one body.
	sanitized || counted '.refused >= 1'
	counted '.pending_kib > 10240 and .pending_kib <= 64 * 1024'
	counted '.others_refused == 0 and .others_served > 50'
	# The two that serve may each be making the largest answer, in a buffer that doubles; and 32 MiB for the rest.
	sanitized || counted '.resident_kib < (64 + 64 + 2 * 2 * 16 + 32) * 1024'
	sanitized || counted '.others_longest_ms < 2000'
	wait_for 20 metric_is mapsnapd_pending_bytes 0
	wait_for 60 metric_is mapsnapd_streams 0
	wait_for 60 descriptors_are "$before"
	watched "$target"
	stop
}

@test "no user takes all the room for answers" {
	again=0
	user=65534 start_target large --mappings "$(most_mappings)" --backing anonymous --rate 5
	serve --max-cpu=100 --max-interval=0.1 --memory=64 --pending=64 --timeout=10 "$target"
	wait_for 30 watched "$target"
	timeout -s KILL 100 python3 "$BATS_TEST_DIRNAME/load_clients.py" "$SOCKET" slow --clients 20 --uid 65534 --pid "$target" \
		--service "$service" >slow.counts 3>&- &
	started+=("$!")
	is_full() { [ "$(metric mapsnapd_pending_bytes)" -gt $((15 << 20)) ]; }
	wait_for 20 is_full
	sleep 1
	[ "$(metric mapsnapd_pending_bytes)" -le $((33 << 20)) ]
	ask_as_nobody "/v1/processes/$target/maps"
	[ "$code" = 503 ]
	watched "$target"
	stop
}

@test "what no client should send is refused, and leaves nothing" {
	serve --timeout=2 $$
	wait_for 20 watched $$
	local before
	before=$(least_descriptors)
	clients wrong --patience 20
	counted '.lost == 0 and .wrong == 0 and .closed >= 3 and .status_431 == 2 and .status_414 == 1 and .status_405 >= 4'
	healthy
	watched $$
	wait_for 60 descriptors_are "$before"
	stop
}

# vanish HOW
vanish() {
	clients vanish --how "$1" --clients 100
	counted '.vanished == 100 and .streams >= 100'
	wait_for 60 metric_is mapsnapd_streams 0
}

@test "of those who follow and vanish nothing is left" {
	local before i
	start_target one --rate 20
	serve --max-interval=0.1 "$target"
	wait_for 20 watched "$target"
	before=$(least_descriptors)
	for ((i = 0; i < $(percent 2); i++)); do
		vanish close
		vanish linger
		vanish kill
	done
	wait_for 20 metric_is mapsnapd_pending_bytes 0
	wait_for 60 descriptors_are "$before"
	# Also where nothing changes any more, and there is nothing to send.
	rest "$target"
	clients vanish --how kill --clients 100
	wait_for 3 metric_is mapsnapd_streams 0
	wait_for 3 descriptors_are "$before"
	stop
}

@test "it ends in order with many who follow" {
	local status=0 began
	start_target one --mappings 300 --rate 50
	serve --max-interval=0.1 "$target"
	wait_for 20 watched "$target"
	mkfifo held.input
	timeout -s KILL 100 python3 "$BATS_TEST_DIRNAME/load_clients.py" "$SOCKET" hold --clients 100 <>held.input >held 3>&- &
	started+=("$!")
	wait_for 20 grep -q ready held
	metric_is mapsnapd_streams 100
	began=$SECONDS
	stop
	[ $((SECONDS - began)) -le 3 ]
}

# follow [OPTION...]: until the file `over` is there
follow() {
	timeout -s KILL 300 python3 "$BATS_TEST_DIRNAME/load_clients.py" "$SOCKET" follow --until over "$@" >counts 3>&- &
	follower=$!
	started+=("$follower")
}

# What all were told comes to what there is.
followed() {
	touch over
	wait "$follower"
	show_counts
	counted '.lost == 0 and .different == 0 and .wrong == 0 and .stale == 0 and .of_nobody == 0'
}

@test "who follows goes on after a crash, and knows at the end what there is" {
	local pids=() i
	for i in 1 2 3; do
		start_target "t$i" --mappings 200 --rate 20 --arena "$i"
		pids+=("$target")
	done
	serve --max-interval=0.1 --max-cpu=100 "${pids[@]}"
	wait_for 20 watched "${pids[@]}"
	follow --clients 20
	for i in 1 2 3; do
		sleep 1
		kill -KILL "$service"
		wait "$service" || true
		serve --max-interval=0.1 --max-cpu=100 "${pids[@]}"
	done
	wait_for 20 watched "${pids[@]}"
	sleep 1
	rest "${pids[@]}"
	followed
	counted '.same == 60 and .resyncs >= 80 and .applied > 500 and .closed >= 60'
	stop
}

@test "without descriptors for all it says so, goes on, and recovers" {
	local i pids=()
	own_names
	for ((i = 0; i < 60; i++)); do
		"$SLEEP" 1000 3>&- &
		started+=("$!")
		pids+=("$!")
	done
	nofile=160 serve --clients=1000 --max-interval=0.4 --name="sleep-$$"
	wait_for 20 grep -q 'descriptors for [0-9]* clients only' service.err
	in_turns() { [ "$(metric 'mapsnapd_process_states{state="in_turns"}')" -gt 5 ]; }
	wait_for 20 in_turns
	grep -q 'looked at in turns' service.err
	clients beyond --clients 20 --extra 60 --seconds 3
	counted '.lost == 0 and .wrong == 0 and .inside_refused == 0 and .served == 60'
	clients crowd --clients 20 --requests 10 --pid "${pids[0]}" --pid "${pids[59]}"
	counted '.lost == 0 and .refused == 0 and .closed == 0 and .wrong == 0'
	metric_is 'mapsnapd_process_states{state="refused"}' 0
	kill -KILL "${pids[@]:0:50}"
	wait_for 40 metric_is 'mapsnapd_process_states{state="in_turns"}' 0
	watched "${pids[59]}"
	stop 'descriptors for|too many clients'
}

@test "many who follow a large process that changes all the time have all of it in the end" {
	start_target large --mappings "$(most_mappings)" --backing anonymous --rate 50
	serve --max-cpu=100 --max-interval=0.2 --memory=128 --pending=64 "$target"
	wait_for 30 watched "$target"
	follow --clients 20 --pid "$target" --service "$service" --patience 60
	sleep "$(percent 8)"
	rest "$target"
	followed
	counted '.same == 20 and .applied > 0'
	sanitized || counted '.applied >= 20'
	sanitized || counted '.resident_kib < (128 + 64 + 2 * 2 * 16 + 32) * 1024'
	stop
}

@test "where the helper that judges ends, nobody is told a wrong thing, and the service ends to be started again" {
	again=0
	setpriv --reuid=65534 --regid=65534 --clear-groups sleep 1000 3>&- &
	started+=("$!")
	local pid=$! helper status=0
	serve "$pid"
	wait_for 20 watched "$pid"
	helper=$(pgrep -P "$service")
	ask_as_nobody "/v1/processes/$pid/maps"
	[ "$code" = 200 ]
	# It stands still: whoever it would have to judge is to come again, and others are not held up.
	kill -STOP "$helper"
	ask_as_nobody "/v1/processes/$pid/maps"
	[ "$code" = 503 ]
	ask_as_nobody /v1/processes
	[ "$code" = 503 ]
	watched "$pid"
	kill -CONT "$helper"
	ask_as_nobody "/v1/processes/$pid/maps"
	[ "$code" = 200 ]
	kill -STOP "$service"
	kill -KILL "$helper"
	(sleep 0.5 && kill -CONT "$service") 3>&- &
	ask_as_nobody "/v1/processes/$pid/maps"
	[ "$code" = 503 ] || [ "$code" = 000 ]
	has_ended() { ! kill -0 "$service" 2>/dev/null; }
	wait_for 10 has_ended
	wait "$service" || status=$?
	service=
	[ "$status" -eq 1 ]
	grep -q 'helper that judges clients has ended' service.err
	[ ! -e "$SOCKET" ]
}

@test "who is judged and follows misses nothing while the helper that judges stands still" {
	local helper
	user=65534 start_target one --rate 10
	serve --interval=0.3 --max-interval=0.3 "$target"
	wait_for 20 watched "$target"
	helper=$(pgrep -P "$service")
	follow --clients 1 --uid 65534 --pid "$target"
	wait_for 20 metric_is mapsnapd_streams 1
	sleep 2
	# The last changes come while nobody is judged, and for longer than is waited for that.
	kill -STOP "$helper"
	sleep 0.7
	rest "$target"
	sleep 5
	kill -CONT "$helper"
	followed
	counted '.same == 1 and .applied > 1'
	stop
}

# churn: processes come, become others, and go
churn() {
	while :; do
		"$SLEEP" 0.3 3>&- &
		bash -c 'exec -a x "$0" 0.2' "$SLEEP" 3>&- &
		wait
		kill -HUP "$service" 2>/dev/null || return 0
	done
}

@test "after all of it at once for a while it is as it was" {
	local first before warm child
	own_names
	start_target one --mappings 200 --rate 20
	first=$target
	start_target other --mappings 3000 --rate 10 --arena 1
	serve --max-cpu=50 --max-interval=0.2 --keep=0.5 --timeout=2 --pending=16 --name="sleep-$$" --name="target-$$"
	wait_for 20 watched "$first" "$target"
	before=$(least_descriptors)
	churn 2>churn.err 3>&- &
	started+=("$!")
	clients soak --clients 40 --seconds 6 --pid "$target" --pid "$first"
	warm=$(resident)
	clients soak --clients 40 --seconds "$(percent 10)" --pid "$target" --pid "$first"
	counted '.lost == 0 and .wrong == 0 and .different == 0 and .stale == 0 and .vanished >= 30 and .cut_off >= 1 and .served > 1000'
	kill "${started[-1]}"
	echo "# resident $warm KiB after warm-up, $(resident) KiB at the end" >&3
	sanitized || [ $(($(resident) * 10)) -le $((warm * 13)) ]
	wait_for 60 metric_is mapsnapd_streams 0
	wait_for 20 metric_is mapsnapd_pending_bytes 0
	wait_for 20 metric_is 'mapsnapd_process_states{state="held"}' 2
	wait_for 60 descriptors_are "$before"
	# Of the helper's children none is left either, not even as a zombie.
	for child in $(pgrep -P "$service"); do
		run ! grep -q '^State:.*Z' "/proc/$child/status"
		run ! pgrep -P "$child"
	done
	stop 'too many clients'
}
