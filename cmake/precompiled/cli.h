// For the command line: what every verb reads.
#include "precompiled/loop.h"

#include <CLI/CLI.hpp>
