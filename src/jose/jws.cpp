#include "jose/jws.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/base64url.h"
#include "base/try.h"
#include "jose/key_set.h"
#include "jose/signing_key.h"

namespace tocsin::jose {
namespace {

// The headers this thread accepted last, and under which rules. Bounded: few entries of short
// texts. A stranger can only push entries out, which costs time and changes nothing.
class HeaderMemory {
 public:
  std::shared_ptr<const AcceptedHeader> find(std::string_view segment,
                                             const HeaderRules& rules) const {
    for (const Entry& entry : entries_) {
      if (entry.segment == segment && entry.algorithms == rules.algorithms &&
          entry.typ == rules.typ) {
        return entry.header;
      }
    }
    return nullptr;
  }

  void keep(std::string_view segment, const HeaderRules& rules,
            std::shared_ptr<const AcceptedHeader> header) {
    if (segment.size() > segment_max) return;
    entries_[next_] = {std::string(segment), rules.algorithms, std::string(rules.typ),
                       std::move(header)};
    next_ = (next_ + 1) % entries_.size();
  }

 private:
  static constexpr std::size_t segment_max = 512;
  struct Entry {
    std::string segment;
    AlgorithmSet algorithms;
    std::string typ;
    std::shared_ptr<const AcceptedHeader> header;
  };
  std::array<Entry, 8> entries_;
  std::size_t next_ = 0;
};

}  // namespace

Result<JwsSegments> split_jws(std::string_view compact) {
  if (compact.size() > compact_max) return Error(Errc::json_limits, "the token is too long");
  const std::size_t first = compact.find('.');
  const std::size_t second = first == std::string_view::npos ? first : compact.find('.', first + 1);
  if (second == std::string_view::npos || compact.find('.', second + 1) != std::string_view::npos) {
    return Error(Errc::jose_serialization, "not three segments");
  }
  if (first == 0) return Error(Errc::jose_serialization, "the header segment is empty");
  return JwsSegments{compact.substr(0, first), compact.substr(first + 1, second - first - 1),
                     compact.substr(second + 1)};
}

bool is_jwe_shaped(std::string_view compact) noexcept {
  return std::count(compact.begin(), compact.end(), '.') == 4;
}

Result<JsonObject> parse_header(std::string_view json) {
  JsonLimits limits;
  limits.text_max = header_max;
  TOCSIN_TRY(Json header, parse_json(json, limits));
  JsonObject* const object = header.as_object();
  if (object == nullptr) return Error(Errc::jose_header, "not an object");
  return std::move(*object);
}

Result<JsonObject> read_header(std::string_view segment) {
  TOCSIN_TRY(const std::string json, base64url_decode(segment));
  return parse_header(json);
}

Result<std::shared_ptr<const AcceptedHeader>> accept_header(std::string_view segment,
                                                            const HeaderRules& rules) {
  thread_local HeaderMemory memory;
  if (std::shared_ptr<const AcceptedHeader> known = memory.find(segment, rules)) return known;
  auto accepted = std::make_shared<AcceptedHeader>();
  TOCSIN_TRY(accepted->json, read_header(segment));
  const Findings findings = judge_header(accepted->json, rules);
  if (!findings.empty()) return to_error(findings.front());
  TOCSIN_TRY(accepted->algorithm, parse_algorithm(*accepted->json.find("alg")->as_string()));
  if (const Json* const kid = accepted->json.find("kid")) accepted->kid = *kid->as_string();
  memory.keep(segment, rules, accepted);
  return std::shared_ptr<const AcceptedHeader>(std::move(accepted));
}

Result<Jws> read_jws(std::string_view compact, const HeaderRules& rules) {
  TOCSIN_TRY(const JwsSegments segments, split_jws(compact));
  TOCSIN_TRY(std::string payload, base64url_decode(segments.payload));
  TOCSIN_TRY(std::string signature, base64url_decode(segments.signature));
  TOCSIN_TRY(std::shared_ptr<const AcceptedHeader> header, accept_header(segments.header, rules));
  const std::size_t signed_size = segments.header.size() + 1 + segments.payload.size();
  return Jws{.signing_input = compact.substr(0, signed_size),
             .header = {header, &header->json},
             .algorithm = header->algorithm,
             .kid = header->kid,
             .payload = std::move(payload),
             .signature = std::move(signature)};
}

Result<void> verify_signature(const Jws& jws, const KeySet& keys) {
  return keys.impl().verify(jws.algorithm, jws.kid, jws.signing_input, jws.signature);
}

std::string encode_header(std::string_view typ, Algorithm algorithm, std::string_view kid) {
  return base64url_encode(
      to_text(JsonObject{{"typ", typ}, {"alg", to_string(algorithm)}, {"kid", kid}}));
}

Result<std::string> sign_jws(std::string_view typ, std::string_view payload,
                             const SigningKey& key) {
  constexpr std::size_t signature_text_max = 1366;  // RSA of 8192 bits
  std::string compact =
      typ == set_typ ? key.impl().set_header() : encode_header(typ, key.algorithm(), key.kid());
  compact.reserve(compact.size() + base64url_encoded_size(payload.size()) + signature_text_max + 2);
  compact += '.';
  base64url_append(compact, payload);
  TOCSIN_TRY(const std::string signature, key.sign(compact));
  compact += '.';
  base64url_append(compact, signature);
  return compact;
}

}  // namespace tocsin::jose
