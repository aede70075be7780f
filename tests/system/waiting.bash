# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
# What every test waits by.

# wait_for SECONDS COMMAND...: until it succeeds
wait_for() {
	local end=$((SECONDS + $1))
	shift
	until "$@"; do
		((SECONDS < end)) || return 1
		sleep 0.02
	done
}
