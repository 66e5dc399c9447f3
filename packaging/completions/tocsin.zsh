#compdef tocsin
# Completion of tocsin for zsh: the nouns, verbs and flags that --help names.
_tocsin() {
  emulate -L zsh
  setopt extended_glob
  local -a command=(tocsin) help choices match mbegin mend
  local line i
  for ((i = 2; i < CURRENT && i <= 3; i++)); do
    [[ $words[i] == [a-z][a-z-]# ]] || break
    command+=("$words[i]")
  done
  help=("${(@f)$($command --help 2>/dev/null)}")
  for line in $help; do
    if [[ $words[CURRENT] == -* ]]; then
      [[ $line == (#b)'  '(-h,|)(--[a-z][a-z-]#)* ]] && choices+=("$match[2]:${line##*  }")
    else
      [[ $line == (#b)'  '([a-z][a-z-]#)'  '* ]] && choices+=("$match[1]:${line##*  }")
    fi
  done
  if (($#choices)); then
    _describe tocsin choices
  else
    _files
  fi
}
_tocsin "$@"
