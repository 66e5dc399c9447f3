#!/bin/sh
# SEC-55: every shared library the release program loads comes from a package that
# tools/dependencies lists as linked, and the other way round; what is installed is of the series that was tested; and
# the SBOM says the same as the table.
#
#   SEC_55_dependencies.sh REPOSITORY PROGRAM
set -u
repository=$1
program=$2
table=$repository/tools/dependencies
status=0

rows=$(grep -vE '^#|^$' "$table")

# Debian's point updates come and go, so another revision is told, not refused. Another upstream
# series was never tested, and the SBOM would be untrue.
series() { echo "$1" | sed 's/^[0-9]*://; s/^\([0-9]*\.[0-9]*\).*/\1/'; }

while read -r package version _ part _; do
  have=$(dpkg-query -W -f '${Version}' "$package" 2>/dev/null)
  if [ -z "$have" ]; then
    # What only some commands need may be missing; what becomes part of the program may not.
    [ "$part" = tool ] && continue
    echo "NO:  $package is not installed"
    status=1
  elif [ "$(series "$have")" != "$(series "$version")" ]; then
    echo "NO:  $package is $have, tested with $version"
    status=1
  elif [ "$have" != "$version" ]; then
    echo "note: $package is $have, tested with $version"
  fi
done <<TABLE
$rows
TABLE

linked=$(echo "$rows" | awk '$4 == "linked" { print $1 }')
libraries=$(ldd "$program" | awk '$3 ~ /^\// { print $3 }')
[ -n "$libraries" ] || { echo "NO:  $program loads nothing"; status=1; }
loaded=
for library in $libraries; do
  package=$(dpkg-query -S "$(readlink -f "$library")" "$library" 2>/dev/null | head -n 1 | sed 's/[:,].*//')
  loaded="$loaded ${package:-nothing}"
  if ! echo "$linked" | grep -qx "${package:-nothing}"; then
    echo "NO:  the program loads $library of ${package:-no package}, which tools/dependencies does not list"
    status=1
  fi
done
for package in $linked; do
  case "$loaded " in
    *" $package "*) ;;
    *)
      echo "NO:  tools/dependencies lists $package, but the program does not load it"
      status=1
      ;;
  esac
done

if ! "$repository/tools/sbom" | diff "$repository/docs/sbom.spdx.json" -; then
  echo 'NO:  docs/sbom.spdx.json differs from tools/dependencies: run ./dev sbom'
  status=1
fi
exit $status
