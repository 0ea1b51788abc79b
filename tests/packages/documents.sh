#!/usr/bin/env bash
# Judges man pages and completion against what the program itself says: every option and command of every --help.
#
#   documents.sh SIGNALBOOK DOCUMENTS     DOCUMENTS: with the folders man, bash and zsh
set -euo pipefail
signalbook=$1 documents=$2
findings=0
finding() {
  echo "$*" >&2
  findings=$((findings + 1))
}

. "$documents/bash/signalbook"
# complete_bash WORD…: what is offered for the last word.
complete_bash() {
  COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
  COMPREPLY=()
  _signalbook
  printf '%s\n' "${COMPREPLY[@]}"
}
# Without selectors and joiners, which take no room and which not everything that renders keeps.
plain() { sed 's/\xEF\xB8\x8F//g; s/\xE2\x80\x8D//g'; }
root_examples=$("$signalbook" --help | sed -n '/^Examples:$/,/^$/p')

pages=0
same() { # same WANTED FOUND WHERE
  [ "$1" = "$2" ] || finding "$3: $(diff <(echo "$1") <(echo "$2"))"
}
walk() { # walk COMMAND…
  local help page name rendered options missing sub lint
  help=$("$signalbook" "$@" --help)
  name=$(printf -- '-%s' signalbook "$@")
  name=${name#-}
  page=$documents/man/$name.1.gz
  if [ ! -f "$page" ]; then
    finding "$name: no man page"
    return
  fi
  pages=$((pages + 1))
  lint=$(zcat "$page" | mandoc -T lint -W warning 2>&1) || finding "$name.1: $lint"
  rendered=$(zcat "$page" | mandoc -T utf8 -O width=200 | col -bx)
  options=$(sed -nE 's/^  (-[^ ]+).*/\1/p' <<<"$help" | tr , '\n' | sort)
  same "$options" "$(complete_bash signalbook "$@" - | sort)" "bash: signalbook $* -"
  same "$options" "$(sed -n "/^_$name() {/,/^}/p" "$documents/zsh/_signalbook" |
    sed -nE "s/^ +'\\*(-[a-z-]+)\\[.*/\\1/p" | sort)" "zsh: signalbook $* -"
  # Of a page: what begins a line. Prose may begin one with an option too.
  missing=$(comm -23 <(echo "$options") <(sed -nE 's/^ +(-[^ ,]+)(, (-[^ ]+))?.*/\1\n\3/p' <<<"$rendered" | sort -u))
  [ -z "$missing" ] || finding "$name.1: lacks" $missing
  local examples offered
  examples=$(sed -n '/^Examples\?:$/,/^$/p' <<<"$help")
  # Commands without examples of their own show those of the whole program, which stand on its page alone.
  [ $# -gt 0 ] && [ "$examples" = "$root_examples" ] && examples=
  while IFS= read -r line; do
    grep -qF -- "$line" <(plain <<<"$rendered") || finding "$name.1: lacks the example $line"
  done < <(sed -n 's/^  *//p' <<<"$examples" | plain)
  offered=$(complete_bash signalbook "$@" '')
  for sub in $(sed -n '/^Subcommands:/,/^$/p' <<<"$help" | sed -nE 's/^  ([a-z-]+) .*/\1/p'); do
    grep -q "^ *$name-$sub(1)" <<<"$rendered" || finding "$name.1: lacks $sub"
    grep -qx "$sub" <<<"$offered" || finding "bash: signalbook $*: lacks $sub"
    walk "$@" "$sub"
  done
}
walk
[ "$pages" -gt 20 ] || finding "only $pages commands found: --help reads differently now"
stale=$(find "$documents/man" -name '*.gz' | wc -l)
[ "$stale" = "$pages" ] || finding "$stale man pages for $pages commands"

# row WANTED WORD…: WANTED is what is offered.
row() {
  local wanted=$1 offered
  shift
  offered=$(complete_bash "$@" | sort | paste -sd ' ')
  [ "$offered" = "$wanted" ] || finding "bash: $*: '$offered' instead of '$wanted'"
}
cd "$(dirname "$0")/../.."
row 'both keep name' signalbook translate --emoji ''               # the values of an option
row 'keep' signalbook translate --json --emoji k                   # behind a flag
row 'book' signalbook bo                                           # a command
row 'CMakeLists.txt' signalbook translate --book CMake             # a file
row '' signalbook translate --from e                               # a value that nobody knows
row '--sensitive --server' signalbook entries list --se            # of a command of a command
row 'data' signalbook check da                                     # files beside commands

zsh -n "$documents/zsh/_signalbook"
# The same in a zsh with a terminal, which prints what its completion would insert.
offers_of_zsh() {
  COMPLETE="$1" FOLDER="$documents/zsh" zsh -f <<'ZSH'
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell "PROMPT=; fpath=($FOLDER \$fpath); autoload -Uz compinit; compinit -u -D"
zpty -w shell 'compadd() { [[ ${@[1,(i)(-|--)]} == *-(O|A|D)\ * ]] && { builtin compadd "$@"; return }
  typeset -a hits; builtin compadd -A hits "$@"; (( $#hits )) && print -l "<"$^hits">"; return 1 }'
zpty -w shell 'finish() { print "<""done"">"; zle kill-whole-line }; show() { zle complete-word; finish }'
zpty -w shell 'zle -N show; zle -C complete-word complete-word _main_complete; bindkey "^I" show; print "<""ready"">"'
zpty -r -m shell seen '*<ready>*'
zpty -w -n shell "$COMPLETE"$'\t'
zpty -r -m shell seen '*<done>*'
print -r -- "$seen"
zpty -d shell
ZSH
}
zsh_row() { # zsh_row WANTED LINE
  local offered
  offered=$(offers_of_zsh "$2" | tr -d '\r' | grep -oE '<[a-z-]+>' | tr -d '<>' | grep -vxE 'done|ready' | sort -u | paste -sd ' ')
  [ "$offered" = "$1" ] || finding "zsh: $2: '$offered' instead of '$1'"
}
zsh_row 'both keep name' 'signalbook translate --emoji '
zsh_row '--sensitive --server' 'signalbook entries list --se'
zsh_row 'build diff export import info lint stats verify' 'signalbook book '

echo "man pages and completion: $pages commands, $findings findings"
[ "$findings" = 0 ]
