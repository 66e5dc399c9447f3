# Completion of tocsin for bash: the nouns, verbs and flags that --help names.
_tocsin() {
  local word=${COMP_WORDS[COMP_CWORD]} help words i
  local -a command=(tocsin)
  for ((i = 1; i < COMP_CWORD && i <= 2; i++)); do
    [[ ${COMP_WORDS[i]} =~ ^[a-z][a-z-]*$ ]] || break
    command+=("${COMP_WORDS[i]}")
  done
  help=$("${command[@]}" --help 2>/dev/null)
  if [[ $word == -* ]]; then
    words=$(sed -nE 's/^  (-h,)?(--[a-z][a-z-]*).*/\2/p' <<<"$help")
  else
    words=$(sed -nE 's/^  ([a-z][a-z-]*)  .*/\1/p' <<<"$help")
  fi
  if [[ -n $words ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
  else
    mapfile -t COMPREPLY < <(compgen -f -- "$word")
  fi
}
complete -o filenames -F _tocsin tocsin
