# SPDX-License-Identifier: BSD-2-Clause
# What others get: staged with DESTDIR as a distribution does it, then used by its own files alone.
# BUILD: folder of a built tree.

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
	for example in examples/*.c; do
		gcc -Wall -Wextra -Werror "$example" "${consumer_flags[@]}" -o "$BATS_TEST_TMPDIR/$(basename "$example" .c)"
	done
	"$BATS_TEST_TMPDIR/self"
}

@test "the examples build with the static library" {
	local example
	for example in examples/*.c; do
		gcc -Wall -Wextra -Werror -I"$(dirname "$HEADER")" "$example" "${LIBRARY%.so}.a" \
			-o "$BATS_TEST_TMPDIR/$(basename "$example" .c)"
	done
	env -u LD_LIBRARY_PATH "$BATS_TEST_TMPDIR/self"
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
