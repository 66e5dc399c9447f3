#include "http/problem.h"

#include "base/outer_faces.h"
#include "http/wire.h"
#include "tocsin/json.h"

namespace tocsin::http {
namespace {

constexpr std::string_view retry_after = "5";  // seconds, where nobody knows better

JsonObject problem(const Error& error, unsigned status, std::string_view incident) {
  JsonObject body{{"title", reason_phrase(status)},
                  {"status", static_cast<int>(status)},
                  {"detail", error.public_text()},
                  {"code", describe(error.code).defect_class}};
  if (!incident.empty()) body.insert_or_assign("incident", incident);
  return body;
}

// A transmitter expects the words of RFC 8935 also where the server itself turned it away.
Errc in_push_terms(Errc code) {
  if (code == Errc::http_unauthenticated) return Errc::set_authentication;
  return code == Errc::http_forbidden ? Errc::set_access : code;
}

}  // namespace

Response to_response(const Error& failure, Face face, std::string_view incident) {
  const Error error(face == Face::push ? in_push_terms(failure.code) : failure.code);
  const std::string_view err = describe(error.code).err;
  Response response;
  response.status = http_status(error);
  if (face == Face::push && !err.empty()) {
    response.headers.add("Content-Type", "application/json");
    response.headers.add("Content-Language", "en");
    response.body = to_text(JsonObject{{"err", err}, {"description", error.public_text()}});
  } else {
    response.headers.add("Content-Type", "application/problem+json");
    response.body = to_text(problem(error, response.status, incident));
  }
  if (response.status == 429 || response.status == 503) {
    response.headers.add("Retry-After", std::string(retry_after));
  }
  return response;
}

}  // namespace tocsin::http
