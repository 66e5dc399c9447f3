#include "transmitter/api_route.h"

#include <utility>

#include "base/try.h"
#include "http/parameters.h"

namespace tocsin::transmitter {
namespace {

Task<Answer> refuse(Error error) {
  co_return error;
}

}  // namespace

Result<store::StreamOwner> owner_of(const Tenant& tenant, const http::Request& request) {
  if (!request.caller) return Error(Errc::http_unauthenticated, "nobody called");
  if (tenant.receiver(request.caller->key) == nullptr) {
    return Error(Errc::http_forbidden, "no receiver of this issuer");
  }
  return store::StreamOwner{.iss = tenant.issuer(), .receiver = request.caller->key};
}

http::Route make_route(const Tenant& tenant, const Guard& guard, const ApiRoute& route,
                       OwnersHandler handler) {
  http::Route made;
  made.method = route.method;
  made.path = tenant.urls().path(route.path);
  made.access = guard(route.operation);
  made.body_max = route.body_max;
  made.handler = [&tenant, handler = std::move(handler)](http::Request request) {
    Result<store::StreamOwner> owner = owner_of(tenant, request);
    if (!owner) return refuse(std::move(owner).error());
    return handler(std::move(*owner), std::move(request));
  };
  return made;
}

Result<void> judge_json_type(const http::Request& request) {
  http::Route route;
  if (request.headers.count("Content-Type") > 0) route.media_types = {"application/json"};
  return http::judge_media_type(route, request.headers);
}

Result<Json> read_json(const http::Request& request) {
  TOCSIN_TRY(Json json, parse_json(request.body, {.text_max = management_body_max}));
  TOCSIN_CHECK(judge_json_type(request));
  return json;
}

Result<std::optional<std::string>> find_stream_id(const http::Request& request) {
  TOCSIN_TRY(const http::Parameters parameters, http::Parameters::parse(request.query));
  const std::string* id = parameters.find("stream_id");
  if (id == nullptr) return std::optional<std::string>();
  if (id->empty()) return Error(Errc::stream_value, "stream_id: empty");
  return std::optional<std::string>(*id);
}

Result<std::string> require_stream_id(const http::Request& request) {
  TOCSIN_TRY(std::optional<std::string> id, find_stream_id(request));
  if (!id) return Error(Errc::stream_missing, "stream_id: not in the query");
  return *std::move(id);
}

http::Response json_response(unsigned status, const Json& body) {
  http::Response response;
  response.status = status;
  response.headers.add("Content-Type", "application/json");
  response.body = to_text(body);
  return response;
}

http::Response empty_response(unsigned status) {
  http::Response response;
  response.status = status;
  return response;
}

Task<Result<store::StreamRecord>> find_stream(store::Streams& streams, store::StreamOwner owner,
                                              std::string stream_id, store::WallTime now) {
  Result<store::StreamRecord> record = co_await streams.read(owner, stream_id);
  if (!record || !record->config.inactivity_timeout) co_return record;
  store::StreamDecision touch =
      [now](const store::StreamRecord& current) -> Result<store::StreamChange> {
    store::StreamChange change{.record = current};
    change.record.active_at = now;
    return change;
  };
  co_return co_await streams.change(std::move(owner), std::move(stream_id), std::move(touch));
}

}  // namespace tocsin::transmitter
