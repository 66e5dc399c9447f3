// TOCSIN_ASSERT states what must be true, in release too, and stops the process when it is not:
// ledger, lease and signing code would rather stop than be wrong. Bad input is never an assertion.
#pragma once

#include <cstdio>
#include <cstdlib>

#define TOCSIN_ASSERT(condition)                                                             \
  do {                                                                                       \
    if (!(condition)) [[unlikely]] {                                                         \
      std::fprintf(stderr, "%s:%d: assertion failed: %s\n", __FILE__, __LINE__, #condition); \
      std::abort();                                                                          \
    }                                                                                        \
  } while (false)
