#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# ./run.sh           installs what is missing, builds, and shows it working
# ./run.sh ARGS...   maps-dump ARGS: its standard output and exit status, untouched
# ./run.sh --kernel [ARGS...]   the same on a kernel with our patches, which it builds and boots under QEMU
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
bin=$here/build/release/bin

prepare() {
	cd "$here"
	. tests/run/common.sh
	install_packages "${base_packages[@]}"
	build release maps-dump mapsnap-target mapsnap-torture
}

prepare_kernel() {
	prepare
	. tests/run/stages.sh
	read -ra more <<<"${packages[guest]}"
	install_packages "${more[@]}"
	folder=$(tests/kernel/kernel.sh 7.3-patched)
}

# The task's output and exit status are the guest's; its kernel's messages go to a file.
in_guest() {
	tests/kernel/boot.sh "$folder" "$logs/console.log" 600 "$@"
}

demo() {
	tests/run/demo.sh "$bin" 1000
	echo
	echo "To try next:"
	echo "  ./run.sh -v \$\$             # this shell, with its label"
	echo "  ./run.sh --summary --all   # every process in a line"
	echo "  ./run.sh --check           # which label this machine can give, and why"
	echo "  ./run.sh --kernel          # on a kernel with our patches, under QEMU"
}

demo_of_kernel() {
	in_guest demo
	echo
	echo "To try next, each in a guest of its own:"
	echo "  ./run.sh --kernel -v 1      # its first process, with its label"
	echo "  ./run.sh --kernel --check   # which label that kernel can give, and why"
	echo "  ./test.sh guest             # all that is tested there"
}

if [ "${1:-}" = --kernel ]; then
	shift
	prepare_kernel
	if [ $# -eq 0 ]; then
		demo_of_kernel
	else
		in_guest dump "$@"
	fi
	exit
fi
# In a subshell: the arguments may name files, which are where the caller is.
(prepare)
[ $# -eq 0 ] || exec "$bin/maps-dump" "$@"
cd "$here"
demo
