# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
# The Debian packages, and new Debian roots for them. BUILD: folder of a built tree, beside which lies another, debian, of
# that preset.

setup() {
	command -v dpkg-buildflags >/dev/null || skip "needs Debian's dpkg-dev"
}

# Into $DEBS.
make_debs() {
	DEBIAN=$(dirname "$BUILD")/debian
	export DEBIAN
	export DEBS=$BATS_FILE_TMPDIR/debs
	(cd "$DEBIAN" && cpack -B "$DEBS") >&2
	rm -r "$DEBS/_CPack_Packages"
}

names() {
	local deb
	for deb in "$DEBS"/*.deb; do
		dpkg-deb -f "$deb" Package
	done
}

deb() {
	echo "$DEBS/$1"_*.deb
}

# field PACKAGE NAME
field() {
	dpkg-deb -f "$(deb "$1")" "$2"
}

# The packages in Depends, one a line, with the version that is asked for.
depends() {
	field "$1" Depends | sed 's/, */\n/g'
}

# Those of others.
external() {
	local name
	for name in $(names); do
		depends "$name" | sed 's/ .*//'
	done | sort -u | grep -vxF "$(names)"
}

# Why there can be no root, or nothing.
refusal() {
	if [ "$(id -u)" -ne 0 ]; then
		echo 'needs root, for a Debian root of its own'
	elif ! unshare --mount true 2>/dev/null; then
		echo 'needs a mount namespace, for a Debian root of its own'
	elif ! command -v mmdebstrap >/dev/null; then
		echo 'needs mmdebstrap'
	fi
}

# new_root [PACKAGE...]: $ROOT, with what our packages say that they need, these, and ours in /debs; or, where there can
# be none, $NO_ROOT says why.
new_root() {
	local tarball suite needed
	export ROOT='' NO_ROOT
	NO_ROOT=$(refusal)
	[ -z "$NO_ROOT" ] || return 0
	# shellcheck source=tests/run/tarball.sh
	. tests/run/tarball.sh
	# shellcheck source=/dev/null
	suite=$(. /etc/os-release && echo "$VERSION_CODENAME")
	mapfile -t needed < <(external)
	tarball=$(tarball "$suite" "${needed[@]}" "$@" 2>"$BATS_FILE_TMPDIR/said") || {
		NO_ROOT="mmdebstrap makes no Debian root here: $(grep -m 1 '^E: ' "$BATS_FILE_TMPDIR/said" || tail -n 1 "$BATS_FILE_TMPDIR/said")"
		return 0
	}
	ROOT=$(mktemp -d /var/tmp/packages.XXXXXX)
	tar -C "$ROOT" -xf "$tarball"
	mkdir "$ROOT/debs"
	cp "$DEBS"/*.deb "$ROOT/debs"
}

remove_root() {
	[ -z "${ROOT:-}" ] || rm -rf --one-file-system "$ROOT"
}

need_root() {
	[ -z "$NO_ROOT" ] || skip "$NO_ROOT"
}
