// Stream configurations: create, read, update, replace, delete (SSF 1.0 section 8.1.1).
#include <utility>

#include "base/try.h"
#include "base/url.h"
#include "stream/change.h"
#include "transmitter/api_route.h"
#include "transmitter/stream_api.h"

namespace tocsin::transmitter {
namespace {

using store::StreamChange;
using store::StreamOwner;
using store::StreamRecord;

// What the operator decides about a stream, whoever asks for what (SEC-11).
stream::Terms terms_of(const Tenant& tenant, const StreamOwner& owner, std::string stream_id,
                       std::vector<std::string> aud) {
  const TenantTerms& decided = tenant.terms();
  stream::Terms terms;
  terms.iss = tenant.issuer();
  terms.aud = std::move(aud);
  if (const ReceiverPolicy* policy = tenant.receiver(owner.receiver)) {
    terms.events_supported = types_for(*policy, decided.events_supported);
  }
  terms.push = decided.push;
  if (decided.poll) terms.poll_endpoint_url = tenant.poll_url(stream_id);
  terms.min_verification_interval = decided.min_verification_interval;
  terms.inactivity_timeout = decided.inactivity_timeout;
  terms.stream_id = std::move(stream_id);
  return terms;
}

// A literal address that we would never call is refused already here; names are neither resolved
// nor called (SEC-42).
Result<void> judge_delivery(const http::AddressRule& addresses, const RequestedMembers& requested) {
  if (!requested.delivery || requested.delivery->method != DeliveryMethod::push) return {};
  TOCSIN_TRY(const Url url, parse_url(requested.delivery->endpoint_url, PlainHttp::allowed));
  return addresses.judge_url(url);
}

Result<StreamRecord> new_stream(ApiParts parts, const StreamOwner& owner,
                                const http::Request& request) {
  TOCSIN_TRY(Json json, read_json(request));
  TOCSIN_TRY(const StreamCreateRequest wanted,
             parse_stream_create(std::move(json), parts.tenant.terms().push_urls));
  TOCSIN_CHECK(judge_delivery(parts.addresses, wanted));
  const std::string id = parts.random.id();
  const auto terms = terms_of(parts.tenant, owner, id, parts.tenant.aud_of(owner.receiver, id));
  StreamRecord record;
  TOCSIN_TRY(record.config, stream::create_stream(wanted, terms));
  record.owner = owner;
  record.default_subjects = parts.tenant.terms().default_subjects;
  record.created_at = parts.clock.wall();
  record.active_at = record.created_at;
  return record;
}

Task<Answer> create(ApiParts parts, StreamOwner owner, http::Request request) {
  Result<StreamRecord> record = new_stream(parts, owner, request);
  if (!record) co_return std::move(record).error();
  http::Response response = json_response(201, to_json(record->config));
  response.headers.add("Location", parts.tenant.urls().url(configuration_path) +
                                       "?stream_id=" + record->config.stream_id);
  Result<void> created =
      co_await parts.streams.create(std::move(*record), parts.tenant.terms().streams_max);
  if (!created) co_return std::move(created).error();
  co_return response;
}

Task<Answer> list(ApiParts parts, StreamOwner owner) {
  Result<std::vector<StreamRecord>> records = co_await parts.streams.list(std::move(owner));
  if (!records) co_return std::move(records).error();
  JsonArray configs;
  for (const StreamRecord& record : *records) configs.push_back(to_json(record.config));
  co_return json_response(200, Json(std::move(configs)));
}

Task<Answer> read(ApiParts parts, StreamOwner owner, http::Request request) {
  Result<std::optional<std::string>> id = find_stream_id(request);
  if (!id) co_return std::move(id).error();
  if (!*id) co_return co_await list(parts, std::move(owner));
  Result<StreamRecord> record =
      co_await find_stream(parts.streams, std::move(owner), std::move(**id), parts.clock.wall());
  if (!record) co_return std::move(record).error();
  co_return json_response(200, to_json(record->config));
}

// A change that was asked for, ready to be decided over the stream as it is.
struct WantedChange {
  std::string stream_id;
  store::StreamDecision decide;
};

// `apply` is stream::update_stream or stream::replace_stream.
template <class Wanted, class Apply>
Result<WantedChange> want(ApiParts parts, const StreamOwner& owner, Wanted wanted, Apply apply) {
  TOCSIN_CHECK(judge_delivery(parts.addresses, wanted.requested));
  std::string id = wanted.stream_id;
  auto decide = [terms = terms_of(parts.tenant, owner, id, {}), now = parts.clock.wall(), apply,
                 wanted = std::move(wanted)](const StreamRecord& current) -> Result<StreamChange> {
    stream::Terms its = terms;
    its.aud = current.config.aud;
    StreamChange change{.record = current};
    TOCSIN_TRY(change.record.config, apply(current.config, wanted, its));
    change.record.active_at = now;
    return change;
  };
  return WantedChange{std::move(id), std::move(decide)};
}

Result<WantedChange> wanted_update(ApiParts parts, const StreamOwner& owner,
                                   const http::Request& request) {
  TOCSIN_TRY(Json json, read_json(request));
  TOCSIN_TRY(StreamUpdateRequest wanted,
             parse_stream_update(std::move(json), parts.tenant.terms().push_urls));
  return want(parts, owner, std::move(wanted), stream::update_stream);
}

Result<WantedChange> wanted_replacement(ApiParts parts, const StreamOwner& owner,
                                        const http::Request& request) {
  TOCSIN_TRY(Json json, read_json(request));
  TOCSIN_TRY(StreamReplaceRequest wanted,
             parse_stream_replace(std::move(json), parts.tenant.terms().push_urls));
  return want(parts, owner, std::move(wanted), stream::replace_stream);
}

using ReadWanted = Result<WantedChange> (*)(ApiParts, const StreamOwner&, const http::Request&);

Task<Answer> change(ApiParts parts, StreamOwner owner, http::Request request,
                    ReadWanted read_wanted) {
  Result<WantedChange> wanted = read_wanted(parts, owner, request);
  if (!wanted) co_return std::move(wanted).error();
  Result<StreamRecord> record = co_await parts.streams.change(
      std::move(owner), std::move(wanted->stream_id), std::move(wanted->decide));
  if (!record) co_return std::move(record).error();
  co_return json_response(200, to_json(record->config));
}

Task<Answer> remove(ApiParts parts, StreamOwner owner, http::Request request) {
  Result<std::string> id = require_stream_id(request);
  if (!id) co_return std::move(id).error();
  Result<void> removed = co_await parts.streams.remove(std::move(owner), std::move(*id));
  if (!removed) co_return std::move(removed).error();
  co_return empty_response(204);
}

}  // namespace

std::vector<http::Route> configuration_routes(ApiParts parts, const Guard& guard) {
  using oauth::Operation;
  const auto route = [&](const char* method, Operation operation, std::size_t body_max,
                         OwnersHandler handler) {
    return make_route(parts.tenant, guard,
                      {.method = method,
                       .path = configuration_path,
                       .operation = operation,
                       .body_max = body_max},
                      std::move(handler));
  };
  return {
      route("POST", Operation::create_stream, management_body_max,
            [parts](StreamOwner owner, http::Request request) {
              return create(parts, std::move(owner), std::move(request));
            }),
      route("GET", Operation::read_configuration, 0,
            [parts](StreamOwner owner, http::Request request) {
              return read(parts, std::move(owner), std::move(request));
            }),
      route("PATCH", Operation::update_stream, management_body_max,
            [parts](StreamOwner owner, http::Request request) {
              return change(parts, std::move(owner), std::move(request), wanted_update);
            }),
      route("PUT", Operation::update_stream, management_body_max,
            [parts](StreamOwner owner, http::Request request) {
              return change(parts, std::move(owner), std::move(request), wanted_replacement);
            }),
      route("DELETE", Operation::delete_stream, 0,
            [parts](StreamOwner owner, http::Request request) {
              return remove(parts, std::move(owner), std::move(request));
            }),
  };
}

std::vector<http::Route> stream_api_routes(ApiParts parts, const Guard& guard) {
  std::vector<http::Route> routes = configuration_routes(parts, guard);
  for (const auto make : {status_routes, subject_routes, verification_routes}) {
    for (http::Route& route : make(parts, guard)) routes.push_back(std::move(route));
  }
  return routes;
}

}  // namespace tocsin::transmitter
