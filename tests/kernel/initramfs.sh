#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# initramfs.sh KERNEL-FOLDER OUT   what a guest boots into: our programs as they were built, the kernel's
#                                  own tests, and of this machine a shell and what it calls
#
# bash and coreutils and not busybox: the guest's scripts are of the same kind as all others here, and
# what runs them there is what runs them on this machine.
set -euo pipefail
cd "$(dirname "$0")/../.."

folder=$1 out=$2
programs=(maps-dump mapsnapd mapsnap-target mapsnap-torture)
mapfile -t tools < <(dpkg -L coreutils | grep /bin/; type -P awk bash curl grep jq mount sed setpriv unshare)

root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
mkdir -p "$root"/{bin,dev,etc,lib64,proc,root,selftests,sys,tmp,usr}
chmod 755 "$root"
chmod 1777 "$root/tmp"
for tool in "${tools[@]}"; do
	cp -L "$tool" "$root/bin/"
done
ln -s bash "$root/bin/sh"
ln -s ../bin "$root/usr/bin"
cp "${programs[@]/#/build/release/bin/}" "$root/bin/"
find build/release/bin '(' -name 'test-system-*' -o -name mapsnap-bench ')' -exec cp -t "$root/bin" {} +
if compgen -G "$folder/*.ko" >/dev/null; then
	find build/release/bin -name 'test-guest-*' -exec cp -t "$root/bin" {} +
	cp "$folder"/*.ko "$root/bin/"
fi
[ ! -e "$folder/selftests" ] || find "$folder/selftests" -maxdepth 1 -type f -executable -exec cp -t "$root/selftests" {} +

# Those of the machine to where it has them, ours to where a loader looks. glibc itself asks for libgcc_s
# when a thread ends.
{
	find "$root/bin" "$root/selftests" -type f ! -name "*.ko" -print0 | xargs -0 ldd 2>/dev/null |
		awk '$2 == "=>" && $3 ~ "^/" { print $3 } $1 ~ "^/" && $2 ~ "^\\(" { print $1 }'
	gcc -print-file-name=libgcc_s.so.1
} | sort -u | while read -r library; do
	place=$(dirname "$library")
	[[ $library != "$PWD"/* && $library != *libgcc_s* ]] || place=/lib
	mkdir -p "$root$place"
	cp -L "$library" "$root$place/"
done

cp --parents -r tests/kernel/guest/{init,*.sh} tests/run/{bench,demo}.sh tests/system/{changes,{,chain_}says_something}.jq "$root/"
ln -s tests/kernel/guest/init "$root/init"
printf 'root:x:0:0::/root:/bin/bash\nuser:x:1000:1000::/tmp:/bin/bash\nnobody:x:65534:65534::/tmp:/bin/bash\n' >"$root/etc/passwd"
printf 'root:x:0:\nuser:x:1000:\nnogroup:x:65534:\n' >"$root/etc/group"

(cd "$root" && find . | LC_ALL=C sort | cpio --quiet -o -H newc -R 0:0) >"$out"
