# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
# Debian's packages of other suites than the machine's, by lists of our own: apt on the machine is left
# as it is. Sourced after common.sh.

# shellcheck disable=SC2154 # cache is of common.sh
lists=$cache/apt

# Where the machine itself has its Debian from.
# shellcheck disable=SC2016 # for apt
mirror() {
	apt-get indextargets --format '$(REPO_URI)' 'Origin: Debian' | grep -m 1 -E '/debian/?$' ||
		die 'apt knows no mirror of Debian here; apt-get update may help'
}

# suite_of VERSION: the suite with that kernel's source
suite_of() {
	case $1 in
	7.3) echo trixie-backports ;;
	6.12) echo trixie ;;
	*) die "no suite is known to have linux-source-$1" ;;
	esac
}

# Hooks and pins of the machine are for the machine's own lists.
write_apt_conf() {
	cat >"$lists/apt.conf" <<-END
		Dir::Etc::SourceList "$lists/sources.list";
		Dir::Etc::SourceParts "-";
		Dir::Etc::Preferences "-";
		Dir::Etc::PreferencesParts "-";
		Dir::State "$lists";
		Dir::State::Lists "$lists/lists";
		Dir::State::Status "/dev/null";
		Dir::Cache "$lists/cache";
		APT::Sandbox::User "$(id -un)";
		Acquire::Languages "none";
		Acquire::Retries "2";
		#clear APT::Update::Pre-Invoke;
		#clear APT::Update::Post-Invoke;
		#clear APT::Update::Post-Invoke-Success;
	END
}

write_sources() {
	local uri suite keyring=/usr/share/keyrings/debian-archive-keyring.gpg
	uri=$(mirror)
	for suite in trixie trixie-backports; do
		echo "deb [signed-by=$keyring] $uri $suite main"
	done >"$lists/sources.list"
}

private_apt() {
	local command=$1
	shift
	"$command" -c "$lists/apt.conf" "$@"
}

# Once a day. Without an answer the old lists stay, or none.
update_lists() {
	[ -z "$(find "$lists/updated" -mmin -1440 2>/dev/null)" ] || return 0
	mkdir -p "$lists"/{lists,cache}/partial
	write_apt_conf
	write_sources
	step "Asking Debian for kernel sources" private_apt apt-get -o APT::Update::Error-Mode=any update || return 0
	touch "$lists/updated"
}

# The versions of a package that the lists offer.
offered() {
	private_apt apt-cache madison "$1" 2>/dev/null | awk '{ print $3 }'
}

# download PACKAGE VERSION FOLDER; there it is whole or not at all
download() {
	local part
	part=$(mktemp -d "$3/part.XXXXXX")
	(cd "$part" && private_apt apt-get download "$1=$2") && mv "$part"/*.deb "$3/"
	local status=$?
	rm -rf "$part"
	return "$status"
}
