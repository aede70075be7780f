# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
# Completion of maps-dump for bash. Needs nothing of bash-completion but to be loaded by it.

# Those that take an argument end in =.
_maps_dump_options=(
	--all --name= --user= --cgroup= --socket
	--json --jsonl --summary --table -o --output= --sort= --svg --html -v --verbose
	--exec --file --deleted --range= --lookup= --diff --watch=
	--require-consistent --attempts= --deadline= --fallback= --source= --route=
	--check --help --usage --version
)
_maps_dump_columns=(start end size perms offset device inode kind name path deleted buildid)
_maps_dump_sources=(auto ioctl bpf none)
_maps_dump_routes=(auto text query snapshot)
_maps_dump_fallbacks=(unverified frozen locked error)

# Those with a command line: kernel threads have none, and no mappings.
_maps_dump_pids() {
	local process
	for process in /proc/[0-9]*; do
		! IFS= read -rd '' _ <"$process/cmdline" || echo "${process#/proc/}"
	done 2>/dev/null
}

_maps_dump_names() {
	local pid name
	for pid in $(_maps_dump_pids); do
		! IFS= read -r name <"/proc/$pid/comm" || printf '%s\n' "$name"
	done 2>/dev/null | sort -u
}

# As the kernel names them, of those that hold a process.
_maps_dump_cgroups() {
	cat /proc/[0-9]*/cgroup 2>/dev/null | sed -n 's/^0:://p' | sort -u
}

# The last of several, behind those that are there already.
_maps_dump_column_lists() {
	local before=${1%"${1##*,}"} column
	for column in "${_maps_dump_columns[@]}"; do
		[[ ,$before == *,$column,* ]] || echo "$before$column"
	done
}

_maps_dump_sorts() {
	local descending=
	[[ $1 != -* ]] || descending=-
	printf '%s\n' "${_maps_dump_columns[@]/#/$descending}"
}

# What may stand behind an option, of which VALUE is there. The others take what nobody can guess.
_maps_dump_values() {
	local option=$1 value=$2
	case $option in
	--name) _maps_dump_names ;;
	--user) compgen -u ;;
	--cgroup) _maps_dump_cgroups ;;
	--socket) compgen -f -- "$value" ;;
	--output) _maps_dump_column_lists "$value" ;;
	--sort) _maps_dump_sorts "$value" ;;
	--fallback) printf '%s\n' "${_maps_dump_fallbacks[@]}" ;;
	--source) printf '%s\n' "${_maps_dump_sources[@]}" ;;
	--route) printf '%s\n' "${_maps_dump_routes[@]}" ;;
	esac
}

# _maps_dump_reply START VALUE KEPT: takes those lines of stdin that begin with VALUE, in quotes if it opens
# them, puts START before each and leaves out the first KEPT characters, which readline does not replace.
_maps_dump_reply() {
	local start=$1 value=$2 kept=$3 candidate
	while IFS= read -r candidate; do
		if [[ $value == [\"\']* ]]; then
			[[ $candidate != "${value:1}"* ]] || COMPREPLY+=("$candidate")
			continue
		fi
		[[ $candidate =~ ^[[:alnum:]_./,@:=+-]+$ ]] || printf -v candidate %q "$candidate"
		[[ $candidate == "$value"* ]] || continue
		candidate=$start$candidate
		COMPREPLY+=("${candidate:kept}")
	done
}

_maps_dump_takes_argument() {
	[[ " ${_maps_dump_options[*]} " == *" $1= "* ]]
}

_maps_dump() {
	local i=$COMP_CWORD last=${COMP_WORDS[COMP_CWORD]} before word option='' start=''
	COMPREPLY=()

	# Readline makes words of = and : and of what stands beside them.
	word=$last
	while ((i > 1)) && [[ ${COMP_WORDS[i]} =~ ^[=:]+$ || ${COMP_WORDS[i - 1]} =~ ^[=:]+$ ]]; do
		word=${COMP_WORDS[--i]}$word
	done
	[[ ! $last =~ ^[=:]+$ ]] || last=
	before=${COMP_WORDS[i - 1]}
	[[ ! $before =~ ^-[^-]*o$ ]] || before=--output

	if [[ " ${COMP_WORDS[*]:1:i-1} " == *' -- '* ]]; then
		:
	elif _maps_dump_takes_argument "$before"; then
		option=$before
	elif [[ $word == --*=* ]]; then
		option=${word%%=*} start=$option=
	elif [[ $word == -o?* ]]; then
		option=--output start=-o
	elif [[ $word == -* ]]; then
		mapfile -t COMPREPLY < <(compgen -W "${_maps_dump_options[*]}" -- "$word")
		[[ ${COMPREPLY[*]} != *= ]] || compopt -o nospace 2>/dev/null
		return
	fi

	if [[ $option ]]; then
		_maps_dump_reply "$start" "${word#"$start"}" $((${#word} - ${#last})) \
			< <(_maps_dump_values "$option" "${word#"$start"}")
		[[ $option != --output ]] || compopt -o nospace 2>/dev/null
	else
		# By default readline completes files, where no pid fits.
		compopt -o default -o filenames 2>/dev/null
		mapfile -t COMPREPLY < <(compgen -W "$(_maps_dump_pids)" -- "$word"; [[ $word ]] || compgen -f)
	fi
}

complete -F _maps_dump maps-dump
