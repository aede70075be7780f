# SPDX-License-Identifier: BSD-2-Clause
# Pictures of address spaces: maps-dump --svg and --html.

# shellcheck disable=SC2154 # variables that it sets
load maps-dump

# How many nodes an XPath finds.
count() {
	xmllint --xpath "count($1)" "$2"
}

# What a page says of every block, and a drawing.
labels() {
	xmllint --xpath '//@aria-label' "$1" | sed 's/&#10;/\n/g'
}

titles() {
	xmllint --xpath '//*[local-name()="title"]' "$1"
}

# XPath of nodes whose name is none of these.
other_than() {
	printf '[not(contains(" %s ", concat(" ", local-name(), " ")))]' "$*"
}

# Nothing but what pictures consist of, and nothing that runs or is fetched.
is_only_a_picture() {
	local elements attributes
	elements=$(other_than html head meta title style body section div code h1 h2 small p span strong \
		table tr th td i b a svg defs pattern path rect g text tspan)
	attributes=$(other_than lang charset http-equiv content name class id style tabindex role aria-label \
		href x y dx d width height viewBox fill stroke patternUnits)
	xmllint --noout "$1"
	[ "$(count "//*$elements" "$1")" -eq 0 ]
	[ "$(count "//@*$attributes" "$1")" -eq 0 ]
	[ "$(count "//@href[not(starts-with(., '#'))]" "$1")" -eq 0 ]
	run -1 grep -E 'url\([^#]|@import' "$1"
}

# mapping START END PERMISSIONS NAME, as the kernel writes it
mapping() {
	printf '%-72s %s\n' "$1-$2 $3 00000000 fe:00 7" "$4"
}

write_hostile() {
	local name start=268435456
	for name in '</title></text><script>alert(1)</script>' '" onmouseover="alert(1)' "' x='" ']]>' '<!--' \
		'&lt;&#60;&' '/a/<img src=x onerror=alert(1)>' $'esc\e[31m\a\t' $'caf\xe9 \xff\xfe' \
		$'\xef\xbf\xbe\xef\xbf\xbf' $'\xe2\x80\xaertl' '</style><style>*{display:none}' '%s%n' '/x/ '; do
		mapping "$(printf %08x $start)" "$(printf %08x $((start + 65536)))" r--p "$name"
		start=$((start + 65536))
	done
}

@test "of recorded inputs the pictures are those that were recorded" {
	local format name
	for format in html svg; do
		(cd "$DATA" && maps-dump --$format several.json) | diff "$DATA/../picture/several.$format" -
		for name in threads-and-libraries torn-lines-overlap; do
			(cd "$DATA/../maps" && maps-dump --$format $name.maps) | diff "$DATA/../picture/$name.$format" -
		done
	done
}

@test "every recorded input has a picture that is well-formed" {
	local file format
	for file in "$DATA"/../maps/*.maps "$DATA"/*.json; do
		for format in html svg; do
			echo "$file $format"
			maps-dump --$format "$file" >out.$format
			is_only_a_picture out.$format
		done
	done
}

@test "a name can't become markup, whatever its bytes" {
	local format
	write_hostile >hostile
	for format in html svg; do
		maps-dump --$format hostile >out.$format
		is_only_a_picture out.$format
		[ "$(count '//*[local-name()="style"]' out.$format)" -eq 1 ]
		LC_ALL=C run -1 grep '[[:cntrl:]]' <(tr -d '\n\t' <out.$format)
		grep -qF 'esc\033[31m\007\011' out.$format
		grep -qF 'caf\351 \377\376' out.$format
	done
	# What they are called is told nevertheless.
	labels out.html | grep -qF '&lt;/title&gt;&lt;/text&gt;&lt;script&gt;alert(1)&lt;/script&gt;'
	titles out.svg | grep -qF '" onmouseover="alert(1)'
}

@test "a command can't either, nor the name of a file" {
	local format file=$'<b>&"\e\xff'
	sed 's|"command":"cat"|"command":"</h1><script>x</script>"|' "$DATA/several.json" >"$file"
	for format in html svg; do
		maps-dump --$format "$file" >out.$format
		is_only_a_picture out.$format
		grep -qF '&#60;/h1&#62;&#60;script&#62;' out.$format
		grep -qF '&#60;b&#62;&#38;&#34;\033\377' out.$format
	done
}

@test "every form of name that lives here has its place in a picture" {
	local format
	start_mapsnap_target --names
	for format in html svg; do
		maps-dump --$format "$target" >out.$format
		is_only_a_picture out.$format
	done
}

@test "a picture shows the process, the time and the label with its reason" {
	local format text
	start_sleep
	for format in html svg; do
		maps-dump --$format "$target" >out.$format
		text=$(xmllint --xpath 'string(/*)' out.$format)
		[[ $text == *sleep*"PID $target"* ]]
		[[ $text == *unverified*"no sequence source; it may mix instants"* ]]
		[[ $text =~ 'Read '$(date +%Y)-[0-9]{2}-[0-9]{2}\ [0-9]{2}:[0-9]{2}:[0-9]{2}\ [+-][0-9]{4},\ by\ text,\ in\ 1\ attempt ]]
		[[ $text == *"$(wc -l <"/proc/$target/maps") mappings, "* ]]
	done
}

@test "each mapping of a small process is named with all that is known of it" {
	local format range permissions offset device inode name
	start_sleep
	maps-dump --html "$target" >out.html
	maps-dump --svg "$target" >out.svg
	labels out.html >html
	titles out.svg >svg
	while read -r range permissions offset device inode name; do
		for format in html svg; do
			grep -qF "$range" $format
			grep -A 3 -F "$range" $format | grep -qF ", $permissions, "
			[ -z "$name" ] || grep -A 3 -F "$range" $format | grep -qF -- "$name"
			[ "$inode" = 0 ] || grep -A 3 -F "$range" $format |
				grep -qF "$(printf 'offset 0x%x, device %s, inode %s' "0x$offset" "$device" "$inode")"
		done
	done <"/proc/$target/maps"
}

@test "the legend counts every mapping once for its kind and once for its access" {
	local table
	maps-dump --html "$DATA/../maps/threads-and-libraries.maps" >out.html
	[ "$(count "//*[local-name()='table']" out.html)" -eq 2 ]
	for table in 1 2; do
		[ "$(xmllint --xpath "sum((//*[local-name()='table'])[$table]//*[local-name()='tr' and not(contains(., 'deleted'))]/*[local-name()='td'][2])" out.html)" -eq \
			"$(wc -l <"$DATA/../maps/threads-and-libraries.maps")" ]
	done
}

@test "a gap is folded and its size stands there" {
	{
		mapping 10000000 10010000 r--p /a
		mapping 50010000 50020000 r--p /b
	} >gap
	maps-dump --html gap >out.html
	labels out.html | grep -q '"1 GiB not mapped"'
	maps-dump --svg gap >out.svg
	titles out.svg | grep -q '>1 GiB not mapped<'
	grep -q '>1 GiB</text>' out.svg
}

@test "60,000 mappings make a picture of limited size, which says what is drawn together" {
	local format
	awk 'BEGIN { for (i = 1; i <= 60000; i++)
		printf "%-72s /lib/%d\n", sprintf("%08x-%08x %s 00000000 fe:00 %d", i * 8192, i * 8192 + 4096, i % 2 ? "r--p" : "r-xp", i), i }' >large
	for format in html svg; do
		maps-dump --$format large >out.$format
		[ "$(stat -c %s out.$format)" -lt 4000000 ]
		xmllint --noout --huge out.$format
		grep -qE '60,000 mappings narrower than 1/512 of a line are drawn together, in [0-9],[0-9]{3} blocks' \
			<(xmllint --huge --xpath 'string(/*)' out.$format | tr '\n' ' ')
	done
	# Each of them in one block.
	[ "$(labels out.html | grep -oE '^[0-9]+ mappings, .* drawn together' | awk '{ n += $1 } END { print n }')" -eq 60000 ]
}

@test "several targets are several pictures, in one page or drawing" {
	start_sleep
	maps-dump --html "$target" "$DATA/several.json" >out.html
	[ "$(count '//*[local-name()="section"]' out.html)" -eq 4 ]
	[ "$(count '//*[local-name()="html"]' out.html)" -eq 1 ]
	maps-dump --svg "$target" "$DATA/several.json" >out.svg
	[ "$(count '/*[local-name()="svg"]/*[@class="title"]' out.svg)" -eq 4 ]
}

@test "one that is gone is left out, and nothing at all is printed where there is no other" {
	local format pid
	pid=$(unused_pid)
	for format in html svg; do
		run -5 --separate-stderr maps-dump --$format "$pid"
		[ -z "$output" ]
		maps-dump --$format "$pid" "$DATA/../maps/shell.maps" >out.$format || [ $? -eq 5 ]
		is_only_a_picture out.$format
	done
}

@test "a drawing is as high as what is in it" {
	local height
	maps-dump --svg "$DATA/several.json" >out.svg
	height=$(xmllint --xpath 'number(/*/@height)' out.svg)
	xmllint --xpath '//@y' out.svg | grep -oE '[0-9.]+' | sort -g | tail -n 1 >lowest
	awk -v height="$height" '{ exit !($1 < height && $1 > height - 100) }' lowest
}

@test "a page forbids itself to run or fetch anything" {
	maps-dump --html "$DATA/../maps/shell.maps" >out.html
	[ "$(xmllint --xpath 'string(//*[@http-equiv="Content-Security-Policy"]/@content)' out.html)" = \
		"default-src 'none'; style-src 'unsafe-inline'" ]
}

@test "a standard output that takes nothing is an error of pictures too" {
	local format
	start_sleep
	for format in html svg; do
		run -1 --separate-stderr into_full --$format "$target"
		# shellcheck disable=SC2154 # set by run
		[ "$stderr" = 'maps-dump: standard output: No space left on device' ]
	done
}

@test "a picture excludes other formats" {
	run -2 --separate-stderr maps-dump --svg --html $$
	[ -z "$output" ]
	[[ $stderr == *'only one of --json, '* ]]
}

@test "with filters a picture shows what is left, and says so" {
	local format
	for format in html svg; do
		maps-dump --exec --$format "$DATA/verified.json" >out.$format
		xmllint --noout out.$format
		run ! grep -q '\[heap\]' out.$format
		grep -q 'jit' out.$format
		grep -q 'PID 812 (filtered)' out.$format
		grep -q '[0-9] [KMGTE]iB not mapped or left out' out.$format
		grep -q 'What is not mapped or left out is blank' out.$format
		maps-dump --$format "$DATA/verified.json" >out.$format
		run ! grep -qE '\(filtered\)|left out' out.$format
	done
}
