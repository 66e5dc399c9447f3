#!/usr/bin/env bash
# Shows that every check of tools/tidy fails when it should: plants one fault at a time in a small
# tree and looks for the words of the complaint.
#
#   self_test.sh REPOSITORY
# shellcheck disable=SC2016  # the planted files hold $ and ` themselves
set -euo pipefail

repository=$(cd "$1" && pwd)
tree=$(mktemp -d)
trap 'rm -rf "$tree"' EXIT
cd "$tree"

failed=0

# clean_tree: a tree without a fault.
clean_tree() {
  rm -rf "${tree:?}"/*
  mkdir -p include/tocsin src/base src/json src/jose src/http tests tools docs examples
  cp "$repository/tools/rooms" tools/
  cp "$repository/.clang-format" .
  printf '#pragma once\n#include <string>\n' >include/tocsin/json.h
  printf '#include "tocsin/json.h"\n\n#include <boost/json/value.hpp>\n' >src/json/json.cpp
  printf 'tocsin_room(json\n  SEES base\n  SOURCES json.cpp)\n' >src/json/CMakeLists.txt
  printf 'int answer();\n' >src/base/answer.cpp
  printf 'int main() {\n  // [main]\n  return 0;\n  // [/main]\n}\n' >examples/main.cpp
  printf '#!/bin/sh\necho yes\n' >docs/yes.sh
  printf '#!/bin/sh\n[ "$1" = set ]\n' >docs/program
  chmod +x docs/program
  printf 'cmd_test() { :; }\n' >dev
  printf '# Changes\n\n## Unreleased\n' >CHANGELOG.md
  cat >README.md <<'TXT'
# A page

[changes](CHANGELOG.md#unreleased), `./dev test`, `tocsin set`

<!-- snippet: examples/main.cpp main -->
```cpp
return 0;
```
TXT
  printf 'AB-1.2-03\tT\ttest\tOne thing.\nAB-1.2-04\tT\ttest\tAnother.\nCD-05\tR\topen\tLater.\n' \
    >tests/requirements.tsv
  printf 'TEST(Room, AB_1_2_03_04_AClaim) {}\n' >tests/room_test.cpp
  local room
  for room in base json jose http; do printf '# %s\n' "$room" >src/$room/README.md; done
}

run_check() { TOCSIN_BINARY=docs/program "$repository/tools/tidy" --root "$tree" "$1" 2>&1; }

# finds CHECK WORDS: the check fails, and says so in these words.
finds() {
  local output
  if output=$(run_check "$1"); then
    printf '%s passes, but it should find: %s\n' "$1" "$2"
    failed=1
  elif [[ $output != *"$2"* ]]; then
    printf '%s should say: %s\nbut says: %s\n' "$1" "$2" "$output"
    failed=1
  fi
  clean_tree
}

clean_tree
for check in format rooms headers markers shell docs hygiene requirements; do
  if ! output=$(run_check "$check"); then
    printf '%s fails on a tree without a fault:\n%s\n' "$check" "$output"
    failed=1
  fi
done

printf 'int  answer();\n' >src/base/answer.h
finds format 'src/base/answer.h:1'

printf '#include "tocsin/keys.h"\n' >>src/json/json.cpp
finds rooms 'src/json/json.cpp:4: json may not see jose (keys.h)'
printf '#include "jose/jws.h"\n' >>src/json/json.cpp
finds rooms 'src/json/json.cpp:4: json may not see jose (jose/jws.h)'
printf '#include "json/json.h"\n' >src/base/answer.cpp
finds rooms 'src/base/answer.cpp:1: base may not see json (json/json.h)'
printf '#include "json.h"\n' >>src/json/json.cpp
finds rooms 'src/json/json.cpp:4: start the path with the room (json.h)'
printf '#include "../base/answer.h"\n' >>src/json/json.cpp
finds rooms 'src/json/json.cpp:4: a path relative to the file'
printf '#include "../src/base/answer.h"\n' >tests/some_test.cpp
finds rooms 'tests/some_test.cpp:1: a path relative to the file'
printf '#include <boost/json/value.hpp>\n' >src/jose/key.cpp
finds rooms 'src/jose/key.cpp:1: <boost/json/value.hpp> has no business in jose'
printf '#include <openssl/evp.h>\n' >src/json/hash.cpp
finds rooms 'src/json/hash.cpp:1: <openssl/evp.h> has no business in json'
printf '#include <curl/curl.h>\n' >src/http/client.cpp
finds rooms 'src/http/client.cpp:1: <curl/curl.h> is in no row of tools/rooms'
printf '#include <openssl/evp.h>\n' >>include/tocsin/json.h
finds rooms 'include/tocsin/json.h:3: a public header includes nothing foreign'
printf '#include "json/json.h"\n' >>include/tocsin/json.h
finds rooms 'include/tocsin/json.h:3: only tocsin/ headers are for applications'
printf '#include "tocsin/keys.h"\n' >>include/tocsin/json.h
finds rooms 'include/tocsin/json.h:3: json may not see jose (keys.h)'
printf '#pragma once\n' >include/tocsin/new.h
finds rooms 'include/tocsin/new.h:1: a public header belongs to a room'
mkdir src/attic && printf '// Nothing.\n' >src/attic/old.cpp
finds rooms 'src/attic/old.cpp:1: no room attic'
printf 'tocsin_room(json SEES base jose SOURCES json.cpp)\n' >src/json/CMakeLists.txt
finds rooms 'src/json/CMakeLists.txt:1: json may not see jose'
printf '#include "json/json.h"\n' >examples/main.cpp
finds rooms 'examples/main.cpp:1: only tocsin/ headers are for applications'

printf '#pragma once\nstd::string name();\n' >include/tocsin/json.h
finds headers 'json.h'

printf '// %s: later\n' 'TO''DO' >src/base/answer.cpp
finds markers 'src/base/answer.cpp:1'

printf '#!/bin/bash\nrm $1\n' >docs/yes.sh
finds shell 'SC2086'

printf '[gone](docs/gone.md)\n' >>README.md
finds docs 'README.md:9: docs/gone.md leads nowhere'
printf '[gone](CHANGELOG.md#gone)\n' >>README.md
finds docs 'README.md:9: ./CHANGELOG.md has no heading for #gone'
printf 'Run `./dev dance`.\n' >>README.md
finds docs 'README.md:9: ./dev has no command dance'
printf 'Run `tocsin dance`.\n' >>README.md
finds docs 'README.md:9: docs/program does not know: tocsin dance'
printf '```\n$ tocsin dance now\n```\n' >>README.md
finds docs 'README.md:10: docs/program does not know: tocsin dance now'
printf 'int main() {\n  // [main]\n  return 1;\n  // [/main]\n}\n' >examples/main.cpp
finds docs 'README.md:8: the snippet differs from examples/main.cpp'
printf 'int main() {}\n' >examples/main.cpp
finds docs 'README.md:5: no snippet main in examples/main.cpp'
printf '# Changes\n' >CHANGELOG.md
finds docs 'CHANGELOG.md:1: no section "Unreleased"'
rm src/jose/README.md
finds docs 'src/jose/README.md:1: every room says what it is for'

printf 'int x; \n' >src/base/answer.cpp
finds hygiene 'src/base/answer.cpp:1'
printf 'int x;' >src/base/answer.cpp
finds hygiene 'src/base/answer.cpp: does not end with a line end'
printf '// See /home''/somebody/notes.\n' >src/base/answer.cpp
finds hygiene 'src/base/answer.cpp:1'

printf 'TEST(Room, AB_1_2_03_AClaim) {}\n' >tests/room_test.cpp
finds requirements 'tests/requirements.tsv:2: no test carries AB-1.2-04'
printf 'TEST(Room, AB_1_2_03_AClaim) {}\n// Covers: AB-1.2-4.\n' >tests/room_test.cpp
finds requirements 'tests/room_test.cpp:2: tests/requirements.tsv does not list AB-1.2-4'
printf 'TEST(Room, AB_1_2_03_04_05_AClaim) {}\n' >tests/room_test.cpp
finds requirements 'tests/room_test.cpp:1: no requirement is called AB_1_2_05'
printf 'TEST(Room, AB_1_7_03_AClaim) {}\n' >>tests/room_test.cpp
finds requirements 'tests/room_test.cpp:2: no requirement is called AB_1_7_03'
printf 'AB-1.2-03\tT\ttest\tAgain.\n' >>tests/requirements.tsv
finds requirements 'tests/requirements.tsv:4: AB-1.2-03 is listed twice'
printf 'CD-06\tT\topen\tLater.\n' >>tests/requirements.tsv
finds requirements 'tests/requirements.tsv:4: only a row of receivers may be open'
printf 'CD-06\tT\ttest\n' >>tests/requirements.tsv
finds requirements 'tests/requirements.tsv:4: a row is: requirement'

exit "$failed"
