#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# source.sh VERSION   prints Debian's source package to build Linux VERSION from: a file in the cache
#
# It is the newest patch level on which the series for that version applies.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/kernel/common.sh
. tests/kernel/apt.sh
. tests/kernel/tree.sh

version=$1
package=linux-source-$version
sources=$cache/source
mkdir -p "$sources" "$cache/applies"
mapfile -t patches < <(patches_for "$version")

kept() {
	compgen -G "$sources/${package}_*_all.deb" | sed 's|.*/[^_]*_||; s|_all\.deb$||' || true
}

# Called by step.
# shellcheck disable=SC2317
try_series() {
	local deb=$1 tree=$2 patch
	grep -hE '^(---|\+\+\+) [ab]/' "${patches[@]}" | sed -E 's|^.{4}[ab]/||; s/\t.*//' |
		sort -u | sed "s|^|$package/|" >"$tree/wanted"
	# What the series adds is not there yet.
	dpkg-deb --fsys-tarfile "$deb" | tar -xO "./usr/src/$package.tar.xz" | xz -dc |
		tar -x -C "$tree" -T "$tree/wanted" 2>/dev/null || true
	for patch in "${patches[@]}"; do
		apply_patch "$tree/$package" "$patch" || return
	done
}

applies() {
	local deb=$1 stamp tree
	[ ${#patches[@]} -ne 0 ] || return 0
	stamp=$cache/applies/$({
		basename "$deb"
		cat "${patches[@]}"
	} | digest)
	[ ! -e "$stamp" ] || return 0
	tree=$(mktemp -d "$cache/try.XXXXXX")
	step "Trying the series on $(basename "$deb" _all.deb)" try_series "$deb" "$tree" && touch "$stamp"
	rm -rf "$tree"
	[ -e "$stamp" ]
}

have() {
	local deb=$sources/${package}_$1_all.deb
	[ -e "$deb" ] || step "Downloading $package $1 (about 160 MB)" download "$package" "$1" "$sources"
}

update_lists
offers=$(offered "$package" || true)
[ -n "$offers" ] || echo "Debian offers no $package here: going on with what the cache has" >&2
mapfile -t candidates < <({ echo "$offers"; kept; } | grep . | sort -rVu)
[ ${#candidates[@]} -ne 0 ] || die "there is no $package: neither does $(suite_of "$version") offer one nor has the cache one"

for candidate in "${candidates[@]}"; do
	have "$candidate" || continue
	deb=$sources/${package}_${candidate}_all.deb
	if applies "$deb"; then
		echo "$deb"
		exit
	fi
done
die "kernel-patch/v$version applies to none of the $package that there are: ${candidates[*]}"
