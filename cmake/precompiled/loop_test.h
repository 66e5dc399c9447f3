// For tests of the rooms that run on a loop.
#include "precompiled/loop.h"
#include "precompiled/test.h"
