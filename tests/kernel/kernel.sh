#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# kernel.sh KERNEL...   builds these kernels, but for what the cache has, and prints for each the folder
#                       with its bzImage, System.map, config, selftests and, of a patched one, the module
#                       that tests load
# kernel.sh --list      prints the kernels that there are
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/kernel/common.sh
. tests/kernel/tree.sh

# In seconds on 2 cores, from nothing.
declare -A takes=([7.3]=330 [7.3-patched]=330 [7.3-patched-debug]=420 [6.12]=330)

# The build is a process group, so that it ends with us and all of it.
work=
building=
watching=
# shellcheck disable=SC2317 # by the traps
cleanup() {
	[ -z "$building" ] || kill -- "-$building" 2>/dev/null || true
	[ -z "$watching" ] || kill "$watching" 2>/dev/null || true
	[ -z "$work" ] || rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 130' INT TERM

# The folder of a kernel is named after all that it is made of.
folder_of() {
	local kernel=$1 deb=$2 key
	key=$({
		basename "$deb"
		toolchain
		fragments_of "$kernel" | xargs cat tests/kernel/build.sh
		! is_patched "$kernel" || patches_of "$kernel" | xargs cat tests/kernel/module/*
	} | digest)
	echo "$cache/built/$kernel-$key"
}

# The patched tree shares its files with the other; patch writes what it changes anew.
# shellcheck disable=SC2317 # by step
make_patched_tree() {
	local patch
	rm -rf "$2"
	cp -al "$1" "$2"
	for patch in $(patches_of "$kernel"); do
		apply_patch "$2" "$patch" || return
	done
}

# prepare_tree KERNEL DEB: what it is built of in $tree, unpacked once for all of that version
prepare_tree() {
	local kernel=$1 deb=$2 version
	version=$(version_of "$kernel")
	tree=$work/$version
	[ -e "$tree" ] || step "Unpacking Linux $version" unpack "$deb" "$tree"
	is_patched "$kernel" || return 0
	step "Applying the series to Linux $version" make_patched_tree "$tree" "$tree-patched"
	tree=$tree-patched
}

# A line every 15 seconds, for as long as that process lives.
progress() {
	local process=$1 log=$2 started=$SECONDS
	while sleep 15 && kill -0 "$process" 2>/dev/null; do
		awk -v took=$((SECONDS - started)) '$1 ~ /^(CC|AS|LD|AR|BTF|KSYMS|OBJCOPY)$/ { n++; what = $1 " " $2 }
			END { printf "  %d:%02d  %d files, now %s\n", took / 60, took % 60, n, what }' "$log" >&2
	done
}

# build_kernel KERNEL TREE OUT
build_kernel() {
	local kernel=$1 log=$PWD/$logs/kernel-$1.log started=$SECONDS status=0
	echo "Building Linux $kernel, which takes about $((takes[$kernel] / 60 + 1)) minutes on 2 cores" >&2
	mkdir -p "$logs"
	set -m
	# shellcheck disable=SC2046 # words, on purpose
	nice -n 5 tests/kernel/build.sh "$kernel" "$2" "$work/objects" "$3" $(fragments_of "$kernel") >"$log" 2>&1 </dev/null &
	set +m
	building=$!
	progress "$building" "$log" &
	watching=$!
	wait "$building" || status=$?
	kill "$watching" 2>/dev/null || true
	building='' watching=''
	rm -rf "$work/objects"
	if [ $status -ne 0 ]; then
		tail -n 40 "$log" >&2
		die "Linux $kernel could not be built; the whole log: $log"
	fi
	echo "Built Linux $kernel in $((SECONDS - started)) s" >&2
}

# make_folder KERNEL DEB FOLDER; minutes later something may no longer be what the folder is named after
make_folder() {
	local kernel=$1 deb=$2 tree
	[ -n "$work" ] || work=$(mktemp -d "$cache/work.XXXXXX")
	prepare_tree "$kernel" "$deb"
	build_kernel "$kernel" "$tree" "$work/out"
	[ "$(folder_of "$kernel" "$deb")" = "$3" ] || die "what Linux $kernel is made of was changed meanwhile"
	basename "$deb" _all.deb >"$work/out/source"
	mv "$work/out" "$3"
}

# One builds at a time: another may be at the same.
ensure() {
	local deb folder
	deb=$(tests/kernel/source.sh "$(version_of "$1")")
	folder=$(folder_of "$1" "$deb")
	if [ ! -e "$folder" ]; then
		exec 9>"$cache/lock"
		flock -n 9 || step "Waiting for another build" flock 9
		[ -e "$folder" ] || make_folder "$1" "$deb" "$folder" 9>&-
		exec 9>&-
	fi
	touch "$folder"
	echo "$folder"
}

if [ "${1:-}" = --list ]; then
	kernels
	exit
fi
mkdir -p "$cache/built"
# What nobody used for a month goes, and what is left of a build that was killed.
find "$cache/built" -mindepth 1 -maxdepth 1 -mtime +30 -exec rm -rf {} +
find "$cache" -maxdepth 1 -name 'work.*' -mtime +1 -exec rm -rf {} +
for kernel; do
	ensure "$kernel"
done
