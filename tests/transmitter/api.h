// A tenant with its whole API behind a router, called without sockets. Tokens are names: "acme" may
// manage, "acme-reader" is the same receiver and may read only, "globex" is another receiver,
// "nobody" has no SSF scope and "stranger" is no receiver of this issuer.
#pragma once

#include <gmock/gmock.h>

#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "http/problem.h"
#include "http/router.h"
#include "loop/workers.h"
#include "support/api_document.h"
#include "support/matchers.h"
#include "support/memory_streams.h"
#include "support/run.h"
#include "transmitter/poll_api.h"
#include "transmitter/signer.h"
#include "transmitter/stream_api.h"

namespace tocsin::transmitter {

inline const std::string session_revoked =
    "https://schemas.openid.net/secevent/caep/event-type/session-revoked";
inline const std::string credential_change =
    "https://schemas.openid.net/secevent/caep/event-type/credential-change";

inline Result<Caller> test_caller(const http::Request& request) {
  static const std::map<std::string, Caller> callers{
      {"Bearer acme", {{"https://as", "acme"}, {"ssf.manage"}}},
      {"Bearer acme-reader", {{"https://as", "acme"}, {"ssf.read"}}},
      {"Bearer acme-poller", {{"https://as", "acme"}, {"ssf.manage.poll"}}},
      {"Bearer globex", {{"https://as", "globex"}, {"ssf.manage"}}},
      {"Bearer nobody", {{"https://as", "acme"}, {"profile"}}},
      {"Bearer stranger", {{"https://as", "stranger"}, {"ssf.manage"}}},
      {"Bearer imposter", {{"https://other-as", "acme"}, {"ssf.manage"}}}};
  const auto found = callers.find(*request.headers.find("Authorization"));
  if (found == callers.end()) return Errc::token_invalid;
  return found->second;
}

inline http::Access test_guard(oauth::Operation operation) {
  return http::Access::guarded("ssf", "Bearer", http::at_once(test_caller),
                               oauth::accepted_scopes(operation));
}

class ApiTest : public ::testing::Test {
 protected:
  static TenantTerms plain_terms() {
    return {.issuer = "https://tr.example.com/a",
            .events_supported = {session_revoked, credential_change}};
  }

  explicit ApiTest(TenantTerms terms = plain_terms())
      : tenant_(Tenant::open(std::move(terms), signer_).value()) {
    tenant_->replace_receivers({{{"https://as", "acme"}, {}}, {{"https://as", "globex"}, {}}});
  }

  ApiParts parts() {
    return {.tenant = *tenant_,
            .streams = store_,
            .subjects = store_,
            .clock = clock_,
            .random = random_,
            .addresses = addresses_};
  }

  virtual std::vector<http::Route> routes() {
    std::vector<http::Route> routes = stream_api_routes(parts(), test_guard);
    for (http::Route& route : poll_api_.routes(test_guard)) routes.push_back(std::move(route));
    return routes;
  }

  // What the server does with a request, but for sockets.
  http::Task<http::Response> serve(http::Request request) {
    const http::Router router = http::Router::open(routes()).value();
    const http::Router::Match match = router.find(request.method, request.path);
    if (match.route == nullptr) {
      co_return http::to_response(match.allow.empty() ? Errc::http_not_found : Errc::http_method,
                                  http::Face::problem);
    }
    const http::Route route = *match.route;
    request.segment = match.segment;
    Result<void> admitted = co_await route.access.admit(request);
    if (admitted) admitted = http::judge_media_type(route, request.headers);
    if (admitted && request.body.size() > route.body_max) admitted = Errc::http_too_large;
    if (!admitted) co_return http::to_response(admitted.error(), http::Face::problem);
    Result<http::Response> response = co_await route.handler(std::move(request));
    if (!response) co_return http::to_response(response.error(), http::Face::problem);
    co_return std::move(*response);
  }

  static http::Request request(std::string method, std::string_view target, std::string body,
                               const std::string& token) {
    http::Request request;
    request.method = std::move(method);
    const std::size_t question = std::min(target.find('?'), target.size());
    request.path = "/a" + std::string(target.substr(0, question));
    request.query = target.substr(std::min(question + 1, target.size()));
    if (!token.empty()) request.headers.add("Authorization", "Bearer " + token);
    if (!body.empty()) request.headers.add("Content-Type", "application/json");
    request.body = std::move(body);
    return request;
  }

  // Every answer is held to docs/openapi.json.
  http::Response call(const std::string& method, std::string_view target, std::string body = {},
                      const std::string& token = "acme") {
    http::Response response =
        test::run(loop_, serve(request(method, target, std::move(body), token)));
    const std::string* type = response.headers.find("Content-Type");
    EXPECT_EQ(test::ApiDocument::ours().judge(method, target,
                                              {.status = response.status,
                                               .type = type == nullptr ? "" : *type,
                                               .body = response.body}),
              "");
    return response;
  }

  static Json body_of(const http::Response& response) {
    auto json = parse_json(response.body);
    EXPECT_TRUE(json) << response.body;
    return json ? std::move(*json) : Json();
  }

  // A member of an object, by a path of names: member(json, "delivery", "method").
  template <class... Names>
  static Json member(const Json& json, std::string_view name, Names... names) {
    const JsonObject* object = json.as_object();
    const Json* value = object == nullptr ? nullptr : object->find(name);
    if (value == nullptr) return Json();
    if constexpr (sizeof...(names) == 0) {
      return *value;
    } else {
      return member(*value, names...);
    }
  }

  static std::string code_of(const http::Response& response) {
    const Json code = member(body_of(response), "code");
    return code.as_string() == nullptr ? "" : *code.as_string();
  }

  // The id of a new stream.
  std::string create(std::string body = "{}", const std::string& token = "acme") {
    const http::Response response = call("POST", "/ssf/streams", std::move(body), token);
    EXPECT_EQ(response.status, 201U) << response.body;
    const Json id = member(body_of(response), "stream_id");
    return id.as_string() == nullptr ? "" : *id.as_string();
  }

  std::string create_push() {
    return create(R"({"delivery":{"method":"urn:ietf:rfc:8935",
        "endpoint_url":"https://rc.example.com/push","authorization_header":"Bearer secret"}})");
  }

  http::Response get_status(const std::string& id) {
    return call("GET", "/ssf/status?stream_id=" + id);
  }

  http::Response set_status(const std::string& id, std::string_view status) {
    return call("POST", "/ssf/status",
                R"({"stream_id":")" + id + R"(","status":")" + std::string(status) + R"("})");
  }

  http::Response poll(const std::string& id, std::string body = R"({"returnImmediately":true})",
                      const std::string& token = "acme") {
    return call("POST", "/ssf/poll/" + id, std::move(body), token);
  }

  // The jtis of a poll's answer, in order.
  static std::vector<std::string> jtis(const http::Response& response) {
    std::vector<std::string> jtis;
    const Json sets = member(body_of(response), "sets");
    if (sets.as_object() == nullptr) return {"no sets"};
    for (const JsonMember& set : *sets.as_object()) jtis.push_back(set.name);
    return jtis;
  }

  Result<VerifiedSet> verify_set(const std::string& compact, const std::string& stream_id) {
    SetPolicy policy;
    policy.iss = "https://tr.example.com/a";
    policy.aud = store_.record(stream_id).config.aud;
    policy.stream_id = stream_id;
    return verify(compact, KeySet::of({key_}), policy, clock_.wall_seconds());
  }

  loop::Loop loop_;
  ManualClock clock_{std::chrono::sys_seconds(std::chrono::seconds(1'795'000'000))};
  SeededRandom random_{1};
  SigningKey key_ = SigningKey::generate(Algorithm::ES256).value();
  loop::ThreadWorkers workers_{{.threads = 1}};
  Signer signer_{key_, workers_};
  http::AddressRule addresses_;
  std::unique_ptr<Tenant> tenant_;
  test::MemoryStreams store_;
  OutgoingSets sets_{store_};
  PollWaiters waiters_{store_, clock_};
  PollApi poll_api_{{.tenant = *tenant_,
                     .streams = store_,
                     .outbox = store_,
                     .sets = sets_,
                     .waiters = waiters_,
                     .clock = clock_}};
};

}  // namespace tocsin::transmitter
