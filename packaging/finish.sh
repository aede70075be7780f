#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# finish.sh STAGED PACKAGE VERSION [VERSION_SCRIPT]
#
# Does to the files in STAGED, which are to be PACKAGE, what debhelper does where Debian builds a package: strips and
# compresses them. Writes the library's symbols, shlibs and triggers, which the packages that come later then
# find, to finish/debian/PACKAGE/DEBIAN, and prints the packages that PACKAGE needs for what it links with.
set -euo pipefail

package=$2 version=$3 version_script=${4:-}
debian=finish/debian
staged=$debian/$package/usr/ # the slash: it is a link
export LC_ALL=C

die() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	exit 1
}

is_elf() {
	[ "$(head -c 4 "$1")" = $'\x7fELF' ]
}

# What is dynamically linked: names do not tell programs from scripts.
linked_files() {
	local file
	find "$staged" -type f \( -perm -100 -o -name '*.so.*' \) | sort | while read -r file; do
		! is_elf "$file" || echo "$file"
	done
}

strip_all() {
	local file sections=(--remove-section=.comment --remove-section=.note)
	linked_files | while read -r file; do
		strip "${sections[@]}" --strip-unneeded "$file"
	done
	find "$staged" -name '*.a' -exec strip "${sections[@]}" --strip-debug --enable-deterministic-archives {} +
}

# A link to a page leads to the compressed one.
compress() {
	local link
	find "$staged" -type f \( -path '*/man/man?/*' -o -name changelog \) -exec gzip -9n {} +
	find "$staged" -type l -path '*/man/man?/*' | while read -r link; do
		ln -s "$(readlink "$link").gz" "$link.gz"
		rm "$link"
	done
}

# In each node of the version script the name ends in the version that it came with.
symbols_template() {
	echo "$1 $package #MINVER#"
	echo "* Build-Depends-Package: ${package%%[0-9]*}-dev"
	sed -n 's/^\([A-Z_]*_\([0-9.]*\)\) {$/ (symver)\1 \2/p' "$version_script"
}

describe_library() {
	local library soname control=$debian/$package/DEBIAN
	library=$(linked_files)
	soname=$(objdump -p "$library" | awk '$1 == "SONAME" { print $2 }')
	[ "$package" = "${soname/.so./}" ] || die "$soname should be in another package than $package"
	symbols_template "$soname" >"$debian/template"
	(cd finish && dpkg-gensymbols -q -c4 -v"$version" -p"$package" -e"${library#finish/}" -Idebian/template -O"debian/$package/DEBIAN/symbols")
	echo "${soname%.so.*} ${soname##*.so.} $package (>= $version)" >"$control/shlibs"
	echo 'activate-noawait ldconfig' >"$control/triggers"
}

# dpkg-shlibdeps looks at the packages that are built beside each other in debian.
depends() {
	local files
	mapfile -t files < <(linked_files | cut -d / -f 2-)
	[ ${#files[@]} -ne 0 ] || return 0
	(cd finish && dpkg-shlibdeps -O "${files[@]}") | sed 's/^shlibs:Depends=//'
}

mkdir -p "$debian/$package/DEBIAN"
touch "$debian/control"
ln -s "$1/usr" "$debian/$package/usr"
strip_all
compress
[ -z "$version_script" ] || describe_library
depends
