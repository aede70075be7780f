# SPDX-License-Identifier: BSD-2-Clause
# shellcheck shell=bash
# What tests say of JSON.

# holds FILTER [JQ-OPTION|FILE...]: whether it is true of the one JSON text that there is. jq -e alone, of 1.6, says yes
# where there is none.
holds() {
	jq -es "length == 1 and (.[0] | $1)" "${@:2}"
}
