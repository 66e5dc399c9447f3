// What the routes of a tenant's API have in common: who calls, how a body and a query are read, and
// what an answer looks like.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/router.h"
#include "store/streams.h"
#include "tocsin/json.h"
#include "transmitter/stream_api.h"
#include "transmitter/tenant.h"

namespace tocsin::transmitter {

using http::Task;
using Answer = Result<http::Response>;

// Whose streams the caller may see. http_forbidden: the operator has not registered it here, so it
// may not even create one.
Result<store::StreamOwner> owner_of(const Tenant& tenant, const http::Request& request);

// Answers a request of a registered receiver.
using OwnersHandler = std::function<Task<Answer>(store::StreamOwner, http::Request)>;

struct ApiRoute {
  std::string method;
  std::string_view path;  // below the issuer's
  oauth::Operation operation;
  std::size_t body_max = 0;
};
http::Route make_route(const Tenant& tenant, const Guard& guard, const ApiRoute& route,
                       OwnersHandler handler);

inline constexpr std::size_t management_body_max = 64 * 1024;  // bytes (trust.md section 1)

// http_media_type unless the body is labelled application/json, or not at all.
Result<void> judge_json_type(const http::Request& request);

// The body of a management request. What is no JSON is that before it is badly labelled. Errors:
// json_*, http_media_type.
Result<Json> read_json(const http::Request& request);

// `stream_id` of the query; nothing if it is not there. An empty one is stream_value.
Result<std::optional<std::string>> find_stream_id(const http::Request& request);
// stream_missing if it is not there.
Result<std::string> require_stream_id(const http::Request& request);

http::Response json_response(unsigned status, const Json& body);
http::Response empty_response(unsigned status);

// Finds a stream for a call that changes nothing of it, and restarts its inactivity timeout: every
// call that names the stream counts (SSF 8.1.1).
Task<Result<store::StreamRecord>> find_stream(store::Streams& streams, store::StreamOwner owner,
                                              std::string stream_id, store::WallTime now);

}  // namespace tocsin::transmitter
