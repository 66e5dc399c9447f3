// JWS in compact serialization (RFC 7515), in the fixed order of SEC-20: size, segments, header,
// algorithm and the rest of the header, key, signature. Issuer and keys are the caller's; nothing
// here is chosen by the token.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "tocsin/finding.h"
#include "tocsin/json.h"
#include "tocsin/keys.h"
#include "tocsin/result.h"

namespace tocsin::jose {

inline constexpr std::size_t compact_max = 256 * 1024;  // octets of a token (trust.md section 1)
inline constexpr std::size_t header_max = 4 * 1024;     // octets of its header, decoded (HD-14)

inline constexpr std::string_view set_typ = "secevent+jwt";  // SSF 4.1.1, RFC 8417 2.3

// What the receiver of a token demands of its header.
struct HeaderRules {
  AlgorithmSet algorithms;         // the allow-list (AL-01)
  std::string_view typ = set_typ;  // without "application/"; empty: any and none
};

// The three segments of a compact JWS as they were received: views into the text.
struct JwsSegments {
  std::string_view header;
  std::string_view payload;
  std::string_view signature;
};

// jose_serialization unless there are exactly three segments and the header is not empty;
// json_limits beyond compact_max.
Result<JwsSegments> split_jws(std::string_view compact);

// True if `compact` has the five segments of a JWE.
bool is_jwe_shaped(std::string_view compact) noexcept;

// The text of a header, decoded: json_limits, json_syntax, json_duplicate, and jose_header if it is
// no object.
Result<JsonObject> parse_header(std::string_view json);

// Everything in a header that these rules refuse, in the order in which verification looks: alg,
// typ, crit and b64, cty, kid, and the members that offer a key. Whatever their level, verification
// refuses them all: the level is for people.
Findings judge_header(const JsonObject& header, const HeaderRules& rules);

// The header in a segment; jose_base64url, too.
Result<JsonObject> read_header(std::string_view segment);

// A header that was accepted, and what verification needs of it.
struct AcceptedHeader {
  JsonObject json{};
  Algorithm algorithm{};
  std::optional<std::string_view> kid{};  // a view into `json`
};

// The header in a segment, read and judged. All tokens of a transmitter have
// the same header, so each thread remembers the last few it accepted, by their text and the rules:
// the verdict on a text does not depend on who asks.
Result<std::shared_ptr<const AcceptedHeader>> accept_header(std::string_view segment,
                                                            const HeaderRules& rules);

// A JWS whose segments and header were accepted, and whose signature was not looked at yet.
struct Jws {
  std::string_view signing_input;  // a view into the text it was read from
  std::shared_ptr<const JsonObject> header;
  Algorithm algorithm;
  std::optional<std::string_view> kid;  // a view into `header`
  std::string payload;                  // octets; not to be trusted before verify_signature()
  std::string signature;                // octets
};

// Steps 1 to 4 of the order: split, decode, read and judge the header.
Result<Jws> read_jws(std::string_view compact, const HeaderRules& rules);

// Steps 7 and 8: choose the key, check the signature. jose_key, jose_signature.
Result<void> verify_signature(const Jws& jws, const KeySet& keys);

// {"typ":...,"alg":...,"kid":...} as a segment (MK-01).
std::string encode_header(std::string_view typ, Algorithm algorithm, std::string_view kid);

// The compact JWS of `payload`. `alg` and `kid` are the key's. Fails only with internal_error.
Result<std::string> sign_jws(std::string_view typ, std::string_view payload, const SigningKey& key);

}  // namespace tocsin::jose
