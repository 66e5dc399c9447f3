// Parameters as application/x-www-form-urlencoded writes them: the query of a request or the body
// of a form. Read by one strict parser, so that no two rooms read the same bytes in two ways.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "tocsin/result.h"

namespace tocsin::http {

inline constexpr std::string_view form_type = "application/x-www-form-urlencoded";
inline constexpr std::size_t parameters_max = 64;

class Parameters {
 public:
  // Decodes "%" escapes and "+". Refuses a name that comes twice, one that is empty, a broken
  // escape, what is not UTF-8 once decoded, a control character, and more than parameters_max pairs
  // (a text without any is no error). Error: http_request.
  static Result<Parameters> parse(std::string_view text);

  // nullptr if there is none of this name. "a" and "a=" are both empty.
  const std::string* find(std::string_view name) const noexcept;

  std::size_t size() const noexcept { return pairs_.size(); }

 private:
  std::vector<std::pair<std::string, std::string>> pairs_;
};

// One value as it is written in a form or a query: what is not unreserved is escaped, also the
// space.
void append_encoded(std::string& out, std::string_view value);

}  // namespace tocsin::http
