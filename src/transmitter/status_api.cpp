// A stream's status: read and update (SSF 1.0 section 8.1.2).
#include <utility>

#include "base/try.h"
#include "transmitter/api_route.h"
#include "transmitter/status_change.h"
#include "transmitter/stream_api.h"

namespace tocsin::transmitter {
namespace {

using store::StreamChange;
using store::StreamOwner;
using store::StreamRecord;

http::Response status_response(const StreamRecord& record) {
  return json_response(200, to_json(StatusDocument{.stream_id = record.config.stream_id,
                                                   .status = record.status,
                                                   .reason = record.reason}));
}

Task<Answer> read(ApiParts parts, StreamOwner owner, http::Request request) {
  Result<std::string> id = require_stream_id(request);
  if (!id) co_return std::move(id).error();
  Result<StreamRecord> record =
      co_await find_stream(parts.streams, std::move(owner), std::move(*id), parts.clock.wall());
  if (!record) co_return std::move(record).error();
  co_return status_response(*record);
}

Result<StatusDocument> read_wanted(const http::Request& request) {
  TOCSIN_TRY(Json json, read_json(request));
  return parse_status(std::move(json));
}

Task<Answer> update(ApiParts parts, StreamOwner owner, http::Request request) {
  Result<StatusDocument> wanted = read_wanted(request);
  if (!wanted) co_return std::move(wanted).error();
  std::string id = wanted->stream_id;
  store::StreamDecision decide = [wanted = std::move(*wanted), now = parts.clock.wall()](
                                     const StreamRecord& current) -> Result<StreamChange> {
    TOCSIN_TRY(stream::StatusStep step,
               stream::request_status(status_of(current), wanted.status, wanted.reason));
    StreamChange change = apply_status(current, std::move(step), {}, now);
    change.record.active_at = now;
    return change;
  };
  Result<StreamRecord> record =
      co_await parts.streams.change(std::move(owner), std::move(id), std::move(decide));
  if (!record) co_return std::move(record).error();
  co_return status_response(*record);
}

}  // namespace

std::vector<http::Route> status_routes(ApiParts parts, const Guard& guard) {
  return {
      make_route(parts.tenant, guard,
                 {.method = "GET", .path = status_path, .operation = oauth::Operation::read_status},
                 [parts](StreamOwner owner, http::Request request) {
                   return read(parts, std::move(owner), std::move(request));
                 }),
      make_route(parts.tenant, guard,
                 {.method = "POST",
                  .path = status_path,
                  .operation = oauth::Operation::update_status,
                  .body_max = management_body_max},
                 [parts](StreamOwner owner, http::Request request) {
                   return update(parts, std::move(owner), std::move(request));
                 }),
  };
}

}  // namespace tocsin::transmitter
