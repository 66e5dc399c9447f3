// What the operator lets one receiver have (SEC-14). A receiver's own wishes narrow this further,
// and never widen it: asking for a type or adding a subject is interest, not permission.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tocsin/event.h"
#include "tocsin/subject.h"

namespace tocsin::transmitter {

enum class SubjectScope : std::uint8_t { all, listed, none };

struct ReceiverPolicy {
  std::vector<std::string> aud{};  // of all its streams; none: a value made for each stream
  std::optional<std::vector<std::string>> event_types{};  // nothing: all that are supported

  // `listed`: events about what one of these covers. A complex subject covers what has all of its
  // members and more, so {tenant} is everything in that tenant and nothing else (SEC-15).
  SubjectScope subjects = SubjectScope::all;
  std::vector<Subject> subjects_listed{};
};

// Those of the tenant's types that this receiver may have: its `events_supported`.
std::vector<std::string> types_for(const ReceiverPolicy& policy,
                                   const std::vector<std::string>& events_supported);

// Whether this event may go to the receiver: asked when an event is accepted and again whenever it
// is about to leave. Events about the stream itself always may.
bool may_have(const ReceiverPolicy& policy, const Event& event, const Subject& subject);

}  // namespace tocsin::transmitter
