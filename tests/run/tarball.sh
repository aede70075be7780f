# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
# New Debian roots, kept for a week in $XDG_CACHE_HOME/mapsnap. Sourced.

# tarball SUITE [PACKAGE...]: prints the path of one with these packages, which it makes where there is none. Needs root
# and mmdebstrap.
tarball() {
	local suite=$1 cache=${XDG_CACHE_HOME:-$HOME/.cache}/mapsnap path include=()
	shift
	path=$cache/root-$suite
	[ $# -eq 0 ] || include=("--include=$*")
	[ $# -eq 0 ] || path+=-$(printf '%s\n' "$@" | sort -u | sha256sum | cut -c 1-16)
	path+=.tar
	mkdir -p "$cache"
	find "$cache" -maxdepth 1 -name 'root-*.tar*' -mtime +7 -delete
	# It has dash write to a descriptor of its own, whose number must have one digit: bats holds many.
	if [ ! -e "$path" ]; then
		mmdebstrap --quiet --variant=minbase --format=tar "${include[@]}" "$suite" "$path.$$" \
			>&2 3>&- 4>&- 5>&- 6>&- 7>&- 8>&- 9>&- || {
			rm -f "$path.$$"
			return 1
		}
		mv "$path.$$" "$path"
	fi
	echo "$path"
}
