// The ways a token is checked: by keys that are fetched, by our own, by the configuration, and
// which of them is asked.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "oauth/access_tokens.h"
#include "oauth/jwt_check.h"
#include "oauth/static_tokens.h"
#include "oauth/support.h"
#include "support/matchers.h"
#include "support/run.h"
#include "support/scripted_client.h"

namespace tocsin::oauth {
namespace {

using namespace std::chrono_literals;
using test::FailsWith;
using test::response;
using test::Succeeds;
using testing::ElementsAre;

class JwtCheckTest : public testing::Test {
 protected:
  Result<Caller> check(std::string token) { return test::run(loop_, check_->check(token)); }
  void publish(const std::vector<SigningKey>& keys) {
    answer_ = response(200, to_text(KeySet::of(keys).to_jwks()));
  }

  SigningKey key_ = new_key();
  Result<http::Response> answer_ = response(200, to_text(KeySet::of({key_}).to_jwks()));
  loop::Loop loop_{1};
  ManualClock clock_{now};
  test::ScriptedClient client_{[this](const http::OutboundRequest&) { return answer_; }};
  issuer::JwksCache keys_{parse_url("https://as.example.com/keys").value(), client_, clock_};
  std::unique_ptr<JwtCheck> check_ = JwtCheck::open(policy(), keys_, clock_).value();
};

TEST_F(JwtCheckTest, SEC_02_FetchesTheIssuersKeysOnce) {
  EXPECT_THAT(check(make_token(key_)), Succeeds());
  EXPECT_THAT(check(make_token(key_)), Succeeds());
  EXPECT_EQ(client_.requests.size(), 1U);
}

TEST_F(JwtCheckTest, SEC_02_AnotherIssuersKeyDoesNotCount) {
  EXPECT_THAT(check(make_token(new_key("as-1"))), FailsWith(Errc::token_invalid));
  clock_.advance(61s);
  EXPECT_THAT(check(make_token(new_key("other"))), FailsWith(Errc::token_invalid));
  EXPECT_EQ(client_.requests.size(), 2U);  // asked once whether that kid is new
}

TEST_F(JwtCheckTest, AKeyThatIsNewIsFetched) {
  EXPECT_THAT(check(make_token(key_)), Succeeds());
  const SigningKey next = new_key("as-2");
  publish({key_, next});
  clock_.advance(61s);
  EXPECT_THAT(check(make_token(next)), Succeeds());
}

TEST_F(JwtCheckTest, WithoutKeysNobodyCanTell) {
  answer_ = Errc::net_timeout;
  EXPECT_THAT(check(make_token(key_)), FailsWith(Errc::jose_key_unavailable));
  EXPECT_EQ(Error(Errc::jose_key_unavailable).kind(), ErrorKind::unavailable);
}

TEST_F(JwtCheckTest, ADefectOfTheClaimsIsFinal) {
  EXPECT_THAT(check(make_token(key_, with("aud", "x"))), FailsWith(Errc::token_invalid));
  EXPECT_EQ(client_.requests.size(), 1U);
}

TEST(JwtCheck, SEC_02_DoesNotStartWithoutAnAudience) {
  const ManualClock clock(now);
  test::ScriptedClient client([](const auto&) { return response(500); });
  issuer::JwksCache keys(std::string(as_issuer), client, clock);
  TokenPolicy deaf = policy();
  deaf.audiences.clear();
  EXPECT_THAT(JwtCheck::open(deaf, keys, clock), FailsWith(Errc::config_invalid));
}

// A registry whose one client a test changes.
class OneClient final : public Clients {
 public:
  Task<Result<std::optional<RegisteredClient>>> find(std::string client_id) override {
    if (trouble) co_return *trouble;
    if (client && client->client_id == client_id) co_return client;
    co_return std::optional<RegisteredClient>();
  }
  std::optional<RegisteredClient> client;
  std::optional<Errc> trouble;
};

TEST(OwnTokenCheck, SEC_68_ARemovedClientOrScopeLosesEffectAtOnce) {
  loop::Loop loop(1);
  const ManualClock clock(now);
  const SigningKey key = new_key();
  OneClient clients;
  clients.client = RegisteredClient{.client_id = "acme", .scopes = {"ssf.read", "ssf.manage"}};
  const auto own = OwnTokenCheck::open(policy(), KeySet::of({key}), clients, clock).value();
  const std::string token = make_token(key, with("scope", "ssf.read ssf.manage"));
  const auto check = [&] { return test::run(loop, own->check(token)); };
  EXPECT_THAT(check()->scopes, ElementsAre("ssf.read", "ssf.manage"));
  clients.client->scopes = {"ssf.read"};
  EXPECT_THAT(check()->scopes, ElementsAre("ssf.read"));
  clients.client.reset();
  EXPECT_THAT(check(), FailsWith(Errc::token_invalid));
  clients.trouble = Errc::store_unavailable;
  EXPECT_THAT(check(), FailsWith(Errc::store_unavailable));
  EXPECT_THAT(test::run(loop, own->check(make_token(new_key()))), FailsWith(Errc::token_invalid));
}

const std::string first_token = "a-static-token-of-some-32-octets-1";
const std::string second_token = "a-static-token-of-some-32-octets-2";

StaticToken static_token(const std::string& token, std::string client_id) {
  return {hash_static_token(token).value(), std::move(client_id), {"ssf.manage"}};
}

TEST(StaticTokens, AreKnownByTheirHash) {
  loop::Loop loop(1);
  auto tokens =
      StaticTokens::open({static_token(first_token, "acme"), static_token(second_token, "beta")});
  ASSERT_THAT(tokens, Succeeds());
  const auto check = [&](std::string token) { return test::run(loop, tokens->check(token)); };
  EXPECT_EQ(check(first_token)->key, (TenantKey{"static", "acme"}));
  EXPECT_EQ(check(second_token)->key, (TenantKey{"static", "beta"}));
  EXPECT_THAT(check(second_token)->scopes, ElementsAre("ssf.manage"));
  EXPECT_THAT(check(first_token + "x"), FailsWith(Errc::token_invalid));
  EXPECT_THAT(check(""), FailsWith(Errc::token_invalid));
}

TEST(StaticTokens, SEC_08_AreNotGuessableAndNotAmbiguous) {
  EXPECT_THAT(hash_static_token("short"), FailsWith(Errc::config_invalid));
  EXPECT_THAT(hash_static_token("thirty-two octets with white space"),
              FailsWith(Errc::config_invalid));
  EXPECT_THAT(StaticTokens::open({static_token(first_token, "a"), static_token(first_token, "b")}),
              FailsWith(Errc::config_invalid));
  EXPECT_THAT(StaticTokens::open({static_token(first_token, "")}), FailsWith(Errc::config_invalid));
  StaticToken odd = static_token(first_token, "a");
  odd.scopes = {"two words"};
  EXPECT_THAT(StaticTokens::open({odd}), FailsWith(Errc::config_invalid));
}

// Knows every token by its own name.
class Named final : public TokenCheck {
 public:
  explicit Named(std::string name, Errc failure = {}, bool fails = false)
      : name_(std::move(name)), failure_(failure), fails_(fails) {}
  Task<Result<Caller>> check(std::string_view) override {
    if (fails_) co_return failure_;
    co_return Caller{.key = {name_, ""}, .scopes = {}};
  }

 private:
  std::string name_;
  Errc failure_;
  bool fails_;
};

class AccessTokensTest : public testing::Test {
 protected:
  std::string asked(const std::string& token) {
    const Result<Caller> caller = test::run(loop_, tokens_.check(token));
    return caller ? caller->key.token_issuer : std::string(describe(caller.error().code).name);
  }

  loop::Loop loop_{1};
  SigningKey key_ = new_key();
  std::string jwt_ = make_token(key_);
  std::string foreign_ = make_token(key_, with("iss", "https://other.example.com"));
  AccessTokens tokens_;
};

TEST_F(AccessTokensTest, WithoutAnyCheckNoTokenIsGood) {
  EXPECT_EQ(asked("opaque"), "token_invalid");
  EXPECT_EQ(asked(jwt_), "token_invalid");
}

TEST_F(AccessTokensTest, TheShapeAndTheIssuerChoose) {
  ASSERT_THAT(tokens_.add_issuer(std::string(as_issuer), std::make_unique<Named>("jwt")),
              Succeeds());
  EXPECT_EQ(asked(jwt_), "jwt");
  EXPECT_EQ(asked(foreign_), "token_invalid");
  tokens_.add_introspection(std::make_unique<Named>("introspection"));
  EXPECT_EQ(asked(jwt_), "jwt");
  EXPECT_EQ(asked(foreign_), "introspection");
  EXPECT_EQ(asked("opaque"), "introspection");
  EXPECT_EQ(asked("a.b.c"), "introspection");
  EXPECT_THAT(tokens_.add_issuer(std::string(as_issuer), std::make_unique<Named>("again")),
              FailsWith(Errc::config_invalid));
}

TEST_F(AccessTokensTest, AnIssuersRefusalIsNotAppealed) {
  ASSERT_THAT(tokens_.add_issuer(std::string(as_issuer),
                                 std::make_unique<Named>("jwt", Errc::token_invalid, true)),
              Succeeds());
  tokens_.add_introspection(std::make_unique<Named>("introspection"));
  EXPECT_EQ(asked(jwt_), "token_invalid");
}

TEST_F(AccessTokensTest, AStaticTokenIsLookedForFirst) {
  tokens_.add_introspection(std::make_unique<Named>("introspection"));
  tokens_.add_static(std::make_unique<Named>("static"));
  EXPECT_EQ(asked("opaque"), "static");
  tokens_.add_static(std::make_unique<Named>("static", Errc::token_invalid, true));
  EXPECT_EQ(asked("opaque"), "introspection");
}

}  // namespace
}  // namespace tocsin::oauth
