#include "set/claims.h"

#include <algorithm>

#include "base/json_path.h"
#include "base/uri.h"

namespace tocsin {
namespace {

// The members of a claims set that SETs know, found in one pass.
struct Members {
  Json* iss = nullptr;
  Json* aud = nullptr;
  Json* jti = nullptr;
  Json* iat = nullptr;
  Json* txn = nullptr;
  Json* toe = nullptr;
  Json* nbf = nullptr;
  Json* sub_id = nullptr;
  Json* events = nullptr;
  bool has_sub = false;
  bool has_exp = false;
};

Json** slot_for(Members& members, std::string_view name) {
  if (name == "iss") return &members.iss;
  if (name == "aud") return &members.aud;
  if (name == "jti") return &members.jti;
  if (name == "iat") return &members.iat;
  if (name == "txn") return &members.txn;
  if (name == "toe") return &members.toe;
  if (name == "nbf") return &members.nbf;
  if (name == "sub_id") return &members.sub_id;
  if (name == "events") return &members.events;
  return nullptr;
}

// The rules on claims that have their types already. Each names the claim and the section once.
class ClaimsJudge {
 public:
  ClaimsJudge(const ClaimsContext& context, Findings& findings)
      : context_(context), findings_(findings) {}

  [[gnu::cold]] void add(Errc code, Level level, std::string_view path, std::string_view section,
                         std::string detail) {
    findings_.push_back({code, level, std::string(path), section, std::move(detail)});
  }

  // Step 6: a foreign issuer is reported as that, whatever else is wrong (set.md VO-03).
  void compare_issuer(const std::string& iss) {
    if (!context_.compares_issuer || iss == context_.policy.iss) return;
    add(Errc::claim_issuer, Level::must, "/iss", "SSF 1.0 4.1.6", "not the issuer of this stream");
  }

  // Step 10. The member name counts, whatever its value.
  void forbid_sub() {
    add(Errc::claim_forbidden, Level::must, "/sub", "SSF 1.0 4.1.2",
        "sub must not be present; the subject is sub_id");
  }
  void forbid_exp() {
    add(Errc::claim_forbidden, Level::must, "/exp", "SSF 1.0 4.1.7", "exp must not be present");
  }

  // Step 12.
  void issuer(const std::string& iss) {
    if (iss.empty()) {
      add(Errc::claim_value, Level::policy, "/iss", "RFC 7519 4.1.1", "empty");
    } else if (!is_string_or_uri(iss)) {
      add(Errc::claim_value, Level::must, "/iss", "RFC 7519 2",
          "a value with a colon must be a URI");
    }
  }

  void issued_at(std::int64_t seconds) {
    if (seconds >= 0) return;
    add(Errc::claim_value, Level::policy, "/iat", "RFC 7519 4.1.6", "before 1970");
  }

  void jti(const std::string& jti) {
    if (jti.empty()) add(Errc::claim_value, Level::policy, "/jti", "RFC 8417 2.2", "empty");
    if (jti.size() > jti_max) {
      add(Errc::json_limits, Level::must, "/jti", "RFC 8417 2.2", "longer than 256 octets");
    }
  }

  void txn(const std::string& txn) {
    if (txn.empty()) add(Errc::claim_value, Level::policy, "/txn", "SSF 1.0 4.1.9", "empty");
    if (txn.size() > txn_max) {
      add(Errc::json_limits, Level::must, "/txn", "RFC 8417 2.2", "longer than 256 octets");
    }
  }

  void audience(const std::vector<std::string>& aud) {
    if (aud.empty()) {
      add(Errc::claim_value, Level::policy, "/aud", "RFC 7519 4.1.3", "nobody is addressed");
    }
    for (const std::string& value : aud) {
      if (value.empty()) add(Errc::claim_value, Level::policy, "/aud", "RFC 7519 4.1.3", "empty");
    }
  }

  // Step 13. The issuer was compared at step 6.
  void compare_audience(const std::vector<std::string>& aud) {
    if (!context_.compares_audience) return;
    const auto is_ours = [&](const std::string& value) {
      return std::ranges::find(context_.policy.aud, value) != context_.policy.aud.end();
    };
    if (std::ranges::none_of(aud, is_ours)) {
      add(Errc::claim_audience, Level::must, "/aud", "SSF 1.0 4.1.8", "not for this receiver");
    }
  }

  // Our own policy for iat, RFC 7519's rule for nbf.
  void not_ahead(std::int64_t seconds, Level level, std::string_view path,
                 std::string_view section) {
    if (!context_.now) return;
    const std::int64_t latest =
        context_.now->time_since_epoch().count() + context_.policy.iat_ahead_max.count();
    if (seconds > latest) add(Errc::claim_time, level, path, section, "in the future");
  }

  // Step 14.
  void event_count(std::size_t count) {
    if (count <= context_.policy.events_max) return;
    add(Errc::events_count, Level::must, "/events", "SSF 1.0 4.2.1",
        std::to_string(count) + " events in one SET");
  }

  // Steps 17 and 18, for an event that was judged by itself.
  void event_in_set(const Event& event, const Subject& sub_id, std::chrono::sys_seconds iat,
                    bool has_txn) {
    const SetAround around{.sub_id = sub_id,
                           .iat = iat,
                           .has_txn = has_txn,
                           .stream_id = context_.policy.stream_id,
                           .iat_ahead_max = context_.policy.iat_ahead_max};
    judge_event_in_set(event, around, event_context(), findings_);
    if (context_.direction == Direction::sent) {
      judge_event_to_send(event, event_context(), findings_);
    }
  }

  // Step 19.
  void critical_members(const Subject& sub_id) {
    const std::string_view name = find_critical(sub_id, context_.policy.critical_unprocessable);
    if (name.empty()) return;
    add(Errc::subject_critical, Level::must, "/sub_id", "SSF 1.0 3.6",
        "the critical member " + std::string(name) + " cannot be processed");
  }

  EventContext event_context() const {
    return {.strictness = context_.policy.strictness, .path = "/events"};
  }

  static std::string event_path(std::string_view type) {
    return JsonPath("/events").member(type).text();
  }

 private:
  const ClaimsContext& context_;
  Findings& findings_;
};

// Finds the claims in the JSON, checks presence and types, and has the judge do the rest.
class ClaimsReader {
 public:
  ClaimsReader(const ClaimsContext& context, SecurityEventToken& out, Findings& findings)
      : context_(context), findings_(findings), judge_(context, findings), token_(out) {}

  bool read(Json claims) {
    JsonObject* object = claims.as_object();
    if (object == nullptr) {
      judge_.add(Errc::json_syntax, Level::must, "", "RFC 7519 7.2",
                 "the claims set is no JSON object");
      return false;
    }
    for (JsonMember& member : *object) find(member);
    const std::size_t before = findings_.size();
    if (members_.iss && members_.iss->as_string())
      judge_.compare_issuer(*members_.iss->as_string());
    if (members_.has_sub) judge_.forbid_sub();
    if (members_.has_exp) judge_.forbid_exp();
    demand_all();
    read_issuer();
    read_times();
    read_jti();
    read_txn();
    read_audience();
    compare_with_stream();
    JsonObject* const events = read_events_claim();
    if (members_.sub_id != nullptr) {
      subject_ = read_subject(std::move(*members_.sub_id), context_.policy.strictness, "/sub_id",
                              findings_);
    }
    if (events != nullptr) read_events(*events);
    if (subject_) judge_.critical_members(*subject_);

    if (has_must_since(before) || !subject_ || events == nullptr) return false;
    token_.sub_id = *std::move(subject_);
    return true;
  }

 private:
  bool has_must_since(std::size_t before) const {
    return std::any_of(findings_.begin() + static_cast<std::ptrdiff_t>(before), findings_.end(),
                       [](const Finding& finding) { return finding.level == Level::must; });
  }

  void find(JsonMember& member) {
    if (Json** slot = slot_for(members_, member.name)) {
      *slot = &member.value;
    } else if (member.name == "sub") {
      members_.has_sub = true;
    } else if (member.name == "exp") {
      members_.has_exp = true;
    } else {
      token_.other_claims.append(std::move(member.name), std::move(member.value));
    }
  }

  // Step 11.
  void demand_all() {
    demand(members_.iss, "iss", Level::must, "RFC 8417 2.2");
    demand(members_.iat, "iat", Level::must, "RFC 8417 2.2");
    demand(members_.jti, "jti", Level::must, "RFC 8417 2.2");
    demand(members_.events, "events", Level::must, "RFC 8417 2.2");
    demand(members_.sub_id, "sub_id", Level::must, "SSF 1.0 3.1");
    demand(members_.aud, "aud", Level::policy, "SSF 1.0 4.1.8");
  }

  void demand(const Json* claim, std::string_view name, Level level, std::string_view section) {
    if (claim != nullptr) return;
    judge_.add(Errc::claim_missing, level, "", section, std::string(name) + " is missing");
  }

  // Step 12: types here, values by the judge.
  [[gnu::cold]] void wrong_type(const Json& claim, std::string_view path, std::string_view section,
                                std::string_view wanted) {
    std::string detail(claim.type_name());
    detail += " instead of ";
    detail += wanted;
    judge_.add(Errc::claim_type, Level::must, path, section, std::move(detail));
  }

  std::string* read_string(Json* claim, std::string_view path, std::string_view section) {
    if (claim == nullptr) return nullptr;
    std::string* text = claim->as_string();
    if (text == nullptr) wrong_type(*claim, path, section, "a string");
    return text;
  }

  std::optional<NumericDate> read_date(const Json* claim, std::string_view path,
                                       std::string_view section) {
    if (claim == nullptr) return {};
    const JsonNumber* number = claim->as_number();
    if (number == nullptr) {
      wrong_type(*claim, path, section, "a number");
      return {};
    }
    Result<NumericDate> date = NumericDate::from_number(*number);
    if (!date) {
      judge_.add(Errc::claim_type, Level::must, path, section, "the number does not fit a time");
      return {};
    }
    return *date;
  }

  void read_issuer() {
    std::string* iss = read_string(members_.iss, "/iss", "RFC 7519 4.1.1");
    if (iss == nullptr) return;
    judge_.issuer(*iss);
    token_.iss = std::move(*iss);
  }

  void read_times() {
    iat_ = read_date(members_.iat, "/iat", "RFC 7519 4.1.6");
    if (iat_) {
      token_.iat = std::chrono::sys_seconds(std::chrono::seconds(iat_->seconds));
      judge_.issued_at(iat_->seconds);
    }
    token_.toe = read_date(members_.toe, "/toe", "RFC 8417 2.2");
    nbf_ = read_date(members_.nbf, "/nbf", "RFC 7519 4.1.5");
    if (members_.nbf != nullptr) token_.other_claims.append("nbf", std::move(*members_.nbf));
  }

  void read_jti() {
    std::string* jti = read_string(members_.jti, "/jti", "RFC 7519 4.1.7");
    if (jti == nullptr) return;
    judge_.jti(*jti);
    token_.jti = std::move(*jti);
  }

  void read_txn() {
    std::string* txn = read_string(members_.txn, "/txn", "RFC 8417 2.2");
    if (txn == nullptr) return;
    judge_.txn(*txn);
    token_.txn = std::move(*txn);
  }

  void read_audience() {
    if (members_.aud == nullptr) return;
    if (std::string* single = members_.aud->as_string()) {
      token_.aud.push_back(std::move(*single));
      judge_.audience(token_.aud);
      return;
    }
    JsonArray* values = members_.aud->as_array();
    if (values == nullptr) {
      wrong_type(*members_.aud, "/aud", "RFC 7519 4.1.3", "a string or an array of strings");
      return;
    }
    token_.aud.reserve(values->size());
    for (Json& value : *values) {
      if (std::string* text = value.as_string()) {
        token_.aud.push_back(std::move(*text));
      } else {
        wrong_type(value, "/aud", "RFC 7519 4.1.3", "a string");
      }
    }
    if (values->empty() || !token_.aud.empty()) judge_.audience(token_.aud);
  }

  // Step 13.
  void compare_with_stream() {
    if (members_.aud != nullptr) judge_.compare_audience(token_.aud);
    if (iat_) judge_.not_ahead(iat_->seconds, Level::policy, "/iat", "RFC 7519 4.1.6");
    if (nbf_) judge_.not_ahead(nbf_->seconds, Level::must, "/nbf", "RFC 7519 4.1.5");
  }

  // Step 14. Nothing if the events cannot be read.
  JsonObject* read_events_claim() {
    if (members_.events == nullptr) return nullptr;
    JsonObject* events = members_.events->as_object();
    if (events == nullptr || events->empty()) {
      judge_.add(Errc::events_structure, Level::must, "/events", "RFC 8417 2.2",
                 events != nullptr
                     ? "no event"
                     : std::string(members_.events->type_name()) + " instead of an object");
      return nullptr;
    }
    bool readable = true;
    for (const JsonMember& event : *events) {
      if (event.value.as_object() != nullptr) continue;
      judge_.add(Errc::events_structure, Level::must, ClaimsJudge::event_path(event.name),
                 "RFC 8417 1.2", std::string(event.value.type_name()) + " instead of an object");
      readable = false;
    }
    judge_.event_count(events->size());
    return readable ? events : nullptr;
  }

  // Steps 17 and 18.
  void read_events(JsonObject& events) {
    bool first = true;
    for (JsonMember& member : events) {
      Event event =
          read_event(member.name, std::move(member.value), judge_.event_context(), findings_);
      if (subject_) {
        judge_.event_in_set(event, *subject_, token_.iat, token_.txn.has_value());
      }
      if (first) {
        token_.event = std::move(event);
      } else {
        token_.more_events.push_back(std::move(event));
      }
      first = false;
    }
  }

  const ClaimsContext& context_;
  Findings& findings_;
  ClaimsJudge judge_;
  SecurityEventToken& token_;
  Members members_;
  std::optional<NumericDate> iat_;
  std::optional<NumericDate> nbf_;
  std::optional<Subject> subject_;
};

// Names that a claim of ours has, or that no SET may have, must not come in as unknown ones.
void judge_other_claims(const JsonObject& other_claims, ClaimsJudge& judge) {
  for (const JsonMember& member : other_claims) {
    Members members;
    if (member.name == "sub") judge.forbid_sub();
    if (member.name == "exp") judge.forbid_exp();
    if (member.name != "nbf" && slot_for(members, member.name) != nullptr) {
      judge.add(Errc::json_duplicate, Level::must, "/" + member.name, "RFC 7519 4",
                "a claim of its own, not one of other_claims");
    }
  }
}

}  // namespace

bool read_claims(Json claims, const ClaimsContext& context, SecurityEventToken& out,
                 Findings& findings) {
  return ClaimsReader(context, out, findings).read(std::move(claims));
}

void judge_claims(const SecurityEventToken& claims, const ClaimsContext& context,
                  Findings& findings) {
  ClaimsJudge judge(context, findings);
  judge.compare_issuer(claims.iss);
  judge_other_claims(claims.other_claims, judge);
  judge.issuer(claims.iss);
  judge.issued_at(claims.iat.time_since_epoch().count());
  judge.jti(claims.jti);
  if (claims.txn) judge.txn(*claims.txn);
  judge.audience(claims.aud);
  judge.compare_audience(claims.aud);
  judge.event_count(1 + claims.more_events.size());
  judge_subject(claims.sub_id, "/sub_id", findings);
  const auto judge_one = [&](const Event& event) {
    judge_event(event, judge.event_context(), findings);
    judge.event_in_set(event, claims.sub_id, claims.iat, claims.txn.has_value());
  };
  judge_one(claims.event);
  for (const Event& event : claims.more_events) judge_one(event);
  judge.critical_members(claims.sub_id);
}

}  // namespace tocsin
