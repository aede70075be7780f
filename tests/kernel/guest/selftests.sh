# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
# The kernel's own tests of /proc, built from the same source. They are to say the same on a patched
# kernel as on the stock one; what fails there says nothing about the patches.

# outcome EXIT-STATUS
outcome() {
	case $1 in
	0) echo passes ;;
	4) echo skips ;;
	*) echo fails ;;
	esac
}

# selftest NAME STOCK; STOCK: "NAME OUTCOME" a line, empty on the stock kernel itself. What the series adds
# is not there and has to pass.
selftest() {
	local name=$1 said status=0 here there
	said=$(cd /selftests && timeout -k 5 120 "./$name" 2>&1) || status=$?
	here=$(outcome $status)
	there=$(awk -v name="$name" -v unknown="$([ -z "$2" ] && echo "$here" || echo passes)" \
		'$1 == name { unknown = $2 } END { print unknown }' <<<"$2")
	echo "Here it $here, on the unpatched kernel it $there. What it said here:"
	{
		head -n -40 <<<"$said" | grep -B 8 '^not ok' || true
		tail -n 40 <<<"$said"
	} | sed 's/^/  /'
	case $here-$there in
	passes-*) verdict 0 selftests/proc "$name" ;;
	skips-skips) verdict 77 selftests/proc "$name" "the test itself says so: $(tail -n 1 <<<"$said")" ;;
	fails-fails) verdict 77 selftests/proc "$name" "it fails on the unpatched kernel${2:+ as well}: exit status $status" ;;
	*) verdict 1 selftests/proc "$name" ;;
	esac
}

run_selftests() {
	local path
	for path in /selftests/*; do
		[ ! -e "$path" ] || ! wanted selftests/proc "${path##*/}" || selftest "${path##*/}" "$1"
	done
}
