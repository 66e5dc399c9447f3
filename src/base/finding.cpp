#include "tocsin/finding.h"

namespace tocsin {

bool refuses(Level level, Strictness strictness, Direction direction) noexcept {
  if (level == Level::interop) return strictness == Strictness::interop;
  if (level == Level::warn) return false;
  if (direction == Direction::sent) return true;
  switch (level) {
    case Level::must:
      return true;
    case Level::policy:
      return strictness != Strictness::lenient;
    default:
      return false;
  }
}

std::string Finding::to_string() const {
  std::string text(describe(code).defect_class);
  text += " at ";
  text += path.empty() ? "the top" : path;
  text += ": ";
  text += detail.empty() ? std::string(describe(code).public_text) : detail;
  text += " (";
  text += section;
  text += ')';
  return text;
}

const Finding* first_refusal(const Findings& findings, Strictness strictness,
                             Direction direction) noexcept {
  for (const Finding& finding : findings) {
    if (refuses(finding.level, strictness, direction)) return &finding;
  }
  return nullptr;
}

Error to_error(const Finding& finding) {
  return {finding.code, finding.to_string()};
}

}  // namespace tocsin
