// The version of the library an application was compiled against. CMake and pkg-config read it
// from here.
#pragma once

#define TOCSIN_VERSION_MAJOR 0
#define TOCSIN_VERSION_MINOR 1
#define TOCSIN_VERSION_PATCH 0
#define TOCSIN_VERSION "0.1.0"
