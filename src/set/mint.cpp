// Makes the compact form of a SET.
#include <optional>

#include "base/utf8.h"
#include "event/write.h"
#include "jose/jws.h"
#include "set/claims.h"
#include "subject/write.h"

namespace tocsin {
namespace {

void write_audience(const std::vector<std::string>& aud, JsonSink& sink) {
  sink.name("aud");
  if (aud.size() == 1) return sink.string(aud.front());
  sink.begin_array();
  for (const std::string& value : aud) sink.string(value);
  sink.end_array();
}

void write_event(const Event& event, JsonSink& sink) {
  sink.name(type_of(event));
  write_json(event, sink);
}

void write_claims(const SecurityEventToken& claims, JsonSink& sink) {
  sink.begin_object();
  sink.member("iss", claims.iss);
  sink.member("jti", claims.jti);
  sink.name("iat");
  sink.number(JsonNumber(claims.iat.time_since_epoch().count()));
  write_audience(claims.aud, sink);
  if (claims.txn) sink.member("txn", *claims.txn);
  if (claims.toe) {
    sink.name("toe");
    sink.number(claims.toe->to_number());
  }
  sink.name("sub_id");
  write_json(claims.sub_id, sink);
  sink.name("events");
  sink.begin_object();
  write_event(claims.event, sink);
  for (const Event& event : claims.more_events) write_event(event, sink);
  sink.end_object();
  for (const JsonMember& member : claims.other_claims) {
    sink.name(member.name);
    sink.value(member.value);
  }
  sink.end_object();
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
  JsonTreeSink tree;
  write_claims(claims, tree);
  return std::move(tree).take();
}

Result<std::string> mint(const SecurityEventToken& claims, const SigningKey& key) {
  if (auto judged = judge_to_send(claims); !judged) return std::move(judged).error();
  constexpr std::size_t octets_expected = 1000;
  JsonTextSink text(octets_expected);
  write_claims(claims, text);
  const std::string payload = std::move(text).take();
  if (payload.size() > claims_limits.text_max) return Errc::json_limits;
  if (!is_utf8(payload)) return Error(Errc::json_syntax, "a text of the claims is not UTF-8");
  return jose::sign_jws(jose::set_typ, payload, key);
}

}  // namespace tocsin
