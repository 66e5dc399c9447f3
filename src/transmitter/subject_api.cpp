// The subjects of a stream: add and remove (SSF 1.0 section 8.1.3). The answer tells nothing about
// the subject: one that is unknown, not permitted or opted out is taken like any other, and the
// same work is done for it (SEC-13). Adding is interest, never permission (SEC-14).
#include <utility>

#include "base/try.h"
#include "transmitter/api_route.h"
#include "transmitter/stream_api.h"

namespace tocsin::transmitter {
namespace {

using store::StreamOwner;
using store::StreamRecord;

Result<SubjectAddRequest> read_add(const http::Request& request) {
  TOCSIN_TRY(Json json, read_json(request));
  return parse_subject_add(std::move(json));
}

Result<SubjectRemoveRequest> read_remove(const http::Request& request) {
  TOCSIN_TRY(Json json, read_json(request));
  return parse_subject_remove(std::move(json));
}

Task<Answer> add(ApiParts parts, StreamOwner owner, http::Request request) {
  Result<SubjectAddRequest> wanted = read_add(request);
  if (!wanted) co_return std::move(wanted).error();
  const store::WallTime now = parts.clock.wall();
  Result<StreamRecord> record = co_await find_stream(parts.streams, owner, wanted->stream_id, now);
  if (!record) co_return std::move(record).error();
  Result<void> added = co_await parts.subjects.add(std::move(owner), std::move(wanted->stream_id),
                                                   std::move(wanted->subject), wanted->verified,
                                                   now, parts.tenant.terms().subjects_max);
  if (!added) co_return std::move(added).error();
  co_return empty_response(200);
}

Task<Answer> remove(ApiParts parts, StreamOwner owner, http::Request request) {
  Result<SubjectRemoveRequest> wanted = read_remove(request);
  if (!wanted) co_return std::move(wanted).error();
  const store::WallTime now = parts.clock.wall();
  Result<StreamRecord> record = co_await find_stream(parts.streams, owner, wanted->stream_id, now);
  if (!record) co_return std::move(record).error();
  Result<void> removed = co_await parts.subjects.remove(
      std::move(owner), std::move(wanted->stream_id), std::move(wanted->subject),
      now + parts.tenant.terms().removal_grace, parts.tenant.terms().subjects_max);
  if (!removed) co_return std::move(removed).error();
  co_return empty_response(204);
}

}  // namespace

std::vector<http::Route> subject_routes(ApiParts parts, const Guard& guard) {
  const auto route = [&](std::string_view path, oauth::Operation operation, OwnersHandler handler) {
    return make_route(
        parts.tenant, guard,
        {.method = "POST", .path = path, .operation = operation, .body_max = management_body_max},
        std::move(handler));
  };
  return {
      route(add_subject_path, oauth::Operation::add_subject,
            [parts](StreamOwner owner, http::Request request) {
              return add(parts, std::move(owner), std::move(request));
            }),
      route(remove_subject_path, oauth::Operation::remove_subject,
            [parts](StreamOwner owner, http::Request request) {
              return remove(parts, std::move(owner), std::move(request));
            }),
  };
}

}  // namespace tocsin::transmitter
