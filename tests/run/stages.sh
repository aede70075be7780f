# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
# The stages of test.sh: each builds what it needs and gives its suites to run_suite.

results=$logs/results.tsv
failures=$logs/failures
record=0
running=

declare -A packages=(
	[system]="bats curl jq libxml2-utils python3-jsonschema systemd"
	[asan]="bats curl jq libxml2-utils python3-jsonschema systemd"
	[tsan]="bats curl jq python3"
	[fuzz]="clang libclang-rt-dev"
	[install]="bats clang clang-tidy cppcheck mandoc shellcheck bash-completion zsh fish dpkg-dev lintian mmdebstrap python3 systemd-container jq"
	[bench]="gdb jq procps util-linux-extra"
	[guest]="qemu-system-x86 curl jq make flex bison bc libelf-dev dwarves cpio xz-utils patch perl"
)
packages[guest]+=" gcc-aarch64-linux-gnu gcc-arm-linux-gnueabihf"

# What must run in a stage, "SUITE CASE" a line. The sanitized stages run what others list, but not the
# torture, which needs a reader of normal speed.
expected() {
	case $1 in
	asan) cat tests/cases/unit.list <(grep -v '^torture.bats ' tests/cases/system.list) ;;
	tsan) cat tests/cases/unit.list && grep -E '^(test-system-(threads|table_fork)|(shared_table|mapsnapd_load).bats) ' tests/cases/system.list ;;
	*) cat "tests/cases/$1.list" ;;
	esac
}

# The suites that exist, PATTERN being a glob, and those that should.
suites() {
	local stage=$1 pattern=$2
	{
		compgen -G "$pattern" | sed 's|.*/||' || true
		expected "$stage" | cut -d ' ' -f 1 | while read -r suite; do
			# shellcheck disable=SC2053 # a glob, on purpose
			[[ $suite != ${pattern##*/} ]] || echo "$suite"
		done
	} | LC_ALL=C sort -u
}

# run_suite STAGE SUITE SECONDS AGAIN COMMAND...; see tally.awk for AGAIN
run_suite() {
	local stage=$1 suite=$2 limit=$3 again=$4 started=$SECONDS status=0
	local tap=$logs/$stage/$suite.tap rows=$logs/$stage/$suite.tsv
	shift 4
	mkdir -p "$logs/$stage"
	if [ "$built" -eq 0 ]; then
		# In the background, where the shell takes an interrupt at once, and hides it from its children.
		timeout -k 10 "$limit" env --default-signal=INT,QUIT "$@" >"$tap" 2>&1 </dev/null &
		running=$!
		wait "$running" 2>/dev/null || status=$?
	else
		status=127
		: >"$tap"
	fi
	expected "$stage" >"$logs/$stage/expected"
	awk -v stage="$stage" -v suite="$suite" -v status="$status" -v again="$again" -v record="$record" \
		-v list="$logs/$stage/expected" -v failures="$failures" -f tests/run/tally.awk "$tap" >"$rows"
	cat "$rows" >>"$results"
	awk -F '\t' -v title="$stage $suite" -v took=$((SECONDS - started)) '{ n[$1]++ }
		END { printf "  %-32s %4d passed", title, n["pass"]
			if (n["fail"]) printf ", %d failed", n["fail"]
			if (n["skip"]) printf ", %d skipped", n["skip"]
			printf "  (%d s)\n", took }' "$rows"
}

# cmocka_suites STAGE PRESET GLOB [WRAPPER...]
cmocka_suites() {
	local stage=$1 bin=build/$2/bin suite names
	local pattern=$bin/$3
	shift 3
	mapfile -t names < <(suites "$stage" "$pattern")
	for suite in "${names[@]}"; do
		run_suite "$stage" "$suite" 300 "${*:+$* }$bin/$suite @" \
			env CMOCKA_MESSAGE_OUTPUT=TAP "$@" "$bin/$suite"
	done
}

# bats_suites STAGE PRESET GLOB [WRAPPER...]; the tests find the programs by $BUILD
bats_suites() {
	local stage=$1 build=build/$2 folder=${3%/*} suite names
	mapfile -t names < <(suites "$stage" "$3")
	shift 3
	for suite in "${names[@]}"; do
		run_suite "$stage" "$suite" 600 "BUILD=\$PWD/$build ${*:+$* }bats -f ~ $folder/$suite" \
			env BUILD="$PWD/$build" "$@" bats --tap "$folder/$suite"
	done
}

# built: 0, or what the build failed with; then nothing old is run in its place
build_for() {
	built=0
	build "$@" || built=$?
}

stage_unit() {
	build_for release
	cmocka_suites unit release 'test-unit-*'
}

stage_asan() {
	build_for dev
	cmocka_suites asan dev 'test-*'
	bats_suites asan dev 'tests/system/[!t]*.bats' # the torture needs a reader of normal speed
}

# gcc 12's ThreadSanitizer finds no place for its shadow where addresses are as random as newer kernels
# make them. Some containers forbid to switch that off; newer compilers do without.
stage_tsan() {
	local fixed_addresses=(setarch -R)
	"${fixed_addresses[@]}" true 2>/dev/null || fixed_addresses=()
	build_for tsan
	cmocka_suites tsan tsan 'test-unit-*' "${fixed_addresses[@]}"
	cmocka_suites tsan tsan test-system-threads "${fixed_addresses[@]}"
	cmocka_suites tsan tsan test-system-table_fork "${fixed_addresses[@]}"
	bats_suites tsan tsan tests/system/shared_table.bats "${fixed_addresses[@]}"
	bats_suites tsan tsan tests/system/mapsnapd_load.bats "${fixed_addresses[@]}"
}

stage_system() {
	build_for release
	cmocka_suites system release 'test-system-*'
	bats_suites system release 'tests/system/*.bats'
}

stage_fuzz() {
	local suite names
	build_for fuzz tests/fuzz/all
	mapfile -t names < <(suites fuzz 'build/fuzz/bin/fuzz-*')
	for suite in "${names[@]}"; do
		run_suite fuzz "$suite" 300 "tests/run/fuzz.sh build/fuzz/bin/$suite" tests/run/fuzz.sh "build/fuzz/bin/$suite"
	done
}

# Packages are for Debian.
stage_install() {
	build_for release
	if [ "$built" -eq 0 ] && command -v dpkg-buildflags >/dev/null; then
		build_for debian
	fi
	bats_suites install release 'tests/install/*.bats'
}

stage_bench() {
	build_for release
	run_suite bench mapsnap-bench 600 'build/release/bin/mapsnap-bench --tiny @' tests/run/bench.sh build/release/bin/mapsnap-bench
}

# The kernels that there are, and those that should be.
guest_kernels() {
	{
		tests/kernel/kernel.sh --list
		expected guest | sed -n 's/^guest-\([^ ]*\) .*/\1/p'
	} | sort -Vu
}

# What takes minutes, kernels and compiling, is done in sight and not by the suites.
stage_guest() {
	local kernel
	for kernel in $(guest_kernels); do
		build_for release
		[ "$built" -ne 0 ] || tests/kernel/kernel.sh "$kernel" >/dev/null || built=$?
		run_suite guest "guest-$kernel" 3000 "tests/kernel/guest.sh $kernel @" tests/kernel/guest.sh "$kernel"
	done
	built=0
	tests/kernel/series.sh >/dev/null || true
	run_suite guest series 1800 'tests/kernel/series.sh @' tests/kernel/series.sh
}
