#include "event/short_types.h"

#include <array>

#include "tocsin/event.h"

namespace tocsin {
namespace {

constexpr std::array families{
    EventFamily{"caep:", "https://schemas.openid.net/secevent/caep/event-type/"},
    EventFamily{"risc:", "https://schemas.openid.net/secevent/risc/event-type/"},
    EventFamily{"ssf:", "https://schemas.openid.net/secevent/ssf/event-type/"},
    EventFamily{"oauth:", "https://schemas.openid.net/secevent/oauth/event-type/"},
    EventFamily{"scim:", "urn:ietf:params:scim:event:"},
};

}  // namespace

std::span<const EventFamily> event_families() noexcept {
  return families;
}

std::optional<std::string> expand_event_type(std::string_view text) {
  for (const EventFamily& family : families) {
    if (!text.starts_with(family.name)) continue;
    std::string type(family.uri);
    type += text.substr(family.name.size());
    if (!is_known_event_type(type)) return std::nullopt;
    return type;
  }
  return std::string(text);
}

}  // namespace tocsin
