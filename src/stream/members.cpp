#include "stream/members.h"

#include <utility>

#include "base/uri.h"

namespace tocsin::stream {

std::optional<std::string> read_stream_id(ObjectReader& reader) {
  auto id = reader.required_text("stream_id");
  if (!id) return id;
  const JsonPath path = reader.at("stream_id");
  if (id->empty()) {
    reader.value(path, Level::policy, "empty");
  } else if (id->size() > stream_id_octets_max) {
    reader.value(path, Level::policy, "too long");
  } else if (!is_uri_unreserved(*id)) {
    reader.value(path, Level::should, "more than RFC 3986 unreserved characters");
  }
  return id;
}

std::optional<std::vector<std::string>> read_event_types(ObjectReader& reader,
                                                         std::string_view name) {
  auto types = reader.texts(name);
  const JsonPath path = reader.at(name);
  for (std::size_t i = 0; types && i < types->size(); ++i) {
    if (!is_uri((*types)[i])) reader.value(path.element(i), Level::must, "not a URI");
  }
  return types;
}

std::optional<std::vector<std::string>> read_events_requested(ObjectReader& reader) {
  auto types = read_event_types(reader, "events_requested");
  if (types && types->empty()) {
    reader.value(reader.at("events_requested"), Level::should, "empty: nothing is asked for");
  }
  return types;
}

std::optional<std::vector<std::string>> read_aud(Json& value, ObjectReader& reader) {
  const JsonPath path = reader.at("aud");
  if (std::string* text = value.as_string()) {
    if (text->empty()) reader.value(path, Level::policy, "empty");
    return std::vector<std::string>{std::move(*text)};
  }
  if (value.as_array() == nullptr) {
    reader.refuse_type(path, "a string or an array of strings");
    return std::nullopt;
  }
  auto aud = reader.texts_of(value, path);
  if (aud && aud->empty()) reader.value(path, Level::policy, "empty: nobody may read its SETs");
  return aud;
}

std::optional<std::chrono::seconds> read_interval(ObjectReader& reader, std::string_view name) {
  const auto interval = reader.seconds(name);
  if (interval && interval->count() < 0) reader.value(reader.at(name), Level::policy, "negative");
  return interval;
}

std::optional<std::string> read_text(ObjectReader& reader, std::string_view name,
                                     std::size_t octets_max) {
  auto text = reader.text(name);
  if (text && text->size() > octets_max) reader.value(reader.at(name), Level::policy, "too long");
  return text;
}

Json texts_to_json(const std::vector<std::string>& texts) {
  return JsonArray(texts.begin(), texts.end());
}

Json aud_to_json(const std::vector<std::string>& aud) {
  return aud.size() == 1 ? Json(aud.front()) : texts_to_json(aud);
}

void append(JsonObject& object, std::string name, const std::optional<std::string>& value) {
  if (value) object.append(std::move(name), Json(*value));
}

void append(JsonObject& object, std::string name,
            const std::optional<std::vector<std::string>>& value) {
  if (value) object.append(std::move(name), texts_to_json(*value));
}

void append(JsonObject& object, std::string name,
            const std::optional<std::chrono::seconds>& value) {
  if (value) {
    object.append(std::move(name), JsonNumber(static_cast<std::int64_t>(value->count())));
  }
}

void append_extra(JsonObject& object, const JsonObject& extra) {
  for (const JsonMember& member : extra) {
    if (object.find(member.name) == nullptr) object.append(member.name, member.value);
  }
}

}  // namespace tocsin::stream
