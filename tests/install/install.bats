# SPDX-License-Identifier: BSD-2-Clause
# What others get: staged with DESTDIR as a distribution does it, then used by its own files alone.
# BUILD: folder of a built tree.

# shellcheck disable=SC2030,SC2031 # variables that are set in subshells of bats
bats_require_minimum_version 1.5.0

setup_file() {
	export STAGE=$BATS_FILE_TMPDIR/stage
	DESTDIR=$STAGE cmake --install "$BUILD" >/dev/null
	export PKG_CONFIG_SYSROOT_DIR=$STAGE
	PKG_CONFIG_LIBDIR=$(dirname "$(find "$STAGE" -name mapsnap.pc)")
	export PKG_CONFIG_LIBDIR
	LIBRARY=$(find "$STAGE" -name libmapsnap.so)
	export LIBRARY
	LD_LIBRARY_PATH=$(dirname "$LIBRARY")
	export LD_LIBRARY_PATH
	HEADER=$(find "$STAGE" -name mapsnap.h)
	export HEADER
}

# Calls that the header declares; comments mention them too, as mapsnap_open_pid().
declared() {
	gcc -fpreprocessed -dD -E -P "$HEADER" | grep -oE '\bmapsnap_[a-z_]+\(' | tr -d '(' | sort -u
}

listed() {
	grep -oE '^\s+mapsnap_[a-z_]+;' src/lib/libmapsnap.map | tr -d '\t ;' | sort -u
}

exported() {
	nm --dynamic --defined-only "$LIBRARY" | awk '$2 ~ /[TDBRVW]/ { sub(/@.*/, "", $3); print $3 }' | sort -u
}

# configure_consumer STAGE COMPONENTS: the project in the test's folder
configure_consumer() {
	cmake --fresh -G Ninja -S "$BATS_TEST_TMPDIR" -B "$BATS_TEST_TMPDIR/build" \
		-DCMAKE_PREFIX_PATH="$1/usr/local" -DWANTED="$2"
}

# Those that need libmapsnap alone.
plain_examples() {
	grep -L mapsnap-table.h examples/*.c
}

setup() {
	read -ra consumer_flags < <(pkg-config --cflags --libs mapsnap)
}

@test "header and version script name the same calls" {
	[ -n "$(declared)" ]
	diff <(declared) <(listed)
}

@test "the shared library exports what the version script lists and nothing else" {
	diff <(listed) <(exported)
}

@test "the shared library needs libc alone" {
	local needed
	needed=$(readelf --dynamic --wide "$LIBRARY" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' | grep -v '^ld-linux')
	[ "$needed" = libc.so.6 ]
}

@test "the shared library's soname has the major version alone" {
	readelf --dynamic --wide "$LIBRARY" | grep -q 'SONAME.*\[libmapsnap\.so\.0\]'
	[ "$(readlink -f "$LIBRARY")" = "$LD_LIBRARY_PATH/libmapsnap.so.0.1.0" ]
}

@test "header, pkg-config, CMake package, NEWS and program agree on the version" {
	local version
	version=$(awk '/#define MAPSNAP_VERSION_/ { printf "%s%s", dot, $3; dot = "." }' "$HEADER")
	[ "$(pkg-config --modversion mapsnap)" = "$version" ]
	[ "$(sed -n 's/^set(PACKAGE_VERSION "\(.*\)")/\1/p' "$(find "$STAGE" -name mapsnap-config-version.cmake)")" = "$version" ]
	grep -m 1 '^mapsnap ' NEWS | grep -qF "mapsnap $version"
	[ "$("$(find "$STAGE" -path '*/bin/maps-dump')" --version)" = "maps-dump $version" ]
}

@test "the header compiles alone, as C99 without extensions and as C++" {
	gcc -x c -std=c99 -pedantic -Wall -Wextra -Werror -fsyntax-only "$HEADER"
	clang -x c++ -std=c++11 -pedantic -Wall -Wextra -Werror -fsyntax-only -Wno-pragma-once-outside-header "$HEADER"
}

@test "the examples build with pkg-config and the shared library" {
	local example
	for example in $(plain_examples); do
		gcc -Wall -Wextra -Werror "$example" "${consumer_flags[@]}" -o "$BATS_TEST_TMPDIR/$(basename "$example" .c)"
	done
	"$BATS_TEST_TMPDIR/self"
}

@test "the examples build with the static library" {
	local example
	for example in $(plain_examples); do
		gcc -Wall -Wextra -Werror -I"$(dirname "$HEADER")" "$example" "${LIBRARY%.so}.a" \
			-o "$BATS_TEST_TMPDIR/$(basename "$example" .c)"
	done
	env -u LD_LIBRARY_PATH "$BATS_TEST_TMPDIR/self"
}

# Something to profile, as $busy.
be_busy() {
	bash -c 'while :; do :; done' 3>&- &
	busy=$!
}

teardown() {
	[ -z "${busy:-}" ] || kill "$busy"
}

# profile SECONDS [PID]; where that may not be, the test is left out
profile() {
	run "$BATS_TEST_TMPDIR/profiler" "$@"
	echo "$output"
	[[ $output != *'which takes CAP_PERFMON'* ]] || skip 'needs CAP_PERFMON'
	[ "$status" -eq 0 ]
}

@test "the profiler finds out where a process spends its time, and what was mapped there" {
	local flags
	read -ra flags < <(pkg-config --cflags --libs mapsnap-table)
	gcc -Wall -Wextra -Werror examples/profiler.c "${flags[@]}" -o "$BATS_TEST_TMPDIR/profiler"
	be_busy
	profile 1 "$busy"
	[[ $output == *'/bash'$'\n'* ]]
	[[ $output == *"$(readelf -n "$(command -v bash)" | awk '/Build ID/ { print substr($3, 1, 8) }')"* ]]
	[[ $output =~ [0-9]+' near, 0 unknown'$ ]]
	run -1 "$BATS_TEST_TMPDIR/profiler" 1 99999999
	[ "${lines[-1]}" = 'profiler: cannot read process 99999999: No such process' ]
}

@test "the profiler proves by eBPF what was mapped when a sample was drawn" {
	local flags
	[ -e "$(dirname "$LIBRARY")/libmapsnap-bpf.so" ] || skip 'needs a build with MAPSNAP_BPF'
	read -ra flags < <(pkg-config --cflags --libs mapsnap-table mapsnap-bpf)
	gcc -Wall -Wextra -Werror -DHAVE_BPF examples/profiler.c "${flags[@]}" -o "$BATS_TEST_TMPDIR/profiler"
	be_busy
	profile 1 "$busy"
	[[ $output != *'nothing will be exact'* ]] || skip "${lines[0]}"
	[[ $output =~ ([0-9]+)' exact, '([0-9]+)' near, 0 unknown' ]]
	[ "${BASH_REMATCH[1]}" -gt "${BASH_REMATCH[2]}" ]
	profile 1
	[[ $output =~ [1-9][0-9]*' exact, ' ]]
	[[ $output == *'/bash'$'\n'* ]]
}

@test "Python resolves addresses by libmapsnap-table" {
	local code offset
	run -0 python3 examples/resolve.py
	[[ ${lines[0]} == *"/libmapsnap-table.so.0.1.0, offset 0x"* ]]
	[ "${lines[2]}" = '0x0 is not mapped' ]
	read -r code offset < <(awk '$2 ~ /x/ && $6 ~ /bash$/ { sub(/-.*/, "", $1); print $1, $3; exit }' /proc/$$/maps)
	run -0 python3 examples/resolve.py $$ "$code" 0
	[[ ${lines[0]} == "0x$code is in $code-"*"/bash, offset $(printf '%#x' "0x$offset"), build-id $(readelf -n "/proc/$$/exe" | awk '/Build ID/ { print $3 }') ("*', sequence '*')' ]]
	[ "${lines[1]}" = '0x0 is not mapped' ]
}

@test "Python says why it resolves nothing" {
	run -1 python3 examples/resolve.py 99999999 0
	[ "$output" = 'resolve.py: cannot read process 99999999: No such process' ]
	run -1 python3 examples/resolve.py 1
	[ "$output" = 'resolve.py: usage: python3 resolve.py [PID ADDRESS...]' ]
	run -1 python3 examples/resolve.py 1 somewhere
	[[ $output == *"'somewhere'"* ]]
	run -1 env LD_LIBRARY_PATH= python3 examples/resolve.py
	[[ $output == *'where is libmapsnap-table installed?'* ]]
}

@test "a CMake project finds the package, shared and static" {
	local linkage
	cat >"$BATS_TEST_TMPDIR/CMakeLists.txt" <<-EOF
		cmake_minimum_required(VERSION 3.22)
		project(consumer LANGUAGES C)
		find_package(mapsnap 0.1 REQUIRED)
		foreach(linkage shared static)
		  add_executable(self-\${linkage} $PWD/examples/self.c)
		  target_link_libraries(self-\${linkage} PRIVATE mapsnap::\${linkage})
		endforeach()
	EOF
	cmake -G Ninja -S "$BATS_TEST_TMPDIR" -B "$BATS_TEST_TMPDIR/build" -DCMAKE_PREFIX_PATH="$STAGE/usr/local"
	ninja -C "$BATS_TEST_TMPDIR/build"
	for linkage in shared static; do
		"$BATS_TEST_TMPDIR/build/self-$linkage"
	done
}

@test "a CMake project can ask for libmapsnap-bpf, and is told where it is not installed" {
	local component
	[ -e "$(dirname "$LIBRARY")/libmapsnap-bpf.so" ] || skip 'needs a build with MAPSNAP_BPF'
	for component in libmapsnap libmapsnap-dev; do
		DESTDIR=$BATS_TEST_TMPDIR/alone cmake --install "$BUILD" --component $component
	done
	cat >"$BATS_TEST_TMPDIR/CMakeLists.txt" <<-EOF
		cmake_minimum_required(VERSION 3.22)
		project(consumer LANGUAGES C)
		find_package(mapsnap REQUIRED COMPONENTS \${WANTED})
		add_executable(self $PWD/examples/self.c)
		target_link_libraries(self PRIVATE mapsnap::shared)
		if(WANTED)
		  target_link_libraries(self PRIVATE mapsnap::bpf)
		endif()
	EOF
	configure_consumer "$STAGE" bpf
	ninja -C "$BATS_TEST_TMPDIR/build"
	configure_consumer "$BATS_TEST_TMPDIR/alone" ''
	ninja -C "$BATS_TEST_TMPDIR/build"
	run ! configure_consumer "$BATS_TEST_TMPDIR/alone" bpf
	[[ $output == *'for libmapsnap-bpf is not installed'* ]]
}

@test "the README's example builds and finds code" {
	local code
	awk '/^```c$/ { code = 1; next } /^```$/ { code = 0 } code' README.md >"$BATS_TEST_TMPDIR/where.c"
	gcc -Wall -Wextra -Werror "$BATS_TEST_TMPDIR/where.c" "${consumer_flags[@]}" -o "$BATS_TEST_TMPDIR/where"
	code=$(awk '$2 ~ /x/ && $6 ~ /bash$/ { sub(/-.*/, "", $1); print $1; exit }' /proc/$$/maps)
	run -0 "$BATS_TEST_TMPDIR/where" $$ "$code"
	[[ $output == */bash+0x* ]]
}

@test "the installed maps-dump prints a process" {
	run -0 "$(find "$STAGE" -path '*/bin/maps-dump')" $$
	[[ $output == *'[stack]'* ]]
}
