#include "http/address_rule.h"

#include <algorithm>
#include <array>
#include <initializer_list>

namespace tocsin::http {
namespace {

using Family = IpAddress::Family;

// Made at compile time: a row that does not fit does not compile.
consteval IpNetwork v4(std::initializer_list<std::uint8_t> octets, std::size_t bits) {
  IpNetwork network{{Family::v4, {}}, bits};
  std::ranges::copy(octets, network.base.octets.begin());
  return network;
}
consteval IpNetwork v6(std::initializer_list<std::uint16_t> groups, std::size_t bits) {
  IpNetwork network{{Family::v6, {}}, bits};
  std::size_t at = 0;
  for (const std::uint16_t group : groups) {
    network.base.octets[at++] = static_cast<std::uint8_t>(group >> 8);
    network.base.octets[at++] = static_cast<std::uint8_t>(group);
  }
  return network;
}

constexpr std::array v4_refused{
    v4({0}, 8),              // this network (RFC 791)
    v4({10}, 8),             // private use (RFC 1918)
    v4({100, 64}, 10),       // shared with a carrier (RFC 6598)
    v4({127}, 8),            // loopback (RFC 1122)
    v4({169, 254}, 16),      // link-local (RFC 3927), cloud metadata services
    v4({172, 16}, 12),       // private use (RFC 1918)
    v4({192, 0, 0}, 24),     // protocol assignments (RFC 6890)
    v4({192, 0, 2}, 24),     // documentation (RFC 5737)
    v4({192, 88, 99}, 24),   // 6to4 relays, deprecated (RFC 7526)
    v4({192, 168}, 16),      // private use (RFC 1918)
    v4({198, 18}, 15),       // benchmarking (RFC 2544)
    v4({198, 51, 100}, 24),  // documentation (RFC 5737)
    v4({203, 0, 113}, 24),   // documentation (RFC 5737)
    v4({224}, 4),            // multicast (RFC 5771)
    v4({240}, 4),            // reserved, and broadcast (RFC 1112)
};

constexpr IpNetwork v6_global = v6({0x2000}, 3);  // what IANA gives out as global unicast
constexpr std::array v6_refused{
    v6({0x2001}, 23),          // protocol assignments (RFC 2928), among them Teredo and ORCHID
    v6({0x2001, 0x0db8}, 32),  // documentation (RFC 3849)
    v6({0x3fff}, 20),          // documentation (RFC 9637)
};

constexpr IpNetwork v4_mapped = v6({0, 0, 0, 0, 0, 0xffff}, 96);  // RFC 4291 2.5.5.2
constexpr IpNetwork nat64 = v6({0x0064, 0xff9b}, 96);             // RFC 6052 2.1
constexpr IpNetwork six_to_four = v6({0x2002}, 16);               // RFC 3056

bool holds(const auto& networks, const IpAddress& address) {
  return std::ranges::any_of(networks,
                             [&](const IpNetwork& network) { return network.contains(address); });
}

IpAddress embedded_v4(const IpAddress& address, std::size_t offset) {
  IpAddress v4_address;
  std::copy_n(address.octets.begin() + static_cast<std::ptrdiff_t>(offset), 4,
              v4_address.octets.begin());
  return v4_address;
}

// An interface identifier of RFC 5214 6.1, under any prefix.
bool is_isatap(const IpAddress& address) {
  return (address.octets[8] & 0xfd) == 0 && address.octets[9] == 0 && address.octets[10] == 0x5e &&
         address.octets[11] == 0xfe;
}

// The system connects a mapped address by IPv4, so that is what it is.
IpAddress unmapped(const IpAddress& address) {
  return v4_mapped.contains(address) ? embedded_v4(address, 12) : address;
}

bool contains(const std::vector<std::string>& hosts, const std::string& host) {
  return std::ranges::find(hosts, host) != hosts.end();
}

}  // namespace

bool is_global_unicast(const IpAddress& given) noexcept {
  const IpAddress address = unmapped(given);
  if (address.family == Family::v4) return !holds(v4_refused, address);
  if (nat64.contains(address)) return is_global_unicast(embedded_v4(address, 12));
  if (!v6_global.contains(address) || holds(v6_refused, address)) return false;
  if (six_to_four.contains(address) && !is_global_unicast(embedded_v4(address, 2))) return false;
  return !is_isatap(address) || is_global_unicast(embedded_v4(address, 12));
}

AddressRule::AddressRule(AddressExceptions exceptions) : exceptions_(std::move(exceptions)) {}

Result<void> AddressRule::judge_url(const Url& url) const {
  if (!url.is_https() && !contains(exceptions_.plain_http_hosts, url.host)) {
    return Error(Errc::url_syntax, "plain http is accepted for listed hosts only");
  }
  if (url.literal) return judge_address(url, *url.literal);
  return {};
}

Result<void> AddressRule::judge_address(const Url& url, const IpAddress& address) const {
  if (is_global_unicast(address)) return {};
  if (holds(exceptions_.networks, unmapped(address))) return {};
  if (!url.literal && contains(exceptions_.hosts, url.host)) return {};
  return Error(Errc::address_refused, to_short_text(address) + " is not global unicast");
}

}  // namespace tocsin::http
