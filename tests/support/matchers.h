// Matchers that name the exact defect: FailsWith(Errc::claim_issuer), never merely "not ok".
#pragma once

#include <gmock/gmock.h>

#include <ostream>

#include "tocsin/result.h"

namespace tocsin {

// How a failing assertion shows a code.
inline void PrintTo(Errc code, std::ostream* out) {
  *out << describe(code).name;
}

namespace test {

MATCHER_P(FailsWith, code, "fails with " + std::string(describe(code).name)) {
  if (arg) {
    *result_listener << "which succeeds";
    return false;
  }
  *result_listener << "which fails with " << arg.error().to_string();
  return arg.error().code == code;
}

MATCHER(Succeeds, "succeeds") {
  if (arg) return true;
  *result_listener << "which fails with " << arg.error().to_string();
  return false;
}

}  // namespace test
}  // namespace tocsin
