#!/usr/bin/env zsh
# SPDX-License-Identifier: BSD-2-Clause
# readline.zsh FILE LINE: the arguments, one a line, that maps-dump gets from an interactive bash with the completion in
# FILE where somebody types LINE, Tab and Return.
zmodload zsh/zpty || exit 1
arguments=$(mktemp) || exit 1
trap 'rm -f $arguments' EXIT
zpty -b shell bash --norc --noprofile
zpty -w shell ". ${(q)1:A}; maps-dump() { printf '%s\\n' \"\$@\" end >${(q)arguments}; }"
zpty -w shell "$2"$'\t'
for ((i = 0; i < 200; i++)); do
  [[ "$(tail -n 1 $arguments)" != end ]] || break
  sleep 0.05
done
[[ "$(tail -n 1 $arguments)" == end ]] || { zpty -r shell output; print -ru2 -- "no answer from bash: $output"; exit 1 }
sed '$d' $arguments
