#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# series.sh [CASE]   what must hold of the patches but needs no guest: prints TAP
#
# What has passed is not tried again before something has changed that it depends on.
# shellcheck disable=SC2317 # most of it is called by step
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/kernel/common.sh
. tests/kernel/tree.sh

version=7.3
only=${1:-}
mapfile -t patches < <(patches_for "$version")
[ ${#patches[@]} -ne 0 ] || die "there is no series in kernel-patch/v$version"
deb=$(tests/kernel/source.sh "$version")
mkdir -p "$cache/passed"
work=
applied=0
trap '[ -z "$work" ] || rm -rf "$work"' EXIT

cases() {
	local i
	echo 'the series has every patch'
	for i in "${!patches[@]}"; do
		echo "patch $((i + 1)) compiles"
		echo "patch $((i + 1)) passes checkpatch"
	done
	echo 'i386 compiles, without locks of single mappings'
	echo 'arm compiles, with locks of single mappings'
	echo 'arm64 compiles'
	echo 'the tests of mappings in user space pass'
}

# The one with two processors, and with programs in other forms.
arm='CONFIG_MMU=y\nCONFIG_ARCH_MULTIPLATFORM=y\nCONFIG_ARCH_MULTI_V7=y\nCONFIG_ARM_LPAE=y\nCONFIG_SMP=y\nCONFIG_BINFMT_ELF_FDPIC=y\n'

# How many patches a case is about.
depth() {
	case $1 in
	patch\ *) echo "${1//[^0-9]/}" ;;
	the\ series*) echo 0 ;;
	*) echo ${#patches[@]} ;;
	esac
}

# What is touched of C and built on every machine, as far as it is there yet, and who includes all that is
# touched in headers. alpha is left to whoever has its compiler.
objects() {
	local object
	touched_objects | sort -u | while read -r object; do
		[ ! -e "$work/tree/${object%.o}.c" ] || echo "$object"
	done
}

touched_objects() {
	sed -nE 's|^\+\+\+ b/(.*)\.c$|\1.o|p' "${patches[@]}" | grep -vE '^tools/|^arch/alpha/|_fdpic|_flat'
	printf 'mm/vma.o\nfs/proc/task_mmu.o\n'
}

# compile NAME ARCH PREFIX CONFIG OBJECT...; what is no longer there or can't be had Kconfig drops in silence
compile() {
	local out=$work/$1 config=$work/$1.config dropped
	local make=(make -C "$work/tree" O="$out" ARCH="$2" CROSS_COMPILE="$3" -j"$(nproc)")
	if [ ! -e "$out/.config" ]; then
		mkdir -p "$out"
		printf '%b' "$4" | cat tests/kernel/config/objects.config - >"$config"
		"${make[@]}" KCONFIG_ALLCONFIG="$config" allnoconfig || return
		dropped=$(grep ^CONFIG_ "$config" | grep -vxFf "$out/.config")
		[ -z "$dropped" ] || { echo "not to be had: $dropped" && return 1; }
	fi
	shift 4
	"${make[@]}" "$@"
}

locks_of_single_mappings() {
	grep -q '^CONFIG_PER_VMA_LOCK=y' "$work/$1/.config"
}

# A patch in a mail needs a name under it; that is for whoever sends it.
checkpatch() {
	local patch=$PWD/$1
	(cd "$work/tree" && scripts/checkpatch.pl --strict --no-signoff --show-types "$patch")
}

# On the tree as the patches up to there have left it.
attempt() {
	local touched
	mapfile -t touched < <(objects)
	case $1 in
	the\ series*) diff <(printf '%s\n' "${patches[@]}" | sort) <(compgen -G "kernel-patch/v$version/*/*.patch" | sort) ;;
	patch\ *\ compiles) compile x86 x86_64 '' 'CONFIG_64BIT=y\nCONFIG_SMP=y\n' "${touched[@]}" ;;
	patch\ *\ checkpatch) checkpatch "${patches[$(depth "$1") - 1]}" ;;
	i386*) compile i386 i386 '' '' "${touched[@]}" && ! locks_of_single_mappings i386 ;;
	arm64*) compile arm64 arm64 aarch64-linux-gnu- '' "${touched[@]}" ;;
	arm*)
		compile arm arm arm-linux-gnueabihf- "$arm" "${touched[@]}" fs/binfmt_elf_fdpic.o fs/binfmt_flat.o &&
			locks_of_single_mappings arm
		;;
	*user\ space*) make -C "$work/tree/tools/testing/vma" -j"$(nproc)" && "$work/tree/tools/testing/vma/vma" ;;
	esac
}

# The tree in which the first patches are applied, so many.
tree_after() {
	if [ -z "$work" ] && [ "$1" -ne 0 ]; then
		work=$(mktemp -d "$cache/work.XXXXXX")
		unpack "$deb" "$work/tree"
	fi
	while [ "$applied" -lt "$1" ]; do
		apply_patch "$work/tree" "${patches[applied]}" || return
		applied=$((applied + 1))
	done
}

stamp_of() {
	{
		echo "$1"
		basename "$deb"
		toolchain
		cat tests/kernel/series.sh tests/kernel/config/objects.config
		[ "$(depth "$1")" -ne 0 ] || compgen -G "kernel-patch/v$version/*/*.patch"
		cat "${patches[@]:0:$(depth "$1")}" </dev/null
	} | digest
}

try() {
	tree_after "$(depth "$1")" && attempt "$1"
}

# run_case NUMBER CASE
run_case() {
	local stamp
	stamp=$cache/passed/$(stamp_of "$2")
	if [ -e "$stamp" ] || step "The series: $2" try "$2"; then
		touch "$stamp"
		echo "ok $1 $2"
	else
		echo "not ok $1 $2"
		failed=1
	fi
}

renice -n 5 -p $$ >/dev/null
number=0
failed=0
while read -r case; do
	[ -z "$only" ] || [ "$only" = "$case" ] || continue
	run_case $((++number)) "$case"
done < <(cases)
echo "1..$number"
exit $failed
