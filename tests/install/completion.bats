# SPDX-License-Identifier: BSD-2-Clause
# That bash, zsh and fish complete what maps-dump takes, by the files that are installed. BUILD: folder of a built tree.

bats_require_minimum_version 1.5.0

shells=(bash zsh fish)

setup_file() {
	export STAGE=$BATS_FILE_TMPDIR/stage
	DESTDIR=$STAGE cmake --install "$BUILD" >/dev/null
	DATA=$(find "$STAGE" -type d -name share)
	export DATA
	export MAPS_DUMP=$BUILD/bin/maps-dump
	# A name that has to be quoted.
	export NAME="it's a: test"
	cp "$(command -v sleep)" "$BATS_FILE_TMPDIR/$NAME"
	"$BATS_FILE_TMPDIR/$NAME" 600 3>&- &
	export PROCESS=$!
}

teardown_file() {
	kill "$PROCESS"
}

setup() {
	cd "$BATS_TEST_TMPDIR" || return
	touch 'a file'
}

# What a shell offers at the end of a line that begins with maps-dump; zsh and fish add a tab and a description. bash
# gets the words that readline makes of the line, fish needs the program to exist.
in_bash() {
	local words line=${1//=/ = }
	read -ra words <<<"${line//:/ : }"
	[[ $1 == *[^\ ] ]] || words+=('')
	# shellcheck disable=SC2016 # for the shell inside
	bash --norc -c '
		. "$1/bash-completion/completions/maps-dump"
		shift
		COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
		_maps_dump
		printf "%s\n" "${COMPREPLY[@]}"' _ "$DATA" "${words[@]}"
}

in_zsh() {
	ZDOTDIR=$BATS_FILE_TMPDIR "$BATS_TEST_DIRNAME/complete.zsh" "$DATA/zsh/site-functions" "$1"
}

in_fish() {
	# shellcheck disable=SC2016 # for the shell inside
	HOME=$BATS_TEST_TMPDIR XDG_DATA_DIRS=$DATA PATH=$(dirname "$MAPS_DUMP"):$PATH fish -c 'complete -C $argv[1]' "$1"
}

# candidates SHELL REST: for the last word alone, be it an option or the value of one, without quotes.
candidates() {
	"in_$1" "maps-dump $2" | cut -f 1 | sed -E 's/^(--[a-z-]+=|-o)(.)/\2/; s/=$//; s/\\//g; /^$/d' | LC_ALL=C sort -u
}

# offers SHELL REST CANDIDATE...: these and no others
offers() {
	local shell=$1 rest=$2
	shift 2
	echo "$shell: maps-dump $rest"
	diff <(printf '%s\n' "$@" | sed '/^$/d' | LC_ALL=C sort -u) <(candidates "$shell" "$rest")
}

# offers_also SHELL REST CANDIDATE: this among others
offers_also() {
	echo "$1: maps-dump $2: with $3"
	candidates "$1" "$2" | grep -xF -e "$3"
}

offers_not() {
	echo "$1: maps-dump $2: without $3"
	candidates "$1" "$2" | grep -cxF -e "$3" | grep -qx 0
}

# As --help has them at the beginning of a line.
options() {
	"$MAPS_DUMP" --help | sed -nE 's/^ +(-., )?(--[a-z-]+).*/\2/p' | LC_ALL=C sort -u
}

options_with_argument() {
	"$MAPS_DUMP" --help | sed -nE 's/^ +(-., )?(--[a-z-]+)=.*/\2/p' | LC_ALL=C sort -u
}

# Another word is refused with 2, before anything else is done.
takes() {
	local status=0
	echo "$1=$2"
	"$MAPS_DUMP" "$1=$2" --version >/dev/null 2>&1 || status=$?
	[ "$status" -ne 2 ]
}

columns=(start end size perms offset device inode kind name path deleted buildid)

@test "each shell completes every long option of maps-dump and no other, and words that it takes" {
	local shell option word
	mapfile -t options < <(options)
	[ ${#options[@]} -ge 10 ]
	for shell in "${shells[@]}"; do
		offers "$shell" -- "${options[@]}"
		for option in --source --route --fallback; do
			for word in $(candidates "$shell" "$option="); do
				takes "$option" "$word"
			done
		done
	done
}

@test "each shell knows which options take an argument" {
	local shell option
	for shell in "${shells[@]}"; do
		for option in $(options_with_argument); do
			offers_not "$shell" "$option $PROCESS" "$PROCESS"
		done
		for option in $(comm -23 <(options) <(options_with_argument) | grep -vxE -- '--(check|help|usage|version)'); do
			offers_also "$shell" "$option $PROCESS" "$PROCESS"
		done
	done
}

@test "each shell completes words after = and after a space" {
	local shell
	for shell in "${shells[@]}"; do
		offers "$shell" '--source=' auto bpf ioctl none
		offers "$shell" '--source i' ioctl
		offers "$shell" '--route=t' text
		offers "$shell" '--fallback=u' unverified
	done
}

@test "each shell completes columns, behind others and without those" {
	local shell behind_start=("${columns[@]:1}")
	for shell in "${shells[@]}"; do
		offers "$shell" '--output=' "${columns[@]}"
		offers "$shell" '-o s' start size
		offers "$shell" '-o size,s' size,start
		offers "$shell" '--output=start,' "${behind_start[@]/#/start,}"
	done
}

@test "each shell completes a column to sort by, also descending" {
	local shell
	for shell in "${shells[@]}"; do
		offers "$shell" '--sort=d' device deleted
		offers "$shell" '--sort=-d' -device -deleted
	done
}

@test "each shell completes processes, but no kernel threads" {
	local shell kernel_thread
	kernel_thread=$(grep -lx 'kthreadd' /proc/[0-9]*/comm | cut -d / -f 3 || true)
	for shell in "${shells[@]}"; do
		offers_also "$shell" '' "$PROCESS"
		offers_also "$shell" "--diff $$ " "$PROCESS"
		[ -z "$kernel_thread" ] || offers_not "$shell" '' "$kernel_thread"
	done
}

@test "zsh and fish say what a process is called" {
	in_fish "maps-dump $PROCESS" | grep -xF "$PROCESS"$'\t'"$NAME"
	in_zsh "maps-dump $PROCESS" | grep -xE "$PROCESS"$'\t'"$PROCESS +-- $NAME"
}

@test "each shell completes names of processes, users and cgroups" {
	local shell cgroup
	cgroup=$(sed -n 's/^0:://p' "/proc/$PROCESS/cgroup")
	for shell in "${shells[@]}"; do
		offers_also "$shell" '--name=it' "$NAME"
		offers_also "$shell" '--user=r' root
		[ -z "$cgroup" ] || offers_also "$shell" '--cgroup=/' "$cgroup"
	done
}

@test "each shell completes files as targets, and none for what nobody can guess" {
	local shell
	offers_also bash '' 'a file'
	for shell in zsh fish; do
		offers_also "$shell" 'a' 'a file'
	done
	for shell in "${shells[@]}"; do
		offers_also "$shell" '--socket=a' 'a file'
		offers "$shell" '--lookup='
		offers "$shell" '--attempts a'
	done
}

@test "after -- no shell completes options" {
	local shell
	for shell in "${shells[@]}"; do
		offers "$shell" '-- --sourc'
	done
}

# typed LINE ARGUMENT...: what maps-dump gets where somebody at bash types LINE and Tab
typed() {
	local line=$1
	shift
	echo "$line"
	diff <(printf '%s\n' "$@") <("$BATS_TEST_DIRNAME/readline.zsh" "$DATA/bash-completion/completions/maps-dump" "$line")
}

@test "bash puts what it completes in the right place, and in quotes where it must" {
	typed 'maps-dump --source=b' --source=bpf
	typed 'maps-dump --sou' --source=
	typed 'maps-dump -vo start,en' -vo start,end
	typed 'maps-dump --name=it' "--name=$NAME"
	typed 'maps-dump --name "it' --name "$NAME"
	typed "maps-dump --name it\\'s\\ a:" --name "$NAME"
	typed 'maps-dump a\ f' 'a file'
	typed 'maps-dump a' 'a file'
}

@test "bash-completion finds the completion by itself" {
	# shellcheck disable=SC2016 # for the shell inside
	XDG_DATA_DIRS=$DATA bash --norc -c '
		. /usr/share/bash-completion/bash_completion
		# The second one is its name before 2.12.
		_comp_load maps-dump 2>/dev/null || __load_completion maps-dump
		complete -p maps-dump' | grep -qF _maps_dump
}
