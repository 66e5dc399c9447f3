#!/bin/sh
# SEC-54: the release program is position independent, its relocations are read-only before main(),
# its stack is not executable, stack frames are guarded, libc calls are checked, and the C++
# library's assertions are on.
#
#   SEC_54_hardening.sh PROGRAM
set -u
program=$1
status=0

if [ ! -x "$program" ]; then
  echo "$program is not there: run ./dev build"
  exit 1
fi

# has WHAT PATTERN READELF_OPTION...
has() {
  what=$1 pattern=$2
  shift 2
  if readelf -W "$@" "$program" | grep -qE "$pattern"; then
    echo "yes: $what"
  else
    echo "NO:  $what"
    status=1
  fi
}

has 'position independent'         'Type: +DYN .*Position-Independent' -h
has 'relocations read-only'        'GNU_RELRO' -l
has 'symbols bound at start'       'FLAGS.*(BIND_NOW|NOW)' -d
has 'stack not executable'         'GNU_STACK.* RW +0x' -l
has 'stack frames guarded'         '__stack_chk_fail' --dyn-syms
has 'libc calls checked'           '__[a-z]+_chk[@ ]' --dyn-syms
has 'C++ library assertions on'    '__glibcxx_assert_fail' --dyn-syms

if readelf -Wd "$program" | grep -qE 'RPATH|RUNPATH|TEXTREL'; then
  echo 'NO:  no search path or text relocation in the program'
  status=1
fi
exit $status
