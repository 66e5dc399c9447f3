#include "receiver/stream_plan.h"

#include <algorithm>
#include <set>
#include <utility>

namespace tocsin::receiver {
namespace {

bool is_push(const WantedStream& wanted) noexcept {
  return wanted.delivery.method == DeliveryMethod::push;
}

bool ends_at_our_url(const WantedStream& wanted, const StreamConfig& stream) noexcept {
  return is_push(wanted) && stream.delivery.method == DeliveryMethod::push &&
         stream.delivery.endpoint_url == wanted.delivery.endpoint_url;
}

// A transmitter may have cut it (SSF 8.1.1).
bool has_our_description(const WantedStream& wanted, const StreamConfig& stream) noexcept {
  return stream.description && !stream.description->empty() &&
         wanted.description.starts_with(*stream.description);
}

bool has_our_delivery(const WantedStream& wanted, const StreamConfig& stream) noexcept {
  if (stream.delivery.method != wanted.delivery.method) return false;
  return !is_push(wanted) || ends_at_our_url(wanted, stream);
}

std::set<std::string_view> as_set(const std::vector<std::string>& list) {
  return {list.begin(), list.end()};
}

bool asks_as_wanted(const WantedStream& wanted, const StreamConfig& stream) {
  if (!stream.events_requested) return not_delivered(wanted, stream).empty();
  return as_set(*stream.events_requested) == as_set(wanted.events_requested);
}

std::optional<std::vector<std::string>> requested(const WantedStream& wanted) {
  if (wanted.events_requested.empty()) return std::nullopt;  // never `[]` (SSF-8.1.1-09)
  return wanted.events_requested;
}

std::optional<std::string> description(const WantedStream& wanted) {
  if (wanted.description.empty()) return std::nullopt;
  return wanted.description;
}

RequestedMembers all_members(const WantedStream& wanted) {
  return {wanted.delivery, requested(wanted), description(wanted)};
}

}  // namespace

const StreamConfig* find_ours(const WantedStream& wanted, const KnownStream& known,
                              const std::vector<StreamConfig>& streams) noexcept {
  const auto first = [&](const auto& is_it) -> const StreamConfig* {
    const auto found = std::ranges::find_if(streams, is_it);
    return found != streams.end() ? &*found : nullptr;
  };
  if (!known.stream_id.empty()) {
    return first([&](const StreamConfig& stream) { return stream.stream_id == known.stream_id; });
  }
  const StreamConfig* const ours =
      first([&](const StreamConfig& stream) { return ends_at_our_url(wanted, stream); });
  if (ours != nullptr) return ours;
  return first([&](const StreamConfig& stream) { return has_our_description(wanted, stream); });
}

const StreamConfig* find_in_our_place(const WantedStream& wanted,
                                      const std::vector<StreamConfig>& streams) noexcept {
  if (const StreamConfig* const ours = find_ours(wanted, {}, streams)) return ours;
  return streams.size() == 1 ? &streams.front() : nullptr;
}

StreamCreateRequest plan_create(const WantedStream& wanted) {
  return all_members(wanted);
}

StreamReplaceRequest plan_replace(const WantedStream& wanted, std::string stream_id) {
  return {.stream_id = std::move(stream_id), .requested = all_members(wanted)};
}

StreamStep plan_change(const WantedStream& wanted, const KnownStream& known,
                       const StreamConfig& stream) {
  const bool must_forget_types =
      wanted.events_requested.empty() && stream.events_requested.has_value();
  if (must_forget_types) return plan_replace(wanted, stream.stream_id);
  StreamUpdateRequest change{.stream_id = stream.stream_id};
  const bool credential = is_push(wanted) && !known.has_our_credential;
  if (credential || !has_our_delivery(wanted, stream)) {
    change.requested.delivery = wanted.delivery;
  }
  if (!asks_as_wanted(wanted, stream)) change.requested.events_requested = requested(wanted);
  const bool is_named =
      wanted.description.empty() || !stream.description || has_our_description(wanted, stream);
  if (!is_named) {
    change.requested.description = wanted.description;
  }
  const RequestedMembers& differs = change.requested;
  if (!differs.delivery && !differs.events_requested && !differs.description) return Keep{};
  return change;
}

Result<void> judge_stream(const WantedStream& wanted, const StreamConfig& stream) {
  if (wanted.aud && as_set(*wanted.aud) != as_set(stream.aud)) {
    return Error(Errc::claim_audience, "the stream has another aud");
  }
  if (stream.delivery.method != wanted.delivery.method) {
    return Error(Errc::stream_value, "the stream has another delivery method");
  }
  if (!is_push(wanted) && stream.delivery.endpoint_url.empty()) {
    return Error(Errc::stream_missing, "delivery: no endpoint_url to poll");
  }
  return {};
}

std::vector<std::string> not_delivered(const WantedStream& wanted, const StreamConfig& stream) {
  std::vector<std::string> missing;
  for (const std::string& type : wanted.events_requested) {
    if (std::ranges::find(stream.events_delivered, type) == stream.events_delivered.end()) {
      missing.push_back(type);
    }
  }
  return missing;
}

}  // namespace tocsin::receiver
