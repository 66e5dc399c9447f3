// Members that several stream documents share.
#pragma once

#include "stream/object_reader.h"

namespace tocsin::stream {

inline constexpr std::size_t description_octets_max = 1024;  // longer ones are cut
inline constexpr std::size_t stream_id_octets_max = 128;

// The required `stream_id`.
std::optional<std::string> read_stream_id(ObjectReader& reader);

// An array of event type URIs.
std::optional<std::vector<std::string>> read_event_types(ObjectReader& reader,
                                                         std::string_view name);

// `events_requested`; empty is accepted, and advised against (SSF 8.1.1).
std::optional<std::vector<std::string>> read_events_requested(ObjectReader& reader);

// `aud`, one string or several; `value` is the member.
std::optional<std::vector<std::string>> read_aud(Json& value, ObjectReader& reader);

// A duration; less than none is refused by policy.
std::optional<std::chrono::seconds> read_interval(ObjectReader& reader, std::string_view name);

// A text of at most `octets_max` octets.
std::optional<std::string> read_text(ObjectReader& reader, std::string_view name,
                                     std::size_t octets_max);

Json texts_to_json(const std::vector<std::string>& texts);
Json aud_to_json(const std::vector<std::string>& aud);

void append(JsonObject& object, std::string name, const std::optional<std::string>& value);
void append(JsonObject& object, std::string name,
            const std::optional<std::vector<std::string>>& value);
void append(JsonObject& object, std::string name, const std::optional<std::chrono::seconds>& value);

// Members a type does not describe; they never replace what it does.
void append_extra(JsonObject& object, const JsonObject& extra);

}  // namespace tocsin::stream
