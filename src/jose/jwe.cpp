#include "jose/jwe.h"

#include <array>
#include <utility>

#include "base/base64url.h"
#include "base/try.h"
#include "jose/jwk.h"
#include "jose/jws.h"

namespace tocsin {
namespace jose {
namespace {

constexpr std::size_t segments_count = 5;
using Segments = std::array<std::string_view, segments_count>;

Result<Segments> split_jwe(std::string_view compact) {
  if (compact.size() > compact_max) return Error(Errc::json_limits, "the token is too long");
  if (!is_jwe_shaped(compact)) return Error(Errc::jose_serialization, "not five segments");
  Segments segments;
  for (std::string_view& segment : segments) {
    segment = compact.substr(0, compact.find('.'));
    compact.remove_prefix(std::min(segment.size() + 1, compact.size()));
  }
  if (segments[0].empty()) return Error(Errc::jose_serialization, "the header segment is empty");
  return segments;
}

// A JWE of which all segments were decoded; nothing in it is trusted.
struct Jwe {
  JsonObject header;
  std::string encrypted_key;
  Sealed sealed;
};

Result<Jwe> read_jwe(const Segments& segments) {
  std::array<std::string, segments_count> decoded;
  for (std::size_t i = 0; i < segments_count; ++i) {
    TOCSIN_TRY(decoded[i], base64url_decode(segments[i]));
  }
  TOCSIN_TRY(JsonObject header, parse_header(decoded[0]));
  return Jwe{std::move(header),
             std::move(decoded[1]),
             {std::move(decoded[2]), std::move(decoded[3]), std::move(decoded[4])}};
}

const std::string* text_at(const JsonObject& header, std::string_view name) {
  const Json* const member = header.find(name);
  return member != nullptr ? member->as_string() : nullptr;
}

// MK-01's counterpart: what a recipient needs and nothing else.
std::string encode_jwe_header(KeyManagement method, ContentEncryption encryption,
                              const std::optional<std::string>& kid,
                              const std::optional<PublicMembers>& epk) {
  JsonObject header{{"alg", to_string(method)}, {"enc", to_string(encryption)}, {"cty", "JWT"}};
  if (kid) header.insert_or_assign("kid", *kid);
  if (epk) header.insert_or_assign("epk", write_public_members(*epk));
  return base64url_encode(to_text(header));
}

}  // namespace
}  // namespace jose

Result<std::string> DecryptionKeySet::Impl::decrypt(std::string_view compact,
                                                    const jose::JweRules& rules) const {
  TOCSIN_TRY(const jose::Segments segments, jose::split_jwe(compact));
  TOCSIN_TRY(const jose::Jwe jwe, jose::read_jwe(segments));
  const Findings findings = jose::judge_jwe_header(jwe.header, rules);
  if (!findings.empty()) return to_error(findings.front());

  TOCSIN_TRY(const auto method, jose::parse_key_management(*jose::text_at(jwe.header, "alg")));
  TOCSIN_TRY(const auto encryption,
             jose::parse_content_encryption(*jose::text_at(jwe.header, "enc")));
  const std::string* const kid = jose::text_at(jwe.header, "kid");
  TOCSIN_TRY(const jose::DecryptionKey* const key,
             choose(method, kid != nullptr ? std::optional<std::string_view>(*kid) : std::nullopt));
  const std::optional<jose::Secret> content_key = jose::recover_key(
      method, encryption, key->key.get(), key->type, jwe.header, jwe.encrypted_key);
  if (!content_key) return Errc::jose_decrypt;
  std::optional<std::string> plaintext =
      jose::open(encryption, *content_key, jwe.sealed, segments[0]);
  if (!plaintext) return Errc::jose_decrypt;
  return *std::move(plaintext);
}

Result<std::string> encrypt(std::string_view compact_jws, const Json& public_jwk,
                            std::string_view alg, std::string_view enc) {
  TOCSIN_CHECK(jose::split_jws(compact_jws));
  TOCSIN_TRY(const auto method, jose::parse_key_management(alg));
  TOCSIN_TRY(const auto encryption, jose::parse_content_encryption(enc));
  TOCSIN_TRY(const jose::EncryptionKey recipient, jose::read_encryption_key(public_jwk));
  if (!recipient.may_encrypt(method)) return Error(Errc::jose_key, "alg does not fit the key");

  TOCSIN_TRY(const jose::WrappedKey wrapped,
             jose::wrap_fresh_key(method, encryption, recipient.members));
  std::string compact = jose::encode_jwe_header(method, encryption, recipient.kid, wrapped.epk);
  TOCSIN_TRY(const jose::Sealed sealed,
             jose::seal(encryption, wrapped.content_key, compact_jws, compact));
  for (const std::string* const segment :
       {&wrapped.encrypted_key, &sealed.iv, &sealed.ciphertext, &sealed.tag}) {
    compact += '.';
    base64url_append(compact, *segment);
  }
  return compact;
}

}  // namespace tocsin
