# Holds the list of requirements against the tests.
#
#   awk -f requirements.awk tests/requirements.tsv FILE...
#
# A test carries a requirement in its name, with `_` for `-` and `.`, where further rows of the same
# section are numbers only: SSF_8_1_1_1_07_08_Claim carries SSF-8.1.1.1-07 and SSF-8.1.1.1-08. A
# name with no room for them has a comment beside it: `Covers: SSF-8.1.1.1-07, IC-22.`

BEGIN { FS = "\t" }

function complain(place, text) { printf "%s: %s\n", place, text; failed = 1 }

function as_name(id) { gsub(/[-.]/, "_", id); return id }

function read_row() {
  if (NF != 4 || $4 == "")
    complain(FILENAME ":" FNR, "a row is: requirement, role, what shows it, a few words")
  else if ($1 in place)
    complain(FILENAME ":" FNR, $1 " is listed twice")
  else if ($2 !~ /^(T|R|both)$/)
    complain(FILENAME ":" FNR, "the role is T, R or both")
  else if ($3 !~ /^(test|open|prose)$/)
    complain(FILENAME ":" FNR, "what shows it is test, open or prose")
  else if ($3 == "open" && $2 != "R")
    complain(FILENAME ":" FNR, "only a row of receivers may be open")
  if (!($1 in place)) ids[++rows] = $1
  place[$1] = FILENAME ":" FNR
  shown_by[$1] = $3
  id_of[as_name($1)] = $1
  remember_section(as_name($1))
}

# A name may also say a section only.
function remember_section(name) {
  family[substr(name, 1, index(name, "_") - 1)] = 1
  while (sub(/_[0-9]+$/, "", name)) sections[name] = 1
}

# Every requirement that a test's name carries.
function read_name(name,   run, part, count, i, id, section) {
  while (match(name, /(^|_)[A-Z]+(_[A-Z]+)?(_[0-9]+)+/)) {
    run = substr(name, RSTART, RLENGTH)
    name = substr(name, RSTART + RLENGTH)
    sub(/^_/, "", run)
    count = split(run, part, "_")
    id = section = ""
    for (i = 1; i <= count; i++) {
      if (id != "") id = section part[i]
      else if ((section part[i]) in id_of) id = section part[i]
      else section = section part[i] "_"
      if (id in id_of) carried[id_of[id]] = 1
      else if (id != "") complain(FILENAME ":" FNR, "no requirement is called " id)
    }
    if (id == "" && part[1] in family && !(run in sections))
      complain(FILENAME ":" FNR, "no requirement is called " run)
  }
}

function read_comment(text,   id, count, i) {
  sub(/.*Covers: /, "", text)
  sub(/\.$/, "", text)
  count = split(text, id, /, */)
  for (i = 1; i <= count; i++) {
    if (id[i] in place) carried[id[i]] = 1
    else complain(FILENAME ":" FNR, "tests/requirements.tsv does not list " id[i])
  }
}

FILENAME ~ /\.tsv$/ { if (!/^#/) read_row(); next }

/^ *(\/\/|#) Covers: / { read_comment($0) }
/^TEST(_F|_P)?\(/ { head = "" ; open_head = 1 }
open_head {
  head = head $0
  if (head ~ /\)/) {
    open_head = 0
    sub(/^[^,]*, */, "", head)
    sub(/\).*/, "", head)
    read_name(head)
  }
}

END {
  for (i = 1; i <= rows; i++)
    if (shown_by[ids[i]] == "test" && !(ids[i] in carried))
      complain(place[ids[i]], "no test carries " ids[i])
  exit failed
}
