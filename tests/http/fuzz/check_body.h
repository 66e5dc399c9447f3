// Reads a body with wire.h, in two ways of cutting it, and compares with the strict reader.
#pragma once

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>

#include "base/assert.h"
#include "http/wire.h"
#include "strict_http.h"

namespace tocsin::fuzz {

struct ReadBody {
  std::string body;
  std::size_t used = 0;
};

inline std::optional<ReadBody> read_body(const http::Framing& framing, std::string_view bytes,
                                         std::size_t part, std::size_t body_max) {
  auto reader = http::BodyReader::open(framing, body_max);
  if (!reader) return std::nullopt;
  ReadBody result;
  while (!reader->is_done() && result.used < bytes.size()) {
    const auto used = reader->feed(bytes.substr(result.used, part), result.body);
    if (!used) return std::nullopt;
    TOCSIN_ASSERT(result.body.size() <= body_max);
    result.used += *used;
  }
  if (!reader->end()) return std::nullopt;
  return result;
}

// The bytes the body takes up, or nothing if both refuse it or it is not whole.
inline std::optional<std::size_t> check_body(const http::Framing& framing, std::string_view bytes) {
  constexpr std::size_t body_max = 4096;
  const auto whole = read_body(framing, bytes, std::string_view::npos, body_max);
  const auto bytewise = read_body(framing, bytes, 1, body_max);
  TOCSIN_ASSERT(whole.has_value() == bytewise.has_value());
  if (whole) TOCSIN_ASSERT(whole->body == bytewise->body && whole->used == bytewise->used);
  if (framing.kind == http::Framing::Kind::chunked) {
    const auto strict = strict_chunks(std::string(bytes), body_max);
    TOCSIN_ASSERT(whole.has_value() == strict.has_value());
    if (whole) TOCSIN_ASSERT(whole->body == strict->body && whole->used == strict->used);
  } else if (whole) {
    TOCSIN_ASSERT(whole->body == bytes.substr(0, whole->used));
  }
  return whole ? std::optional(whole->used) : std::nullopt;
}

}  // namespace tocsin::fuzz
