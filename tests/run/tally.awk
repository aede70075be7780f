# SPDX-License-Identifier: BSD-2-Clause
# Reads the TAP of one suite, a cmocka program or a bats file, and writes a line a case to stdout:
# state, stage, suite, case, reason; separated by tabs. What a person wants to see of each failure is
# appended to the file `failures`.
#
# -v stage= suite=   of the cases
# -v list=           file with the names that must appear, "SUITE CASE" a line
# -v status=         exit status of the suite
# -v again=          command that reruns one case: @ stands for the name, ~ for a regex that matches it
# -v record=         1: take the names as they come
# -v failures=       file

BEGIN {
	whole = "(whole suite)"
	most = 60
	while ((getline row < list) > 0) {
		space = index(row, " ")
		if (substr(row, 1, space - 1) == suite)
			expected[++count] = substr(row, space + 1)
	}
	for (i = 1; i <= count; i++)
		known[expected[i]] = 1
}

function shell_quoted(text)
{
	if (text ~ /^[A-Za-z0-9_.-]+$/)
		return text
	gsub(/'/, "'\\''", text)
	return "'" text "'"
}

function as_regex(text)
{
	gsub(/[][\\.*+?(){}|^$]/, "\\\\&", text)
	return "^" text "$"
}

function replaced(text, mark, value,   at)
{
	at = index(text, mark)
	return at ? substr(text, 1, at - 1) value substr(text, at + 1) : text
}

function rerun(name)
{
	if (name == whole)
		return replaced(replaced(again, "@", ""), "~", "''")
	return replaced(replaced(again, "@", shell_quoted(name)), "~", shell_quoted(as_regex(name)))
}

# A failure is written once what follows it has been read: both kinds of TAP explain after the verdict.
function finish(   text, line, i)
{
	if (failed == "")
		return
	if (split(notes, line, "\n") > most) {
		notes = ""
		for (i = 2; i <= most; i++)
			notes = notes "\n" line[i]
		notes = notes "\n... the rest: " FILENAME
	}
	text = notes
	gsub(/\n/, "\n    ", text)
	printf "%s: %s: %s: %s%s\n  again: %s\n\n", stage, suite, failed, why, text, rerun(failed) >> failures
	failed = ""
}

function fail(name, reason)
{
	print "fail\t" stage "\t" suite "\t" name "\t" reason
	failed = name
	why = reason
	fails++
}

function verdict(ok, name, skipped, reason)
{
	if (name in seen)
		fail(name, "is there twice")
	else if (!record && !(name in known))
		fail(name, "not in tests/cases: if it should be, ./test.sh --record")
	else if (skipped && reason == "")
		fail(name, "skipped without a reason")
	else if (skipped)
		print "skip\t" stage "\t" suite "\t" name "\t" reason
	else if (ok)
		print "pass\t" stage "\t" suite "\t" name "\t"
	else
		fail(name, "failed")
	seen[name] = 1
	cases++
}

# cmocka: "ok 1 - name", "not ok 1 - name why", "ok 1 # SKIP name", before 1.1.7 "not ok 1 # SKIP name".
# The reason is a line of the test's own before it: "skip: reason".
# bats: "ok 1 name", "not ok 1 name", "ok 1 name # skip reason".
/^(not )?ok [1-9][0-9]* / {
	finish()
	ok = $1 == "ok"
	name = $0
	sub(/^(not )?ok [0-9]+ /, "", name)
	if (sub(/^# SKIP /, "", name)) {
		verdict(1, name, 1, spoken)
	} else if (sub(/^- /, "", name)) {
		if (index(name, " ")) {
			before = before "\n" substr(name, index(name, " ") + 1)
			name = substr(name, 1, index(name, " ") - 1)
		}
		verdict(ok, name, 0, "")
	} else if ((at = index(name " ", " # skip ")) > 0) {
		verdict(1, substr(name, 1, at - 1), 1, substr(name, at + 8))
	} else {
		verdict(ok, name, 0, "")
	}
	notes = before
	before = spoken = ""
	next
}

/^skip: / {
	spoken = substr($0, 7)
}

{
	tail[++lines % 20] = $0
}

/^TAP version|^# (not )?ok - / {
	next
}

# Lines with # explain the verdict above them, others were printed by the test that comes.
/^# / && failed != "" {
	notes = notes "\n" $0
	next
}

/^1\.\.[0-9]+$/ {
	plan = substr($0, 4)
	next
}

{
	before = before "\n" $0
}

function ending()
{
	if (status == 124 || status == 137)
		return "the suite ran out of time"
	if (status == 127)
		return "the suite is not there: it was not built"
	if (status > 128)
		return "the suite died of signal " (status - 128)
	return "the suite ended with exit status " status
}

END {
	finish()
	for (i = lines > 20 ? lines - 19 : 1; i <= lines; i++)
		last = last "\n" tail[i % 20]
	for (i = 1; i <= count; i++) {
		name = expected[i]
		if (record || (name in seen))
			continue
		if (status == 77) {
			verdict(1, name, 1, spoken)
			continue
		}
		fail(name, "did not run: " ending())
		notes = last
		last = ""
		finish()
	}
	# A sanitizer or a teardown can fail a suite whose cases all passed.
	if ((status != 0 && status != 77 && !fails) || (record && cases != plan)) {
		fail(whole, ending())
		notes = last
		finish()
	}
}
