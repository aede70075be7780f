# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
# The torture in a short setting: so many changes a second that enough of them fall into a plain read, and
# so few that enough reads stay free of them.

# set_scale KERNEL; an emulated processor reads 500 mappings in a millisecond or two, with KASAN 100 in five,
# and makes there a process in seconds: too few end for a run to say anything. Without execs, of which one takes
# most of a minute on any kernel.
set_scale() {
	modes=(move pairs boundary grow stacks wide fork) endings=(exec exit)
	few=500 many=2000 rate=500 rate_of_wide=250 reads=200 reads_of_endings=40
	chains=('move max' 'pairs 500' 'pairs max' 'boundary max' 'grow 500' 'stacks max')
	[[ $1 == *-debug ]] || return 0
	modes=(move wide fork) endings=() chains=('pairs 200' 'move max')
	few=100 many=200 rate=200 rate_of_wide=50 reads=60
}

# Of the rate, in percent, at each try: a machine may read faster or slower than the rate is meant for.
percents=(100 50 200 25 400)

# setting_of MODE TRY. Where processes are made fewer reads, and smaller ones; of those that end long ones, so
# that one ends during some. A change of mode wide takes as long as a read.
setting_of() {
	local rate=$rate
	[ "$1" != wide ] || rate=$rate_of_wide
	rate=$((rate * percents[$2] / 100))
	case $1 in
	exec | exit) echo --mappings $((4 * few)) --rate max --reads "$reads_of_endings" ;;
	fork) echo --mappings $((2 * few)) --rate "$rate" --reads 60 ;;
	*) echo --mappings "$many" --rate "$rate" --reads "$reads" ;;
	esac
}

# repeated NAME FILTER COMMAND...: the command, with the number of the try behind it, until by this filter what
# was printed says something together; one torn result with a consistent label ends it
repeated() {
	local name=$1 filter=$2 all='' said status try
	shift 2
	wanted torture "$name" || return 0
	for try in "${!percents[@]}"; do
		status=0
		said=$("$@" "$try" 2>&1) || status=$?
		echo "try $try: exit status $status: $said"
		[ $((status % 2)) -eq 0 ] || break
		all+=$said
		if jq -es -f "$filter" <<<"$all" >/dev/null; then
			verdict 0 torture "$name"
			return
		fi
	done
	verdict 1 torture "$name"
}

# read_mode USER MODE [OPTION...] TRY
read_mode() {
	local user=$1 mode=$2 try=${!#} setting
	read -ra setting < <(setting_of "$mode" "$try")
	"$user" mapsnap-torture --mode "$mode" "${setting[@]}" "${@:3:$#-3}" --json
}

# follow_mode MODE RATE: each from the one before, by what changed
follow_mode() {
	as_user mapsnap-torture --chain --mode "$1" --mappings "$few" --rate "$2" --reads 40 --json
}

# ways_of KERNEL: those to read that it must have, each with the user who can take it. What the debug kernel
# is to find fault with is its own.
ways_of() {
	[[ $1 == *-debug ]] || echo as_root bpf --source bpf
	[[ $1 == *-patched* ]] || return 0
	echo as_user ioctl --source ioctl --route text
	echo as_user snapshot --source ioctl --route snapshot
	echo as_user lock --source none --fallback locked
}

as_root() {
	"$@"
}

# An ordinary user: no capabilities, and nobody else's processes.
ordinary_user=(setpriv --reuid 1000 --regid 1000 --clear-groups --inh-caps=-all)
as_user() {
	"${ordinary_user[@]}" "$@"
}

# run_torture KERNEL
run_torture() {
	local mode user name options
	set_scale "$1"
	while read -r user name options; do
		for mode in "${modes[@]}" "${endings[@]}"; do
			# shellcheck disable=SC2086 # words, on purpose
			repeated "by $name, $mode" tests/system/says_something.jq read_mode "$user" "$mode" $options
		done
	done < <(ways_of "$1")
	[[ $1 == *-patched* ]] || return 0
	for mode in "${chains[@]}"; do
		# shellcheck disable=SC2086 # words, on purpose
		repeated "by changes, $mode" tests/system/chain_says_something.jq follow_mode $mode
	done
}
