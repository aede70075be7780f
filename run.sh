#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# ./run.sh           installs what is missing, builds, and shows it working
# ./run.sh ARGS...   maps-dump ARGS: its standard output and exit status, untouched
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
bin=$here/build/release/bin

prepare() {
	cd "$here"
	. tests/run/common.sh
	install_packages "${base_packages[@]}"
	build release maps-dump mapsnap-target mapsnap-torture
}

# Of one and the same snapshot, its first mappings and its label.
show_maps() {
	"$bin/maps-dump" -v "$1" 2>"$label" | awk '
		NR <= 5 { print "  " $0 }
		END { print "  ... " NR - 5 " more" }'
	sed 's/^/  /' "$label"
}

demo() {
	label=$(mktemp)
	coproc target { exec "$bin/mapsnap-target" --mappings 500 --rate 1000; }
	pid=$!
	trap 'kill "$pid" 2>/dev/null || true; wait; rm -f "$label"' EXIT
	read -r _ <&"${target[0]}" # "ready"

	echo "A process that changes its mappings 1,000 times a second, and maps-dump -v $pid:"
	show_maps "$pid"
	echo
	echo "Another, with 2,000 mappings, read as cat does and by the library:"
	"$bin/mapsnap-torture" --demo | sed 's/^/  /'
	echo
	echo "To try next:"
	echo "  ./run.sh -v \$\$             # this shell, with its label"
	echo "  ./run.sh --summary --all   # every process in a line"
	echo "  ./run.sh --check           # which label this machine can give, and why"
}

# In a subshell: the arguments may name files, which are where the caller is.
(prepare)
if [ $# -ne 0 ]; then
	exec "$bin/maps-dump" "$@"
fi
demo
