#include "app/event_pattern.h"

#include <algorithm>
#include <array>

#include "base/try.h"
#include "base/uri.h"
#include "tocsin/event.h"

namespace tocsin::app {
namespace {

struct Family {
  std::string_view name;
  std::string_view uri;
};
constexpr std::array families{
    Family{"caep:", "https://schemas.openid.net/secevent/caep/event-type/"},
    Family{"risc:", "https://schemas.openid.net/secevent/risc/event-type/"},
    Family{"oauth:", "https://schemas.openid.net/secevent/oauth/event-type/"},
    Family{"scim:", "urn:ietf:params:scim:event:"},
};
constexpr std::string_view own_types = "https://schemas.openid.net/secevent/ssf/event-type/";

Error no_such(std::string_view pattern) {
  return {Errc::config_invalid, "no known event type is \"" + std::string(pattern) + "\""};
}

std::vector<std::string> types_below(std::string_view prefix) {
  std::vector<std::string> types;
  for (const std::string_view type : known_event_types()) {
    if (type.starts_with(prefix)) types.emplace_back(type);
  }
  return types;
}

}  // namespace

Result<std::vector<std::string>> expand_event_pattern(std::string_view pattern) {
  for (const Family& family : families) {
    if (!pattern.starts_with(family.name)) continue;
    const std::string_view name = pattern.substr(family.name.size());
    if (name == "*") return types_below(family.uri);
    std::string type = std::string(family.uri) + std::string(name);
    if (!is_known_event_type(type)) return no_such(pattern);
    return std::vector{std::move(type)};
  }
  if (!is_uri(pattern) || pattern.find('*') != std::string_view::npos) return no_such(pattern);
  const bool is_short = pattern.find('/') == std::string_view::npos && !pattern.starts_with("urn:");
  if (is_short || pattern.starts_with(own_types)) return no_such(pattern);
  return std::vector{std::string(pattern)};
}

Result<std::vector<std::string>> expand_event_patterns(const std::vector<std::string>& patterns) {
  std::vector<std::string> types;
  for (const std::string& pattern : patterns) {
    TOCSIN_TRY(std::vector<std::string> more, expand_event_pattern(pattern));
    for (std::string& type : more) {
      if (std::find(types.begin(), types.end(), type) == types.end()) {
        types.push_back(std::move(type));
      }
    }
  }
  return types;
}

}  // namespace tocsin::app
