// Findings as the indexes of the fixtures write them.
#pragma once

#include <string>
#include <string_view>

#include "tocsin/finding.h"

namespace tocsin::test {

inline std::string_view level_name(Level level) {
  switch (level) {
    case Level::must:
      return "must";
    case Level::should:
      return "should";
    case Level::policy:
      return "policy";
    case Level::interop:
      return "interop";
    case Level::tx:
      return "tx";
    case Level::warn:
      return "warn";
  }
  return "";
}

// "subject.value must".
inline std::string verdict(const Finding& finding) {
  return std::string(describe(finding.code).defect_class) + " " +
         std::string(level_name(finding.level));
}

}  // namespace tocsin::test
