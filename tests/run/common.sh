# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
# What run.sh and test.sh share. Sourced from the root of the tree.

logs=build/log

# What building needs. pkgconf is pkg-config under the name that every Debian has it.
# shellcheck disable=SC2034 # not everyone installs
base_packages=(gcc libc6-dev cmake ninja-build pkgconf libelf-dev libjson-c-dev liburcu-dev libproc2-dev libmicrohttpd-dev libsystemd-dev
	libcurl4-openssl-dev libcmocka-dev clang libbpf-dev bpftool)

die() {
	printf '%s: %s\n' "${0##*/}" "$*" >&2
	exit 1
}

# step TEXT COMMAND...: one line on stderr; what the command prints only when it fails.
step() {
	local text=$1 log started=$SECONDS status=0
	shift
	log="$logs/$(printf %s "$text" | tr -cs a-zA-Z0-9 -).log"
	mkdir -p "$logs"
	printf '%s... ' "$text" >&2
	"$@" >"$log" 2>&1 </dev/null || status=$?
	if [ "$status" -ne 0 ]; then
		printf 'failed (exit status %d)\n' "$status" >&2
		tail -n 60 "$log" >&2
		printf 'The whole log: %s\n' "$log" >&2
		return "$status"
	fi
	printf 'done (%d s)\n' $((SECONDS - started)) >&2
}

missing_packages() {
	dpkg-query -W -f='${Package} ${db:Status-Status}\n' "$@" 2>/dev/null |
		awk -v names="$*" '$2 == "installed" { have[$1] = 1 }
			END { n = split(names, name, " "); for (i = 1; i <= n; i++) if (!(name[i] in have)) print name[i] }'
}

apt_install() {
	export DEBIAN_FRONTEND=noninteractive
	# Another package may still be found where one source of several does not answer.
	apt-get -o DPkg::Lock::Timeout=300 update || true
	apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends "$@"
}

# Elsewhere than on Debian the build itself says what it misses.
install_packages() {
	local missing
	command -v dpkg-query >/dev/null || return 0
	mapfile -t missing < <(missing_packages "$@")
	[ "${#missing[@]}" -ne 0 ] || return 0
	if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
		die "packages are missing; as root: apt-get install ${missing[*]}"
	fi
	step "Installing ${#missing[@]} packages" apt_install "${missing[@]}" ||
		die "could not install ${missing[*]}"
}

# build PRESET [TARGET...]: says nothing where nothing is to be done.
build() {
	local preset=$1
	shift
	[ -e "build/$preset/build.ninja" ] ||
		step "Configuring $preset" cmake --preset "$preset" || return
	ninja -C "build/$preset" -n "$@" 2>/dev/null | grep -q 'no work to do' ||
		step "Building $preset" ninja -C "build/$preset" "$@"
}
