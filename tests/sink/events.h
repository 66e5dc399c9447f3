// SETs as the inbox holds them.
#pragma once

#include <string>
#include <utility>

#include "base/base64url.h"
#include "sink/sink_event.h"
#include "tocsin/json.h"

namespace tocsin::test {

inline store::InboxEntry inbox_entry(std::string jti, const std::string& subject = "jdoe",
                                     const std::string& type = "https://example.com/left") {
  const JsonObject claims{{"iss", "https://tr.example.com"},
                          {"jti", jti},
                          {"sub_id", JsonObject{{"format", "opaque"}, {"id", subject}}},
                          {"events", JsonObject{{type, JsonObject{}}}}};
  store::InboxEntry entry;
  entry.upstream = "partner";
  entry.iss = "https://tr.example.com";
  entry.jti = std::move(jti);
  entry.compact = "e30." + base64url_encode(to_text(Json(claims))) + ".c2ln";
  entry.received_at = std::chrono::sys_seconds(std::chrono::seconds(1'795'000'000));
  return entry;
}

inline sink::SinkEvent sink_event(std::int64_t place, std::string jti,
                                  const std::string& subject = "jdoe") {
  return sink::read_sink_event({place, inbox_entry(std::move(jti), subject)}).value();
}

}  // namespace tocsin::test
