// Authenticated encryption of a JWE's content (RFC 7518 5.2.3, 5.3).
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "jose/secret.h"
#include "tocsin/result.h"

namespace tocsin::jose {

enum class ContentEncryption : std::uint8_t { a256gcm, a128cbc_hs256 };

// Octets of the content encryption key, whichever it is: A128CBC-HS256 takes two halves.
inline constexpr std::size_t content_key_size = 32;

std::string_view to_string(ContentEncryption encryption) noexcept;

// Exact. jose_alg_unsupported for a registered name we lack, jose_alg for every other.
Result<ContentEncryption> parse_content_encryption(std::string_view name);

struct Sealed {
  std::string iv;
  std::string ciphertext;
  std::string tag;
};

// Under a fresh initialisation vector (JE-15). Fails only with internal_error.
Result<Sealed> seal(ContentEncryption encryption, const Secret& key, std::string_view plaintext,
                    std::string_view additional_data);

// The plaintext; nothing if a length, the tag or the padding is wrong, and nobody learns which
// (JE-09, JE-13).
std::optional<std::string> open(ContentEncryption encryption, const Secret& key,
                                const Sealed& sealed, std::string_view additional_data);

}  // namespace tocsin::jose
