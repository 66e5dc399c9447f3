# Prints `file:line<TAB>target` for every relative link of Markdown files.

FNR == 1 { fenced = 0 }
/^ *```/ { fenced = !fenced; next }
fenced { next }
{
  line = $0
  gsub(/`[^`]*`/, "", line)
  while (match(line, /\]\([^) ]+\)|^\[[^]]+\]: +[^ ]+/)) {
    link = substr(line, RSTART, RLENGTH)
    line = substr(line, RSTART + RLENGTH)
    sub(/^\]\(|^\[[^]]+\]: +/, "", link)
    sub(/\)$/, "", link)
    if (link !~ /^[a-z]+:/) printf "%s:%d\t%s\n", FILENAME, FNR, link
  }
}
