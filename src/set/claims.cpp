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

// Judges claim by claim. Each function names the claim, the rule and its section once.
class ClaimsReader {
 public:
  ClaimsReader(const ClaimsContext& context, Findings& findings)
      : context_(context), findings_(findings) {}

  std::optional<SecurityEventToken> read(Json claims) {
    JsonObject* object = claims.as_object();
    if (object == nullptr) {
      add(Errc::json_syntax, Level::must, "", "RFC 7519 7.2", "the claims set is no JSON object");
      return {};
    }
    for (JsonMember& member : *object) find(member);
    const std::size_t before = findings_.size();
    read_issuer_early();
    judge_forbidden();
    judge_missing();
    read_issuer();
    read_times();
    read_jti();
    read_txn();
    read_audience();
    compare_with_stream();
    JsonObject* events = judge_events();
    read_subject_claim();
    if (events != nullptr && subject_) read_events(*events);
    judge_critical();

    const bool complete = findings_.size() == before || !has_must_since(before);
    if (!complete || !subject_ || events == nullptr) return {};
    token_.sub_id = *std::move(subject_);
    return std::move(token_);
  }

 private:
  void add(Errc code, Level level, std::string_view path, std::string_view section,
           std::string detail) {
    findings_.push_back({code, level, std::string(path), section, std::move(detail)});
  }

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
      token_.other_claims.insert_or_assign(member.name, std::move(member.value));
    }
  }

  // Step 6: a foreign issuer is reported as that, whatever else is wrong (set.md VO-03).
  void read_issuer_early() {
    if (!context_.compares_issuer || members_.iss == nullptr) return;
    const std::string* iss = members_.iss->as_string();
    if (iss == nullptr || *iss == context_.policy.iss) return;
    issuer_differs_ = true;
    add(Errc::claim_issuer, Level::must, "/iss", "SSF 1.0 4.1.6", "not the issuer of this stream");
  }

  // Step 10. The member name counts, whatever its value.
  void judge_forbidden() {
    if (members_.has_sub) {
      add(Errc::claim_forbidden, Level::must, "/sub", "SSF 1.0 4.1.2",
          "sub must not be present; the subject is sub_id");
    }
    if (members_.has_exp) {
      add(Errc::claim_forbidden, Level::must, "/exp", "SSF 1.0 4.1.7", "exp must not be present");
    }
  }

  // Step 11.
  void judge_missing() {
    judge_present(members_.iss, "iss", Level::must, "RFC 8417 2.2");
    judge_present(members_.iat, "iat", Level::must, "RFC 8417 2.2");
    judge_present(members_.jti, "jti", Level::must, "RFC 8417 2.2");
    judge_present(members_.events, "events", Level::must, "RFC 8417 2.2");
    judge_present(members_.sub_id, "sub_id", Level::must, "SSF 1.0 3.1");
    judge_present(members_.aud, "aud", Level::policy, "SSF 1.0 4.1.8");
  }

  void judge_present(const Json* claim, std::string_view name, Level level,
                     std::string_view section) {
    if (claim != nullptr) return;
    add(Errc::claim_missing, level, "", section, std::string(name) + " is missing");
  }

  // Step 12.
  void read_issuer() {
    std::string* iss = read_string(members_.iss, "/iss", "RFC 7519 4.1.1");
    if (iss == nullptr) return;
    if (iss->empty()) {
      add(Errc::claim_value, Level::policy, "/iss", "RFC 7519 4.1.1", "empty");
    } else if (!is_string_or_uri(*iss)) {
      add(Errc::claim_value, Level::must, "/iss", "RFC 7519 2",
          "a value with a colon must be a URI");
    }
    token_.iss = std::move(*iss);
  }

  std::string* read_string(Json* claim, std::string_view path, std::string_view section) {
    if (claim == nullptr) return nullptr;
    std::string* text = claim->as_string();
    if (text == nullptr) add_type(*claim, path, section, "a string");
    return text;
  }

  void add_type(const Json& claim, std::string_view path, std::string_view section,
                std::string_view wanted) {
    std::string detail(claim.type_name());
    detail += " instead of ";
    detail += wanted;
    add(Errc::claim_type, Level::must, path, section, std::move(detail));
  }

  std::optional<NumericDate> read_date(const Json* claim, std::string_view path,
                                       std::string_view section) {
    if (claim == nullptr) return {};
    const JsonNumber* number = claim->as_number();
    if (number == nullptr) {
      add_type(*claim, path, section, "a number");
      return {};
    }
    Result<NumericDate> date = NumericDate::from_number(*number);
    if (!date) {
      add(Errc::claim_type, Level::must, path, section, "the number does not fit a time");
      return {};
    }
    return *date;
  }

  void read_times() {
    iat_ = read_date(members_.iat, "/iat", "RFC 7519 4.1.6");
    if (iat_) {
      token_.iat = std::chrono::sys_seconds(std::chrono::seconds(iat_->seconds));
      if (iat_->seconds < 0) {
        add(Errc::claim_value, Level::policy, "/iat", "RFC 7519 4.1.6", "before 1970");
      }
    }
    token_.toe = read_date(members_.toe, "/toe", "RFC 8417 2.2");
    nbf_ = read_date(members_.nbf, "/nbf", "RFC 7519 4.1.5");
    if (members_.nbf != nullptr) {
      token_.other_claims.insert_or_assign("nbf", std::move(*members_.nbf));
    }
  }

  void read_jti() {
    std::string* jti = read_string(members_.jti, "/jti", "RFC 7519 4.1.7");
    if (jti == nullptr) return;
    if (jti->empty()) add(Errc::claim_value, Level::policy, "/jti", "RFC 8417 2.2", "empty");
    if (jti->size() > jti_max) {
      add(Errc::json_limits, Level::must, "/jti", "RFC 8417 2.2", "longer than 256 octets");
    }
    token_.jti = std::move(*jti);
  }

  void read_txn() {
    std::string* txn = read_string(members_.txn, "/txn", "RFC 8417 2.2");
    if (txn == nullptr) return;
    if (txn->empty()) add(Errc::claim_value, Level::policy, "/txn", "SSF 1.0 4.1.9", "empty");
    if (txn->size() > txn_max) {
      add(Errc::json_limits, Level::must, "/txn", "RFC 8417 2.2", "longer than 256 octets");
    }
    token_.txn = std::move(*txn);
  }

  void read_audience() {
    if (members_.aud == nullptr) return;
    if (std::string* single = members_.aud->as_string()) {
      judge_audience_value(*single);
      token_.aud.push_back(std::move(*single));
      return;
    }
    JsonArray* values = members_.aud->as_array();
    if (values == nullptr) {
      add_type(*members_.aud, "/aud", "RFC 7519 4.1.3", "a string or an array of strings");
      return;
    }
    if (values->empty()) {
      add(Errc::claim_value, Level::policy, "/aud", "RFC 7519 4.1.3", "nobody is addressed");
    }
    token_.aud.reserve(values->size());
    for (Json& value : *values) {
      std::string* text = value.as_string();
      if (text == nullptr) {
        add_type(value, "/aud", "RFC 7519 4.1.3", "a string");
        continue;
      }
      judge_audience_value(*text);
      token_.aud.push_back(std::move(*text));
    }
  }

  void judge_audience_value(const std::string& value) {
    if (value.empty()) add(Errc::claim_value, Level::policy, "/aud", "RFC 7519 4.1.3", "empty");
  }

  // Step 13. The issuer was compared at step 6.
  void compare_with_stream() {
    if (context_.compares_audience && members_.aud != nullptr) {
      const auto is_ours = [&](const std::string& value) {
        return std::ranges::find(context_.policy.aud, value) != context_.policy.aud.end();
      };
      if (std::ranges::none_of(token_.aud, is_ours)) {
        add(Errc::claim_audience, Level::must, "/aud", "SSF 1.0 4.1.8", "not for this receiver");
      }
    }
    if (!context_.now) return;
    const std::int64_t latest =
        context_.now->time_since_epoch().count() + context_.policy.iat_ahead_max.count();
    if (iat_ && iat_->seconds > latest) {
      add(Errc::claim_time, Level::policy, "/iat", "RFC 7519 4.1.6", "in the future");
    }
    if (nbf_ && nbf_->seconds > latest) {
      add(Errc::claim_time, Level::must, "/nbf", "RFC 7519 4.1.5", "in the future");
    }
  }

  // Step 14.
  JsonObject* judge_events() {
    if (members_.events == nullptr) return nullptr;
    JsonObject* events = members_.events->as_object();
    if (events == nullptr) {
      add(Errc::events_structure, Level::must, "/events", "RFC 8417 2.2",
          std::string(members_.events->type_name()) + " instead of an object");
      return nullptr;
    }
    if (events->empty()) {
      add(Errc::events_structure, Level::must, "/events", "RFC 8417 2", "no event");
      return nullptr;
    }
    bool sound = true;
    for (const JsonMember& event : *events) {
      if (!is_uri(event.name)) {
        add(Errc::events_structure, Level::must, event_path(event.name), "RFC 8417 1.2",
            "an event type must be a URI");
        sound = false;
      }
      if (event.value.as_object() == nullptr) {
        add(Errc::events_structure, Level::must, event_path(event.name), "RFC 8417 1.2",
            std::string(event.value.type_name()) + " instead of an object");
        sound = false;
      }
    }
    if (events->size() > context_.policy.events_max) {
      add(Errc::events_count, Level::must, "/events", "SSF 1.0 4.2.1",
          std::to_string(events->size()) + " events in one SET");
    }
    return sound ? events : nullptr;
  }

  static std::string event_path(std::string_view type) {
    return JsonPath("/events").member(type).text();
  }

  // Step 15.
  void read_subject_claim() {
    if (members_.sub_id == nullptr) return;
    subject_ = read_subject(std::move(*members_.sub_id), context_.policy.strictness, "/sub_id",
                            findings_);
  }

  // Steps 17 and 18.
  void read_events(JsonObject& events) {
    bool first = true;
    for (JsonMember& member : events) {
      Event event = read_one_event(member);
      if (first) {
        token_.event = std::move(event);
      } else {
        token_.more_events.push_back(std::move(event));
      }
      first = false;
    }
  }

  Event read_one_event(JsonMember& member) {
    const JsonPath events("/events");
    const std::string path = event_path(member.name);
    Event event = read_event(member.name, std::move(member.value), context_.policy.strictness,
                             path, findings_);
    judge_event_in_set(event, *subject_, token_.txn.has_value(), path, findings_);
    judge_stream_subject(event);
    judge_event_time(event, path);
    if (context_.direction == Direction::sent) judge_event_to_send(event, path, findings_);
    return event;
  }

  // SSF 8.1.4.1, 8.1.5: events about the stream name the stream they travel on.
  void judge_stream_subject(const Event& event) {
    if (!context_.policy.stream_id || (!std::holds_alternative<ssf::Verification>(event) &&
                                       !std::holds_alternative<ssf::StreamUpdated>(event))) {
      return;
    }
    const auto* identifier = std::get_if<SubjectIdentifier>(&*subject_);
    const auto* opaque = identifier ? std::get_if<OpaqueSubject>(identifier) : nullptr;
    if (opaque != nullptr && opaque->id != *context_.policy.stream_id) {
      add(Errc::event_subject, Level::must, "/sub_id", "SSF 1.0 8.1.4.1", "names another stream");
    }
  }

  // EV-15: later than the SET itself; tolerated, as clocks differ.
  void judge_event_time(const Event& event, std::string_view path) {
    if (!iat_) return;
    const std::int64_t latest = iat_->seconds + context_.policy.iat_ahead_max.count();
    std::visit(
        [&](const auto& e) {
          if constexpr (requires { e.event_timestamp->seconds; }) {
            constexpr std::int64_t milliseconds_from = 100'000'000'000;
            if (e.event_timestamp && e.event_timestamp->seconds > latest &&
                e.event_timestamp->seconds < milliseconds_from) {
              add(Errc::warn_value, Level::warn, path, "CAEP 1.0 2",
                  "event_timestamp is later than iat");
            }
          }
        },
        event);
  }

  // Step 19.
  void judge_critical() {
    if (!subject_ || context_.policy.critical_unprocessable.empty()) return;
    const std::string_view name = find_critical(*subject_, context_.policy.critical_unprocessable);
    if (name.empty()) return;
    add(Errc::subject_critical, Level::must, "/sub_id", "SSF 1.0 3.6",
        "the critical member " + std::string(name) + " cannot be processed");
  }

  const ClaimsContext& context_;
  Findings& findings_;
  Members members_;
  SecurityEventToken token_;
  std::optional<NumericDate> iat_;
  std::optional<NumericDate> nbf_;
  std::optional<Subject> subject_;
  bool issuer_differs_ = false;
};

}  // namespace

std::optional<SecurityEventToken> read_claims(Json claims, const ClaimsContext& context,
                                              Findings& findings) {
  return ClaimsReader(context, findings).read(std::move(claims));
}

}  // namespace tocsin
