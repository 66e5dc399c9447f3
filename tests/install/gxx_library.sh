#!/bin/sh
# Builds and installs the library with g++, then an application with g++ against it.
#
#   gxx_library.sh REPOSITORY WORK
set -eu
repository=$1 work=$2

cd "$repository"
cmake --preset gxx
cmake --build --preset gxx
cmake --install build/gxx --prefix "$work/gxx prefix"
tests/install/application.sh find_package g++ "$work/gxx prefix" "$work/gxx"
