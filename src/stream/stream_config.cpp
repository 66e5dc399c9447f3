// Stream configurations: reading, writing, and what they say about an event type.
#include "tocsin/stream_config.h"

#include <algorithm>
#include <utility>

#include "stream/delivery.h"
#include "stream/members.h"
#include "stream/object_reader.h"
#include "stream/url_rules.h"

namespace tocsin {
namespace {

using stream::ObjectReader;

bool contains(const std::vector<std::string>& texts, std::string_view text) {
  return std::ranges::find(texts, text) != texts.end();
}

// The `iss` of the stream is the issuer its metadata came from (SSF 8.1.1.1), octet for octet.
void judge_iss(const std::string& iss, std::string_view issuer, ObjectReader& reader) {
  const JsonPath path = reader.at("iss");
  judge_issuer(iss, path, reader);
  if (!issuer.empty() && iss != issuer) {
    reader.add(Errc::claim_issuer, Level::must, path, "not the issuer of the metadata");
  }
}

// SSF 8.1.1: delivered is a subset of requested and of supported.
void judge_delivered(const StreamConfig& config, ObjectReader& reader) {
  const JsonPath path = reader.at("events_delivered");
  for (std::size_t i = 0; i < config.events_delivered.size(); ++i) {
    const std::string& type = config.events_delivered[i];
    if (config.events_requested && !contains(*config.events_requested, type)) {
      reader.value(path.element(i), Level::must, "a type that was not requested");
    } else if (config.events_supported && !contains(*config.events_supported, type)) {
      reader.value(path.element(i), Level::must, "a type that is not supported");
    }
  }
}

std::optional<StreamConfig> read_config(Json& json, std::string_view issuer, const JsonPath& path,
                                        Findings& findings) {
  ObjectReader reader(json, path, stream::stream_codes, "SSF 1.0 8.1.1", findings);
  if (!reader.is_object()) return std::nullopt;
  StreamConfig config;
  if (auto id = read_stream_id(reader)) config.stream_id = *std::move(id);
  if (auto iss = reader.required_text("iss")) {
    judge_iss(*iss, issuer, reader);
    config.iss = *std::move(iss);
  }
  if (Json* value = reader.require("aud")) {
    if (auto aud = read_aud(*value, reader)) config.aud = *std::move(aud);
  }
  config.events_supported = read_event_types(reader, "events_supported");
  config.events_requested = read_events_requested(reader);
  if (reader.require("events_delivered") != nullptr) {
    if (auto types = read_event_types(reader, "events_delivered")) {
      config.events_delivered = *std::move(types);
      judge_delivered(config, reader);
    }
  }
  if (Json* value = reader.require("delivery")) {
    const JsonPath at = reader.at("delivery");
    if (auto delivery = read_delivery(*value, at, reader)) config.delivery = *std::move(delivery);
  }
  config.min_verification_interval = read_interval(reader, "min_verification_interval");
  config.description = reader.text("description");
  config.inactivity_timeout = read_interval(reader, "inactivity_timeout");
  if (!reader.whole()) return std::nullopt;
  return config;
}

}  // namespace

std::optional<StreamConfig> read_stream_config(Json json, std::string_view issuer,
                                               Findings& findings) {
  return read_config(json, issuer, JsonPath(), findings);
}

Result<StreamConfig> parse_stream_config(Json json, std::string_view issuer,
                                         Strictness strictness) {
  Findings findings;
  auto config = read_config(json, issuer, JsonPath(), findings);
  return stream::accept(std::move(config), findings, strictness);
}

Result<std::vector<Result<StreamConfig>>> parse_stream_configs(Json json, std::string_view issuer,
                                                               Strictness strictness) {
  JsonArray* array = json.as_array();
  if (array == nullptr) return Error(Errc::stream_type, "the answer is not an array");
  const JsonPath root;
  std::vector<Result<StreamConfig>> configs;
  for (std::size_t i = 0; i < array->size(); ++i) {
    Findings findings;
    auto config = read_config((*array)[i], issuer, root.element(i), findings);
    configs.push_back(stream::accept(std::move(config), findings, strictness));
  }
  return configs;
}

Json to_json(const StreamConfig& config) {
  JsonObject object;
  object.append("stream_id", Json(config.stream_id));
  object.append("iss", Json(config.iss));
  object.append("aud", stream::aud_to_json(config.aud));
  stream::append(object, "events_supported", config.events_supported);
  stream::append(object, "events_requested", config.events_requested);
  object.append("events_delivered", stream::texts_to_json(config.events_delivered));
  object.append("delivery", stream::to_json(config.delivery));
  stream::append(object, "min_verification_interval", config.min_verification_interval);
  stream::append(object, "description", config.description);
  stream::append(object, "inactivity_timeout", config.inactivity_timeout);
  return object;
}

std::vector<std::string> events_delivered(
    const std::vector<std::string>& events_supported,
    const std::optional<std::vector<std::string>>& events_requested) {
  if (!events_requested) return events_supported;
  std::vector<std::string> delivered;
  for (const std::string& type : *events_requested) {
    if (contains(events_supported, type) && !contains(delivered, type)) delivered.push_back(type);
  }
  return delivered;
}

bool is_delivered(const StreamConfig& config, std::string_view event_type) noexcept {
  constexpr std::string_view verification =
      "https://schemas.openid.net/secevent/ssf/event-type/verification";
  constexpr std::string_view stream_updated =
      "https://schemas.openid.net/secevent/ssf/event-type/stream-updated";
  return event_type == verification || event_type == stream_updated ||
         contains(config.events_delivered, event_type);
}

}  // namespace tocsin
