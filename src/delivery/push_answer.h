// What came back from one push (RFC 8935), reduced to what decides over the SET. The receiver wrote
// it, so every part is hostile: it is read with limits and never trusted further.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "tocsin/error.h"

namespace tocsin {
class Json;
}

namespace tocsin::delivery {

inline constexpr std::size_t push_error_body_max = 16 * 1024;    // bytes read of an answer's body
inline constexpr std::size_t push_error_description_max = 1024;  // bytes kept of a description
inline constexpr std::size_t push_error_code_max = 64;           // bytes; a longer one is no code

// The body of a 400: RFC 8935 section 2.3.
struct PushError {
  std::string err;          // as the receiver spelled it; empty if there was no readable code
  std::string description;  // for people: escape it before it is shown
};

// Lenient (PUSH-2.3-07): a body that is missing, too long, no JSON or without `err` is an error
// without a code. A description that is too long is cut between two characters.
PushError parse_push_error(std::string_view body);

// The same for a value at hand: an entry of `setErrs` (RFC 8936 2.6).
PushError read_push_error(const Json& json);

// The parts of the receiver's response that are looked at; empty where a header is missing.
struct PushResponse {
  unsigned status = 0;
  std::string_view content_type = {};
  std::string_view retry_after = {};
  std::string_view body = {};
};

struct PushAnswer {
  unsigned status = 0;          // 0 if there was none
  std::optional<Errc> failure;  // why there was none
  PushError error;              // of a 400
  std::optional<std::chrono::seconds> retry_after;
  bool is_html = false;  // a page for people: some other box answered
};

PushAnswer read_push_answer(const PushResponse& response, std::chrono::sys_seconds now);

}  // namespace tocsin::delivery
