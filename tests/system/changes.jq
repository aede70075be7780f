# SPDX-License-Identifier: BSD-2-Clause
# What a client knows who applies all lines of what changes, of one process, and whether that is what
# the service answers by now, $now.
def key: .start;
reduce inputs as $line ({ mappings: {}, revision: 0, changes: 0 };
	if $line.revision and ($line.revision | tonumber) <= .revision then
		error("told again: \($line.revision)")
	elif $line.snapshot then
		.mappings = ($line.snapshot.mappings | map({ key: key, value: . }) | from_entries)
		| .revision = ($line.revision | tonumber)
		| if $line.event == "changed" then .changes += 1 else . end
	elif $line.changes then
		reduce $line.changes[] as $c (.;
			if $c.before then
				if .mappings[$c.before.start] != $c.before then error("a change of what was not so: \($c)") else . end
				| del(.mappings[$c.before.start])
			else . end)
		| reduce ($line.changes[] | select(.after).after) as $after (.; .mappings[$after.start] = $after)
		| .changes += 1 | .revision = ($line.revision | tonumber)
	else . end)
| { mappings: (.mappings | length), changes,
	same: ((.mappings | [.[]] | sort_by(.start | length, .)) == ($now[0].mappings | sort_by(.start | length, .))) }
