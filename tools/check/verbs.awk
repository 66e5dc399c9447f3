# Prints `file:line<TAB>verb` for every call of the program in code of Markdown files.

FNR == 1 { fenced = 0 }
/^ *```/ { fenced = !fenced; next }
{
  line = $0
  while (fenced ? line != "" : match(line, /`[^`]+`/)) {
    if (fenced) { code = line; line = "" }
    else { code = substr(line, RSTART + 1, RLENGTH - 2); line = substr(line, RSTART + RLENGTH) }
    while (match(code, /(^|[ \/$|])tocsin( [a-z][a-z-]*)+/)) {
      verb = substr(code, RSTART, RLENGTH)
      code = substr(code, RSTART + RLENGTH)
      sub(/^.?tocsin /, "", verb)
      count = split(verb, word, " ")
      printf "%s:%d\t%s%s\n", FILENAME, FNR, word[1], (count > 1 ? " " word[2] : "")
    }
  }
}
