#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# demo.sh BIN RATE [OPTION...]   shows the programs in BIN at work, on a target that changes its mappings
#                                RATE times a second, and on another, by the torture with these options
set -euo pipefail

bin=$1 rate=$2
shift 2
label=$(mktemp)
coproc target { exec "$bin/mapsnap-target" --mappings 500 --rate "$rate"; }
pid=$!
trap 'kill "$pid" 2>/dev/null || true; wait; rm -f "$label"' EXIT
read -r _ <&"${target[0]}" # "ready"

echo "A process that changes its mappings $rate times a second, and maps-dump -v $pid:"
# Of one and the same snapshot, its first mappings and its label.
"$bin/maps-dump" -v "$pid" 2>"$label" | awk '
	NR <= 5 { print "  " $0 }
	END { print "  ... " NR - 5 " more" }'
sed 's/^/  /' "$label"
echo
echo "Another, read as cat does and by the library:"
"$bin/mapsnap-torture" --demo "$@" | sed 's/^/  /'
