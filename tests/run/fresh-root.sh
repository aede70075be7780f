#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# fresh-root.sh [--worktree] SUITE [COMMAND]
#
# Tries the project where nothing of this machine helps: clones it (with --worktree: what the tree holds
# now) into a new Debian root of that suite (bookworm, trixie, ...), runs COMMAND there, and removes it.
# Without COMMAND: both commands, cold and warm. Needs root and mmdebstrap. Exit status: COMMAND's, or 1
# where it left processes behind.
#
# The root's tarball is kept for a week in $XDG_CACHE_HOME/mapsnap.
set -euo pipefail

here=$(cd "$(dirname "$0")/../.." && pwd)
. "$here/tests/run/tarball.sh"

# shellcheck disable=SC2016 # for the shell inside
both='
set -eux
time ./run.sh
time ./run.sh
time ./run.sh $$ >/dev/null
time ./test.sh
time ./test.sh
test -z "$(git status --porcelain)"
'

usage() {
	sed -n '3,7s/^# \?//p' "$0" >&2
	exit 2
}

# A namespace of our own, so that the mounts go with us however we end.
if [ -z "${FRESH_ROOT_NAMESPACE:-}" ]; then
	FRESH_ROOT_NAMESPACE=1 exec unshare --mount "$0" "$@"
fi

worktree=0
if [ "${1:-}" = --worktree ]; then
	worktree=1
	shift
fi
[ $# -ge 1 ] || usage
suite=$1
shift
command=${*:-$both}

copy_tree() {
	if [ $worktree -eq 0 ]; then
		git clone --quiet --no-hardlinks "$here" "$root/src"
		return
	fi
	mkdir "$root/src"
	git -C "$here" ls-files -z --cached --others --exclude-standard --deduplicate |
		tar -C "$here" --null --ignore-failed-read -T - -c | tar -C "$root/src" -x
	git -C "$root/src" init --quiet
	git -C "$root/src" add --all
	git -C "$root/src" -c user.name=fresh -c user.email=fresh@localhost commit --quiet -m 'The tree as it is'
}

processes_inside() {
	local process
	for process in /proc/[0-9]*; do
		[ "$(readlink "$process/root")" != "$root" ] || echo "${process#/proc/}"
	done
}

# However it ends.
# shellcheck disable=SC2317 # called by the trap
cleanup() {
	local left
	mapfile -t left < <(processes_inside)
	[ ${#left[@]} -eq 0 ] || kill -9 "${left[@]}" || true
	umount -R "$root" 2>/dev/null || true
	rm -rf --one-file-system "$root"
}

tarball=$(tarball "$suite")
root=$(mktemp -d /var/tmp/fresh-root.XXXXXX)
trap cleanup EXIT
# What the root of a mount namespace must be. There are tests that make roots and namespaces of their own.
mount --bind "$root" "$root"
tar -C "$root" -xf "$tarball"
copy_tree
for tree in proc sys dev; do
	mount --rbind "/$tree" "$root/$tree"
done
cp /etc/resolv.conf "$root/etc/"

status=0
env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 TERM=dumb ${CI:+CI="$CI"} \
	chroot "$root" bash -c "cd /src; $command" </dev/null || status=$?

mapfile -t left < <(processes_inside)
if [ ${#left[@]} -ne 0 ]; then
	echo "fresh-root.sh: these processes were left behind:" >&2
	ps -o pid,args -p "${left[*]}" >&2 || true
	[ $status -ne 0 ] || status=1
fi
exit $status
