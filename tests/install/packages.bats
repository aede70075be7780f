# SPDX-License-Identifier: BSD-2-Clause
# The Debian packages: what is in them, and that they do in a new root of their own. BUILD: folder of a built tree,
# beside which lies another, debian, of that preset.

bats_require_minimum_version 1.5.0

load debs

setup_file() {
	command -v dpkg-buildflags >/dev/null || return 0
	make_debs
	new_root gcc libc6-dev pkgconf cmake ninja-build
	[ -n "$ROOT" ] || return 0
	everything >"$BATS_FILE_TMPDIR/before"
	in_root 'dpkg -i /debs/*.deb' >&2
}

teardown_file() {
	remove_root
}

# Those of shared libraries: libNAMEVERSION of libNAME.so.VERSION.
libraries() {
	names | grep '^lib.*[0-9]$'
}

# All but folders, with a slash before each.
files_of() {
	dpkg-deb --fsys-tarfile "$(deb "$1")" | tar -t | sed -n 's|^\.\(/.*[^/]\)$|\1|p'
}

# The files of all packages are in this folder.
unpacked() {
	local deb
	[ -d "$BATS_FILE_TMPDIR/unpacked" ] || for deb in "$DEBS"/*.deb; do
		dpkg-deb -x "$deb" "$BATS_FILE_TMPDIR/unpacked"
	done
	echo "$BATS_FILE_TMPDIR/unpacked"
}

# What is dynamically linked, of PACKAGE.
linked() {
	local file
	files_of "$1" | while read -r file; do
		[ -L "$(unpacked)$file" ] || ! readelf -d "$(unpacked)$file" 2>/dev/null | grep -q NEEDED || echo "$(unpacked)$file"
	done
}

in_root() {
	# shellcheck disable=SC2016 # for the shell inside
	env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 unshare --mount bash -c '
		mount -t proc proc "$1/proc" && mount --rbind /dev "$1/dev" && exec chroot "$1" bash -euc "$2"' _ "$ROOT" "$1" </dev/null
}

# What dpkg and ldconfig keep for themselves comes and goes, and /run with the machine.
everything() {
	(cd "$ROOT" && find . -xdev ! -path './run/*' ! -path './var/lib/dpkg/*-old' ! -path './var/log/*' ! -path './var/cache/ldconfig/*' | sort)
}

@test "lintian has neither errors nor warnings" {
	run -0 lintian --allow-root --fail-on=error,warning "$DEBS"/*.deb
	echo "$output"
	[ -z "$output" ]
}

@test "each file that is installed is in one package" {
	local name
	DESTDIR=$BATS_TEST_TMPDIR/stage cmake --install "$DEBIAN" >/dev/null
	for name in $(names); do
		files_of "$name"
	done | sed '/\/share\/man\//s/\.gz$//; s|/changelog.gz$|/changelog|' | sort >"$BATS_TEST_TMPDIR/packed"
	[ -s "$BATS_TEST_TMPDIR/packed" ]
	diff <(cd "$BATS_TEST_TMPDIR/stage" && find . ! -type d | cut -c 2- | sort) "$BATS_TEST_TMPDIR/packed"
}

@test "packages of libraries hold the library and its soname alone, those for development the rest" {
	local name library
	for name in $(libraries); do
		library=${name%%[0-9]*}
		files_of "$name" | grep -vE "^/usr/lib/[^/]*-linux-[^/]*/$library\.so\.[0-9.]+$" >"$BATS_TEST_TMPDIR/others"
		diff - "$BATS_TEST_TMPDIR/others" <<-EOF
			/usr/share/doc/$name/changelog.gz
			/usr/share/doc/$name/copyright
		EOF
		files_of "$library-dev" | grep -qE "/$library\.so$"
		files_of "$library-dev" | grep -qE "/pkgconfig/${library#lib}\.pc$"
		files_of "$library-dev" | grep -qE "/cmake/mapsnap/${library#lib}-targets\.cmake$"
		files_of "$library-dev" | grep -qE "^/usr/include/${library#lib}\.h$"
	done
}

@test "pages, examples, completions and schema are where Debian looks for them" {
	files_of libmapsnap-dev | grep -xF /usr/share/man/man3/mapsnap_read.3.gz
	files_of libmapsnap-dev | grep -xF /usr/share/doc/libmapsnap-dev/examples/lookup.c
	files_of libmapsnap-table-dev | grep -xF /usr/share/doc/libmapsnap-table-dev/examples/profiler.c
	files_of maps-dump | grep -xF /usr/share/man/man1/maps-dump.1.gz
	files_of maps-dump | grep -xF /usr/share/man/man7/mapsnap.7.gz
	files_of maps-dump | grep -xF /usr/share/mapsnap/maps-dump.schema.json
	files_of mapsnapd | grep -xF /usr/sbin/mapsnapd
	files_of mapsnapd | grep -xF /usr/share/man/man8/mapsnapd.8.gz
	files_of maps-dump | grep -xF "$(pkg-config --variable=completionsdir bash-completion)/maps-dump"
	# shellcheck disable=SC2016 # for the shell inside
	files_of maps-dump | grep '/_maps-dump$' | xargs dirname | grep -xF "$(zsh -fc 'print -l $fpath')"
	# shellcheck disable=SC2016
	files_of maps-dump | grep -xF "$(fish --no-config -c 'echo $__fish_data_dir')/vendor_completions.d/maps-dump.fish"
}

@test "no link in the packages leads nowhere" {
	[ -n "$(find "$(unpacked)" -type l -path '*/man3/*')" ]
	run -0 find "$(unpacked)" -xtype l
	echo "$output"
	[ -z "$output" ]
}

# By what the dynamic linker will look for, and by whose files those are, not by the tools that wrote it.
@test "each package depends on those that hold what it links with" {
	local name needed owner
	for name in $(names); do
		for needed in $(linked "$name" | xargs -r -n 1 objdump -p | awk '$1 == "NEEDED" { print $2 }' | sort -u); do
			echo "$name: $needed"
			owner=$(names | grep -xF "${needed/.so./}" || dpkg -S "*/$needed" | cut -d : -f 1 | sort -u)
			depends "$name" | grep -E "^$owner( \(>= |$)"
		done
	done
	# Of these, nothing but libc.
	[[ $(depends libmapsnap0) == 'libc6 (>= '*')' ]]
}

@test "packages for development depend on their library in the same version" {
	local name
	for name in $(names | grep -- '-dev$'); do
		depends "$name" | grep -xE "${name%-dev}[0-9]+ \(= $(field "$name" Version)\)"
	done
	depends libmapsnap-bpf-dev | grep -xF "libmapsnap-dev (= $(field libmapsnap-bpf-dev Version))"
}

@test "libraries tell which symbols they have since when, and that ldconfig is to run" {
	local name library
	for name in $(libraries); do
		library=$(linked "$name")
		dpkg-deb -I "$(deb "$name")" triggers | grep -xF 'activate-noawait ldconfig'
		dpkg-deb -I "$(deb "$name")" shlibs | grep -E " $name \(>= $(field "$name" Version)\)$"
		diff <(dpkg-deb -I "$(deb "$name")" symbols | sed -nE 's/^ ([a-z_]+)@[A-Z_]+_([0-9.]+) \2$/\1/p' | sort) \
			<(nm --dynamic --defined-only "$library" | awk '$2 == "T" { sub(/@.*/, "", $3); print $3 }' | sort)
	done
}

@test "packages for one architecture can be installed beside those for another" {
	local name
	for name in $(names | grep '^lib'); do
		[ "$(field "$name" Multi-Arch)" = same ]
	done
	[ "$(field maps-dump Multi-Arch)" = foreign ]
	[ "$(field mapsnapd Multi-Arch)" = foreign ]
}

@test "the changelog is that of this version and says who made the packages" {
	local name changelog
	for name in $(names); do
		changelog=$BATS_TEST_TMPDIR/$name
		zcat "$(unpacked)/usr/share/doc/$name/changelog.gz" >"$changelog"
		[ "$(dpkg-parsechangelog -l "$changelog" -S Version)" = "$(field "$name" Version)" ]
		[ "$(dpkg-parsechangelog -l "$changelog" -S Maintainer)" = "$(field "$name" Maintainer)" ]
	done
	[ "$(field maps-dump Version)" = "$("$DEBIAN/bin/maps-dump" --version | cut -d ' ' -f 2)" ]
}

@test "programs and libraries are stripped, hardened, and say nothing of the folder where they were built" {
	local name file
	for name in $(names); do
		for file in $(linked "$name"); do
			echo "$file"
			readelf --wide --sections "$file" >"$BATS_TEST_TMPDIR/sections"
			readelf --wide --dynamic --segments "$file" >"$BATS_TEST_TMPDIR/dynamic"
			nm --dynamic "$file" >"$BATS_TEST_TMPDIR/symbols"
			[ "$(grep -cE '\.(debug_info|symtab|comment)' "$BATS_TEST_TMPDIR/sections")" -eq 0 ]
			grep -qE 'Elf file type is DYN' "$BATS_TEST_TMPDIR/dynamic"
			grep -q GNU_RELRO "$BATS_TEST_TMPDIR/dynamic"
			grep -qE 'FLAGS.*NOW' "$BATS_TEST_TMPDIR/dynamic"
			grep -q __stack_chk_fail "$BATS_TEST_TMPDIR/symbols"
			[ "$(grep -cE 'R(UN)?PATH' "$BATS_TEST_TMPDIR/dynamic")" -eq 0 ]
		done
	done
	run -1 grep -rlF -e "$PWD/src" -e "$DEBIAN" "$(unpacked)"
}

@test "maps-dump runs where the packages are installed" {
	need_root
	run -0 in_root 'maps-dump --source=none $$ | tee /tmp/ours; diff /tmp/ours /proc/$$/maps; rm /tmp/ours'
	[[ $output == *'[stack]'* ]]
	[[ $(in_root 'maps-dump --json $$') == *'"snapshots"'* ]]
}

@test "ldconfig has found the libraries that are installed" {
	local name library
	need_root
	in_root 'ldconfig -p' >"$BATS_TEST_TMPDIR/known"
	for name in $(libraries); do
		library=${name%%[0-9]*}
		grep -F "$library.so.${name#"$library"} " "$BATS_TEST_TMPDIR/known"
	done
}

@test "systemd understands the units, and finds what they start and explain" {
	need_root
	local unit
	for unit in $(files_of mapsnapd | grep /systemd/system/); do
		echo "$unit"
		run -0 in_root "systemd-analyze verify --man=no $unit"
		[ -z "$output" ]
		grep -xF 'Documentation=man:mapsnapd(8)' "$ROOT$unit"
	done
}

# In tenths, of 100. What is left is what it is for: the capabilities, bpf() and others' processes.
@test "the services are as confined as they say" {
	need_root
	in_root 'systemd-analyze security --offline=yes --threshold=19 mapsnapd.service'
	in_root 'systemd-analyze security --offline=yes --threshold=5 mapsnapd-metrics.service'
}

@test "the service has a user and a group, and its units are not enabled" {
	need_root
	[[ $(in_root 'getent passwd mapsnap') == *:/usr/sbin/nologin ]]
	in_root 'getent group mapsnap'
	run -1 in_root 'systemctl is-enabled mapsnapd.socket mapsnapd.service mapsnapd-metrics.socket'
	[ "$output" = $'disabled\ndisabled\ndisabled' ]
}

@test "the examples build and run by pkg-config where the packages are installed" {
	need_root
	# shellcheck disable=SC2016 # for the shell inside
	in_root '
		mkdir /tmp/examples
		cd /tmp/examples
		for example in /usr/share/doc/libmapsnap-*dev/examples/*.c; do
			gcc -Wall -Wextra -Werror "$example" $(pkg-config --cflags --libs mapsnap mapsnap-bpf mapsnap-table) -o "$(basename "$example" .c)"
		done
		./self
		readelf -d self | grep -F "[libmapsnap.so.0]"
		rm -r /tmp/examples'
}

@test "the examples build and run by CMake where the packages are installed" {
	need_root
	mkdir "$ROOT/tmp/project"
	cat >"$ROOT/tmp/project/CMakeLists.txt" <<-'EOF'
		cmake_minimum_required(VERSION 3.22)
		project(consumer LANGUAGES C)
		find_package(mapsnap 0.1 REQUIRED COMPONENTS bpf)
		file(GLOB examples /usr/share/doc/libmapsnap-dev/examples/*.c)
		foreach(example ${examples})
		  cmake_path(GET example STEM name)
		  foreach(linkage shared static)
		    add_executable(${name}-${linkage} ${example})
		    target_link_libraries(${name}-${linkage} PRIVATE mapsnap::${linkage} mapsnap::bpf)
		  endforeach()
		endforeach()
	EOF
	in_root '
		cd /tmp/project
		cmake -G Ninja -B build
		ninja -C build
		build/self-shared
		build/self-static
		rm -r /tmp/project'
}

@test "no library can be removed where its development package is installed" {
	need_root
	run -1 in_root 'dpkg --purge libmapsnap0'
	grep -E 'libmapsnap-dev(:.*)? depends on libmapsnap0 \(= ' <<<"$output"
	run -1 in_root 'dpkg --purge libmapsnap-bpf0'
	grep -E 'libmapsnap-bpf-dev(:.*)? depends on libmapsnap-bpf0 \(= ' <<<"$output"
}

@test "nothing is left where all packages are removed" {
	need_root
	in_root "dpkg --purge $(names | xargs)"
	everything >"$BATS_TEST_TMPDIR/after"
	in_root 'dpkg -i /debs/*.deb' >&2
	diff "$BATS_FILE_TMPDIR/before" "$BATS_TEST_TMPDIR/after"
}
