#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# demo.sh   shows the programs at work, as an ordinary user. An emulated processor takes its time.
. /tests/kernel/guest/torture.sh
as_user /tests/run/demo.sh /bin 100 --mappings 500 --rate 100
