# Holds every #include and every room's CMakeLists.txt against the table of rooms.
#
#   awk -f rooms.awk tools/rooms FILE...

function complain(text) { printf "%s:%d: %s\n", FILENAME, FNR, text; failed = 1 }

function may_see(from, to) { return from == to || (from, to) in seen }

function close_over(   changed, pair, part, room) {
  do {
    changed = 0
    for (pair in seen) {
      split(pair, part, SUBSEP)
      for (room in rooms)
        if ((part[2], room) in seen && !((part[1], room) in seen)) {
          seen[part[1], room] = 1
          changed = 1
        }
    }
  } while (changed)
}

function judge_room(to) {
  if (room == "" || may_see(room, to)) return
  complain(room " may not see " to " (" included ")")
}

function judge_foreign(   beginning, place, count, i, known) {
  if (included !~ /[.\/]/) return  # the C++ library
  if (public_face) {
    complain("a public header includes nothing foreign (" included ")")
    return
  }
  for (beginning in places) {
    if (index(included, beginning) != 1) continue
    known = 1
    count = split(places[beginning], place)
    for (i = 1; i <= count; i++) if (index(FILENAME, "src/" place[i]) == 1) return
  }
  if (known) complain("<" included "> has no business in " room)
  else complain("<" included "> is in no row of tools/rooms")
}

# --- the table
NR == FNR && ($1 == "" || $1 ~ /^#/) { next }
NR == FNR && $1 == "room" {
  rooms[$2] = 1
  for (i = 3; i <= NF; i++) {
    if (!($i in rooms)) complain("room " $i " is not known yet")
    seen[$2, $i] = 1
  }
  next
}
NR == FNR && $1 == "public" {
  if (!($3 in rooms)) complain("no room " $3)
  face[$2] = $3
  next
}
NR == FNR && $1 == "library" {
  places[$2] = " " $0
  sub(/^ library +[^ ]+ +/, "", places[$2])
  next
}
NR == FNR { complain("neither room, public nor library"); next }

# --- the files
FNR == 1 {
  if (!closed++) close_over()
  split(FILENAME, step, "/")
  public_face = FILENAME ~ /^include\/tocsin\//
  sdk_only = step[1] == "examples"
  free = step[1] == "tests" || step[1] == "bench"
  room = step[1] == "src" ? step[2] : ""
  if (public_face) {
    header = substr(FILENAME, length("include/tocsin/") + 1)
    room = face[header]
    if (room == "") complain("a public header belongs to a room: give it a row in tools/rooms")
  } else if (step[1] == "src" && !(room in rooms)) {
    complain("no room " room " in tools/rooms")
  }
  sees_list = 0
}

FILENAME ~ /CMakeLists.txt$/ {
  line = $0
  gsub(/[()]/, " & ", line)
  count = split(line, word)
  for (i = 1; i <= count; i++) {
    if (word[i] == "SEES") sees_list = 1
    else if (word[i] == "SOURCES" || word[i] == "LIBRARIES" || word[i] == ")") sees_list = 0
    else if (sees_list && !may_see(room, word[i])) complain(room " may not see " word[i])
  }
  next
}

/^[ \t]*#[ \t]*include[ \t]*["<]/ {
  match($0, /["<][^">]*/)
  angled = substr($0, RSTART, 1) == "<"
  included = substr($0, RSTART + 1, RLENGTH - 1)
  split(included, part, "/")
  if (included ~ /^\.\.?\// || included ~ /\/\.\.\//) {
    complain("a path relative to the file hides which room is meant (" included ")")
  } else if (part[1] == "tocsin") {
    sub(/^tocsin\//, "", included)
    if (!(included in face)) complain("no public header " included " in tools/rooms")
    else judge_room(face[included])
  } else if (free) {
    # Tests and benchmarks see everything.
  } else if (angled) {
    if (!sdk_only) judge_foreign()
  } else if (sdk_only || public_face) {
    complain("only tocsin/ headers are for applications (" included ")")
  } else if (part[1] in rooms) {
    judge_room(part[1])
  } else {
    complain("start the path with the room (" included ")")
  }
}

END { exit failed }
