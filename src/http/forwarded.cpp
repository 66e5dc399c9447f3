#include "http/forwarded.h"

#include <algorithm>
#include <optional>
#include <string_view>

namespace tocsin::http {
namespace {

constexpr std::size_t hops_max = 32;  // nobody has more proxies of one's own

std::string_view trimmed(std::string_view text) {
  const std::size_t begin = text.find_first_not_of(" \t");
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

// An IPv4 address has one form only, so that a network that contains it cannot be missed.
IpAddress unmapped(const IpAddress& address) {
  constexpr IpNetwork mapped{
      {IpAddress::Family::v6, {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 0, 0, 0, 0}}, 96};
  if (!mapped.contains(address)) return address;
  IpAddress short_form;
  std::copy_n(address.octets.begin() + 12, 4, short_form.octets.begin());
  return short_form;
}

// "192.0.2.1", "192.0.2.1:4711", "2001:db8::1", "[2001:db8::1]", "[2001:db8::1]:4711". The port
// says nothing here.
std::optional<IpAddress> parse_node(std::string_view text) {
  if (text.starts_with('[')) {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    text = text.substr(1, end - 1);
  } else if (std::ranges::count(text, ':') == 1) {
    text = text.substr(0, text.find(':'));
  }
  const auto address = parse_ip_address(text);
  if (!address) return std::nullopt;
  return unmapped(*address);
}

// The `for` of one element of Forwarded; empty if it has none, or has it twice.
std::string_view for_of(std::string_view element) {
  std::string_view node;
  while (!element.empty()) {
    const std::size_t semicolon = element.find(';');
    const std::string_view pair = trimmed(element.substr(0, semicolon));
    const std::size_t equals = std::min(pair.find('='), pair.size());
    if (same_letters(pair.substr(0, equals), "for")) {
      if (!node.empty()) return {};
      node = pair.substr(std::min(equals + 1, pair.size()));
    }
    element =
        semicolon == std::string_view::npos ? std::string_view() : element.substr(semicolon + 1);
  }
  const bool is_quoted = node.size() >= 2 && node.front() == '"' && node.back() == '"';
  return is_quoted ? node.substr(1, node.size() - 2) : node;
}

// Cuts the last element off a list.
std::string_view take_last(std::string_view& list) {
  const std::size_t comma = list.rfind(',');
  const std::string_view last = comma == std::string_view::npos ? list : list.substr(comma + 1);
  list = comma == std::string_view::npos ? std::string_view() : list.substr(0, comma);
  return trimmed(last);
}

}  // namespace

bool TrustedProxies::contains(const IpAddress& address) const noexcept {
  return std::ranges::any_of(networks,
                             [&](const IpNetwork& network) { return network.contains(address); });
}

IpAddress client_of(const IpAddress& peer, const Headers& headers, const TrustedProxies& proxies) {
  IpAddress client = unmapped(peer);
  const bool is_forwarded = proxies.says == TrustedProxies::Says::forwarded;
  const std::string_view name = is_forwarded ? "Forwarded" : "X-Forwarded-For";
  std::size_t hops = 0;
  for (auto header = headers.end(); header != headers.begin();) {
    --header;
    if (!same_letters(header->name, name)) continue;
    std::string_view list = header->value;
    while (!list.empty()) {
      if (++hops > hops_max || !proxies.contains(client)) return client;
      const std::string_view element = take_last(list);
      const auto node = parse_node(is_forwarded ? for_of(element) : element);
      if (!node) return client;
      client = *node;
    }
  }
  return client;
}

}  // namespace tocsin::http
