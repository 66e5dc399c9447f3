#include "oauth/access_token.h"

#include <algorithm>
#include <utility>

#include "base/base64url.h"
#include "base/try.h"
#include "http/message.h"
#include "jose/jws.h"
#include "oauth/claims.h"
#include "oauth/scopes.h"

namespace tocsin::oauth {
namespace {

using std::chrono::seconds;
using std::chrono::sys_seconds;

constexpr std::string_view access_token_typ = "at+jwt";  // RFC 9068 2.1

// Members by which an ID token, a logout token or a SET shows what it is. No access token has them.
constexpr std::string_view foreign_members[] = {"nonce", "at_hash", "c_hash", "s_hash", "events"};

Error invalid(std::string_view what) {
  return {Errc::token_invalid, std::string(what)};
}

Result<void> judge_audience(const JsonObject& claims, const TokenPolicy& policy) {
  const Json* const aud = claims.find("aud");
  const bool ours = aud != nullptr && std::ranges::any_of(policy.audiences, [&](const auto& one) {
                      return names_audience(*aud, one);
                    });
  if (!ours) return invalid("aud");
  return {};
}

// `client_id`, or the `azp` of servers that have no other name for it. Two names that differ would
// leave it open whose streams these are.
Result<std::string> read_client(const JsonObject& claims) {
  TOCSIN_TRY(const std::optional<std::string> client_id, read_string(claims, "client_id"));
  TOCSIN_TRY(const std::optional<std::string> azp, read_string(claims, "azp"));
  if (client_id && azp && *client_id != *azp) return invalid("client_id and azp differ");
  const std::optional<std::string>& client = client_id ? client_id : azp;
  if (!client || !is_client_id(*client)) return invalid("client_id");
  return *client;
}

Result<std::vector<std::string>> read_scopes(const JsonObject& claims) {
  TOCSIN_TRY(const std::optional<std::string> text, read_string(claims, "scope"));
  Result<std::vector<std::string>> words = parse_scope(text.value_or(""));
  if (!words) return invalid("scope");
  return words;
}

struct Times {
  std::optional<sys_seconds> exp;
  std::optional<sys_seconds> nbf;
  std::optional<sys_seconds> iat;
};

Result<Times> judge_times(const JsonObject& claims, const TokenPolicy& policy, sys_seconds now) {
  Times times;
  TOCSIN_TRY(times.exp, read_time(claims, "exp"));
  TOCSIN_TRY(times.nbf, read_time(claims, "nbf"));
  TOCSIN_TRY(times.iat, read_time(claims, "iat"));
  if (times.exp && now >= *times.exp + policy.leeway) return invalid("exp: expired");
  if (times.nbf && *times.nbf > now + policy.leeway) return invalid("nbf: not valid yet");
  if (times.iat && *times.iat > now + policy.leeway) return invalid("iat: in the future");
  return times;
}

// What holds however we learned of the claims.
Result<AccessToken> judge_common(const JsonObject& claims, const TokenPolicy& policy,
                                 const Times& times) {
  TOCSIN_CHECK(judge_audience(claims, policy));
  // A token bound to a key is worth nothing without the proof, and no proof is checked here.
  if (claims.find("cnf") != nullptr) return invalid("cnf: bound to a key");
  for (const std::string_view member : foreign_members) {
    if (claims.find(member) != nullptr) return invalid(member);
  }
  AccessToken token;
  TOCSIN_TRY(token.caller.key.client_id, read_client(claims));
  TOCSIN_TRY(token.caller.scopes, read_scopes(claims));
  token.caller.key.token_issuer = policy.issuer;
  token.exp = times.exp;
  return token;
}

bool is_plain_jwt(const JsonObject& header) {
  const Json* const typ = header.find("typ");
  return typ == nullptr || *typ == Json("JWT");
}

Result<void> judge_class(const JsonObject& header, const JsonObject& claims,
                         const TokenPolicy& policy) {
  if (!policy.class_claim) return {};  // `typ` was compared when the header was read
  if (!is_plain_jwt(header)) return invalid("typ");
  const Json* const member = claims.find(policy.class_claim->name);
  if (member == nullptr || *member != Json(policy.class_claim->value)) {
    return invalid("not marked as an access token");
  }
  return {};
}

jose::HeaderRules header_rules(const TokenPolicy& policy) {
  return {.algorithms = policy.algorithms,
          .typ = policy.class_claim ? std::string_view() : access_token_typ};
}

bool may_wait_for_keys(Errc code) {
  return code == Errc::jose_key || code == Errc::jose_signature || code == Errc::internal_error;
}

}  // namespace

bool is_client_id(std::string_view text) noexcept {
  return !text.empty() && text.size() <= client_id_max &&
         std::ranges::all_of(text, [](char c) { return c >= 0x20 && c < 0x7f; });
}

Result<void> judge_policy(const TokenPolicy& policy) {
  const auto refuse = [](std::string_view what) {
    return Error(Errc::config_invalid, "access tokens: " + std::string(what));
  };
  if (policy.issuer.empty()) return refuse("no issuer");
  if (policy.audiences.empty()) return refuse("no resource identifier");
  if (std::ranges::any_of(policy.audiences, &std::string::empty)) {
    return refuse("an empty resource identifier");
  }
  if (policy.algorithms.empty()) return refuse("no algorithm");
  if (policy.class_claim &&
      (policy.class_claim->name.empty() || policy.class_claim->value.empty())) {
    return refuse("a class claim needs a name and a value");
  }
  if (policy.leeway < seconds::zero() || policy.leeway > leeway_max) return refuse("leeway");
  if (policy.lifetime_max <= seconds::zero()) return refuse("lifetime");
  return {};
}

Result<AccessToken> judge_token_claims(const JsonObject& claims, const TokenPolicy& policy,
                                       sys_seconds now) {
  TOCSIN_TRY(const std::optional<std::string> iss, read_string(claims, "iss"));
  if (iss != policy.issuer) return invalid("iss");
  TOCSIN_TRY(const Times times, judge_times(claims, policy, now));
  if (!times.exp) return invalid("exp: missing");
  const std::optional<sys_seconds> begin = times.nbf ? times.nbf : times.iat;
  if (!begin) return invalid("neither nbf nor iat");
  if (*times.exp - *begin > policy.lifetime_max) return invalid("exp: lives too long");
  return judge_common(claims, policy, times);
}

Result<AccessToken> judge_introspection(const JsonObject& answer, const TokenPolicy& policy,
                                        sys_seconds now) {
  const Json* const active = answer.find("active");
  if (active == nullptr || active->as_bool() == nullptr) {
    return Error(Errc::net_answer, "introspection: no member active");
  }
  if (!*active->as_bool()) return invalid("not active");
  TOCSIN_TRY(const std::optional<std::string> iss, read_string(answer, "iss"));
  if (iss && *iss != policy.issuer) return invalid("iss");
  TOCSIN_TRY(const std::optional<std::string> type, read_string(answer, "token_type"));
  if (type && !http::same_letters(*type, "Bearer")) return invalid("token_type");
  TOCSIN_TRY(const Times times, judge_times(answer, policy, now));
  return judge_common(answer, policy, times);
}

Result<AccessToken> verify_access_token(std::string_view compact, const KeySet& keys,
                                        const TokenPolicy& policy, sys_seconds now) {
  const Result<jose::Jws> jws = jose::read_jws(compact, header_rules(policy));
  if (!jws) return invalid(jws.error().detail);
  if (const Result<void> signature = jose::verify_signature(*jws, keys); !signature) {
    if (may_wait_for_keys(signature.error().code)) return signature.error();
    return invalid(signature.error().detail);
  }
  TOCSIN_TRY(const JsonObject claims, parse_claims(jws->payload));
  TOCSIN_CHECK(judge_class(*jws->header, claims, policy));
  return judge_token_claims(claims, policy, now);
}

std::optional<TokenHints> peek_token(std::string_view compact) {
  const Result<jose::JwsSegments> segments = jose::split_jws(compact);
  if (!segments) return std::nullopt;
  const auto header = jose::read_header(segments->header);
  const Result<std::string> payload = base64url_decode(segments->payload);
  if (!header || !payload) return std::nullopt;
  const Result<JsonObject> claims = parse_claims(*payload);
  if (!claims) return std::nullopt;
  const auto text = [](const JsonObject& object, std::string_view name) {
    const Json* const member = object.find(name);
    return member != nullptr && member->as_string() != nullptr ? std::optional(*member->as_string())
                                                               : std::nullopt;
  };
  return TokenHints{text(*claims, "iss"), text(*header, "kid")};
}

}  // namespace tocsin::oauth
