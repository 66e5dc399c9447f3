// A SET's `events` object of any shape: nothing crashes, and nothing is lost in strict mode.
#include <algorithm>
#include <cstdint>
#include <cstdlib>

#include "tocsin/event.h"

namespace {

using namespace tocsin;

void require(bool condition) {
  if (!condition) std::abort();
}

// A reason alone became a language map (EV-112), or there was no payload at all.
bool is_mended(const Findings& findings) {
  return std::ranges::any_of(findings, [](const Finding& finding) {
    return finding.code == Errc::events_structure ||
           (finding.code == Errc::event_type && finding.level == Level::tx);
  });
}

// Of a time, nanoseconds are kept.
Json without_time(Json payload) {
  if (JsonObject* members = payload.as_object()) members->erase("event_timestamp");
  return payload;
}

void try_payload(const JsonMember& member, Strictness strictness) {
  Findings findings;
  const EventContext context{.strictness = strictness};
  const Event event = read_event(member.name, member.value, context, findings);
  const Json written = to_json(event);
  for (const Finding& finding : findings) require(finding.path.starts_with("/events/"));
  if (strictness == Strictness::strict && !is_mended(findings)) {
    require(type_of(event) == member.name);
    require(without_time(written) == without_time(member.value));
  }
  judge_event(event, context, findings);
  judge_event_to_send(event, context, findings);
  for (const Finding& finding : findings) static_cast<void>(finding.to_string());

  Findings again;
  require(to_json(read_event(type_of(event), written, context, again)) == written);

  if (const Json* copy =
          member.value.as_object() ? member.value.as_object()->find("subject") : nullptr) {
    if (const auto subject = parse_subject(*copy, strictness)) {
      judge_event_in_set(event, {.sub_id = *subject}, context, findings);
    }
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto events = parse_json({reinterpret_cast<const char*>(data), size});
  if (!events || events->as_object() == nullptr) return 0;
  for (const JsonMember& member : *events->as_object()) {
    for (const auto strictness : {Strictness::strict, Strictness::interop, Strictness::lenient}) {
      try_payload(member, strictness);
    }
  }
  return 0;
}
