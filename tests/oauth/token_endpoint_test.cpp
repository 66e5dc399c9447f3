#include "oauth/token_endpoint.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "jose/system_random.h"
#include "oauth/basic.h"
#include "oauth/jwt_check.h"
#include "oauth/resource_metadata.h"
#include "oauth/support.h"
#include "support/inline_workers.h"
#include "support/matchers.h"
#include "support/raw_client.h"
#include "support/run.h"
#include "support/test_server.h"

namespace tocsin::oauth {
namespace {

using namespace std::chrono_literals;
using test::FailsWith;
using test::Succeeds;
using testing::ElementsAre;

constexpr std::string_view our_issuer = "https://tr.example.com/tenant";

std::string encoded(std::string_view value) {
  std::string text;
  http::append_encoded(text, value);
  return text;
}

class TokenEndpointTest : public testing::Test {
 protected:
  static const SigningKey& token_key() {
    static const SigningKey made = new_key("token-1");
    return made;
  }
  static const SigningKey& client_key() {
    static const SigningKey made = new_key("acme-1");
    return made;
  }

  TokenEndpointTest() {
    SeededRandom random(3);
    const NewSecret secret = make_client_secret(random);
    secret_ = secret.secret;
    clients_ = MemoryClients::open({{.client_id = "acme",
                                     .secret_hashes = {secret.hash},
                                     .keys = KeySet::of({client_key()}),
                                     .scopes = {"ssf.read", "ssf.manage"}},
                                    {.client_id = "idle", .secret_hashes = {secret.hash}}})
                   .value();
    endpoint_ = open(config()).value();
  }

  static TokenEndpointConfig config() {
    return {.issuer = std::string(our_issuer),
            .resource = std::string(our_resource),
            .scopes = {"ssf.read", "ssf.manage"}};
  }
  Result<std::unique_ptr<TokenEndpoint>> open(TokenEndpointConfig with,
                                              std::vector<SigningKey> keys = {token_key()},
                                              const KeySet& set_keys = {}) {
    return TokenEndpoint::open(std::move(with), std::move(keys), set_keys,
                               {.clients = *clients_,
                                .assertions = used_,
                                .workers = workers_,
                                .random = random_,
                                .clock = clock_});
  }

  http::Response post(std::string form, http::Headers headers = {}, std::string query = "") {
    http::Request request;
    request.method = "POST";
    request.path = "/tenant/oauth/token";
    request.query = std::move(query);
    request.headers = std::move(headers);
    request.body = std::move(form);
    request.peer = "192.0.2.1";
    const http::Route route = endpoint_->routes().at(0);
    const Result<http::Response> answer = test::run(loop_, route.handler(std::move(request)));
    return answer ? *answer : http::Response{.status = 0, .headers = {}, .body = {}};
  }
  http::Response by_secret(std::string_view client_id, std::string_view secret,
                           std::string_view more = "") {
    return post("grant_type=client_credentials&client_id=" + encoded(client_id) +
                "&client_secret=" + encoded(secret) + std::string(more));
  }
  http::Response by_basic(std::string_view client_id, std::string_view secret,
                          std::string form = "grant_type=client_credentials") {
    return post(
        std::move(form),
        {{"Authorization", basic_authorization({std::string(client_id), std::string(secret)})}});
  }
  http::Response by_key(std::string_view client_id, const SigningKey& key, std::string jti,
                        std::string aud = std::string(our_issuer)) {
    const JsonObject claims{
        {"iss", client_id}, {"sub", client_id}, {"aud", aud}, {"exp", at(60)}, {"jti", jti}};
    const JsonObject header{{"alg", to_string(key.algorithm())}, {"kid", key.kid()}};
    return post("grant_type=client_credentials&client_assertion_type=" +
                encoded("urn:ietf:params:oauth:client-assertion-type:jwt-bearer") +
                "&client_assertion=" + test::sign(to_text(header), to_text(claims), key));
  }

  static JsonObject json(const http::Response& response) {
    const Result<Json> parsed = parse_json(response.body);
    EXPECT_TRUE(parsed && parsed->as_object()) << response.body;
    return parsed && parsed->as_object() ? *parsed->as_object() : JsonObject();
  }
  static std::string text(const JsonObject& object, std::string_view name) {
    const Json* const member = object.find(name);
    return member != nullptr && member->as_string() != nullptr ? *member->as_string() : "(none)";
  }
  // "400 invalid_request"
  static std::string outcome(const http::Response& response) {
    if (response.status == 200) return "200";
    return std::to_string(response.status) + " " + text(json(response), "error");
  }
  Result<Caller> check(const http::Response& granted) {
    const auto own =
        OwnTokenCheck::open(endpoint_->policy(), endpoint_->keys(), *clients_, clock_).value();
    const std::string token = text(json(granted), "access_token");
    return test::run(loop_, own->check(token));
  }

  loop::Loop loop_{1};
  ManualClock clock_{now};
  SeededRandom random_{1};
  test::InlineWorkers workers_;
  MemoryAssertions used_{clock_};
  std::string secret_;
  std::optional<MemoryClients> clients_;
  std::unique_ptr<TokenEndpoint> endpoint_;
};

// Covers: IC-15, IC-16, IOP-2.7.1-02, IOP-2.7.3-06.
TEST_F(TokenEndpointTest, SEC_63_ThreeWaysToATokenThatIsGoodHere) {
  for (const http::Response& granted :
       {by_secret("acme", secret_), by_basic("acme", secret_), by_key("acme", client_key(), "1")}) {
    ASSERT_EQ(granted.status, 200U) << granted.body;
    const JsonObject body = json(granted);
    EXPECT_EQ(text(body, "token_type"), "Bearer");
    EXPECT_EQ(*body.find("expires_in"), Json(600));
    EXPECT_EQ(text(body, "scope"), "ssf.read ssf.manage");
    const Result<Caller> caller = check(granted);
    ASSERT_THAT(caller, Succeeds());
    EXPECT_EQ(caller->key, (TenantKey{std::string(our_issuer), "acme"}));
    EXPECT_THAT(caller->scopes, ElementsAre("ssf.read", "ssf.manage"));
  }
}

// Covers: POLL-4.4.1-01.
TEST_F(TokenEndpointTest, SEC_63_TokensEndAfterTheirLifetime) {
  const http::Response granted = by_secret("acme", secret_);
  clock_.advance(659s);
  EXPECT_THAT(check(granted), Succeeds());
  clock_.advance(1s);
  EXPECT_THAT(check(granted), FailsWith(Errc::token_invalid));
}

TEST_F(TokenEndpointTest, SEC_63_OneDefectPerRequest) {
  const std::string good = "grant_type=client_credentials&client_id=acme&client_secret=" + secret_;
  EXPECT_EQ(outcome(post(good)), "200");
  EXPECT_EQ(outcome(post("")), "400 invalid_request");
  EXPECT_EQ(outcome(post("client_id=acme&client_secret=" + secret_)), "400 invalid_request");
  EXPECT_EQ(outcome(post(good + "&grant_type=client_credentials")), "400 invalid_request");
  EXPECT_EQ(outcome(post(good + "&scope=a&scope=b")), "400 invalid_request");
  EXPECT_EQ(outcome(post(good + "&x=%zz")), "400 invalid_request");
  EXPECT_EQ(outcome(post(good, {}, "client_id=acme")), "400 invalid_request");
  EXPECT_EQ(outcome(post(good, {{"Authorization", "Basic YTpi"}})), "400 invalid_request");
  EXPECT_EQ(outcome(post(good + "&resource=https%3A%2F%2Fother")), "400 invalid_request");
  EXPECT_EQ(outcome(post(good + "&resource=" + encoded(our_resource))), "200");
  EXPECT_EQ(outcome(post(good + "&unknown=ignored")), "200");
  EXPECT_EQ(outcome(by_basic("acme", secret_, "grant_type=authorization_code&code=x")),
            "400 unsupported_grant_type");
  EXPECT_EQ(outcome(post(good + "&scope=tocsin.admin")), "400 invalid_scope");
  EXPECT_EQ(outcome(post(good + "&scope=%22")), "400 invalid_scope");
  EXPECT_EQ(outcome(by_secret("idle", secret_)), "400 invalid_scope");
  EXPECT_EQ(outcome(post("grant_type=client_credentials")), "401 invalid_client");
  EXPECT_EQ(outcome(by_secret("acme", "wrong")), "401 invalid_client");
  EXPECT_EQ(outcome(by_basic("acme", "wrong")), "401 invalid_client");
  EXPECT_EQ(outcome(by_key("acme", new_key("acme-1"), "1")), "401 invalid_client");
  EXPECT_EQ(outcome(by_key("acme", client_key(), "1", "https://other.example.com")),
            "401 invalid_client");
}

TEST_F(TokenEndpointTest, SEC_63_UnknownAndKnownClientAreAnsweredAlike) {
  const auto same = [](const http::Response& a, const http::Response& b) {
    EXPECT_EQ(a.status, b.status);
    EXPECT_EQ(a.body, b.body);
    ASSERT_EQ(a.headers.size(), b.headers.size());
    EXPECT_TRUE(std::ranges::equal(a.headers, b.headers, [](const auto& x, const auto& y) {
      return x.name == y.name && x.value == y.value;
    }));
  };
  same(by_secret("acme", "wrong"), by_secret("nobody", "wrong"));
  same(by_basic("acme", "wrong"), by_basic("nobody", secret_));
  same(by_key("acme", new_key("acme-1"), "1"), by_key("nobody", client_key(), "2"));
  // An assertion a stranger makes up is not remembered for anybody.
  EXPECT_EQ(by_key("acme", client_key(), "1").status, 200U);
}

TEST_F(TokenEndpointTest, SEC_63_AnAssertionIsGoodOnce) {
  EXPECT_EQ(outcome(by_key("acme", client_key(), "once")), "200");
  EXPECT_EQ(outcome(by_key("acme", client_key(), "once")), "401 invalid_client");
  EXPECT_EQ(
      outcome(by_key("acme", client_key(), "twice", std::string(our_issuer) + "/oauth/token")),
      "200");
}

TEST_F(TokenEndpointTest, SEC_63_GrantsNoMoreThanIsRegistered) {
  const http::Response granted =
      by_secret("acme", secret_, "&scope=" + encoded("ssf.read tocsin.admin"));
  EXPECT_EQ(text(json(granted), "scope"), "ssf.read");
  EXPECT_THAT(check(granted)->scopes, ElementsAre("ssf.read"));
}

TEST_F(TokenEndpointTest, SEC_08_BadAttemptsLockNobodyOut) {
  std::vector<unsigned> statuses;
  for (int i = 0; i < 1000; ++i) statuses.push_back(by_secret("acme", "wrong").status);
  EXPECT_EQ(std::ranges::count(statuses, 401U), 20);
  EXPECT_EQ(std::ranges::count(statuses, 429U), 980);
  EXPECT_EQ(by_secret("acme", secret_).status, 200U);
}

TEST_F(TokenEndpointTest, RFC_6749_5_2_NamesTheSchemeAndIsNotStored) {
  const http::Response refused = by_secret("acme", "wrong");
  EXPECT_EQ(*refused.headers.find("WWW-Authenticate"), "Basic realm=\"token endpoint\"");
  EXPECT_EQ(*refused.headers.find("Content-Type"), "application/json");
  EXPECT_EQ(*by_secret("acme", secret_).headers.find("Pragma"), "no-cache");
  EXPECT_EQ(endpoint_->routes().at(0).cache_control, "no-store");
}

TEST_F(TokenEndpointTest, SEC_35_DoesNotStartWithAKeyThatSignsSets) {
  EXPECT_THAT(open(config(), {token_key()}, KeySet::of({client_key()})), Succeeds());
  EXPECT_THAT(open(config(), {token_key()}, KeySet::of({client_key(), token_key()})),
              FailsWith(Errc::config_invalid));
  EXPECT_THAT(open(config(), {}), FailsWith(Errc::config_invalid));
  EXPECT_THAT(open(config(), {new_key("a", Algorithm::EdDSA)}), FailsWith(Errc::config_invalid));
}

// Covers: IC-16.
TEST_F(TokenEndpointTest, SEC_63_DoesNotStartWithLongLivedTokens) {
  TokenEndpointConfig changed = config();
  changed.lifetime = 3600s;
  EXPECT_THAT(open(changed), Succeeds());
  changed.lifetime = 3601s;
  EXPECT_THAT(open(changed), FailsWith(Errc::config_invalid));
  changed.lifetime = 0s;
  EXPECT_THAT(open(changed), FailsWith(Errc::config_invalid));
  changed = config();
  changed.issuer = "http://tr.example.com";
  EXPECT_THAT(open(changed), FailsWith(Errc::config_invalid));
  changed = config();
  changed.resource.clear();
  EXPECT_THAT(open(changed), FailsWith(Errc::config_invalid));
}

// Covers: IOP-2.7.1-01.
TEST_F(TokenEndpointTest, RFC_8414_PublishesItsMetadataAtTheInsertedPath) {
  const std::vector<http::Route> routes = endpoint_->routes();
  ASSERT_EQ(routes.size(), 3U);
  EXPECT_EQ(routes[1].path, "/.well-known/oauth-authorization-server/tenant");
  EXPECT_EQ(routes[2].path, "/tenant/oauth/jwks.json");
  const JsonObject metadata = json(*test::run(loop_, routes[1].handler({})));
  EXPECT_EQ(text(metadata, "issuer"), our_issuer);
  EXPECT_EQ(text(metadata, "token_endpoint"), "https://tr.example.com/tenant/oauth/token");
  EXPECT_EQ(text(metadata, "jwks_uri"), "https://tr.example.com/tenant/oauth/jwks.json");
  EXPECT_EQ(*metadata.find("grant_types_supported"), Json(JsonArray{"client_credentials"}));
  EXPECT_EQ(*metadata.find("response_types_supported"), Json(JsonArray{}));
  const KeySet keys = KeySet::parse(test::run(loop_, routes[2].handler({}))->body).value();
  EXPECT_TRUE(keys.has_kid("token-1"));
  EXPECT_EQ(keys.size(), 1U);
}

// Through the server: media type, method, and a client that speaks to it over a socket.
TEST_F(TokenEndpointTest, OverLoopback) {
  loop::ThreadWorkers workers({.threads = 1});
  SystemRandom random;
  const auto served = TokenEndpoint::open(config(), {token_key()}, {},
                                          {.clients = *clients_,
                                           .assertions = used_,
                                           .workers = workers,
                                           .random = random,
                                           .clock = clock_})
                          .value();
  test::TestServer server(served->routes());
  const auto send = [&](std::string_view content_type, std::string_view body) {
    return test::ask(server.port(),
                     "POST /tenant/oauth/token HTTP/1.1\r\nHost: a\r\nContent-Type: " +
                         std::string(content_type) + "\r\nContent-Length: " +
                         std::to_string(body.size()) + "\r\n\r\n" + std::string(body));
  };
  const std::string form = "grant_type=client_credentials&client_id=acme&client_secret=" + secret_;
  const test::RawResponse granted = send(http::form_type, form);
  EXPECT_EQ(granted.status, 200U) << granted.body;
  EXPECT_EQ(granted.headers.at("cache-control"), "no-store");
  EXPECT_EQ(send("application/json", "{}").status, 415U);
  EXPECT_EQ(send(http::form_type, form + "x").status, 401U);
}

// Covers: IOP-2.7.2-06.
TEST(ResourceMetadata, PRM_01_IsAtTheInsertedPath) {
  EXPECT_EQ(resource_metadata_url("https://tr.example.com/ssf").value(),
            "https://tr.example.com/.well-known/oauth-protected-resource/ssf");
  EXPECT_EQ(resource_metadata_url("https://tr.example.com/").value(),
            "https://tr.example.com/.well-known/oauth-protected-resource");
  EXPECT_THAT(resource_metadata_url("https://tr.example.com/?a=b"),
              FailsWith(Errc::config_invalid));
  EXPECT_THAT(resource_metadata_url("urn:tr"), FailsWith(Errc::config_invalid));
}

TEST(ResourceMetadata, PRM_02_PRM_03_SaysWhoGivesTokensAndForWhat) {
  const http::Route route =
      resource_metadata_route({.resource = std::string(our_resource),
                               .authorization_servers = {std::string(as_issuer)},
                               .scopes = {"ssf.read", "ssf.manage"}})
          .value();
  EXPECT_TRUE(route.access.is_open());
  EXPECT_EQ(route.path, "/.well-known/oauth-protected-resource/ssf");
  loop::Loop loop(1);
  const http::Response response = *test::run(loop, route.handler({}));
  EXPECT_EQ(
      response.body,
      R"({"resource":"https://tr.example.com/ssf",)"
      R"("authorization_servers":["https://as.example.com"],)"
      R"("scopes_supported":["ssf.read","ssf.manage"],"bearer_methods_supported":["header"]})");
}

}  // namespace
}  // namespace tocsin::oauth
