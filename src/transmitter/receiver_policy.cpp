#include "transmitter/receiver_policy.h"

#include <algorithm>

namespace tocsin::transmitter {
namespace {

bool allows_type(const ReceiverPolicy& policy, std::string_view type) {
  return !policy.event_types ||
         std::ranges::find(*policy.event_types, type) != policy.event_types->end();
}

bool is_about_the_stream(const Event& event) {
  return std::holds_alternative<ssf::Verification>(event) ||
         std::holds_alternative<ssf::StreamUpdated>(event);
}

}  // namespace

std::vector<std::string> types_for(const ReceiverPolicy& policy,
                                   const std::vector<std::string>& events_supported) {
  std::vector<std::string> types;
  std::ranges::copy_if(events_supported, std::back_inserter(types),
                       [&](const std::string& type) { return allows_type(policy, type); });
  return types;
}

bool may_have(const ReceiverPolicy& policy, const Event& event, const Subject& subject) {
  if (is_about_the_stream(event)) return true;
  if (!allows_type(policy, type_of(event))) return false;
  switch (policy.subjects) {
    case SubjectScope::all:
      return true;
    case SubjectScope::listed:
      return std::ranges::any_of(policy.subjects_listed,
                                 [&](const Subject& listed) { return covers(listed, subject); });
    case SubjectScope::none:
      break;
  }
  return false;
}

}  // namespace tocsin::transmitter
