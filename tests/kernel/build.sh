#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# build.sh KERNEL TREE OBJECTS OUT FRAGMENT...   builds a kernel from its unpacked source and these parts of
#                                                a configuration into OUT
#
# What this file says is part of what a cached kernel is known by.
set -euo pipefail

kernel=$1 tree=$2 objects=$3 out=$4
shift 4
fragments=("$@")

# Of the same source the same kernel, whoever builds it.
export KBUILD_BUILD_USER=mapsnap KBUILD_BUILD_HOST=mapsnap KBUILD_BUILD_TIMESTAMP=@0

kernel_make() {
	make -C "$tree" O="$objects" -j"$(nproc)" LOCALVERSION="${kernel#"${kernel%%-*}"}" "$@"
}

# What Kconfig does not know, or can't have without something else, it drops in silence.
configure() {
	local dropped
	cat "${fragments[@]}" >"$objects/all.config"
	kernel_make KCONFIG_ALLCONFIG="$objects/all.config" allnoconfig
	dropped=$(grep ^CONFIG_ "$objects/all.config" | grep -vxFf "$objects/.config" || true)
	if [ -n "$dropped" ]; then
		printf 'not to be had in %s:\n%s\n' "$kernel" "$dropped" >&2
		return 1
	fi
}

# The kernel's own tests of what we change.
selftests() {
	kernel_make headers
	mkdir -p "$out/selftests"
	make -C "$tree/tools/testing/selftests/proc" -j"$(nproc)" OUTPUT="$out/selftests" \
		KHDR_INCLUDES="-isystem $objects/usr/include" TOOLS_INCLUDES="-isystem $tree/tools/include/uapi" all
}

# The module that tests load.
module() {
	cp -r tests/kernel/module "$objects/module"
	kernel_make modules
	kernel_make M="$objects/module" modules
	cp "$objects/module/"*.ko "$out/"
}

mkdir -p "$objects" "$out"
configure
kernel_make bzImage
case $kernel in
7.3*) selftests ;;
esac
case $kernel in
*-patched*) module ;;
esac
cp "$objects/arch/x86/boot/bzImage" "$objects/System.map" "$out/"
cp "$objects/.config" "$out/config"
