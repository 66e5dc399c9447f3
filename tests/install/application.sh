#!/bin/sh
# Builds examples/ as an application outside the tree would be built, and runs it.
#
#   application.sh find_package|pkg_config COMPILER PREFIX WORK
set -eu
how=$1 compiler=$2 prefix=$3 work=$4
examples=$(cd "$(dirname "$0")/../../examples" && pwd)

rm -rf "$work"
mkdir -p "$work"
if [ "$how" = find_package ]; then
  cmake -S "$examples" -B "$work" -G Ninja -DCMAKE_CXX_COMPILER="$compiler" \
    -DCMAKE_PREFIX_PATH="$prefix" -DCMAKE_FIND_USE_PACKAGE_REGISTRY=OFF
  cmake --build "$work"
else
  PKG_CONFIG_PATH=$(dirname "$(find "$prefix" -name tocsin.pc)")
  export PKG_CONFIG_PATH
  pkg-config --print-errors --exists 'tocsin >= 0.1'
  for source in "$examples"/*.cpp; do
    # pkg-config escapes spaces for the shell.
    eval "$compiler -std=c++20 -Wall -Wextra -Werror \"\$source\" \
      $(pkg-config --cflags --libs tocsin) -o \"\$work/\$(basename \"\$source\" .cpp)\""
  done
fi
for source in "$examples"/*.cpp; do
  "$work/$(basename "$source" .cpp)"
done
