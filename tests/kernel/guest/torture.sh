# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
# The torture in a short setting: so many changes a second that enough of them fall into a plain read, and
# so few that enough reads stay free of them.

# Without execs: processes are made so slowly there that a run takes most of a minute.
modes=(move pairs boundary grow stacks wide fork)

# set_scale KERNEL; an emulated processor reads 500 mappings in some milliseconds, with KASAN 100, and makes
# there a process in seconds.
set_scale() {
	case $1 in
	*-debug) mappings=100 rate=200 reads=60 endings=(exec) reads_of_endings=15 ;;
	*) mappings=500 rate=500 reads=200 endings=(exec exit) reads_of_endings=40 ;;
	esac
}

# setting_of MODE TRY; a machine that has much else to do reads slower, and fewer changes may suit it. Where
# processes are made fewer reads; of those that end long ones, so that one ends during some.
setting_of() {
	case $1 in
	exec | exit) echo --mappings $((4 * mappings)) --rate max --reads "$reads_of_endings" ;;
	fork) echo --mappings "$mappings" --rate $((rate / $2)) --reads 60 ;;
	*) echo --mappings "$mappings" --rate $((rate / $2)) --reads "$reads" ;;
	esac
}

# torture_case USER SOURCE MODE; one torn verified read ends it
torture_case() {
	local name="by $2, $3" said status try setting
	wanted torture "$name" || return 0
	for try in 1 2 3 4 5; do
		status=0
		read -ra setting < <(setting_of "$3" $try)
		said=$("$1" mapsnap-torture --source "$2" --mode "$3" "${setting[@]}" --json 2>&1) || status=$?
		echo "try $try: exit status $status: $said"
		if [ $status -eq 0 ] && jq -e -f tests/system/says_something.jq <<<"$said" >/dev/null; then
			verdict 0 torture "$name"
			return
		fi
		[ $((status % 2)) -eq 0 ] || break
	done
	verdict 1 torture "$name"
}

# sources_of KERNEL: those that it must have, each with the user who can use it. What the debug kernel is to
# find fault with is its own.
sources_of() {
	case $1 in
	*-debug) ;;
	*) printf 'as_user target\nas_root bpf\n' ;;
	esac
	case $1 in
	*-patched*) echo as_user ioctl ;;
	esac
}

as_root() {
	"$@"
}

# An ordinary user: no capabilities, and nobody else's processes.
as_user() {
	setpriv --reuid 1000 --regid 1000 --clear-groups --inh-caps=-all "$@"
}

# run_torture KERNEL
run_torture() {
	local kernel=$1 mode user source which
	set_scale "$kernel"
	while read -r user source; do
		which=("${modes[@]}")
		[ "$source" = target ] || which+=("${endings[@]}")
		for mode in "${which[@]}"; do
			torture_case "$user" "$source" "$mode"
		done
	done < <(sources_of "$kernel")
}
