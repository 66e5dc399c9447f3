#include "sink/sink_event.h"

#include <utility>

#include "base/base64url.h"
#include "base/time_text.h"
#include "base/try.h"

namespace tocsin::sink {
namespace {

constexpr std::size_t claims_max = 256 * 1024;  // octets (trust.md section 1)

Result<Json> read_claims(std::string_view compact) {
  const std::size_t first = compact.find('.');
  const std::size_t second = compact.find('.', first + 1);
  const bool is_jws = first != compact.npos && second != compact.npos &&
                      compact.find('.', second + 1) == compact.npos;
  if (!is_jws) return Error(Errc::jose_serialization, "not three segments");
  TOCSIN_TRY(const std::string text,
             base64url_decode(compact.substr(first + 1, second - first - 1)));
  return parse_json(text, {.text_max = claims_max, .string_max = claims_max});
}

}  // namespace

Result<SinkEvent> read_sink_event(const store::InboxRow& row) {
  SinkEvent event;
  event.place = row.place;
  event.upstream = row.entry.upstream;
  event.jti = row.entry.jti;
  event.received_at = row.entry.received_at;
  TOCSIN_TRY(event.claims, read_claims(row.entry.compact));
  const JsonObject* const claims = event.claims.as_object();
  const Json* const events = claims != nullptr ? claims->find("events") : nullptr;
  if (events == nullptr || events->as_object() == nullptr) {
    return Error(Errc::claim_missing, "events");
  }
  for (const auto& [type, payload] : *events->as_object()) event.types.push_back(type);
  if (const Json* const subject = claims->find("sub_id")) event.subject = to_text(*subject);
  return event;
}

Json to_json(const SinkEvent& event) {
  return JsonObject{{"upstream", event.upstream},
                    {"received_at", to_time_text(event.received_at)},
                    {"set", event.claims}};
}

}  // namespace tocsin::sink
