// Reading, writing and judging an event by itself.
#include "tocsin/event.h"

#include <algorithm>

#include "base/json_path.h"
#include "base/uri.h"
#include "event/registry.h"
#include "event/reporter.h"
#include "event/write.h"

namespace tocsin {
namespace {

// Ignores ASCII case in `text`; `prefix` is lower case.
bool has_prefix(std::string_view text, std::string_view prefix) {
  return text.size() >= prefix.size() &&
         std::ranges::equal(prefix, text.substr(0, prefix.size()), [](char expected, char c) {
           return expected == (c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c);
         });
}

// Names only a standards body gives (EV-17). One we do not know is most likely a slip.
bool is_reserved(std::string_view type) {
  return has_prefix(type, "https://schemas.openid.net/") ||
         has_prefix(type, "http://schemas.openid.net/") || has_prefix(type, "urn:ietf:");
}

void judge_unknown(std::string_view type, const JsonPath& where, Findings& findings) {
  if (!is_uri(type)) {
    findings.push_back(
        {Errc::events_structure, Level::must, where.text(), "RFC 8417 1.2", "the type is no URI"});
    return;
  }
  findings.push_back({Errc::event_unknown, is_reserved(type) ? Level::tx : Level::warn,
                      where.text(), "SSF 1.0 4.1.5", ""});
}

}  // namespace

Event::Event() = default;
Event::Event(const Event& other) = default;
Event::Event(Event&& other) noexcept = default;
Event& Event::operator=(const Event& other) = default;
Event& Event::operator=(Event&& other) noexcept = default;
Event::~Event() = default;

std::string_view type_of(const Event& event) noexcept {
  if (const EventType* type = event_type_of(event)) return type->uri;
  return std::get_if<OtherEvent>(&event)->type;
}

void write_json(const Event& event, JsonSink& sink) {
  if (const EventType* type = event_type_of(event)) return type->write(event, sink);
  sink.value(std::get_if<OtherEvent>(&event)->payload);
}

Json to_json(const Event& event) {
  JsonTreeSink tree;
  write_json(event, tree);
  return std::move(tree).take();
}

bool is_known_event_type(std::string_view type) noexcept {
  return find_event_type(type) != nullptr;
}

Result<Event> parse_event(std::string_view type, Json payload, Strictness strictness) {
  Findings findings;
  Event event = read_event(type, std::move(payload), {.strictness = strictness}, findings);
  if (const Finding* refusal = first_refusal(findings, strictness, Direction::received)) {
    return to_error(*refusal);
  }
  return event;
}

Event read_event(std::string_view type, Json payload, const EventContext& context,
                 Findings& findings) {
  const JsonPath events(context.path);
  const JsonPath where = events.member(type);
  JsonObject* members = payload.as_object();
  if (members == nullptr) {
    findings.push_back({Errc::events_structure, Level::must, where.text(), "RFC 8417 1.2",
                        std::string(payload.type_name()) + " instead of an object"});
    return OtherEvent{std::string(type), {}};
  }
  const EventType* known = find_event_type(type);
  if (known == nullptr && context.strictness == Strictness::lenient) {
    known = find_renamed_event_type(type);
    if (known != nullptr) {
      findings.push_back({Errc::event_unknown, Level::warn, where.text(), "SSF 1.0 4.1.5",
                          "an old name, read as " + std::string(known->uri)});
    }
  }
  if (known == nullptr) {
    judge_unknown(type, where, findings);
    return OtherEvent{std::string(type), std::move(*members)};
  }
  return known->read(std::move(*members), context.strictness, where, findings);
}

void judge_event(const Event& event, const EventContext& context, Findings& findings) {
  const JsonPath events(context.path);
  const JsonPath where = events.member(type_of(event));
  if (const EventType* type = event_type_of(event)) {
    type->judge(event, Judge::Origin::built, context.strictness, where, findings);
  } else if (is_known_event_type(type_of(event))) {
    // Its rules would not be looked at.
    findings.push_back({Errc::event_type, Level::must, where.text(), "SSF 1.0 4.2.1",
                        "a type with a struct of its own in an OtherEvent"});
  } else {
    judge_unknown(type_of(event), where, findings);
  }
}

}  // namespace tocsin
