#include "oauth/guard.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "oauth/failure_limit.h"
#include "oauth/support.h"
#include "support/matchers.h"
#include "support/raw_client.h"
#include "support/run.h"
#include "support/test_server.h"

namespace tocsin::oauth {
namespace {

using namespace std::chrono_literals;
using test::FailsWith;
using test::RawResponse;

TEST(Bearer, BT_01_TheSchemeHasNoCase) {
  for (const std::string_view scheme : {"Bearer", "bearer", "BEARER", "bEARER "}) {
    EXPECT_EQ(read_bearer(std::string(scheme) + " a-b.c_d~e+f/g==").value(), "a-b.c_d~e+f/g==");
  }
}

TEST(Bearer, BT_04_TellsAnotherSchemeFromABrokenToken) {
  for (const std::string_view other : {"", "Basic YTpi", "Bearertoken", "DPoP x", "token"}) {
    EXPECT_THAT(read_bearer(other), FailsWith(Errc::http_unauthenticated)) << other;
  }
  for (const std::string_view broken : {"Bearer", "Bearer ", "Bearer =", "Bearer a b", "Bearer a,b",
                                        "Bearer \"a\"", "Bearer a=b"}) {
    EXPECT_THAT(read_bearer(broken), FailsWith(Errc::token_invalid)) << broken;
  }
}

TEST(FailureLimit, SEC_08_CountsFailuresAndForgivesWithTime) {
  FailureLimit limit({.burst = 3, .every = 1s, .slots = 64});
  for (int i = 0; i < 3; ++i) EXPECT_FALSE(limit.is_exceeded("a", 0s));
  EXPECT_TRUE(limit.is_exceeded("a", 0s));
  EXPECT_TRUE(limit.is_exceeded("a", 999ms));
  EXPECT_FALSE(limit.is_exceeded("a", 2s));
  EXPECT_FALSE(limit.is_exceeded("b", 2s));
}

TEST(FailureLimit, SEC_08_AnIpv6PeerIsItsNetwork) {
  EXPECT_EQ(counted_peer("2001:db8::1"), counted_peer("2001:db8::ffff:1"));
  EXPECT_NE(counted_peer("2001:db8::1"), counted_peer("2001:db8:0:1::1"));
  EXPECT_NE(counted_peer("192.0.2.1"), counted_peer("192.0.2.2"));
}

// Knows tokens named after their scope; "down" is a token nobody can check now.
class ByName final : public TokenCheck {
 public:
  Task<Result<Caller>> check(std::string_view token) override {
    if (token == "down") co_return Errc::net_timeout;
    if (token != "ssf.read" && token != "ssf.manage" && token != "none") {
      co_return Errc::token_invalid;
    }
    co_return Caller{.key = {"issuer", "acme"}, .scopes = {std::string(token)}};
  }
};

class GuardTest : public testing::Test {
 protected:
  http::Route route(std::string path, Operation operation) {
    http::Route made;
    made.method = "GET";
    made.path = std::move(path);
    made.access = guard_.access(operation);
    made.handler = test::handler([](const http::Request& request) -> Result<http::Response> {
      return http::Response{.status = 200, .headers = {}, .body = request.caller->key.client_id};
    });
    return made;
  }
  RawResponse get(const std::string& path, const std::string& token) {
    const std::string line = token.empty() ? "" : "Authorization: Bearer " + token + "\r\n";
    return test::ask(server_.port(), "GET " + path + " HTTP/1.1\r\nHost: a\r\n" + line + "\r\n");
  }

  const std::string metadata_ = "https://tr.example.com/.well-known/oauth-protected-resource";
  ManualClock clock_{now};
  ByName tokens_;
  Guard guard_{{.resource_metadata = metadata_, .scopes = {}}, tokens_, clock_};
  test::TestServer server_{
      {route("/read", Operation::read_status), route("/manage", Operation::request_verification)}};
};

TEST_F(GuardTest, SEC_04_TheMatrixHoldsAtTheServer) {
  EXPECT_EQ(get("/read", "ssf.read").status, 200U);
  EXPECT_EQ(get("/read", "ssf.manage").body, "acme");
  EXPECT_EQ(get("/read", "none").status, 403U);
  EXPECT_EQ(get("/manage", "ssf.read").status, 403U);
  EXPECT_EQ(get("/manage", "ssf.manage").status, 200U);
  EXPECT_EQ(get("/manage", "none").status, 403U);
}

// Covers, PRM-04.
TEST_F(GuardTest, BT_03_EveryRefusalHasAChallenge) {
  const std::string start = "Bearer resource_metadata=\"" + metadata_ + "\"";
  EXPECT_EQ(get("/read", "").headers.at("www-authenticate"), start);
  EXPECT_EQ(get("/read", "wrong").headers.at("www-authenticate"),
            start + ", error=\"invalid_token\"");
  // too weak is 403, also for a verification.
  const RawResponse weak = get("/manage", "ssf.read");
  EXPECT_EQ(weak.status, 403U);
  EXPECT_EQ(weak.headers.at("www-authenticate"),
            start + ", error=\"insufficient_scope\", scope=\"ssf.manage\"");
}

TEST_F(GuardTest, SEC_03_WhoCannotTellAnswers503) {
  const RawResponse later = get("/read", "down");
  EXPECT_EQ(later.status, 503U);
  EXPECT_EQ(later.headers.count("retry-after"), 1U);
}

TEST_F(GuardTest, SEC_08_AfterAThousandBadAttemptsTheGoodOneStillWorks) {
  int refused = 0;
  int limited = 0;
  test::RawClient client(server_.port());
  for (int i = 0; i < 1000; ++i) {
    client.send("GET /read HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer bad" + std::to_string(i) +
                "\r\n\r\n");
    const unsigned status = client.read_response().status;
    refused += status == 401U ? 1 : 0;
    limited += status == 429U ? 1 : 0;
  }
  EXPECT_EQ(refused, 20);
  EXPECT_EQ(limited, 980);
  EXPECT_EQ(get("/read", "ssf.read").status, 200U);
}

}  // namespace
}  // namespace tocsin::oauth
