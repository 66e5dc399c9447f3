// Event types as people type them: "caep:session-revoked" for
// https://schemas.openid.net/secevent/caep/event-type/session-revoked.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace tocsin {

struct EventFamily {
  std::string_view name;  // "caep:"
  std::string_view uri;   // what it stands for
};
std::span<const EventFamily> event_families() noexcept;

// The URI. A text that has no such prefix is returned as it is; nothing for a prefix before a name
// that is no type of its family.
std::optional<std::string> expand_event_type(std::string_view text);

}  // namespace tocsin
