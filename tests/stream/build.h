#pragma once

#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "tocsin/finding.h"
#include "tocsin/json.h"

namespace tocsin::test {

inline Json json(std::string_view text) {
  auto parsed = parse_json(text);
  EXPECT_TRUE(parsed) << text;
  return parsed ? std::move(parsed).value() : Json();
}

// "stream.value /delivery/method", in the order found.
inline std::vector<std::string> shown(const Findings& findings) {
  std::vector<std::string> texts;
  for (const Finding& finding : findings) {
    texts.push_back(std::string(describe(finding.code).defect_class) + " " + finding.path);
  }
  return texts;
}

}  // namespace tocsin::test
