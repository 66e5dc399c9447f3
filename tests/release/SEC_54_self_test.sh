#!/usr/bin/env bash
# Shows that SEC_54_hardening.sh misses each flag: a small program with all of them passes, and one
# with a flag less is told which.
#
#   SEC_54_self_test.sh
set -euo pipefail

check=$(dirname "$0")/SEC_54_hardening.sh
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
failed=0

cat >"$folder/program.cpp" <<'CPP'
#include <cstdio>
#include <cstring>
#include <vector>

int main(int count, char** arguments) {
  char text[64];
  std::strcpy(text, arguments[0]);
  const std::vector<int> numbers(3);
  return std::printf("%s", text) + numbers[static_cast<std::size_t>(count)];
}
CPP

readonly FLAGS='-O2 -fPIE -fstack-protector-strong -D_FORTIFY_SOURCE=3 -D_GLIBCXX_ASSERTIONS'
readonly LINKS='-pie -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack'

# build FLAGS
build() {
  # shellcheck disable=SC2086  # flags are words
  clang++-19 -std=c++20 -Wno-everything "$folder/program.cpp" -o "$folder/program" $1
}

# misses WHAT FLAG INSTEAD: without the flag the check fails, and says what is missing.
misses() {
  local flags output
  flags=" $FLAGS $LINKS "
  build "${flags/ $2 / $3 }"
  if output=$("$check" "$folder/program"); then
    printf 'passes with %s for %s\n' "${3:-nothing}" "$2"
    failed=1
  elif [[ $output != *"NO:  $1"* ]]; then
    printf 'with %s for %s it should miss: %s\nbut says: %s\n' "${3:-nothing}" "$2" "$1" "$output"
    failed=1
  fi
}

build "$FLAGS $LINKS"
if ! output=$("$check" "$folder/program"); then
  printf 'fails on a hardened program:\n%s\n' "$output"
  failed=1
fi

misses 'position independent' -pie -no-pie
misses 'relocations read-only' -Wl,-z,relro -Wl,-z,norelro
misses 'symbols bound at start' -Wl,-z,now -Wl,-z,lazy
misses 'stack not executable' -Wl,-z,noexecstack -Wl,-z,execstack
misses 'stack frames guarded' -fstack-protector-strong -fno-stack-protector
misses 'libc calls checked' -D_FORTIFY_SOURCE=3 -U_FORTIFY_SOURCE
misses 'C++ library assertions on' -D_GLIBCXX_ASSERTIONS ''

build "$FLAGS $LINKS -Wl,-rpath,/opt"
if "$check" "$folder/program" >"$folder/output"; then
  printf 'passes with a search path\n'
  failed=1
fi

exit "$failed"
