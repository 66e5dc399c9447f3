#include "jose/ecdsa.h"

#include <cstring>

namespace tocsin::jose {
namespace {

using namespace std::string_view_literals;

// The orders of the groups (SEC 2, sections 2.4.2 and 2.5.1).
constexpr std::string_view p256_order =
    "\xff\xff\xff\xff\x00\x00\x00\x00\xff\xff\xff\xff\xff\xff\xff\xff"
    "\xbc\xe6\xfa\xad\xa7\x17\x9e\x84\xf3\xb9\xca\xc2\xfc\x63\x25\x51"sv;
constexpr std::string_view p384_order =
    "\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff"
    "\xff\xff\xff\xff\xff\xff\xff\xff\xc7\x63\x4d\x81\xf4\x37\x2d\xdf"
    "\x58\x1a\x0d\xb2\x48\xb0\xa7\x7a\xec\xec\x19\x6a\xcc\xc5\x29\x73"sv;
static_assert(p256_order.size() == 32 && p384_order.size() == 48);

constexpr char integer_tag = 0x02;
constexpr char sequence_tag = 0x30;

// Appends one INTEGER: no leading zeros but the one that keeps it positive.
std::uint8_t* put_integer(std::uint8_t* out, std::string_view scalar) noexcept {
  scalar.remove_prefix(scalar.find_first_not_of('\0'));
  const bool padded = (static_cast<unsigned char>(scalar.front()) & 0x80) != 0;
  *out++ = integer_tag;
  *out++ = static_cast<std::uint8_t>(scalar.size() + (padded ? 1 : 0));
  if (padded) *out++ = 0;
  std::memcpy(out, scalar.data(), scalar.size());
  return out + scalar.size();
}

// Takes one tag and short length off `der`, and the value behind it; false if it is not there.
bool take(std::string_view& der, char tag, std::string_view& value) noexcept {
  if (der.size() < 2 || der[0] != tag) return false;
  const std::size_t length = static_cast<unsigned char>(der[1]);
  if (length >= 0x80 || der.size() - 2 < length) return false;
  value = der.substr(2, length);
  der.remove_prefix(2 + length);
  return true;
}

// Appends `integer` left-padded to `size`.
bool append_scalar(std::string& raw, std::string_view integer, std::size_t size) {
  while (!integer.empty() && integer.front() == '\0') integer.remove_prefix(1);
  if (integer.size() > size) return false;
  raw.append(size - integer.size(), '\0');
  raw.append(integer);
  return true;
}

}  // namespace

bool is_scalar(KeyType type, std::string_view scalar) noexcept {
  const std::string_view order = type == KeyType::p256 ? p256_order : p384_order;
  // Both have the same length, so the order of octet strings is the order of numbers.
  return scalar.size() == order.size() && scalar < order &&
         scalar.find_first_not_of('\0') != std::string_view::npos;
}

bool ecdsa_raw_to_der(KeyType type, std::string_view raw, EcdsaDer& der) noexcept {
  const std::size_t size = coordinate_size(type);
  if (raw.size() != 2 * size) return false;
  const std::string_view r = raw.substr(0, size);
  const std::string_view s = raw.substr(size);
  if (!is_scalar(type, r) || !is_scalar(type, s)) return false;
  // Two INTEGERs of at most 51 octets each: the length always fits one octet.
  std::uint8_t* const end = put_integer(put_integer(der.octets.data() + 2, r), s);
  der.size = static_cast<std::size_t>(end - der.octets.data());
  der.octets[0] = sequence_tag;
  der.octets[1] = static_cast<std::uint8_t>(der.size - 2);
  return true;
}

bool ecdsa_der_to_raw(KeyType type, std::string_view der, std::string& raw) {
  const std::size_t size = coordinate_size(type);
  std::string_view sequence;
  std::string_view r;
  std::string_view s;
  if (!take(der, sequence_tag, sequence) || !der.empty() || !take(sequence, integer_tag, r) ||
      !take(sequence, integer_tag, s) || !sequence.empty()) {
    return false;
  }
  raw.clear();
  raw.reserve(2 * size);
  return append_scalar(raw, r, size) && append_scalar(raw, s, size);
}

}  // namespace tocsin::jose
