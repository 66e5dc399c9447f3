#include "store/stream_text.h"

#include <optional>
#include <utility>

#include "base/try.h"
#include "tocsin/json.h"

namespace tocsin::store {
namespace {

constexpr JsonLimits limits{.text_max = 16 << 20, .members_max = 100'000};

using Strings = std::vector<std::string>;

Json to_json(const Strings& texts) {
  JsonArray array;
  for (const std::string& text : texts) array.emplace_back(text);
  return array;
}
Json to_json(const std::string& text) {
  return text;
}
Json to_json(std::chrono::seconds span) {
  return static_cast<std::int64_t>(span.count());
}
Json to_json(WallTime time) {
  return static_cast<std::int64_t>(time.time_since_epoch().count());
}
Json to_json(StreamStatus status) {
  return static_cast<int>(status);
}
Json to_json(bool value) {
  return value;
}

template <class T>
void put(JsonObject& object, const char* name, const T& value) {
  object.append(name, to_json(value));
}
template <class T>
void put(JsonObject& object, const char* name, const std::optional<T>& value) {
  if (value) object.append(name, to_json(*value));
}

bool read(const Json& json, std::string& text) {
  const std::string* value = json.as_string();
  if (value != nullptr) text = *value;
  return value != nullptr;
}
bool read(const Json& json, Strings& texts) {
  const JsonArray* array = json.as_array();
  if (array == nullptr) return false;
  texts.clear();
  for (const Json& element : *array) {
    if (!read(element, texts.emplace_back())) return false;
  }
  return true;
}
std::optional<std::int64_t> number(const Json& json) {
  const JsonNumber* value = json.as_number();
  return value == nullptr ? std::nullopt : value->as_int64();
}
bool read(const Json& json, std::chrono::seconds& span) {
  const auto value = number(json);
  span = std::chrono::seconds(value.value_or(0));
  return value.has_value();
}
bool read(const Json& json, WallTime& time) {
  const auto value = number(json);
  time = WallTime(std::chrono::milliseconds(value.value_or(0)));
  return value.has_value();
}
bool read(const Json& json, bool& value) {
  const bool* boolean = json.as_bool();
  if (boolean != nullptr) value = *boolean;
  return boolean != nullptr;
}
bool read(const Json& json, StreamStatus& status) {
  const auto value = number(json);
  status = static_cast<StreamStatus>(value.value_or(0));
  return value.has_value();
}

template <class T>
bool get(const JsonObject& object, const char* name, T& value) {
  const Json* json = object.find(name);
  return json != nullptr && read(*json, value);
}
template <class T>
bool get(const JsonObject& object, const char* name, std::optional<T>& value) {
  const Json* json = object.find(name);
  return json == nullptr || read(*json, value.emplace());
}

bool read_pending(const JsonObject& object, std::optional<PendingStatus>& pending) {
  const Json* json = object.find("pending");
  if (json == nullptr) return true;
  const JsonObject* members = json->as_object();
  if (members == nullptr) return false;
  PendingStatus& status = pending.emplace();
  return get(*members, "status", status.status) && get(*members, "reason", status.reason) &&
         get(*members, "deadline", status.deadline);
}

}  // namespace

std::string stream_text(const StreamRecord& record) {
  const StreamConfig& config = record.config;
  JsonObject object;
  put(object, "aud", config.aud);
  put(object, "events_supported", config.events_supported);
  put(object, "events_requested", config.events_requested);
  put(object, "events_delivered", config.events_delivered);
  put(object, "endpoint_url", config.delivery.endpoint_url);
  put(object, "min_verification_interval", config.min_verification_interval);
  put(object, "description", config.description);
  put(object, "inactivity_timeout", config.inactivity_timeout);
  put(object, "reason", record.reason);
  put(object, "locked", record.locked);
  if (record.pending) {
    JsonObject pending;
    put(pending, "status", record.pending->status);
    put(pending, "reason", record.pending->reason);
    put(pending, "deadline", record.pending->deadline);
    object.append("pending", std::move(pending));
  }
  put(object, "created_at", record.created_at);
  put(object, "verification_requested_at", record.verification_requested_at);
  return to_text(Json(std::move(object)));
}

Result<void> read_stream_text(std::string_view text, StreamRecord& record) {
  TOCSIN_TRY(const Json json, parse_json(text, limits));
  const JsonObject* object = json.as_object();
  StreamConfig& config = record.config;
  const bool read =
      object != nullptr && get(*object, "aud", config.aud) &&
      get(*object, "events_supported", config.events_supported) &&
      get(*object, "events_requested", config.events_requested) &&
      get(*object, "events_delivered", config.events_delivered) &&
      get(*object, "endpoint_url", config.delivery.endpoint_url) &&
      get(*object, "min_verification_interval", config.min_verification_interval) &&
      get(*object, "description", config.description) &&
      get(*object, "inactivity_timeout", config.inactivity_timeout) &&
      get(*object, "reason", record.reason) && get(*object, "locked", record.locked) &&
      read_pending(*object, record.pending) && get(*object, "created_at", record.created_at) &&
      get(*object, "verification_requested_at", record.verification_requested_at);
  if (!read) return Error(Errc::store_schema, "a stream's record is damaged");
  return {};
}

}  // namespace tocsin::store
