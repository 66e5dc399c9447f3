#include "base/base64url.h"

#include <array>
#include <cstdint>

namespace tocsin {
namespace {

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

constexpr std::uint32_t bad = 0x80000000;

// Four tables, one per position in a group, each already shifted into place: a group of four
// characters is four loads and three ors, and any bad character sets the top bit.
constexpr auto decode_tables = [] {
  std::array<std::array<std::uint32_t, 256>, 4> tables{};
  for (auto& table : tables) table.fill(bad);
  for (std::uint32_t value = 0; value < 64; ++value) {
    const auto character = static_cast<unsigned char>(alphabet[value]);
    for (std::uint32_t position = 0; position < 4; ++position) {
      tables[position][character] = value << (18 - 6 * position);
    }
  }
  return tables;
}();

// Twelve bits to two characters.
constexpr auto encode_table = [] {
  std::array<std::array<char, 2>, 4096> table{};
  for (std::size_t value = 0; value < table.size(); ++value) {
    table[value] = {alphabet[value >> 6], alphabet[value & 63]};
  }
  return table;
}();

inline std::uint32_t octet(char c) {
  return static_cast<unsigned char>(c);
}

}  // namespace

bool base64url_decode_into(std::string_view text, char* out) noexcept {
  const char* in = text.data();
  std::uint32_t seen = 0;
  for (std::size_t group = text.size() / 4; group > 0; --group) {
    const std::uint32_t bits = decode_tables[0][octet(in[0])] | decode_tables[1][octet(in[1])] |
                               decode_tables[2][octet(in[2])] | decode_tables[3][octet(in[3])];
    seen |= bits;
    out[0] = static_cast<char>(bits >> 16);
    out[1] = static_cast<char>(bits >> 8);
    out[2] = static_cast<char>(bits);
    in += 4;
    out += 3;
  }
  switch (text.size() % 4) {
    case 1:
      return false;
    case 2: {
      const std::uint32_t bits = decode_tables[0][octet(in[0])] | decode_tables[1][octet(in[1])];
      if ((bits & 0xffff) != 0) return false;
      seen |= bits;
      out[0] = static_cast<char>(bits >> 16);
      break;
    }
    case 3: {
      const std::uint32_t bits = decode_tables[0][octet(in[0])] | decode_tables[1][octet(in[1])] |
                                 decode_tables[2][octet(in[2])];
      if ((bits & 0xff) != 0) return false;
      seen |= bits;
      out[0] = static_cast<char>(bits >> 16);
      out[1] = static_cast<char>(bits >> 8);
      break;
    }
    default:
      break;
  }
  return (seen & bad) == 0;
}

Result<std::string> base64url_decode(std::string_view text) {
  std::string octets(base64url_decoded_size(text.size()), '\0');
  if (!base64url_decode_into(text, octets.data())) return Errc::jose_base64url;
  return octets;
}

void base64url_append(std::string& out, std::string_view octets) {
  const std::size_t start = out.size();
  out.resize(start + base64url_encoded_size(octets.size()));
  char* to = out.data() + start;
  const char* in = octets.data();
  const auto put = [&to](std::uint32_t twelve_bits) {
    to[0] = encode_table[twelve_bits][0];
    to[1] = encode_table[twelve_bits][1];
    to += 2;
  };
  for (std::size_t group = octets.size() / 3; group > 0; --group) {
    const std::uint32_t bits = octet(in[0]) << 16 | octet(in[1]) << 8 | octet(in[2]);
    put(bits >> 12);
    put(bits & 0xfff);
    in += 3;
  }
  switch (octets.size() % 3) {
    case 1:
      put(octet(in[0]) << 4);
      break;
    case 2: {
      const std::uint32_t bits = octet(in[0]) << 10 | octet(in[1]) << 2;
      put(bits >> 6);
      *to = alphabet[bits & 63];
      break;
    }
    default:
      break;
  }
}

std::string base64url_encode(std::string_view octets) {
  std::string text;
  base64url_append(text, octets);
  return text;
}

}  // namespace tocsin
