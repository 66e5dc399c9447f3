// What a member may hold, beyond its C++ type: rows of events.md as data.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>

#include "tocsin/finding.h"

namespace tocsin {

struct Rule {
  // How binding the JSON type is. Where a specification names none, it is our policy.
  Level type_level = Level::must;

  // Texts are refused at `value_level` with `complaint` unless `accepts` takes them.
  bool (*accepts)(std::string_view) noexcept = nullptr;
  Level value_level = Level::policy;
  std::string_view complaint = "empty";

  // From this strictness on (they grow milder), a text alone is taken where a language map or an
  // array belongs.
  std::optional<Strictness> alone_from = {};
};

bool is_filled(std::string_view text) noexcept;
bool is_guid(std::string_view text) noexcept;         // 8-4-4-4-12 hexadecimal digits (EV-64)
bool is_http_status(std::string_view text) noexcept;  // three digits, the first 1 to 5

inline constexpr Rule anything{};
inline constexpr Rule filled{.accepts = is_filled};  // identifiers and listed values (EV-13)
inline constexpr Rule untyped{.type_level = Level::policy, .accepts = is_filled};

// From here on a number of seconds is taken for milliseconds (EV-14). Seconds get there in 5138.
inline constexpr std::int64_t milliseconds_from = 100'000'000'000;

// A type has at most so many members of its own.
inline constexpr std::size_t members_max = 16;

// Which subjects a type is about.
struct SubjectRule {
  enum class Kind {
    any,             // and a copy of it may stand in the payload (SSF 3.1.1)
    email_or_phone,  // the same, but only an identifier of these formats (EV-100)
    stream,          // `opaque`, the stream_id (EV-30)
    scim,            // (SC-01)
    own,             // the payload has its own idea of a subject: the OAuth draft
  };
  Kind kind = Kind::any;
  std::string_view section = "SSF 1.0 3.1";
};

}  // namespace tocsin
