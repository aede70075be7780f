#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# bench.sh ARGS...   mapsnap-bench ARGS, as root. Times are those of an emulated processor.
exec mapsnap-bench "$@"
