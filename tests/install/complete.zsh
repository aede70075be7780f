#!/usr/bin/env zsh
# SPDX-License-Identifier: BSD-2-Clause
# complete.zsh FOLDER LINE: what zsh offers to insert at the end of LINE with the completions in FOLDER, one a line, a tab
# and what it shows behind each, as an interactive shell on a terminal of its own does it. Leaves .zcompdump in ZDOTDIR, for the next time.

# That shell reads this file too.
inside() {
  fpath=($1 $fpath)
  autoload -Uz compinit && compinit -u
  # What is to be inserted. Completers also ask for themselves what would match.
  compadd() {
    local -a offered shown
    local list=${@[$@[(i)-(|l)d] + 1]}
    if [[ ${@[1,(i)(-|--)]} != *-[OAD]\ * ]]; then
      [[ -z $list ]] || shown=("${(@P)list}")
      builtin compadd -A offered -D shown "$@"
      for ((i = 1; i <= $#offered; i++)); do
        print -r -- match:$IPREFIX$offered[i]$'\t'$shown[i] >>$replies
      done
    fi
    builtin compadd "$@"
  }
  offer() {
    zle complete-word
    print end >>$replies
  }
  zle -N offer
  bindkey '^I' offer
}

if [[ $ZSH_EVAL_CONTEXT == *:file ]]; then
  return
fi

zmodload zsh/zpty || exit 1
replies=$(mktemp) || exit 1
trap 'rm -f $replies' EXIT
zpty -b shell zsh -f -i
zpty -w shell ". ${(q)0:A}; replies=${(q)replies}; inside ${(q)1:A}"
zpty -w -n shell "$2"$'\t'
for ((i = 0; i < 200; i++)); do
  [[ "$(tail -n 1 $replies)" != end ]] || break
  sleep 0.05
done
[[ "$(tail -n 1 $replies)" == end ]] || { print -u2 "no answer from zsh"; zpty -r shell output; print -ru2 -- $output; exit 1 }
sed -n 's/^match://p' $replies
