// An authorization server that is asked about tokens: scripted for the rules, over loopback for the
// wire.
#include "oauth/introspection.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "http/deadlines.h"
#include "http/parameters.h"
#include "http/pooled_client.h"
#include "oauth/basic.h"
#include "oauth/support.h"
#include "support/held_client.h"
#include "support/matchers.h"
#include "support/run.h"
#include "support/scripted_client.h"
#include "support/test_server.h"

namespace tocsin::oauth {
namespace {

using namespace std::chrono_literals;
using test::FailsWith;
using test::response;
using test::Succeeds;

constexpr const char* inactive = R"({"active":false})";

std::string active(const Change& change = {}) {
  JsonObject answer{
      {"active", true}, {"client_id", "acme"}, {"aud", our_resource}, {"scope", "ssf.read"}};
  if (change) change(answer);
  return to_text(answer);
}

IntrospectionConfig config(std::string_view endpoint = "https://as.example.com/introspect") {
  return {.endpoint = parse_url(endpoint, PlainHttp::allowed).value(),
          .client_id = "tocsin:1",
          .client_secret = "s/cret",
          .policy = policy()};
}

class IntrospectionTest : public testing::Test {
 protected:
  void open(IntrospectionConfig with) {
    check_ = IntrospectionCheck::open(std::move(with), client_, clock_).value();
  }
  Result<Caller> check(std::string token = "opaque") {
    return test::run(loop_, check_->check(token));
  }
  std::size_t questions() const { return client_.requests.size(); }

  loop::Loop loop_{1};
  ManualClock clock_{now};
  Result<http::Response> answer_ = response(200, active());
  test::ScriptedClient client_{[this](const http::OutboundRequest&) { return answer_; }};
  std::unique_ptr<IntrospectionCheck> check_ =
      IntrospectionCheck::open(config(), client_, clock_).value();
};

TEST_F(IntrospectionTest, RFC_7662_AsksWithOurCredentials) {
  ASSERT_THAT(check("a+b/c=="), Succeeds());
  const http::OutboundRequest& asked = client_.requests.at(0);
  EXPECT_EQ(asked.method, "POST");
  EXPECT_EQ(asked.url.to_text(), "https://as.example.com/introspect");
  EXPECT_EQ(*asked.headers.find("Content-Type"), "application/x-www-form-urlencoded");
  const auto credentials = parse_basic(*asked.headers.find("Authorization"));
  ASSERT_THAT(credentials, Succeeds());
  EXPECT_EQ(credentials->client_id, "tocsin:1");
  EXPECT_EQ(credentials->client_secret, "s/cret");
  const auto form = http::Parameters::parse(asked.body);
  ASSERT_THAT(form, Succeeds());
  EXPECT_EQ(*form->find("token"), "a+b/c==");
  EXPECT_EQ(*form->find("token_type_hint"), "access_token");
}

TEST_F(IntrospectionTest, SEC_03_APositiveAnswerHoldsForAMinuteAtMost) {
  EXPECT_EQ(check()->key.client_id, "acme");
  answer_ = response(200, inactive);
  clock_.advance(59s);
  EXPECT_THAT(check(), Succeeds());
  EXPECT_EQ(questions(), 1U);
  clock_.advance(1s);
  EXPECT_THAT(check(), FailsWith(Errc::token_invalid));
  EXPECT_EQ(questions(), 2U);
  EXPECT_THAT(IntrospectionCheck::open({.endpoint = config().endpoint,
                                        .client_id = "a",
                                        .client_secret = "b",
                                        .policy = policy(),
                                        .ttl = 61s},
                                       client_, clock_),
              FailsWith(Errc::config_invalid));
}

TEST_F(IntrospectionTest, SEC_03_APositiveAnswerHoldsNoLongerThanTheToken) {
  answer_ = response(200, active(with("exp", at(20))));
  EXPECT_THAT(check(), Succeeds());
  clock_.advance(19s);
  EXPECT_THAT(check(), Succeeds());
  EXPECT_EQ(questions(), 1U);
  clock_.advance(1s);
  answer_ = response(200, inactive);
  EXPECT_THAT(check(), FailsWith(Errc::token_invalid));
}

TEST_F(IntrospectionTest, SEC_03_ANegativeAnswerIsAskedForAgain) {
  answer_ = response(200, inactive);
  EXPECT_THAT(check(), FailsWith(Errc::token_invalid));
  EXPECT_THAT(check(), FailsWith(Errc::token_invalid));
  EXPECT_EQ(questions(), 2U);
  answer_ = response(200, active());
  EXPECT_THAT(check(), Succeeds());
}

TEST_F(IntrospectionTest, SEC_03_AnAnswerForAnotherAudienceIsNone) {
  answer_ = response(200, active(with("aud", "https://other.example.com")));
  EXPECT_THAT(check(), FailsWith(Errc::token_invalid));
}

TEST_F(IntrospectionTest, SEC_03_OneTokensAnswerIsNotAnothers) {
  EXPECT_THAT(check("one"), Succeeds());
  answer_ = response(200, inactive);
  EXPECT_THAT(check("two"), FailsWith(Errc::token_invalid));
}

TEST_F(IntrospectionTest, SEC_03_WhoCannotBeAskedSaysNothing) {
  for (const Result<http::Response>& answer :
       {Result<http::Response>(Errc::net_connect), Result<http::Response>(response(500)),
        Result<http::Response>(response(401)), Result<http::Response>(response(200, "<html>")),
        Result<http::Response>(response(200, "[]")), Result<http::Response>(response(200, "{}"))}) {
    answer_ = answer;
    const Result<Caller> caller = check();
    ASSERT_FALSE(caller);
    EXPECT_EQ(caller.error().kind(), ErrorKind::unavailable);
  }
}

TEST_F(IntrospectionTest, RemembersNoMoreThanItsLimit) {
  IntrospectionConfig small = config();
  small.remembered_max = 2;
  open(small);
  for (const char* token : {"1", "2", "3"}) EXPECT_THAT(check(token), Succeeds());
  EXPECT_THAT(check("3"), Succeeds());
  EXPECT_THAT(check("2"), Succeeds());
  EXPECT_EQ(questions(), 3U);
  EXPECT_THAT(check("1"), Succeeds());
  EXPECT_EQ(questions(), 4U);
}

TEST_F(IntrospectionTest, DoesNotStartWithoutCredentials) {
  IntrospectionConfig bare = config();
  bare.client_secret.clear();
  EXPECT_THAT(IntrospectionCheck::open(bare, client_, clock_), FailsWith(Errc::config_invalid));
}

TEST(Introspection, RequestsThatComeTogetherAskOnce) {
  loop::Loop loop(1);
  const ManualClock clock(now);
  test::HeldClient client(response(200, active()));
  IntrospectionConfig narrow = config();
  narrow.asking_max = 1;
  const auto check = IntrospectionCheck::open(narrow, client, clock).value();
  int good = 0;
  const auto ask = [&]() -> Task<void> {
    const Result<Caller> caller = co_await check->check("one");
    good += caller ? 1 : 0;
  };
  for (int i = 0; i < 20; ++i) boost::asio::co_spawn(loop, ask, boost::asio::detached);
  loop.poll();
  EXPECT_EQ(client.requests, 1);
  EXPECT_THAT(test::run(loop, check->check("two")), FailsWith(Errc::overloaded));
  client.gate.open();
  loop.restart();
  loop.poll();
  EXPECT_EQ(good, 20);
  EXPECT_EQ(client.requests, 1);
}

class NoResolver final : public http::Resolver {
 public:
  Task<Result<std::vector<IpAddress>>> resolve(std::string, http::Deadline) override {
    co_return Errc::net_resolve;
  }
};

// The real client and a server that knows one token until it is revoked.
// Covers: IOP-2.7.2-03.
TEST(Introspection, SEC_03_OverLoopbackARevokedTokenAndADeadServer) {
  std::atomic<bool> revoked = false;
  http::Route route;
  route.method = "POST";
  route.path = "/introspect";
  route.access = http::Access::guarded(
      "basic", "Basic", http::at_once([](const http::Request& request) -> Result<Caller> {
        const auto credentials = parse_basic(*request.headers.find("Authorization"));
        if (!credentials || credentials->client_secret != "s/cret") return Errc::http_forbidden;
        return Caller{};
      }));
  route.media_types = {std::string(http::form_type)};
  route.body_max = 4096;
  route.handler = test::handler([&](const http::Request& request) -> Result<http::Response> {
    const auto form = http::Parameters::parse(request.body);
    const bool good = form && *form->find("token") == "opaque" && !revoked;
    return response(200, good ? active() : inactive);
  });
  std::optional<test::TestServer> server(std::in_place, std::vector{route});

  http::Loop loop(1);
  http::Deadlines deadlines(loop, 2ms);
  NoResolver resolver;
  std::map<std::string, http::TlsClient> trusts;
  trusts.emplace("", http::TlsClient::open({}).value());
  http::PooledClientConfig outbound;
  outbound.exceptions.networks = {parse_ip_network("127.0.0.0/8").value()};
  outbound.exceptions.plain_http_hosts = {"127.0.0.1"};
  http::PooledClient client(deadlines, resolver, std::move(trusts), outbound);
  ManualClock clock(now);
  const auto check =
      IntrospectionCheck::open(
          config("http://127.0.0.1:" + std::to_string(server->port()) + "/introspect"), client,
          clock)
          .value();
  const auto ask = [&](std::string_view token) { return test::run(loop, check->check(token)); };

  EXPECT_EQ(ask("opaque")->key.client_id, "acme");
  EXPECT_THAT(ask("unknown"), FailsWith(Errc::token_invalid));
  revoked = true;
  EXPECT_THAT(ask("opaque"), Succeeds());
  clock.advance(60s);
  EXPECT_THAT(ask("opaque"), FailsWith(Errc::token_invalid));
  server.reset();
  const Result<Caller> dead = ask("opaque");
  ASSERT_FALSE(dead);
  EXPECT_EQ(dead.error().kind(), ErrorKind::unavailable);
}

}  // namespace
}  // namespace tocsin::oauth
