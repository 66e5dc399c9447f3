// The address rule against a second one that shares nothing with it: bits as characters, networks
// as text, embedded addresses cut out of the string. Then what must hold whatever the address is.
#include <algorithm>
#include <cstring>

#include "base/assert.h"
#include "http/address_rule.h"

namespace {

using tocsin::IpAddress;

std::string bits_of(const IpAddress& address) {
  std::string bits;
  const std::size_t octets = address.family == IpAddress::Family::v4 ? 4 : 16;
  for (std::size_t bit = 0; bit < octets * 8; ++bit) {
    bits += (address.octets[bit / 8] & (0x80 >> bit % 8)) != 0 ? '1' : '0';
  }
  return bits;
}

bool within(const std::string& bits, const char* address, std::size_t length) {
  const std::string prefix = bits_of(tocsin::parse_ip_address(address).value());
  return prefix.size() == bits.size() && prefix.compare(0, length, bits, 0, length) == 0;
}

bool may_call(const std::string& bits) {
  if (bits.size() == 32) {
    const bool refused = within(bits, "0.0.0.0", 8) || within(bits, "10.0.0.0", 8) ||
                         within(bits, "100.64.0.0", 10) || within(bits, "127.0.0.0", 8) ||
                         within(bits, "169.254.0.0", 16) || within(bits, "172.16.0.0", 12) ||
                         within(bits, "192.0.0.0", 24) || within(bits, "192.0.2.0", 24) ||
                         within(bits, "192.88.99.0", 24) || within(bits, "192.168.0.0", 16) ||
                         within(bits, "198.18.0.0", 15) || within(bits, "198.51.100.0", 24) ||
                         within(bits, "203.0.113.0", 24) || bits.starts_with("111");
    return !refused;
  }
  if (within(bits, "::ffff:0:0", 96) || within(bits, "64:ff9b::", 96)) {
    return may_call(bits.substr(96));
  }
  if (!bits.starts_with("001") || within(bits, "2001::", 23) || within(bits, "2001:db8::", 32) ||
      within(bits, "3fff::", 20)) {
    return false;
  }
  if (within(bits, "2002::", 16) && !may_call(bits.substr(16, 32))) return false;
  const std::string interface = bits.substr(64, 32);
  const bool isatap = interface == "00000000000000000101111011111110" ||
                      interface == "00000010000000000101111011111110";
  return !isatap || may_call(bits.substr(96));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size != 4 && size != 16) return 0;
  IpAddress address;
  address.family = size == 4 ? IpAddress::Family::v4 : IpAddress::Family::v6;
  std::memcpy(address.octets.data(), data, size);

  const bool global = tocsin::http::is_global_unicast(address);
  TOCSIN_ASSERT(global == may_call(bits_of(address)));

  // A literal of a URL and an address that a name resolved to are judged alike.
  const bool v6 = size == 16;
  const std::string text = to_short_text(address);
  const auto url = tocsin::parse_url("https://" + (v6 ? "[" + text + "]" : text) + "/");
  TOCSIN_ASSERT(url && url->literal == address);
  const tocsin::http::AddressRule rule;
  TOCSIN_ASSERT(rule.judge_url(*url).has_value() == global);
  TOCSIN_ASSERT(rule.judge_address(*url, address).has_value() == global);

  // No spelling of an IPv4 address says more than the address itself.
  if (!v6) {
    IpAddress mapped{IpAddress::Family::v6, {}};
    mapped.octets[10] = mapped.octets[11] = 0xff;
    std::memcpy(&mapped.octets[12], data, 4);
    TOCSIN_ASSERT(tocsin::http::is_global_unicast(mapped) == global);
  }
  return 0;
}
