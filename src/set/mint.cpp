// Makes the compact form of a SET.
#include <optional>

#include "base/utf8.h"
#include "jose/jws.h"
#include "set/claims.h"

namespace tocsin {
namespace {

Json audience(const std::vector<std::string>& aud) {
  if (aud.size() == 1) return aud.front();
  JsonArray values;
  values.reserve(aud.size());
  for (const std::string& value : aud) values.emplace_back(value);
  return values;
}

JsonObject events_claim(const SecurityEventToken& claims) {
  JsonObject events;
  events.insert_or_assign(std::string(type_of(claims.event)), to_json(claims.event));
  for (const Event& event : claims.more_events) {
    events.insert_or_assign(std::string(type_of(event)), to_json(event));
  }
  return events;
}

// What a receiver would refuse is not signed (set.md VO-04).
Result<void> judge_to_send(const SecurityEventToken& claims) {
  const SetPolicy policy;
  const ClaimsContext context{.policy = policy,
                              .now = std::nullopt,
                              .direction = Direction::sent,
                              .compares_issuer = false,
                              .compares_audience = false};
  Findings findings;
  judge_claims(claims, context, findings);
  const Finding* refusal = first_refusal(findings, Strictness::strict, Direction::sent);
  if (refusal != nullptr) return to_error(*refusal);
  return {};
}

}  // namespace

Json to_json(const SecurityEventToken& claims) {
  JsonObject json;
  json.reserve(8 + claims.other_claims.size());
  json.append("iss", claims.iss);
  json.append("jti", claims.jti);
  json.append("iat", claims.iat.time_since_epoch().count());
  json.append("aud", audience(claims.aud));
  if (claims.txn) json.append("txn", *claims.txn);
  if (claims.toe) json.append("toe", claims.toe->to_number());
  json.append("sub_id", to_json(claims.sub_id));
  json.append("events", events_claim(claims));
  for (const JsonMember& member : claims.other_claims) json.append(member.name, member.value);
  return json;
}

Result<std::string> mint(const SecurityEventToken& claims, const SigningKey& key) {
  if (auto judged = judge_to_send(claims); !judged) return std::move(judged).error();
  const std::string payload = to_text(to_json(claims));
  if (payload.size() > claims_limits.text_max) return Errc::json_limits;
  if (!is_utf8(payload)) return Error(Errc::json_syntax, "a text of the claims is not UTF-8");
  return jose::sign_jws(jose::set_typ, payload, key);
}

}  // namespace tocsin
