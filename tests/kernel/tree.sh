# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
# From a source package to a tree. Sourced.

# unpack DEB FOLDER
unpack() {
	local name
	name=$(basename "$1")
	mkdir -p "$2"
	dpkg-deb --fsys-tarfile "$1" | tar -xO "./usr/src/${name%%_*}.tar.xz" | xz -dc |
		tar -x -C "$2" --strip-components=1
}

# apply_patch TREE PATCH; not where its context is only nearly there
apply_patch() {
	patch -d "$1" -p1 -F0 --forward --batch <"$2"
}
