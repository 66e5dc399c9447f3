// Subjects from JSON text, for tests.
#pragma once

#include <gtest/gtest.h>

#include <string_view>

#include "tocsin/subject.h"

namespace tocsin::test {

inline Json json(std::string_view text) {
  auto parsed = parse_json(text);
  EXPECT_TRUE(parsed) << text;
  return parsed ? std::move(parsed).value() : Json();
}

inline Subject subject(std::string_view text) {
  auto parsed = parse_subject(json(text), Strictness::lenient);
  EXPECT_TRUE(parsed) << text << ": " << (parsed ? "" : parsed.error().to_string());
  return parsed ? std::move(parsed).value() : Subject();
}

// The key with its separators shown as `|`.
inline std::string shown_key(const Subject& subject) {
  std::string text = SubjectKey(std::get<SubjectIdentifier>(subject)).text();
  for (char& c : text) {
    if (c == '\x1f') c = '|';
  }
  return text;
}

}  // namespace tocsin::test
