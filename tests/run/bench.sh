#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# bench.sh PROGRAM [NAME...]: runs every benchmark, or these, for a moment and says in TAP of each whether its results are
# lines of JSON with the documented keys. Not whether they are fast: machines differ. A benchmark that
# this machine can't run is left out, as it says on standard error.
set -euo pipefail

program=$1
shift
said=$(mktemp)
trap 'rm -f "$said"' EXIT

unsound_lines() {
	jq -nRr '
		def contest: (.against | type == "string" and . != "")
			and ([.ours_ns, .against_ns, .ratio] | all(type == "number" and . > 0));
		def share: [.share_one_attempt, .share_settled] | all(type == "number" and . >= 0 and . <= 1);
		def feeling: (.reader | IN("none", "cat", "refresh", "agent", "mapsnapd", "query", "snapshot", "locked", "held")) and (.reads_per_second | type == "number" and . >= 0)
			and (([.p50_ns, .p99_ns, .p999_ns, .worst_ns, .worst_ever_ns] | all(type == "number" and . > 0))
				or (.faults_per_second | type == "number" and . > 0));
		def memory: [.first_bytes, .next_bytes] | all(type == "number" and . > 0);
		def hold: (.way | type == "string") and ([.reads, .verified, .held, .locked] | all(type == "number" and . >= 0))
			and .reads > 0;
		def readers: [.at_rest_per_second, .published_per_second, .ratio, .ratio_cpu, .ratio_elsewhere] | all(type == "number" and . > 0);
		def table: [.mappings_each, .bytes, .resident, .descriptors, .add_ns, .idle_round_ns, .changed_round_ns] | all(type == "number" and . > 0);
		def watch: [.service_cpu, .agent_cpu, .ratio, .changes, .seen_s, .seen_worst_s] | all(type == "number" and . > 0);
		def sound: type == "object" and ([.bench, .setting] | all(type == "string" and . != ""))
			and (contest or share or feeling or memory or hold or readers or table or watch);
		[inputs] | if . == [] then "no result" else .[] | select(fromjson? // null | sound | not) end'
}

number=0
failed=0
names=("$@")
[ $# -gt 0 ] || mapfile -t names < <("$program" --list)
echo "1..${#names[@]}"
for name in "${names[@]}"; do
	status=0
	lines=$("$program" --tiny "$name" 2>"$said") || status=$?
	unsound=$(printf '%s' "$lines" | unsound_lines)
	number=$((number + 1))
	if [ $status -eq 0 ] && [ -z "$lines" ] && grep -q ' is left out: ' "$said"; then
		echo "ok $number $name # skip $(tail -n 1 "$said")"
	elif [ $status -eq 0 ] && [ -z "$unsound" ]; then
		echo "ok $number $name"
	else
		failed=1
		echo "not ok $number $name"
		printf 'exit status %d\n%s\n' $status "$unsound" | cat - "$said" | sed 's/^/# /'
	fi
done
exit $failed
