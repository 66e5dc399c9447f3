// Rules that join an event with the SET around it, and those that bind only a sender.
#include <algorithm>
#include <array>
#include <utility>

#include "base/json_path.h"
#include "event/registry.h"
#include "event/reporter.h"
#include "tocsin/event.h"

namespace tocsin {
namespace {

const JsonObject* extra_of(const Event& event) {
  return std::visit(
      [](const auto& known) -> const JsonObject* {
        if constexpr (requires { known.extra; }) return &known.extra;
        return nullptr;
      },
      event);
}

const NumericDate* time_of(const Event& event) {
  return std::visit(
      [](const auto& known) -> const NumericDate* {
        if constexpr (requires { known.event_timestamp; }) {
          return known.event_timestamp ? &*known.event_timestamp : nullptr;
        }
        return nullptr;
      },
      event);
}

class SetJudge : public Reporter {
 public:
  SetJudge(const Event& event, const SetAround& set, Strictness strictness, const JsonPath& where,
           Findings& findings)
      : Reporter(where, findings), event_(event), set_(set), strictness_(strictness) {}

  void judge(const SubjectRule& rule) {
    section(rule.section);
    judge_format(rule.kind);
    judge_payload_subject(rule.kind);
    judge_time();
    judge_kind();
  }

 private:
  void judge_format(SubjectRule::Kind kind) {
    const std::string_view format = format_of(set_.sub_id);
    switch (kind) {
      case SubjectRule::Kind::stream:
        if (format != "opaque") return refuse_subject("the stream, as opaque");
        if (set_.stream_id && stream_named() != *set_.stream_id) {
          refuse_subject("the stream this SET came on");
        }
        return;
      case SubjectRule::Kind::email_or_phone:
        if (format != "email" && format != "phone_number") {
          refuse_subject("an email or a phone_number");
        }
        return;
      case SubjectRule::Kind::scim:
        if (format != "scim") refuse_subject("a scim subject");
        return;
      case SubjectRule::Kind::any:
      case SubjectRule::Kind::own:
        return;
    }
  }

  void refuse_subject(std::string_view expected) {
    add(Errc::event_subject, Level::must, sub_id(),
        std::string(format_of(set_.sub_id)) + ", but this type is about " + std::string(expected));
  }

  std::string_view stream_named() const {
    const auto* identifier = std::get_if<SubjectIdentifier>(&set_.sub_id);
    const auto* opaque = identifier ? std::get_if<OpaqueSubject>(identifier) : nullptr;
    return opaque ? std::string_view(opaque->id) : std::string_view();
  }

  // EV-10, EV-11, SC-02.
  void judge_payload_subject(SubjectRule::Kind kind) {
    const JsonObject& extra = *extra_of(event_);
    if (extra.empty() || kind == SubjectRule::Kind::own) return;
    if (kind == SubjectRule::Kind::stream || kind == SubjectRule::Kind::scim) {
      if (kind == SubjectRule::Kind::stream) section("SSF 1.0 3.1.2");
      for (const std::string_view name : {"subject", "sub_id"}) {
        if (extra.find(name) == nullptr) continue;
        add(Errc::event_subject, Level::must, member(name), "this type has no subject of its own");
      }
      return;
    }
    if (const Json* copy = extra.find("subject")) judge_copy(*copy);
  }

  void judge_copy(const Json& copy) {
    section("SSF 1.0 3.1.4");
    const auto subject = parse_subject(copy, strictness_);
    if (!subject) {
      add(Errc::subject_conflict, Level::policy, member("subject"),
          "cannot be compared with sub_id: " + std::string(subject.error().public_text()));
    } else if (!is_same_entry(*subject, set_.sub_id)) {
      // Refused for every peer, the legacy ones too: nobody may choose between two people.
      const Level level = strictness_ == Strictness::lenient ? Level::must : Level::policy;
      add(Errc::subject_conflict, level, member("subject"));
    }
  }

  // EV-15. Milliseconds have a finding of their own.
  void judge_time() {
    const NumericDate* time = time_of(event_);
    if (time == nullptr || time->seconds >= milliseconds_from) return;
    if (time->seconds <= (set_.iat + set_.iat_ahead_max).time_since_epoch().count()) return;
    section("CAEP 1.0 2");
    add(Errc::warn_value, Level::warn, member("event_timestamp"), "later than iat");
  }

  void judge_kind() {
    if (const auto* changed = std::get_if<risc::IdentifierChanged>(&event_)) {
      judge_new_value(*changed);
    } else if (const auto* risk = std::get_if<caep::RiskLevelChange>(&event_)) {
      judge_principal(*risk);
    } else if (std::holds_alternative<scim::AsyncResponse>(event_) && !set_.has_txn) {
      section("RFC 9967 2.5.1.1");
      add(Errc::claim_missing, Level::must, root().member("txn"));
    }
  }

  // EV-101: the new identifier is of the kind of the old one.
  void judge_new_value(const risc::IdentifierChanged& event) {
    if (!event.new_value) return;
    const std::string_view format = format_of(set_.sub_id);
    const bool was_email = format == "email";
    const bool is_email = event.new_value->find('@') != std::string::npos;
    if (is_email == was_email || (!was_email && format != "phone_number")) return;
    section("RISC 1.0 2.5");
    add(Errc::warn_value, Level::warn, member("new-value"),
        was_email ? "no email address, like the old one" : "no phone number, like the old one");
  }

  // EV-93: a complex subject has the member the level is about.
  void judge_principal(const caep::RiskLevelChange& event) {
    constexpr std::array<std::pair<std::string_view, std::string_view>, 6> members{{
        {"USER", "user"},
        {"DEVICE", "device"},
        {"SESSION", "session"},
        {"TENANT", "tenant"},
        {"ORG_UNIT", "org_unit"},
        {"GROUP", "group"},
    }};
    const auto* complex = std::get_if<ComplexSubject>(&set_.sub_id);
    if (complex == nullptr) return;
    for (const auto& [principal, name] : members) {
      if (event.principal.text() != principal || complex->find(name) != nullptr) continue;
      section("CAEP 1.0 3.8.1");
      add(Errc::warn_value, Level::warn, member("principal"),
          "the subject has no " + std::string(name));
    }
  }

  static const JsonPath& root() {
    static const JsonPath path;
    return path;
  }
  static JsonPath sub_id() { return root().member("sub_id"); }

  const Event& event_;
  const SetAround& set_;
  Strictness strictness_;
};

}  // namespace

void judge_event_in_set(const Event& event, const SetAround& set, const EventContext& context,
                        Findings& findings) {
  const EventType* type = event_type_of(event);
  if (type == nullptr) return;  // a payload we do not know is not looked into (EV-03)
  const JsonPath events(context.path);
  const JsonPath where = events.member(type->uri);
  SetJudge(event, set, context.strictness, where, findings).judge(type->subject);
}

void judge_event_to_send(const Event& event, const EventContext& context, Findings& findings) {
  const EventType* type = event_type_of(event);
  if (type == nullptr) return;
  const JsonPath events(context.path);
  const JsonPath where = events.member(type->uri);
  Reporter report(where, findings);

  if (std::holds_alternative<risc::SessionsRevoked>(event)) {
    report.section("RISC 1.0 2.11");
    report.add(Errc::event_deprecated, Level::tx, where, "send CAEP session-revoked");
  }
  if (type->subject.kind == SubjectRule::Kind::own) {
    report.section(type->subject.section);
    report.add(Errc::event_deprecated, Level::tx, where, "a draft that was given up");
  }
  if (const Json* copy = extra_of(event)->find("subject")) {
    const JsonPath there = where.member("subject");
    const JsonObject* members = copy->as_object();
    if (members != nullptr && members->find("subject_type") != nullptr) {
      report.section("RISC 1.0 3.1");
      report.add(Errc::subject_format, Level::must, there.member("subject_type"));
    } else {
      report.section("SSF 1.0 3.1.1");
      report.add(Errc::warn_value, Level::warn, there, "sub_id is enough");
    }
  }
  if (const auto* level = std::get_if<caep::AssuranceLevelChange>(&event);
      level != nullptr && level->previous_level && !level->change_direction) {
    report.section("CAEP 1.0 3.4.1");
    report.add(Errc::event_missing, Level::should, where.member("change_direction"));
  }
  if (const auto* session = std::get_if<caep::SessionEstablished>(&event);
      session != nullptr && !session->event_timestamp) {
    report.section("CAEP 1.0 3.6");
    report.add(Errc::warn_value, Level::warn, where.member("event_timestamp"),
               "nobody can tell when");
  }
}

}  // namespace tocsin
