#include "oauth/access_token.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "jose/jws.h"
#include "oauth/support.h"
#include "support/matchers.h"

namespace tocsin::oauth {
namespace {

using test::FailsWith;
using test::Succeeds;
using testing::ElementsAre;
using testing::IsEmpty;

class AccessTokenTest : public testing::Test {
 protected:
  static const SigningKey& key() {
    static const SigningKey made = new_key();
    return made;
  }
  static Result<AccessToken> verify(std::string_view token, const TokenPolicy& ours = policy()) {
    return verify_access_token(token, KeySet::of({key()}), ours, now);
  }
  static Result<AccessToken> verify_with(const Change& claims, const TokenPolicy& ours = policy()) {
    return verify(make_token(key(), claims), ours);
  }
};

TEST_F(AccessTokenTest, SaysWhoCallsAndWithWhichScopes) {
  const Result<AccessToken> token = verify(make_token(key(), with("scope", "ssf.read a.b")));
  ASSERT_THAT(token, Succeeds());
  EXPECT_EQ(token->caller.key, (TenantKey{"https://as.example.com", "acme"}));
  EXPECT_THAT(token->caller.scopes, ElementsAre("ssf.read", "a.b"));
  EXPECT_EQ(token->exp, now + std::chrono::seconds(600));
}

TEST_F(AccessTokenTest, AcceptsWhatRfc9068Leaves) {
  EXPECT_THAT(verify_with(with("aud", JsonArray{"https://other", our_resource})), Succeeds());
  EXPECT_THAT(verify_with(with("aud", JsonArray{our_resource})), Succeeds());
  EXPECT_THAT(verify(make_token(key(), {}, with("typ", "application/at+jwt"))), Succeeds());
  EXPECT_THAT(verify(make_token(key(), {}, with("typ", "AT+JWT"))), Succeeds());
  EXPECT_THAT(verify(make_token(key(), {}, without("kid"))), Succeeds());
  EXPECT_THAT(verify_with(with("auth_time", at(-5))), Succeeds());
  const Result<AccessToken> weak = verify_with(without("scope"));
  ASSERT_THAT(weak, Succeeds());
  EXPECT_THAT(weak->caller.scopes, IsEmpty());
}

// Covers: IOP-2.7.2-03.
TEST_F(AccessTokenTest, SEC_02_RefusesOneDefectOfTheClaims) {
  const std::vector<std::pair<std::string, Change>> defects = {
      {"no iss", without("iss")},
      {"another iss", with("iss", "https://evil.example.com")},
      {"a longer iss", with("iss", "https://as.example.com/")},
      {"an iss in capitals", with("iss", "https://AS.example.com")},
      {"an iss that is a list", with("iss", JsonArray{as_issuer})},
      {"no aud", without("aud")},
      {"an empty aud", with("aud", JsonArray{})},
      {"another aud", with("aud", "https://other.example.com")},
      {"a longer aud", with("aud", "https://tr.example.com/ssf/")},
      {"a shorter aud", with("aud", "https://tr.example.com")},
      {"an aud that is an object", with("aud", JsonObject{{"a", our_resource}})},
      {"no exp", without("exp")},
      {"expired", with("exp", at(-60))},
      {"an exp that is text", with("exp", "1795000600")},
      {"an exp with a fraction", with("exp", JsonNumber::parse("1795000600.5").value())},
      {"a huge exp", with("exp", JsonNumber::parse("9223372036854775807").value())},
      {"a negative exp", with("exp", -1)},
      {"not valid yet", with("nbf", at(61))},
      {"an nbf that is null", with("nbf", nullptr)},
      {"issued in the future", with("iat", at(61))},
      {"neither nbf nor iat", without("iat")},
      {"a long life", with("exp", at(3591))},
      {"no client", without("client_id")},
      {"an empty client", with("client_id", "")},
      {"a client that is a number", with("client_id", 7)},
      {"a client with a line end", with("client_id", "a\nb")},
      {"two clients", with("azp", "other")},
      {"a scope that is a list", with("scope", JsonArray{"ssf.manage"})},
      {"a scope with a quote", with("scope", "ssf.manage \"x\"")},
      {"bound to a key (SEC-06)", with("cnf", JsonObject{{"jkt", "x"}})},
      {"bound to nothing (SEC-06)", with("cnf", nullptr)},
      {"an ID token by its nonce", with("nonce", "n")},
      {"an ID token by its hash", with("at_hash", "h")},
      {"a SET by its events", with("events", JsonObject{})}};
  for (const auto& [name, change] : defects) {
    EXPECT_THAT(verify_with(change), FailsWith(Errc::token_invalid)) << name;
  }
}

TEST_F(AccessTokenTest, SEC_02_RefusesOneDefectOfTheHeader) {
  const std::vector<std::pair<std::string, Change>> defects = {
      {"no typ", without("typ")},
      {"an ID token", with("typ", "JWT")},
      {"a SET", with("typ", "secevent+jwt")},
      {"a logout token", with("typ", "logout+jwt")},
      {"none", with("alg", "none")},
      {"HS256", with("alg", "HS256")},
      {"another key type", with("alg", "RS256")},
      {"not allowed here", with("alg", "ES384")},
      {"crit", with("crit", JsonArray{"exp"})},
      {"jwk", with("jwk", key().public_jwk())},
      {"jku", with("jku", "https://evil.example.com/keys")},
      {"x5u", with("x5u", "https://evil.example.com/cert")},
      {"a kid that is a number", with("kid", 1)}};
  for (const auto& [name, change] : defects) {
    const auto token = verify(make_token(key(), {}, change));
    ASSERT_FALSE(token) << name;
    // A key of another type is no key for this header; newer keys might have one.
    EXPECT_EQ(token.error().code, name == "another key type" ? Errc::jose_key : Errc::token_invalid)
        << name;
  }
}

// Covers: IOP-2.7.2-03.
TEST_F(AccessTokenTest, SEC_02_RefusesWhatTheIssuersKeysDidNotSign) {
  const SigningKey stranger = new_key("as-1");
  EXPECT_THAT(verify(make_token(stranger)), FailsWith(Errc::jose_signature));
  EXPECT_THAT(verify(make_token(new_key("as-2"))), FailsWith(Errc::jose_key));
  std::string changed = make_token(key());
  changed[changed.find('.') + 5] ^= 1;
  EXPECT_FALSE(verify(changed));
  for (const std::string_view shape : {"", ".", "..", "a.b", "a.b.c", "a.b.c.d.e"}) {
    EXPECT_THAT(verify(shape), FailsWith(Errc::token_invalid)) << shape;
  }
}

// With the public key as the secret of an HMAC (SEC-21).
TEST_F(AccessTokenTest, SEC_02_RefusesAMacMadeWithThePublicKey) {
  const std::string token = make_token(key(), {}, with("alg", "HS256"));
  EXPECT_THAT(verify(token), FailsWith(Errc::token_invalid));
}

TEST_F(AccessTokenTest, SEC_02_AllowsAMinuteForClocks) {
  EXPECT_THAT(verify_with(with("exp", at(-59))), Succeeds());
  EXPECT_THAT(verify_with(with("nbf", at(60))), Succeeds());
  EXPECT_THAT(verify_with(with("iat", at(60))), Succeeds());
}

// Covers: A-85, POLL-4.4.1-01.
TEST_F(AccessTokenTest, IOP_2_7_1_03_CapsTheLifetimeFromNbfOrIat) {
  EXPECT_THAT(verify_with(with("exp", at(3590))), Succeeds());
  const auto from_nbf = [](JsonObject& claims) {
    claims.insert_or_assign("iat", at(-4000));
    claims.insert_or_assign("nbf", at(0));
    claims.insert_or_assign("exp", at(3600));
  };
  EXPECT_THAT(verify_with(from_nbf), Succeeds());
  TokenPolicy longer = policy();
  longer.lifetime_max = std::chrono::hours(24);
  EXPECT_THAT(verify_with(with("exp", at(80'000)), longer), Succeeds());
}

TEST_F(AccessTokenTest, TakesTheClientFromAzpWhereThereIsNoClientId) {
  const auto azp = [](JsonObject& claims) {
    claims.erase("client_id");
    claims.append("azp", "beta");
  };
  EXPECT_EQ(verify_with(azp)->caller.key.client_id, "beta");
  EXPECT_THAT(verify_with(with("azp", "acme")), Succeeds());
}

TEST_F(AccessTokenTest, SEC_02_AServerWithoutTypIsTrustedByAClassClaimOnly) {
  TokenPolicy other = policy();
  other.class_claim = ClassClaim{"typ", "Bearer"};
  const auto judge = [&](const Change& claims, const Change& header) {
    return verify(make_token(key(), claims, header), other);
  };
  EXPECT_THAT(judge(with("typ", "Bearer"), with("typ", "JWT")), Succeeds());
  EXPECT_THAT(judge(with("typ", "Bearer"), without("typ")), Succeeds());
  EXPECT_THAT(judge({}, with("typ", "JWT")), FailsWith(Errc::token_invalid));
  EXPECT_THAT(judge(with("typ", "ID"), with("typ", "JWT")), FailsWith(Errc::token_invalid));
  EXPECT_THAT(judge(with("typ", "Bearer"), with("typ", "secevent+jwt")),
              FailsWith(Errc::token_invalid));
}

TEST(TokenPolicy, SEC_02_AnIncompleteOneDoesNotStart) {
  EXPECT_THAT(judge_policy(policy()), Succeeds());
  const auto refuses = [](auto change) {
    TokenPolicy changed = policy();
    change(changed);
    EXPECT_THAT(judge_policy(changed), FailsWith(Errc::config_invalid));
  };
  refuses([](TokenPolicy& p) { p.issuer.clear(); });
  refuses([](TokenPolicy& p) { p.audiences.clear(); });
  refuses([](TokenPolicy& p) { p.audiences = {""}; });
  refuses([](TokenPolicy& p) { p.algorithms = {}; });
  refuses([](TokenPolicy& p) { p.class_claim = ClassClaim{}; });
  refuses([](TokenPolicy& p) { p.leeway = std::chrono::seconds(61); });
  refuses([](TokenPolicy& p) { p.lifetime_max = {}; });
}

JsonObject right_answer() {
  return {{"active", true}, {"client_id", "acme"}, {"aud", our_resource}, {"scope", "ssf.read"}};
}

TEST(Introspection, RFC_7662_SaysWhoCalls) {
  const Result<AccessToken> token = judge_introspection(right_answer(), policy(), now);
  ASSERT_THAT(token, Succeeds());
  EXPECT_EQ(token->caller.key, (TenantKey{"https://as.example.com", "acme"}));
  EXPECT_EQ(token->exp, std::nullopt);
  for (const Change& change : {with("token_type", "bearer"), with("exp", at(5000)),
                               with("iss", as_issuer), with("iat", at(-9000))}) {
    JsonObject answer = right_answer();
    change(answer);
    EXPECT_THAT(judge_introspection(answer, policy(), now), Succeeds());
  }
}

TEST(Introspection, SEC_03_RefusesOneDefectOfTheAnswer) {
  const std::vector<std::pair<std::string, Change>> defects = {
      {"not active", with("active", false)},
      {"no aud", without("aud")},
      {"another aud", with("aud", "https://other.example.com")},
      {"no client", without("client_id")},
      {"another issuer", with("iss", "https://evil.example.com")},
      {"expired", with("exp", at(-60))},
      {"not valid yet", with("nbf", at(61))},
      {"bound to a key", with("cnf", JsonObject{{"x5t#S256", "x"}})},
      {"not a bearer token", with("token_type", "DPoP")}};
  for (const auto& [name, change] : defects) {
    JsonObject answer = right_answer();
    change(answer);
    EXPECT_THAT(judge_introspection(answer, policy(), now), FailsWith(Errc::token_invalid)) << name;
  }
}

TEST(Introspection, SEC_03_WhatIsNoAnswerSaysNothingAboutTheToken) {
  for (const Change& change :
       {without("active"), with("active", "true"), with("active", 1), with("active", nullptr)}) {
    JsonObject answer = right_answer();
    change(answer);
    EXPECT_THAT(judge_introspection(answer, policy(), now), FailsWith(Errc::net_answer));
  }
}

}  // namespace
}  // namespace tocsin::oauth
