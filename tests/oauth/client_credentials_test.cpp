#include "oauth/client_credentials.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <ctime>

#include "oauth/basic.h"
#include "oauth/support.h"
#include "oauth/used_assertions.h"
#include "support/matchers.h"
#include "support/run.h"

namespace tocsin::oauth {
namespace {

using namespace std::chrono_literals;
using test::FailsWith;
using test::Succeeds;

TEST(Basic, RFC_6749_2_3_1_EncodesBothParts) {
  const std::string header = basic_authorization({"a:b c", "p%&=\xc3\xa9"});
  const Result<BasicCredentials> back = parse_basic(header);
  ASSERT_THAT(back, Succeeds());
  EXPECT_EQ(back->client_id, "a:b c");
  EXPECT_EQ(back->client_secret, "p%&=\xc3\xa9");
  EXPECT_EQ(parse_basic("bAsIc YTpi")->client_id, "a");
}

TEST(Basic, RefusesWhatIsNotWrittenSo) {
  for (const std::string_view header :
       {"", "Basic", "Basic ", "Bearer YTpi", "Basic YTpi=", "Basic YTp",
        "Basic YWI=", "Basic Y!pi", "Basic YTo-", "Basic YSU6Yg==", "Basic YTpiJmM9ZA=="}) {
    EXPECT_THAT(parse_basic(header), FailsWith(Errc::client_invalid)) << header;
  }
}

std::string assertion_of(std::string_view sub) {
  return base64url_encode("{}") + "." + base64url_encode("{\"sub\":\"" + std::string(sub) + "\"}") +
         ".eA";
}
const std::string type =
    "client_assertion_type=urn%3Aietf%3Aparams%3Aoauth%3Aclient-assertion-type%3Ajwt-bearer";

Result<ClientCredentials> read(http::Headers headers, const std::string& form) {
  return read_client_credentials(headers, http::Parameters::parse(form).value());
}

TEST(ClientCredentials, SEC_63_AreReadInThreeWays) {
  const std::string basic = basic_authorization({"acme", "secret"});
  const auto by_basic = read({{"Authorization", basic}}, "");
  ASSERT_THAT(by_basic, Succeeds());
  EXPECT_EQ(std::get<SecretCredentials>(*by_basic).client_secret, "secret");
  EXPECT_THAT(read({{"Authorization", basic}}, "client_id=acme"), Succeeds());
  const auto by_form = read({}, "client_id=acme&client_secret=secret");
  ASSERT_THAT(by_form, Succeeds());
  EXPECT_EQ(client_id_of(*by_form), "acme");
  const auto by_key = read({}, type + "&client_assertion=" + assertion_of("acme"));
  ASSERT_THAT(by_key, Succeeds());
  EXPECT_EQ(std::get<AssertionCredentials>(*by_key).client_id, "acme");
}

TEST(ClientCredentials, SEC_63_ExactlyOneWayPerRequest) {
  const std::string basic = basic_authorization({"acme", "secret"});
  const std::string asserted = type + "&client_assertion=" + assertion_of("acme");
  const std::string posted = "client_id=acme&client_secret=secret";
  EXPECT_THAT(read({{"Authorization", basic}}, posted), FailsWith(Errc::token_request));
  EXPECT_THAT(read({{"Authorization", basic}}, asserted), FailsWith(Errc::token_request));
  EXPECT_THAT(read({{"Authorization", basic}}, type), FailsWith(Errc::token_request));
  EXPECT_THAT(read({}, posted + "&" + asserted), FailsWith(Errc::token_request));
  EXPECT_THAT(read({{"Authorization", basic}, {"Authorization", basic}}, ""),
              FailsWith(Errc::token_request));
  EXPECT_THAT(read({{"Authorization", basic}}, "client_id=beta"), FailsWith(Errc::token_request));
  EXPECT_THAT(read({}, asserted + "&client_id=beta"), FailsWith(Errc::token_request));
}

TEST(ClientCredentials, SEC_63_NoneOrABrokenOneIsNoClient) {
  for (const std::string& form :
       {std::string(""), std::string("client_id=acme"), std::string("client_secret=secret"), type,
        std::string("client_assertion=") + assertion_of("acme"),
        std::string("client_assertion_type=saml&client_assertion=") + assertion_of("acme"),
        type + "&client_assertion=a.b.c", type + "&client_assertion=abc",
        type + "&client_assertion=" + assertion_of("")}) {
    EXPECT_THAT(read({}, form), FailsWith(Errc::client_invalid)) << form;
  }
  EXPECT_THAT(read({{"Authorization", "Bearer x"}}, ""), FailsWith(Errc::client_invalid));
}

TEST(Secret, SEC_63_EitherOfTwoIsGood) {
  SeededRandom random(7);
  const NewSecret first = make_client_secret(random);
  const NewSecret second = make_client_secret(random);
  EXPECT_EQ(first.secret.size(), 43U);  // 256 bits
  EXPECT_NE(first.secret, second.secret);
  const RegisteredClient client{.client_id = "acme", .secret_hashes = {first.hash, second.hash}};
  EXPECT_TRUE(has_secret(&client, first.secret));
  EXPECT_TRUE(has_secret(&client, second.secret));
  EXPECT_FALSE(has_secret(&client, first.secret + "x"));
  EXPECT_FALSE(has_secret(&client, ""));
  EXPECT_FALSE(has_secret(nullptr, first.secret));
  const RegisteredClient keyed{.client_id = "keyed"};
  EXPECT_FALSE(has_secret(&keyed, first.secret));
}

TEST(Clients, DoNotRegisterWhatCannotAuthenticate) {
  const Sha256 hash = sha256("x");
  EXPECT_THAT(judge_client({.client_id = "a", .secret_hashes = {hash}}), Succeeds());
  EXPECT_THAT(judge_client({.client_id = "a"}), FailsWith(Errc::config_invalid));
  EXPECT_THAT(judge_client({.client_id = "", .secret_hashes = {hash}}),
              FailsWith(Errc::config_invalid));
  EXPECT_THAT(judge_client({.client_id = "a", .secret_hashes = {hash, hash, hash}}),
              FailsWith(Errc::config_invalid));
  EXPECT_THAT(judge_client({.client_id = "a", .secret_hashes = {hash}, .scopes = {"a b"}}),
              FailsWith(Errc::config_invalid));
  EXPECT_THAT(MemoryClients::open({{.client_id = "a", .secret_hashes = {hash}},
                                   {.client_id = "a", .secret_hashes = {hash}}}),
              FailsWith(Errc::config_invalid));
}

class AssertionTest : public testing::Test {
 protected:
  static const SigningKey& key() {
    static const SigningKey made = new_key("acme-1");
    return made;
  }
  static std::string make(const Change& claims = {}, const Change& header = {},
                          const SigningKey& signer = key()) {
    JsonObject payload{{"iss", "acme"},  {"sub", "acme"}, {"aud", as_issuer},
                       {"exp", at(300)}, {"iat", at(0)},  {"jti", "j1"}};
    JsonObject head{{"alg", to_string(signer.algorithm())}, {"kid", signer.kid()}};
    if (claims) claims(payload);
    if (header) header(head);
    return test::sign(to_text(head), to_text(payload), signer);
  }
  static Result<CheckedAssertion> verify(const std::string& assertion) {
    const RegisteredClient client{.client_id = "acme", .keys = KeySet::of({key()})};
    return verify_assertion(assertion, &client, policy(), now);
  }
  static AssertionPolicy policy() {
    return {.audiences = {std::string(as_issuer), std::string(as_issuer) + "/oauth/token"}};
  }
};

TEST_F(AssertionTest, SEC_63_ARightOneIsAccepted) {
  const Result<CheckedAssertion> checked = verify(make());
  ASSERT_THAT(checked, Succeeds());
  EXPECT_EQ(checked->jti, "j1");
  EXPECT_EQ(checked->exp, now + 300s);
  for (const Change& change :
       {with("aud", "https://as.example.com/oauth/token"), with("aud", JsonArray{as_issuer}),
        with("exp", at(1)), without("iat"), with("nbf", at(60))}) {
    EXPECT_THAT(verify(make(change)), Succeeds());
  }
  EXPECT_THAT(verify(make({}, with("typ", "JWT"))), Succeeds());
  EXPECT_THAT(verify(make({}, with("typ", "client-authentication+jwt"))), Succeeds());
}

TEST_F(AssertionTest, SEC_63_RefusesOneDefect) {
  const std::vector<std::pair<std::string, Change>> defects = {
      {"no iss", without("iss")},
      {"another iss", with("iss", "beta")},
      {"no sub", without("sub")},
      {"another sub", with("sub", "beta")},
      {"no aud", without("aud")},
      {"another aud", with("aud", "https://other.example.com")},
      {"somebody else's, too", with("aud", JsonArray{as_issuer, "https://other.example.com"})},
      {"for nobody", with("aud", JsonArray{})},
      {"no exp", without("exp")},
      {"expired", with("exp", at(0))},
      {"too far ahead", with("exp", at(301))},
      {"an exp that is text", with("exp", "1795000100")},
      {"not valid yet", with("nbf", at(61))},
      {"issued in the future", with("iat", at(61))},
      {"no jti", without("jti")},
      {"an empty jti", with("jti", "")},
      {"a long jti", with("jti", std::string(257, 'x'))},
      {"a jti that is a number", with("jti", 1)}};
  for (const auto& [name, change] : defects) {
    EXPECT_THAT(verify(make(change)), FailsWith(Errc::client_invalid)) << name;
  }
  const std::vector<std::pair<std::string, Change>> headers = {
      {"none", with("alg", "none")},
      {"HS256", with("alg", "HS256")},
      {"not allowed", with("alg", "RS512")},
      {"another type", with("alg", "RS256")},
      {"a SET", with("typ", "secevent+jwt")},
      {"an access token", with("typ", "at+jwt")},
      {"jwk", with("jwk", key().public_jwk())},
      {"another kid", with("kid", "x")},
      {"crit", with("crit", JsonArray{"x"})}};
  for (const auto& [name, change] : headers) {
    EXPECT_THAT(verify(make({}, change)), FailsWith(Errc::client_invalid)) << name;
  }
  EXPECT_THAT(verify(make({}, {}, new_key("acme-1"))), FailsWith(Errc::client_invalid));
}

TEST_F(AssertionTest, SEC_63_AnUnknownClientIsRefusedWhateverItsKey) {
  EXPECT_THAT(verify_assertion(make(), nullptr, policy(), now), FailsWith(Errc::client_invalid));
  const RegisteredClient no_keys{.client_id = "acme"};
  EXPECT_THAT(verify_assertion(make(), &no_keys, policy(), now), FailsWith(Errc::client_invalid));
}

double cpu_seconds() {
  timespec time{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

double median(std::vector<double> samples) {
  std::ranges::nth_element(samples, samples.begin() + static_cast<long>(samples.size() / 2));
  return samples[samples.size() / 2];
}

// By the time of this thread, so that a busy machine does not matter; turn by turn, so that a
// changing clock rate does not.
TEST_F(AssertionTest, SEC_63_AnUnknownClientCostsWhatAKnownOneDoes) {
  const RegisteredClient known{.client_id = "acme", .keys = KeySet::of({key()})};
  const std::string forged = make({}, {}, new_key("acme-1"));
  const std::string other_kid = make({}, with("kid", "unknown"));
  struct Case {
    const RegisteredClient* client;
    const std::string& assertion;
    std::vector<double> samples{};
  };
  Case cases[] = {{&known, forged}, {nullptr, forged}, {&known, other_kid}};
  for (int i = 0; i < 201; ++i) {
    for (Case& each : cases) {
      const double start = cpu_seconds();
      EXPECT_FALSE(verify_assertion(each.assertion, each.client, policy(), now));
      each.samples.push_back(cpu_seconds() - start);
    }
  }
  const double usual = median(cases[0].samples);
  for (const Case& each : cases) {
    EXPECT_LT(median(each.samples), usual * 1.5);
    EXPECT_GT(median(each.samples), usual / 1.5);
  }
}

TEST(UsedAssertions, SEC_63_EachIsGoodOnce) {
  loop::Loop loop(1);
  ManualClock clock(now);
  MemoryAssertions used(clock, 3);
  const auto use = [&](std::string client, std::string jti, std::chrono::seconds ahead = 300s) {
    return test::run(loop,
                     used.use(std::move(client), std::move(jti), clock.wall_seconds() + ahead));
  };
  EXPECT_TRUE(use("acme", "1").value());
  EXPECT_FALSE(use("acme", "1").value());
  EXPECT_TRUE(use("beta", "1").value());
  EXPECT_TRUE(use("acme", "2", 10s).value());
  EXPECT_THAT(use("acme", "3"), FailsWith(Errc::overloaded));
  clock.advance(10s);
  EXPECT_TRUE(use("acme", "3").value());
  EXPECT_FALSE(use("acme", "1").value());
}

}  // namespace
}  // namespace tocsin::oauth
