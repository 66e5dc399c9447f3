#include "delivery/poll_request.h"

#include <algorithm>
#include <utility>

#include "base/try.h"
#include "tocsin/json.h"

namespace tocsin::delivery {
namespace {

// The member, unless it is absent or null.
Json* find(JsonObject& object, std::string_view name) {
  Json* value = object.find(name);
  return value == nullptr || value->is_null() ? nullptr : value;
}

Error refused(std::string_view name, std::string_view expected) {
  return {Errc::poll_request, std::string(name) + ": not " + std::string(expected)};
}

Result<std::optional<std::size_t>> read_max_events(JsonObject& object) {
  const Json* value = find(object, "maxEvents");
  if (value == nullptr) return std::optional<std::size_t>();
  const JsonNumber* number = value->as_number();
  const auto count = number == nullptr ? std::nullopt : number->as_int64();
  if (!count || *count < 0) return refused("maxEvents", "a count");
  return std::optional<std::size_t>(static_cast<std::size_t>(*count));
}

Result<bool> read_return_immediately(JsonObject& object) {
  const Json* value = find(object, "returnImmediately");
  if (value == nullptr) return false;
  if (value->as_bool() == nullptr) return refused("returnImmediately", "true or false");
  return *value->as_bool();
}

Result<std::vector<std::string>> read_ack(JsonObject& object) {
  std::vector<std::string> ack;
  Json* value = find(object, "ack");
  if (value == nullptr) return ack;
  if (value->as_array() == nullptr) return refused("ack", "an array");
  for (Json& jti : *value->as_array()) {
    if (jti.as_string() == nullptr) return refused("ack", "an array of strings");
    ack.push_back(std::move(*jti.as_string()));
  }
  return ack;
}

Result<std::vector<PollRequest::Refusal>> read_set_errs(JsonObject& object) {
  std::vector<PollRequest::Refusal> refusals;
  Json* value = find(object, "setErrs");
  if (value == nullptr) return refusals;
  if (value->as_object() == nullptr) return refused("setErrs", "an object");
  for (JsonMember& member : *value->as_object()) {
    refusals.push_back({std::move(member.name), read_push_error(member.value)});
  }
  return refusals;
}

}  // namespace

std::size_t PollRequest::events_max() const noexcept {
  return std::min(max_events.value_or(poll_events_default), poll_events_max);
}

Result<PollRequest> parse_poll_request(std::string_view text) {
  TOCSIN_TRY(Json json, parse_json(text, {.text_max = poll_request_max}));
  if (json.as_object() == nullptr) return Error(Errc::poll_request, "not an object");
  JsonObject& object = *json.as_object();
  PollRequest request;
  TOCSIN_TRY(request.max_events, read_max_events(object));
  TOCSIN_TRY(request.return_immediately, read_return_immediately(object));
  TOCSIN_TRY(request.ack, read_ack(object));
  TOCSIN_TRY(request.set_errs, read_set_errs(object));
  std::erase_if(request.ack, [&](const std::string& jti) {
    return std::ranges::find(request.set_errs, jti, &PollRequest::Refusal::jti) !=
           request.set_errs.end();
  });
  return request;
}

}  // namespace tocsin::delivery
