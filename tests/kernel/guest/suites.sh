# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
# The system tests in cmocka, as root: the same programs as run on the host.

# From cmocka's TAP to ours. What is printed before a verdict stays before it.
as_cases() {
	local line spoken='' name
	while IFS= read -r line; do
		case $line in
		'ok '*' # SKIP '* | 'not ok '*' # SKIP '*) verdict 77 "$1" "${line##* # SKIP }" "$spoken" ;;
		'ok '*' - '*) verdict 0 "$1" "${line#* - }" ;;
		'not ok '*' - '*)
			name=${line#* - }
			[[ $name != *' '* ]] || echo "${name#* }"
			verdict 1 "$1" "${name%% *}"
			;;
		'skip: '*) spoken=${line#skip: } ;;
		1..* | 'TAP version'* | '# ok - '* | '# not ok - '*) ;;
		*) printf '%s\n' "$line" ;;
		esac
	done
}

run_suite() {
	local suite=$1 name=${only#"$1"} status=0
	CMOCKA_MESSAGE_OUTPUT=TAP timeout -k 5 240 "$suite" ${name:+"${name#: }"} >/tmp/tap 2>&1 || status=$?
	as_cases "$suite" </tmp/tap
	# Each case that failed has said so; without one it is the suite that did.
	if [ $status -eq 77 ]; then
		verdict 77 "$suite" "(all cases)" "$(sed -n 's/^skipped: //p' /tmp/tap | tail -n 1)"
	elif [ $status -ne 0 ] && ! grep -q '^not ok ' /tmp/tap; then
		echo "It ended with exit status $status."
		verdict $status "$suite" "(whole suite)"
	fi
}

# run_suites KERNEL. What stops processes, forks all the time or is of mapsnapd's own processes asks nothing of our
# patches, which the debug kernel is there for, and takes minutes on that.
run_suites() {
	local path
	for path in /bin/test-*; do
		[[ $1 != *-debug || $path != @(*-frozen*|*_fork|*-gate*|*-peer|*-fd_message) ]] || continue
		! wanted "${path##*/}" || run_suite "${path##*/}"
	done
}
