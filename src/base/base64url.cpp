#include "base/base64url.h"

#include <array>
#include <cstdint>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

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

// Where a wide step left off: how much of the input and of the output is done.
struct Progress {
  std::size_t in = 0;
  std::size_t out = 0;
};

#if defined(__x86_64__)

// Every SET is decoded on its way in and encoded on its way out, so both directions have a step of
// 32 characters where the machine has AVX2. What the steps leave over, and every machine without,
// goes through the tables.
bool has_avx2() {
  static const bool has = __builtin_cpu_supports("avx2");
  return has;
}

// The same sixteen octets in both halves: a table that _mm256_shuffle_epi8 looks nibbles up in.
__attribute__((target("avx2"))) inline __m256i table(__m128i octets) {
  return _mm256_broadcastsi128_si256(octets);
}

// False if a character outside the alphabet was met.
__attribute__((target("avx2"))) bool decode_wide(std::string_view text, char* out, Progress& done) {
  // The high nibble of a character says which range of the alphabet it may be in, one bit each:
  // 1 is `-`, 2 digits, 4 the letters that follow @ and `, 8 those from P on and `_`, 16 those from
  // p on, 32 none. The low nibble says in which of these there is no such character.
  const __m256i range_of_high =
      table(_mm_setr_epi8(32, 32, 1, 2, 4, 8, 4, 16, 32, 32, 32, 32, 32, 32, 32, 32));
  const __m256i missing_at_low =
      table(_mm_setr_epi8(32 + 4 + 1, 32 + 1, 32 + 1, 32 + 1, 32 + 1, 32 + 1, 32 + 1, 32 + 1,
                          32 + 1, 32 + 1, 32 + 2 + 1, 32 + 16 + 8 + 2 + 1, 32 + 16 + 8 + 2 + 1,
                          32 + 16 + 8 + 2, 32 + 16 + 8 + 2 + 1, 32 + 16 + 2 + 1));
  const __m256i shift_of_high =
      table(_mm_setr_epi8(0, 0, 62 - '-', 52 - '0', -'A', -'A', 26 - 'a', 26 - 'a',  //
                          0, 0, 0, 0, 0, 0, 0, 0));
  const __m256i nibble = _mm256_set1_epi8(15);
  // Each step writes 32 octets of which 24 count, so 44 characters must be there for it to stay
  // inside the output.
  while (text.size() - done.in >= 44) {
    const __m256i characters =
        _mm256_loadu_si256(reinterpret_cast<const __m256i*>(text.data() + done.in));
    const __m256i high = _mm256_and_si256(_mm256_srli_epi16(characters, 4), nibble);
    const __m256i low = _mm256_and_si256(characters, nibble);
    if (_mm256_testz_si256(_mm256_shuffle_epi8(range_of_high, high),
                           _mm256_shuffle_epi8(missing_at_low, low)) == 0) {
      return false;
    }
    // `_` shares its high nibble with letters.
    const __m256i under = _mm256_cmpeq_epi8(characters, _mm256_set1_epi8('_'));
    const __m256i more = _mm256_and_si256(under, _mm256_set1_epi8(63 - '_' + 'A'));
    const __m256i shift = _mm256_add_epi8(_mm256_shuffle_epi8(shift_of_high, high), more);
    const __m256i sextets = _mm256_add_epi8(characters, shift);

    // Four sextets to 24 bits, then the three octets of each of eight groups side by side.
    const __m256i pairs = _mm256_maddubs_epi16(sextets, _mm256_set1_epi32(0x01400140));
    const __m256i groups = _mm256_madd_epi16(pairs, _mm256_set1_epi32(0x00011000));
    const __m256i order = _mm256_setr_epi8(2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1,
                                           2, 1, 0, 6, 5, 4, 10, 9, 8, 14, 13, 12, -1, -1, -1, -1);
    const __m256i lanes = _mm256_shuffle_epi8(groups, order);
    const __m256i octets =
        _mm256_permutevar8x32_epi32(lanes, _mm256_setr_epi32(0, 1, 2, 4, 5, 6, 3, 7));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(out + done.out), octets);
    done.in += 32;
    done.out += 24;
  }
  return true;
}

__attribute__((target("avx2"))) void encode_wide(std::string_view octets, char* out,
                                                 Progress& done) {
  // Each step reads 28 octets of which 24 count.
  while (octets.size() - done.in >= 28) {
    const char* const in = octets.data() + done.in;
    const __m128i low = _mm_loadu_si128(reinterpret_cast<const __m128i*>(in));
    const __m128i high = _mm_loadu_si128(reinterpret_cast<const __m128i*>(in + 12));
    const __m256i both = _mm256_set_m128i(high, low);
    // Each group of three octets to four bytes, in the order the two multiplications want.
    const __m256i order = _mm256_setr_epi8(1, 0, 2, 1, 4, 3, 5, 4, 7, 6, 8, 7, 10, 9, 11, 10,  //
                                           1, 0, 2, 1, 4, 3, 5, 4, 7, 6, 8, 7, 10, 9, 11, 10);
    const __m256i groups = _mm256_shuffle_epi8(both, order);
    const __m256i outer = _mm256_mulhi_epu16(
        _mm256_and_si256(groups, _mm256_set1_epi32(0x0fc0fc00)), _mm256_set1_epi32(0x04000040));
    const __m256i inner = _mm256_mullo_epi16(
        _mm256_and_si256(groups, _mm256_set1_epi32(0x003f03f0)), _mm256_set1_epi32(0x01000010));
    const __m256i sextets = _mm256_or_si256(outer, inner);

    // The distance to the character, as steps between the ranges of the alphabet.
    __m256i shift = _mm256_set1_epi8('A');
    const auto step = [&shift, &sextets](char from, int distance) __attribute__((target("avx2"))) {
      const __m256i reached =
          _mm256_cmpgt_epi8(sextets, _mm256_set1_epi8(static_cast<char>(from - 1)));
      shift = _mm256_add_epi8(
          shift, _mm256_and_si256(reached, _mm256_set1_epi8(static_cast<char>(distance))));
    };
    step(26, ('a' - 26) - 'A');
    step(52, ('0' - 52) - ('a' - 26));
    step(62, ('-' - 62) - ('0' - 52));
    step(63, ('_' - 63) - ('-' - 62));
    _mm256_storeu_si256(reinterpret_cast<__m256i*>(out + done.out),
                        _mm256_add_epi8(sextets, shift));
    done.in += 24;
    done.out += 32;
  }
}

#else

constexpr bool has_avx2() {
  return false;
}
inline bool decode_wide(std::string_view, char*, Progress&) {
  return true;
}
inline void encode_wide(std::string_view, char*, Progress&) {}

#endif

}  // namespace

bool base64url_decode_into(std::string_view text, char* out) noexcept {
  Progress wide;
  if (has_avx2() && !decode_wide(text, out, wide)) return false;
  text.remove_prefix(wide.in);
  out += wide.out;
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
  Progress wide;
  if (has_avx2()) encode_wide(octets, to, wide);
  octets.remove_prefix(wide.in);
  to += wide.out;
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
