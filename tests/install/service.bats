# SPDX-License-Identifier: BSD-2-Clause
# The service as the package installs it, under a systemd that was booted in a Debian root of its own. BUILD: folder of a
# built tree, beside which lies another, debian, of that preset.

# shellcheck disable=SC2016 # for the shell inside
bats_require_minimum_version 1.5.0

load debs
load ../system/holds
load ../system/waiting

setup_file() {
	command -v dpkg-buildflags >/dev/null || return 0
	make_debs
	new_root systemd-sysv curl jq prometheus
	[ -n "$ROOT" ] || return 0
	boot
	[ -z "$NO_ROOT" ] || return 0
	inside 'dpkg -i /debs/libmapsnap-bpf0_*.deb /debs/maps-dump_*.deb /debs/mapsnapd_*.deb' >&2
	# Somebody, and a friend of the service.
	inside 'useradd --create-home somebody && useradd --groups mapsnap friend' >&2
	inside 'cp "$(command -v sleep)" /tmp/of-tmp && install -o somebody "$(command -v sleep)" /home/somebody/of-home'
}

teardown_file() {
	[ -z "${MACHINE:-}" ] || end_machine >&2
	remove_root
}

# What makes a container of systemd is asked before our packages are in it: it is the machine that can't.
boot() {
	local console=$BATS_FILE_TMPDIR/console
	command -v systemd-nspawn >/dev/null || {
		NO_ROOT='needs systemd-nspawn'
		return 0
	}
	# For its cgroups it takes a tree of its own version, also where this machine has two.
	SYSTEMD_NSPAWN_UNIFIED_HIERARCHY=1 systemd-nspawn --quiet --register=no --keep-unit --boot --directory="$ROOT" \
		--machine="mapsnap-$$" --private-network --link-journal=no --console=read-only \
		--capability=CAP_BPF,CAP_PERFMON --system-call-filter=bpf >"$console" 2>&1 </dev/null 3>&- &
	export MACHINE=$!
	wait_for 60 is_up_or_off || true
	if is_off; then
		NO_ROOT="systemd-nspawn boots nothing here: $(grep -v '^$' "$console" | tail -n 1)"
		MACHINE=
	elif ! is_up; then
		cat "$console" >&2
		return 1
	fi
}

is_up() {
	inside 'systemctl is-active --quiet multi-user.target' 2>/dev/null
}

is_up_or_off() {
	is_off || is_up
}

# It takes the signal for a power button.
end_machine() {
	kill -TERM "$MACHINE" 2>/dev/null || true
	wait_for 20 is_off || kill -KILL "$MACHINE"
}

is_off() {
	! kill -0 "$MACHINE" 2>/dev/null
}

# inside COMMAND [ARGUMENT...]: by the shell, in the container; its first process is the only child
inside() {
	local first
	first=$(cut -d ' ' -f 1 "/proc/$MACHINE/task/$MACHINE/children")
	timeout -s KILL 60 env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 \
		nsenter --target "$first" --all --root --wd bash -euc "$1" - "${@:2}" </dev/null 3>&-
}

setup() {
	command -v dpkg-buildflags >/dev/null || skip "needs Debian's dpkg-dev"
	need_root
	inside '
		systemctl stop mapsnapd-metrics.socket mapsnapd-metrics.service mapsnapd.socket mapsnapd.service
		systemctl reset-failed
		rm -rf /run/systemd/system/mapsnapd.service.d /etc/mapsnapd.conf
		systemctl daemon-reload
		systemctl start mapsnapd.socket' 2>&1
}

# What a test leaves running ends with it.
teardown() {
	[ -z "${MACHINE:-}" ] || inside 'systemctl stop "test-*"'
}

# drop_in LINE...: in the service's section
drop_in() {
	inside '
		mkdir -p /run/systemd/system/mapsnapd.service.d
		printf "%s\n" "[Service]" "$@" >/run/systemd/system/mapsnapd.service.d/test.conf
		systemctl daemon-reload' "$@"
}

# ask PATH [USER]: the body; fails as curl does
ask() {
	inside 'runuser -u "$2" -- curl -sS --max-time 20 --fail-with-body --unix-socket /run/mapsnapd/mapsnapd.sock "http://mapsnapd$1"' \
		"$1" "${2:-root}"
}

# property NAME [UNIT]
property() {
	inside "systemctl show --value --property=$1 ${2:-mapsnapd.service}"
}

# property_is NAME VALUE
property_is() {
	[ "$(property "$1")" = "$2" ]
}

# start_as USER COMMAND: as $process
start_as() {
	inside "systemd-run --quiet --unit=test-$1 --uid=$1 --property=Type=exec ${*:2}"
	process=$(property MainPID "test-$1")
}

watched() {
	ask "/v1/processes/$1/maps" >"$BATS_TEST_TMPDIR/maps"
}

child_of() {
	inside "tr -d ' ' </proc/$1/task/$1/children"
}

journal_has() {
	inside 'journalctl --sync; journalctl --unit=mapsnapd.service "${@:2}" | grep -F "$1"' "$@"
}

@test "who connects first starts the service" {
	property_is ActiveState inactive
	ask /v1/info | holds '.version'
	# So it has said that it is ready.
	property_is ActiveState active
	property_is Type notify
}

@test "its user is not root, with the capabilities that it takes, and those of its helper apart" {
	ask /healthz || ask /v1/info
	local main helper status
	main=$(property MainPID)
	status=$(inside "cat /proc/$main/status")
	echo "$status"
	[ "$(awk '/^Uid/ { print $2 }' <<<"$status")" -eq "$(inside 'id -u mapsnap')" ]
	[ "$(awk '/^CapEff/ { print $2 }' <<<"$status")" = 000000c000080004 ] # BPF, PERFMON, SYS_PTRACE, DAC_READ_SEARCH
	[ "$(awk '/^NoNewPrivs/ { print $2 }' <<<"$status")" -eq 1 ]
	[ "$(awk '/^Seccomp:/ { print $2 }' <<<"$status")" -eq 2 ]
	helper=$(child_of "$main")
	[ "$(inside "awk '/^CapEff/ { print \$2 }' /proc/$helper/status")" = 00000000000000c0 ] # SETUID, SETGID
	[ "$(inside "cat /proc/$main/oom_score_adj")" -eq 1000 ]
}

@test "it watches at idle priority, and answers at that of others" {
	ask /v1/info
	local main
	main=$(property MainPID)
	inside "for task in /proc/$main/task/*; do chrt -p \${task##*/}; done" >"$BATS_TEST_TMPDIR/policies"
	cat "$BATS_TEST_TMPDIR/policies"
	[ "$(grep -c 'policy: SCHED_IDLE' "$BATS_TEST_TMPDIR/policies")" -eq 1 ]
	grep "pid $main's .* policy: SCHED_IDLE" "$BATS_TEST_TMPDIR/policies"
	grep 'policy: SCHED_OTHER' "$BATS_TEST_TMPDIR/policies"
}

@test "it reads what others run, wherever the files are, by the source that the machine has" {
	local process source program
	source=$(inside 'maps-dump --check' | sed -n 's/^source *\([a-z]*\).*/\1/p')
	[ "$(ask /v1/info | jq -r .source)" = "${source:-none}" ]
	for program in /usr/bin/sleep /tmp/of-tmp /home/somebody/of-home; do
		start_as somebody "$program" 600
		wait_for 20 watched "$process"
		# As the service from another mount namespace: in a chroot it is told other paths than we.
		inside "unshare --mount cat /proc/$process/maps" >"$BATS_TEST_TMPDIR/expected"
		grep -F "$program" "$BATS_TEST_TMPDIR/expected"
		"$DEBIAN/bin/maps-dump" "$BATS_TEST_TMPDIR/maps" | diff - "$BATS_TEST_TMPDIR/expected"
		[ "$source" = none ] || holds '.consistency == "verified"' "$BATS_TEST_TMPDIR/maps"
		inside 'systemctl stop "test-*"'
	done
	# Of all, and of one that nobody but root may look into.
	wait_for 20 watched 1
	[ "$(ask /v1/processes | wc -l)" -ge 5 ]
	start_as root sleep 600
	inside "chmod 0 /proc/$process 2>/dev/null || true"
	wait_for 20 watched "$process"
}

@test "who is nobody special is told of their own processes alone, and who is in the group of all" {
	local process own
	start_as somebody sleep 600
	own=$process
	start_as root sleep 600
	wait_for 20 watched "$process"
	wait_for 20 watched "$own"
	ask "/v1/processes/$own/maps" somebody | holds '.mappings | length > 5'
	run -22 ask "/v1/processes/$process/maps" somebody
	[[ $output == *'"status":403'* ]]
	ask /v1/processes somebody | jq -se --argjson own "$own" 'any(.[]; .pid == $own)'
	ask /v1/processes somebody | jq -se --argjson other "$process" 'all(.[]; .pid != $other and .pid != 1)'
	ask "/v1/processes/$process/maps" friend | holds '.mappings | length > 5'
	ask /v1/processes friend | jq -se 'any(.[]; .pid == 1)'
}

# What else could be done with what the service has, tried in its place: PERL, and prints what that says.
instead() {
	local unit=/run/systemd/system/test-instead.service
	printf '%s\n' "$1" >"$ROOT/usr/share/instead.pl"
	inside "
		sed -e 's|^ExecStart=.*|ExecStart=/usr/bin/perl /usr/share/instead.pl|; s/^Type=.*/Type=oneshot/' \
			-e 's|^SyslogLevel=.*|StandardOutput=truncate:/run/instead|' \
			-e '/^\(Requires\|WatchdogSec\|Restart\)=/d; /^\[Install\]/,\$d' /usr/lib/systemd/system/mapsnapd.service >$unit
		systemctl daemon-reload
		systemctl start test-instead.service
		cat /run/instead"
}

@test "with what it may do it can read, and write nothing" {
	local calls='(101, 310, 311)' # ptrace, process_vm_readv, process_vm_writev
	[ "$(uname -m)" != aarch64 ] || calls='(117, 270, 271)'
	start_as somebody sleep 600
	run -0 instead "my \$p = $process; my (\$ptrace, \$read, \$write) = $calls;"'
		print "reads\n" if open(my $m, "<", "/proc/$p/mem") && open(my $s, "<", "/proc/1/mem");
		for ("/proc/$p/mem", "/proc/1/mem", "/proc/1/oom_score_adj", "/proc/sys/vm/max_map_count", "/etc/passwd", "/usr/share/written", "/run/written", "/home/somebody/written") {
			print "writes $_\n" if open(my $f, ">>", $_);
		}
		print "traces\n" if syscall($ptrace, 16, $p, 0, 0) == 0; # PTRACE_ATTACH
		print "copies: $!\n" if syscall($write, $p, 0, 0, 0, 0, 0) == 0;
		print "copies: $!\n" if syscall($read, $p, 0, 0, 0, 0, 0) == 0;
		print "signals\n" if kill(0, 1);
		print "sees a home\n" if -e "/home/somebody";
		print "sees the network\n" if readlink("/proc/self/ns/net") eq readlink("/proc/1/ns/net");
		use Socket;
		print "has IP\n" if socket(my $i, AF_INET, SOCK_STREAM, 0);
		print "has sockets\n" if socket(my $u, AF_UNIX, SOCK_STREAM, 0);'
	echo "$output"
	[ "$output" = $'reads\nhas sockets' ]
}

@test "where it stands still, it is ended and started again" {
	local main
	drop_in WatchdogSec=3 RestartSec=100ms
	ask /v1/info
	main=$(property MainPID)
	inside "kill -STOP $main"
	is_another() {
		property_is ActiveState active && ! property_is MainPID "$main"
	}
	wait_for 20 is_another
	ask /v1/info
	journal_has 'Watchdog timeout'
}

watches_only_journald() {
	[ "$(ask /v1/processes | jq -s length)" = 1 ]
}

@test "the options are read again by reload, and it goes on" {
	local main
	inside 'echo "name = systemd-journal" >/etc/mapsnapd.conf'
	ask /v1/info
	main=$(property MainPID)
	wait_for 20 watches_only_journald
	inside 'rm /etc/mapsnapd.conf && systemctl reload mapsnapd.service'
	wait_for 20 watched 1
	property_is MainPID "$main"
	property_is ActiveState active
	property_is NRestarts 0
}

has_status() {
	[[ $(inside 'systemctl status --no-pager mapsnapd.service') =~ 'Status: "'[1-9][0-9]*' processes watched, ' ]]
}

@test "systemctl status tells how much it watches, and the journal what is wrong, with its level" {
	drop_in LimitNOFILE=120
	inside 'systemd-run --quiet --unit=test-many bash -c "for i in {1..9}; do sleep 600 & done; wait"'
	ask /v1/info
	wait_for 20 has_status
	journal_has 'raise LimitNOFILE=' --priority=warning..warning
}

@test "after each round it tells the watchdog" {
	local told
	ask /v1/info
	told=$(property WatchdogTimestampMonotonic)
	has_told() {
		! property_is WatchdogTimestampMonotonic "$told"
	}
	wait_for 20 has_told
}

@test "where it is killed, it is started again, and its helper with it" {
	local main helper
	drop_in RestartSec=100ms
	ask /v1/info
	main=$(property MainPID)
	helper=$(child_of "$main")
	inside "kill -KILL $main"
	is_restarted() {
		property_is NRestarts 1 && property_is ActiveState active
	}
	wait_for 20 is_restarted
	run ! inside "kill -0 $helper"
	ask /v1/info
}

given_up() {
	[ "$(property ActiveState mapsnapd.socket)" = failed ]
}

@test "where it can't start, it is given up, who connects is refused, and the journal says why, as an error" {
	drop_in ExecStart= 'ExecStart=/usr/sbin/mapsnapd --group=no-such-group'
	run ! ask /v1/info
	wait_for 60 given_up
	run ! ask /v1/info
	[[ $output == *connect* ]]
	journal_has 'there is no group called no-such-group' --priority=err..err
}

@test "options that make no sense are not tried again" {
	drop_in ExecStart= 'ExecStart=/usr/sbin/mapsnapd --interval=never' RestartSec=10ms
	inside 'systemctl stop mapsnapd.socket; systemctl start mapsnapd.service || true'
	property_is Result exit-code
	property_is NRestarts 0
	property_is ExecMainStatus 2
}

@test "it stops cleanly, and who connects next starts it again" {
	local helper main
	ask /v1/info
	main=$(property MainPID)
	helper=$(child_of "$main")
	inside 'systemctl stop mapsnapd.service'
	property_is Result success
	property_is ExecMainStatus 0
	run ! inside "kill -0 $helper"
	[ "$(property ActiveState mapsnapd.socket)" = active ]
	ask /v1/info
	inside 'systemctl stop mapsnapd.socket mapsnapd.service && test ! -e /run/mapsnapd/mapsnapd.sock'
	property_is ActiveState inactive
}

@test "an upgrade restarts it where it runs, and a removal stops it" {
	local main
	inside 'systemctl stop mapsnapd.socket && dpkg -i /debs/mapsnapd_*.deb'
	property_is ActiveState inactive
	inside 'systemctl start mapsnapd.socket mapsnapd-metrics.socket'
	ask /v1/info
	main=$(property MainPID)
	inside 'dpkg -i /debs/mapsnapd_*.deb'
	[ "$(property MainPID)" != "$main" ]
	property_is ActiveState active
	ask /v1/info
	inside 'dpkg --remove mapsnapd'
	[ -z "$(inside 'systemctl list-units --plain --no-legend "mapsnapd*"')" ]
	inside 'dpkg -i /debs/mapsnapd_*.deb'
}

# The proxy has one, and in Debian 13 Prometheus.
need_user_namespaces() {
	inside 'unshare --user true' 2>/dev/null || skip 'needs user namespaces, which there are none of in a chroot'
}

# As a reader of the page sees it.
example_of_prometheus() {
	mandoc -T ascii man/mapsnapd.8 | sed 's/.\x08//g' | sed -nE '/^ +scrape_configs:/,/^$/s/^ {11}//p'
}

# what_prometheus_has EXPRESSION: the value
what_prometheus_has() {
	inside 'curl -s --max-time 20 http://127.0.0.1:9090/api/v1/query --data-urlencode "query=$1"' "$1" | jq -r '.data.result[0].value[1]'
}

prometheus_has() {
	[ "$(what_prometheus_has "$1")" = "$2" ]
}

@test "Prometheus scrapes it, as the page says" {
	need_user_namespaces
	{
		example_of_prometheus
		printf '%s\n' 'global:' '  scrape_interval: 1s' 'rule_files:' '  - /usr/share/doc/mapsnapd/examples/*.yml'
	} >"$ROOT/etc/prometheus/prometheus.yml"
	inside 'promtool check config /etc/prometheus/prometheus.yml
		systemctl start mapsnapd-metrics.socket
		systemctl restart prometheus'
	wait_for 30 prometheus_has 'up{job="mapsnapd"}' 1
	wait_for 20 prometheus_has 'mapsnapd_round_seconds_count > bool 1' 1
	wait_for 20 prometheus_has 'mapsnapd_processes{group="prometheus"}' 1
	[ "$(inside 'curl -s http://127.0.0.1:9090/api/v1/rules' | jq '[.data.groups[].rules[] | select(.health != "err")] | length')" -ge 3 ]
	# Each name in the rules is one that there is.
	ask /metrics >"$BATS_TEST_TMPDIR/metrics"
	local name
	grep -oE 'mapsnapd_[a-z_]+' examples/mapsnapd.rules.yml | while read -r name; do
		grep -E "^$name( |\{)" "$BATS_TEST_TMPDIR/metrics"
	done
}

# It knows the older format.
@test "promtool finds nothing wrong with the metrics" {
	ask /v1/info
	wait_for 20 watched 1
	run -0 inside "curl -s --max-time 20 --fail -H 'Accept: text/plain' --unix-socket /run/mapsnapd/mapsnapd.sock http://mapsnapd/metrics | tee /run/metrics |
		promtool check metrics && grep -c ^mapsnapd_ /run/metrics"
	echo "$output"
	[ "${#lines[@]}" -eq 1 ]
	[ "$output" -gt 50 ]
}

# Of the proxy itself too, whose user they come as.
@test "who comes by TCP is told of the service, and of no process" {
	local proxy
	need_user_namespaces
	inside 'systemctl start mapsnapd-metrics.socket && curl -s --max-time 20 --fail http://127.0.0.1:19836/v1/info' | holds '.source'
	proxy=$(property MainPID mapsnapd-metrics.service)
	wait_for 20 watched "$proxy"
	[ -z "$(inside 'curl -s --max-time 20 --fail http://127.0.0.1:19836/v1/processes')" ]
	inside "curl -s --max-time 20 http://127.0.0.1:19836/v1/processes/$proxy/maps" | holds '.status == 403'
	inside 'curl -s --max-time 20 http://127.0.0.1:19836/v1/processes/1/maps' | holds '.status == 403'
}

@test "who comes by TCP leaves room for those who come by the socket" {
	need_user_namespaces
	inside 'systemctl start mapsnapd-metrics.socket
		for i in {1..40}; do
			exec {connection}<>/dev/tcp/127.0.0.1/19836
		done
		sleep 1
		[ "$(ls /proc/$(systemctl show --value --property=MainPID mapsnapd.service)/fd -l | grep -c socket:)" -lt 30 ]
		curl -s --max-time 20 --fail --unix-socket /run/mapsnapd/mapsnapd.sock http://mapsnapd/v1/info'
}
