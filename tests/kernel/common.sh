# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
# What the scripts of this folder share. Sourced from the root of the tree.
. tests/run/common.sh

# shellcheck disable=SC2034 # for who sources this
cache=${XDG_CACHE_HOME:-$HOME/.cache}/mapsnap/kernel

# A kernel's name says all about it: 7.3, 7.3-patched, 7.3-patched-debug, 6.12.
version_of() {
	echo "${1%%-*}"
}

is_patched() {
	[[ $1 == *-patched* ]]
}

is_debug() {
	[[ $1 == *-debug ]]
}

# The patches for a version, in order; none where there is no series yet.
patches_for() {
	[ ! -e "kernel-patch/v$1/series" ] || sed "s|^|kernel-patch/v$1/|" "kernel-patch/v$1/series"
}

patches_of() {
	patches_for "$(version_of "$1")"
}

# The parts of a kernel's configuration.
fragments_of() {
	local parts=(base "$(version_of "$1")" btf)
	! is_debug "$1" || parts[2]=debug
	printf 'tests/kernel/config/%s.config\n' "${parts[@]}"
}

# What there is to build and boot.
kernels() {
	echo 7.3
	[ -z "$(patches_for 7.3)" ] || printf '7.3-patched\n7.3-patched-debug\n'
	echo 6.12
}

# Of its standard input, for a file name.
digest() {
	sha256sum | cut -c 1-16
}

# Of what a compiler makes the same thing from, whatever the time and place.
toolchain() {
	gcc --version | head -n 1
	ld --version | head -n 1
	pahole --version
}
