// Verification on request (SSF 1.0 section 8.1.4): 204 means that the event is on the stream.
#include "stream/verification.h"

#include <utility>

#include "base/try.h"
#include "http/problem.h"
#include "transmitter/api_route.h"
#include "transmitter/stream_api.h"

namespace tocsin::transmitter {
namespace {

using store::StreamChange;
using store::StreamOwner;
using store::StreamRecord;

Result<VerificationRequest> read_wanted(const http::Request& request) {
  TOCSIN_TRY(Json json, read_json(request));
  return parse_verification_request(std::move(json));
}

std::optional<std::chrono::seconds> wait_of(const StreamRecord& record, store::WallTime now) {
  return stream::verification_wait(record.config.min_verification_interval,
                                   record.verification_requested_at, now);
}

Result<StreamChange> decide(const StreamRecord& current, const VerificationRequest& wanted,
                            const std::string& jti, store::WallTime now) {
  if (wait_of(current, now)) return Errc::verification_early;
  StreamChange change{.record = current};
  change.record.verification_requested_at = now;
  change.record.active_at = now;
  if (stream::sends_verification(current.status)) {
    change.events.push_back(
        {.jti = jti, .at = now, .event = ssf::Verification{.state = wanted.state}});
  }
  return change;
}

// 429 with the time that is left. A refusal does not restart the interval.
http::Response too_early(const StreamRecord& record, store::WallTime now) {
  http::Response response = http::to_response(Errc::verification_early, http::Face::problem);
  const auto wait = wait_of(record, now).value_or(std::chrono::seconds(1));
  response.headers.erase("Retry-After");
  response.headers.add("Retry-After", std::to_string(wait.count()));
  return response;
}

Task<Answer> verify(ApiParts parts, StreamOwner owner, http::Request request) {
  Result<VerificationRequest> wanted = read_wanted(request);
  if (!wanted) co_return std::move(wanted).error();
  const store::WallTime now = parts.clock.wall();
  const std::string id = wanted->stream_id;
  store::StreamDecision decision = [wanted = std::move(*wanted), jti = parts.random.id(),
                                    now](const StreamRecord& current) {
    return decide(current, wanted, jti, now);
  };
  Result<StreamRecord> record = co_await parts.streams.change(owner, id, std::move(decision));
  if (record) co_return empty_response(204);
  if (record.error().code != Errc::verification_early) co_return std::move(record).error();
  // The call counts as activity although it was refused.
  Result<StreamRecord> current = co_await find_stream(parts.streams, std::move(owner), id, now);
  if (!current) co_return std::move(current).error();
  co_return too_early(*current, now);
}

}  // namespace

std::vector<http::Route> verification_routes(ApiParts parts, const Guard& guard) {
  return {make_route(parts.tenant, guard,
                     {.method = "POST",
                      .path = verification_path,
                      .operation = oauth::Operation::request_verification,
                      .body_max = management_body_max},
                     [parts](StreamOwner owner, http::Request request) {
                       return verify(parts, std::move(owner), std::move(request));
                     })};
}

}  // namespace tocsin::transmitter
