#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# boot.sh KERNEL-FOLDER LOG SECONDS TASK...   boots a guest for one task, which guest/init knows
#
# Standard output and error are those of the task. The kernel's own messages go to the file LOG.
# Exit status: the task's; 124 where it took too long, 125 where the guest died before it ended.
set -euo pipefail
cd "$(dirname "$0")/../.."

folder=$1 log=$2 seconds=$3
shift 3

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# The task comes as a second archive behind the first; the kernel unpacks both.
make_initrd() {
	mkdir "$work/task"
	printf 'task=(%s)\n' "${*@Q}" >"$work/task/task"
	tests/kernel/initramfs.sh "$folder" "$work/initrd"
	(cd "$work/task" && echo task | cpio --quiet -o -H newc -R 0:0) >>"$work/initrd"
}

# A port by which the guest writes to a file or a pipe of ours.
port() {
	echo -chardev "file,id=$1,path=$work/$1,append=on" -device "virtserialport,chardev=$1,name=$1"
}

# The clock runs on while the machine is busy elsewhere: a stall there is none of the kernel's, and a timer
# that seems to be late at boot works all the same.
command_line=(console=ttyS0 tsc=reliable panic=-1 rdinit=/init loglevel=7 mitigations=off
	no_timer_check rcupdate.rcu_cpu_stall_timeout=300 printk.time=1)
# What the bench of holds looks at, from the beginning: code is not to be patched while two processors run it.
[[ " $* " != *' bench '*' hold '* ]] || command_line+=("trace_event=mmap_lock:mmap_lock_acquire_returned,mmap_lock:mmap_lock_released")

# q35 has its interrupt routing in a table, pc in a program that takes half a minute with KASAN, or times out.
qemu() {
	# shellcheck disable=SC2046 # words, on purpose
	timeout --foreground -k 5 "$seconds" qemu-system-x86_64 -M q35,vmport=off -cpu max,la57=off -smp 2 -m 2G \
		-accel tcg,thread=multi -nodefaults -no-user-config -display none -no-reboot -serial "file:$log" \
		-kernel "$folder/bzImage" -initrd "$work/initrd" -append "${command_line[*]}" \
		-device virtio-serial $(port out) $(port err) $(port status)
}

make_initrd "$@"
: >"$log"
mkfifo "$work"/{out,err}
cat "$work/out" &
cat "$work/err" >&2 &
# Also where the emulator never opens them, the pipes end with it.
exec 8>"$work/out" 9>"$work/err"
status=0
qemu </dev/null 8>&- 9>&- || status=$?
exec 8>&- 9>&-
wait
[ "$status" -eq 0 ] || exit "$status"
read -r status 2>/dev/null <"$work/status" || exit 125
exit "$status"
