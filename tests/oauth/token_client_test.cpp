#include "oauth/token_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "http/parameters.h"
#include "oauth/basic.h"
#include "oauth/support.h"
#include "oauth/token_endpoint.h"
#include "support/held_client.h"
#include "support/inline_workers.h"
#include "support/matchers.h"
#include "support/run.h"
#include "support/scripted_client.h"

namespace tocsin::oauth {
namespace {

using namespace std::chrono_literals;
using test::FailsWith;
using test::response;
using test::Succeeds;

std::string granted(std::string_view token, int expires_in = 600) {
  return to_text(
      JsonObject{{"access_token", token}, {"token_type", "Bearer"}, {"expires_in", expires_in}});
}

TokenClientConfig config() {
  return {.token_endpoint = parse_url("https://as.example.com/oauth/token").value(),
          .client_id = "acme",
          .client_secret = "secret"};
}

class TokenClientTest : public testing::Test {
 protected:
  void open(TokenClientConfig with) {
    tokens_ = TokenClient::open(std::move(with), {client_, random_, clock_}).value();
  }
  Result<std::string> token() { return test::run(loop_, tokens_->token()); }
  std::size_t questions() const { return client_.requests.size(); }
  http::Parameters form() const {
    return http::Parameters::parse(client_.requests.back().body).value();
  }

  loop::Loop loop_{1};
  ManualClock clock_{now};
  SeededRandom random_{1};
  Result<http::Response> answer_ = response(200, granted("one"));
  test::ScriptedClient client_{[this](const http::OutboundRequest&) { return answer_; }};
  std::unique_ptr<TokenClient> tokens_ =
      TokenClient::open(config(), {client_, random_, clock_}).value();
};

TEST_F(TokenClientTest, IOP_2_7_3_10_AsksForManageAndReadByDefault) {
  EXPECT_EQ(token().value(), "one");
  EXPECT_EQ(*form().find("grant_type"), "client_credentials");
  EXPECT_EQ(*form().find("scope"), "ssf.manage ssf.read");
  EXPECT_EQ(*client_.requests[0].headers.find("Authorization"),
            basic_authorization({"acme", "secret"}));
  TokenClientConfig posted = config();
  posted.secret_in_form = true;
  posted.resource = "https://tr.example.com/ssf";
  posted.scope.clear();
  open(posted);
  EXPECT_THAT(token(), Succeeds());
  EXPECT_EQ(client_.requests.back().headers.find("Authorization"), nullptr);
  EXPECT_EQ(*form().find("client_secret"), "secret");
  EXPECT_EQ(*form().find("resource"), "https://tr.example.com/ssf");
  EXPECT_EQ(form().find("scope"), nullptr);
}

TEST_F(TokenClientTest, IOP_2_7_1_05_KeepsATokenUntilShortlyBeforeItsEnd) {
  EXPECT_EQ(token().value(), "one");
  answer_ = response(200, granted("two"));
  clock_.advance(569s);
  EXPECT_EQ(token().value(), "one");
  clock_.advance(1s);
  EXPECT_EQ(token().value(), "two");
  EXPECT_EQ(questions(), 2U);
}

TEST_F(TokenClientTest, BT_06_ATokenThatWasCalledInvalidIsFetchedAnew) {
  EXPECT_EQ(token().value(), "one");
  answer_ = response(200, granted("two"));
  tokens_->discard("one");
  EXPECT_EQ(token().value(), "two");
  tokens_->discard("one");  // said of a token that is gone already
  EXPECT_EQ(token().value(), "two");
  EXPECT_EQ(questions(), 2U);
}

TEST_F(TokenClientTest, AFailureIsNotRepeatedAtOnce) {
  answer_ = Errc::net_timeout;
  EXPECT_THAT(token(), FailsWith(Errc::net_timeout));
  answer_ = response(200, granted("one"));
  clock_.advance(4s);
  EXPECT_THAT(token(), FailsWith(Errc::net_timeout));
  EXPECT_EQ(questions(), 1U);
  clock_.advance(1s);
  EXPECT_THAT(token(), Succeeds());
}

TEST_F(TokenClientTest, RFC_6749_5_TellsRefusalsFromTrouble) {
  const auto read = [](unsigned status, std::string body) {
    return read_token_response(response(status, std::move(body)));
  };
  EXPECT_THAT(read(401, R"({"error":"invalid_client"})"), FailsWith(Errc::client_invalid));
  EXPECT_THAT(read(400, R"({"error":"invalid_scope"})"), FailsWith(Errc::token_scope_request));
  EXPECT_THAT(read(400, R"({"error":"unsupported_grant_type"})"), FailsWith(Errc::token_grant));
  EXPECT_THAT(read(400, R"({"error":"anything"})"), FailsWith(Errc::token_request));
  for (const auto& [status, body] : std::vector<std::pair<unsigned, std::string>>{
           {500, R"({"error":"invalid_client"})"},
           {429, "{}"},
           {400, "{}"},
           {404, "<html>"},
           {200, "[]"},
           {200, R"({"token_type":"Bearer"})"},
           {200, R"({"access_token":"a b","token_type":"Bearer"})"},
           {200, R"({"access_token":"a"})"},
           {200, R"({"access_token":"a","token_type":"DPoP"})"},
           {200, R"({"access_token":"a","token_type":"Bearer","expires_in":"600"})"},
           {200, R"({"access_token":"a","token_type":"Bearer","expires_in":-1})"}}) {
    EXPECT_THAT(read(status, body), FailsWith(Errc::net_answer)) << status << body;
  }
  EXPECT_EQ(read(200, R"({"access_token":"a","token_type":"bearer"})")->access_token, "a");
}

TEST_F(TokenClientTest, DoesNotStartWithoutExactlyOneCredential) {
  const auto refuses = [&](auto change) {
    TokenClientConfig changed = config();
    change(changed);
    EXPECT_THAT(TokenClient::open(changed, {client_, random_, clock_}),
                FailsWith(Errc::config_invalid));
  };
  refuses([](TokenClientConfig& c) { c.client_id.clear(); });
  refuses([](TokenClientConfig& c) { c.client_secret.clear(); });
  refuses([](TokenClientConfig& c) { c.assertion_key = new_key(); });
  refuses([](TokenClientConfig& c) {
    c.client_secret.clear();
    c.assertion_key = new_key();
  });
}

TEST(TokenClient, IOP_2_7_1_05_HasOneFetchUnderWayAtMost) {
  loop::Loop loop(1);
  const ManualClock clock(now);
  SeededRandom random(1);
  test::HeldClient client(response(200, granted("one")));
  const auto tokens = TokenClient::open(config(), {client, random, clock}).value();
  int good = 0;
  const auto ask = [&]() -> Task<void> {
    const Result<std::string> token = co_await tokens->token();
    good += token ? 1 : 0;
  };
  for (int i = 0; i < 20; ++i) boost::asio::co_spawn(loop, ask, boost::asio::detached);
  loop.poll();
  EXPECT_EQ(client.requests, 1);
  client.gate.open();
  loop.restart();
  loop.poll();
  EXPECT_EQ(good, 20);
  EXPECT_EQ(client.requests, 1);
}

// Our client at our own endpoint, by each of the three ways.
TEST(TokenClient, GetsATokenFromOurOwnEndpoint) {
  loop::Loop loop(1);
  const ManualClock clock(now);
  SeededRandom random(1);
  test::InlineWorkers workers;
  MemoryAssertions used(clock);
  const SigningKey client_key = new_key("acme-1");
  MemoryClients clients = MemoryClients::open({{.client_id = "acme",
                                                .secret_hashes = {sha256("secret")},
                                                .keys = KeySet::of({client_key}),
                                                .scopes = {"ssf.manage"}}})
                              .value();
  const auto endpoint = TokenEndpoint::open({.issuer = std::string(as_issuer),
                                             .resource = std::string(our_resource),
                                             .scopes = {"ssf.manage"}},
                                            {new_key("token-1")}, {},
                                            {.clients = clients,
                                             .assertions = used,
                                             .workers = workers,
                                             .random = random,
                                             .clock = clock})
                            .value();
  const http::Handler handler = endpoint->routes().at(0).handler;
  class Direct final : public http::Client {
   public:
    explicit Direct(const http::Handler& handler) : handler_(handler) {}
    http::Task<Result<http::Response>> send(http::OutboundRequest request) override {
      http::Request inbound;
      inbound.method = request.method;
      inbound.headers = request.headers;
      inbound.body = request.body;
      co_return co_await handler_(std::move(inbound));
    }

   private:
    const http::Handler& handler_;
  };
  Direct direct(handler);
  TokenClientConfig by_form = config();
  by_form.secret_in_form = true;
  TokenClientConfig by_key = config();
  by_key.client_secret.clear();
  by_key.assertion_key = client_key;
  by_key.assertion_audience = as_issuer;
  for (const TokenClientConfig& each : {config(), by_form, by_key}) {
    const auto tokens = TokenClient::open(each, {direct, random, clock}).value();
    const Result<std::string> token = test::run(loop, tokens->token());
    ASSERT_THAT(token, Succeeds());
    EXPECT_THAT(verify_access_token(*token, endpoint->keys(), endpoint->policy(), now), Succeeds());
  }
}

}  // namespace
}  // namespace tocsin::oauth
