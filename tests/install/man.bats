# SPDX-License-Identifier: BSD-2-Clause
# That the man pages and the headers tell all of the libraries, and the same. BUILD: folder of a built
# tree.

bats_require_minimum_version 1.5.0

setup_file() {
	export STAGE=$BATS_FILE_TMPDIR/stage
	DESTDIR=$STAGE cmake --install "$BUILD" >/dev/null
	MAN=$(dirname "$(find "$STAGE" -type d -name man3)")
	export MAN
	INCLUDE=$(dirname "$(find "$STAGE" -name mapsnap.h)")
	export INCLUDE
	LD_LIBRARY_PATH=$(dirname "$(find "$STAGE" -name libmapsnap.so)")
	export LD_LIBRARY_PATH
	# Those that this build has.
	LIBRARIES=$(cd "$LD_LIBRARY_PATH" && printf '%s\n' libmapsnap*.so | sed 's/^lib//; s/\.so$//')
	export LIBRARIES
}

exported() {
	local library
	for library in $LIBRARIES; do
		sed -n 's/^\t\(mapsnap_[a-z_]*\);$/\1/p' src/*/"lib$library.map"
	done | sort
}

# As a reader sees it, without the overstrikes that stand for bold and underlined.
rendered() {
	mandoc -T ascii -O width=200 "$1" | sed 's/.\x08//g'
}

# section NAME <PAGE: what stands under a heading
section() {
	awk -v name="$1" '/^[A-Z]/ { inside = $0 == name; next } inside'
}

our_pages() {
	find "$MAN" -type f -name '*mapsnap*.[37]' | sort
}

# words EXPRESSION FILE...
words() {
	grep -ohE -e "$@" | sort -u
}

# Without comments.
code_of_headers() {
	local header
	for header in "$INCLUDE"/mapsnap*.h; do
		gcc -fpreprocessed -dD -E -P "$header"
	done
}

constants_of_headers() {
	code_of_headers | words '\bMAPSNAP_[A-Z0-9_]+' - | grep -vxE 'MAPSNAP(_[A-Z]+)?_H'
}

# "TYPE NAME" a line, but for those of the walk, which a page explains in running text.
members_of_headers() {
	code_of_headers | awk '
		/^struct [a-z_]* \{/ { inside = $2 !~ /^mapsnap_(diff|walk)$/; next }
		/^}/ { inside = 0 }
		inside { sub(/^[ \t]*/, ""); sub(/;$/, ""); print }'
}

@test "each exported call has a page of its own name, which names it" {
	local call
	[ -n "$(exported)" ]
	for call in $(exported); do
		echo "$call"
		rendered "$MAN/man3/$call.3" | section NAME | grep -qw "$call"
	done
}

@test "each exported call has a comment in the header" {
	local undocumented
	undocumented=$(comm -23 <(exported) <(awk '
		/^[a-z].*mapsnap_[a-z_]*\(/ && (previous ~ /\*\/$/ || /\*\/$/) {
			match($0, /mapsnap_[a-z_]*\(/)
			print substr($0, RSTART, RLENGTH - 1)
		}
		{ previous = $0 }' "$INCLUDE"/mapsnap*.h | sort))
	echo "$undocumented"
	[ -z "$undocumented" ]
}

# The compiler takes a second declaration only where it says the same.
@test "each exported call is declared in the pages as in the header" {
	local page
	for page in $(our_pages); do
		rendered "$page" | section SYNOPSIS
	done >"$BATS_TEST_TMPDIR/synopsis.c"
	diff <(exported) <(words 'mapsnap_[a-z_]+\(' "$BATS_TEST_TMPDIR/synopsis.c" | tr -d '(')
	gcc -Wall -Wextra -Werror -fsyntax-only -I"$INCLUDE" "$BATS_TEST_TMPDIR/synopsis.c"
}

@test "header and pages have the same constants" {
	constants_of_headers >"$BATS_TEST_TMPDIR/constants"
	[ -s "$BATS_TEST_TMPDIR/constants" ]
	# The titles of pages are in capitals too.
	mapfile -t pages < <(our_pages)
	diff "$BATS_TEST_TMPDIR/constants" <(sed '/^\.Dt/d' "${pages[@]}" | words '\bMAPSNAP_[A-Z0-9_]+' -)
}

@test "header and pages have the same errors" {
	mapfile -t pages < <(our_pages)
	diff <(words '\bE[A-Z0-9]{3,}\b' "$INCLUDE"/mapsnap*.h) \
		<(grep -hE '^\.(It )?Er ' "${pages[@]}" | words '\bE[A-Z0-9]{3,}\b' -)
}

@test "each member of a public struct is in the pages, with its type" {
	local member
	members_of_headers >"$BATS_TEST_TMPDIR/members"
	[ -s "$BATS_TEST_TMPDIR/members" ]
	mapfile -t pages < <(our_pages)
	while read -r member; do
		echo "$member"
		grep -hE '^\.It Va' "${pages[@]}" | tr -d '"' | sed 's/ , Va /\n/g; s/^\.It Va //' | grep -qxF -e "$member"
	done <"$BATS_TEST_TMPDIR/members"
}

@test "each reference to a page of ours leads to one" {
	local name number
	mapfile -t pages < <(our_pages)
	while read -r _ name number; do
		echo "$name($number)"
		[ -e "$MAN/man$number/$name.$number" ]
	done < <(grep -ohE 'Xr [a-z_-]*map(snap|s-dump)[a-z_]* [1-8]' "${pages[@]}")
}

@test "each call of the headers has an example in a page that is installed" {
	local call
	code_of_headers | words '\bmapsnap_[a-z_]+\(' - | tr -d '(' >"$BATS_TEST_TMPDIR/calls"
	[ -s "$BATS_TEST_TMPDIR/calls" ]
	while read -r call; do
		echo "$call"
		rendered "$MAN/man3/$call.3" | section EXAMPLES | grep -q '#include <mapsnap'
	done <"$BATS_TEST_TMPDIR/calls"
}

# Short ones too. As --help has them at the beginning of a line, and as the page begins a paragraph.
@test "the page of maps-dump has each option that --help lists, and no other" {
	"$BUILD/bin/maps-dump" --help | sed -nE 's/^ +(-.), (--[a-z-]+).*/\1\n\2/p; s/^ +(--[a-z-]+).*/\1/p' |
		LC_ALL=C sort >"$BATS_TEST_TMPDIR/options"
	[ -s "$BATS_TEST_TMPDIR/options" ]
	diff "$BATS_TEST_TMPDIR/options" <(grep -hE '^\.It Fl ' man/maps-dump.1 |
		grep -oE 'Fl \S+' | sed 's/^Fl /-/; s/\\-/-/; s/\\&//' | LC_ALL=C sort -u)
}

@test "the page of maps-dump has examples" {
	rendered "$MAN/man1/maps-dump.1" | section EXAMPLES | grep -E '^ +[$#] maps-dump '
}

@test "the example of each page compiles and runs" {
	local page name
	[ "$(our_pages | wc -l)" -ge 6 ]
	for page in $(our_pages); do
		name=$(basename "$page")
		echo "$name"
		rendered "$page" | section EXAMPLES |
			awk '/^ *#include/ { code = 1 } code { print } /^     }$/ && main { exit } /int main/ { main = 1 }' \
				>"$BATS_TEST_TMPDIR/$name.c"
		# shellcheck disable=SC2046,SC2086 # one word a library
		gcc -Wall -Wextra -Werror -I"$INCLUDE" "$BATS_TEST_TMPDIR/$name.c" -L"$LD_LIBRARY_PATH" \
			$(printf -- '-l%s ' $LIBRARIES) -o "$BATS_TEST_TMPDIR/$name"
		"$BATS_TEST_TMPDIR/$name" $$ >"$BATS_TEST_TMPDIR/$name.out"
	done
}
