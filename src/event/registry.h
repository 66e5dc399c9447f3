// Every event type there is a struct for, by URI and by its place in the Event variant.
#pragma once

#include <cstddef>
#include <string_view>

#include "base/json_path.h"
#include "event/judge.h"
#include "event/rule.h"
#include "json/sink.h"
#include "tocsin/event.h"
#include "tocsin/finding.h"
#include "tocsin/json.h"

namespace tocsin {

// All but OtherEvent.
inline constexpr std::size_t known_types = std::variant_size_v<EventVariant> - 1;

struct EventType {
  std::string_view uri;
  SubjectRule subject;
  Event (*read)(JsonObject payload, Strictness strictness, const JsonPath& where,
                Findings& findings);
  void (*write)(const Event& event, JsonSink& sink);
  void (*judge)(const Event& event, Judge::Origin origin, Strictness strictness,
                const JsonPath& where, Findings& findings);
};

// Compared octet by octet (EV-02); nullptr if there is none.
const EventType* find_event_type(std::string_view uri) noexcept;

// The type an old name meant (events.md 8.1); nullptr if `uri` is none.
const EventType* find_renamed_event_type(std::string_view uri);

// nullptr for OtherEvent.
const EventType* event_type_of(const Event& event) noexcept;

}  // namespace tocsin
