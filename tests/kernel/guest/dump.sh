#!/usr/bin/env bash
# SPDX-License-Identifier: BSD-2-Clause
# dump.sh ARGS...   maps-dump ARGS, as root
exec maps-dump "$@"
