# Completion of tocsin for bash: nouns, verbs, then the flags that --help names.
_tocsin() {
  local word=${COMP_WORDS[COMP_CWORD]} noun=${COMP_WORDS[1]} words
  if ((COMP_CWORD == 1)); then
    words='init serve client token publish key set backup demo --help --version'
  elif ((COMP_CWORD == 2)) && [[ $word != -* ]]; then
    case $noun in
      client) words='add list show rotate-secret remove' ;;
      key) words='new list export rotate retire seal' ;;
      set) words='mint verify decode lint' ;;
    esac
  fi
  if [[ $word == -* ]]; then
    local -a command=(tocsin "$noun")
    case $noun in client | key | set) command+=("${COMP_WORDS[2]}") ;; esac
    words=$("${command[@]}" --help 2>/dev/null | grep -oE -- '--[a-z][a-z-]*' | sort -u)
  fi
  if [[ -n ${words-} ]]; then
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
  else
    mapfile -t COMPREPLY < <(compgen -f -- "$word")
  fi
}
complete -o filenames -F _tocsin tocsin
