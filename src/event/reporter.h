// Writes the findings about one payload. Paths and texts are made here and nowhere else, so that a
// payload without faults pays for none.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "base/json_path.h"
#include "tocsin/finding.h"

namespace tocsin {

class Reporter {
 public:
  // Both must outlive the reporter.
  Reporter(const JsonPath& payload, Findings& findings) : payload_(payload), findings_(findings) {}

  // The section that states the rules which follow. Static storage.
  void section(std::string_view section) noexcept { section_ = section; }

  JsonPath member(std::string_view name) const { return payload_.member(name); }

  [[gnu::cold]] void add(Errc code, Level level, const JsonPath& where, std::string detail = {}) {
    findings_.push_back({code, level, where.text(), section_, std::move(detail)});
  }

 private:
  const JsonPath& payload_;
  Findings& findings_;
  std::string_view section_;
};

// A text from outside, in quotes, cut and with everything but printable ASCII escaped.
std::string quoted(std::string_view text);

}  // namespace tocsin
