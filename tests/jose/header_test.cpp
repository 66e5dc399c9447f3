#include <gtest/gtest.h>

#include <string>

#include "base/base64url.h"
#include "jose/jws.h"
#include "support/fixtures.h"
#include "support/matchers.h"

namespace tocsin::jose {
namespace {

using test::FailsWith;
using test::IndexRow;
using test::Succeeds;

constexpr HeaderRules set_rules{.algorithms = {Algorithm::RS256, Algorithm::ES256}};

Level level_named(const std::string& name) {
  return name == "must" ? Level::must : name == "should" ? Level::should : Level::policy;
}

TEST(JudgeHeader, GivesEveryInvalidHeaderTheClassAndLevelOfTheIndex) {
  int headers = 0;
  for (const IndexRow& row : test::read_index("invalid/INDEX.tsv")) {
    const std::string& file = row.at("file");
    if (!file.starts_with("jose-header/")) continue;
    SCOPED_TRACE(file);
    ++headers;
    const std::string& expected = row.at("expected error class");
    const Result<JsonObject> header = parse_header(test::read_fixture("invalid/" + file));
    if (expected.starts_with("json.")) {
      ASSERT_FALSE(header);
      EXPECT_EQ(describe(header.error().code).defect_class, expected);
      continue;
    }
    ASSERT_THAT(header, Succeeds());
    const Findings findings = judge_header(*header, set_rules);
    ASSERT_FALSE(findings.empty());
    for (const Finding& finding : findings) {
      EXPECT_EQ(describe(finding.code).defect_class, expected) << finding.to_string();
      EXPECT_EQ(finding.level, level_named(row.at("level"))) << finding.to_string();
      EXPECT_EQ(describe(finding.code).err, row.at("set error code"));
      EXPECT_FALSE(finding.section.empty());
      EXPECT_TRUE(finding.path.starts_with("/"));
    }
  }
  EXPECT_EQ(headers, 27);
}

TEST(JudgeHeader, ReportsAllDefectsInTheOrderOfVerification) {
  const Result<JsonObject> header = parse_header(
      R"({"jku":"https://a.example","kid":1,"cty":"JWT","b64":false,"crit":[],"typ":"JWT","alg":"none"})");
  std::vector<Errc> codes;
  for (const Finding& finding : judge_header(*header, set_rules)) codes.push_back(finding.code);
  EXPECT_EQ(codes,
            (std::vector<Errc>{Errc::jose_alg, Errc::jose_typ, Errc::jose_crit, Errc::jose_crit,
                               Errc::jose_header, Errc::jose_header, Errc::jose_key}));
}

Findings judge(const std::string& members) {
  return judge_header(*parse_header(R"({"alg":"ES256","typ":"secevent+jwt")" + members + "}"),
                      set_rules);
}

TEST(JudgeHeader, HD_10_IgnoresB64TrueWithoutCrit) {
  EXPECT_TRUE(judge(R"(,"b64":true)").empty());
  EXPECT_EQ(judge(R"(,"b64":"false")").at(0).code, Errc::jose_crit);
}

TEST(JudgeHeader, HD_11_IgnoresOtherContentTypes) {
  EXPECT_TRUE(judge(R"(,"cty":"application/json")").empty());
  EXPECT_EQ(judge(R"(,"cty":"Application/jwt")").at(0).code, Errc::jose_header);
  EXPECT_EQ(judge(R"(,"cty":null)").at(0).code, Errc::jose_header);
}

TEST(JudgeHeader, HD_12_IgnoresUnknownMembers) {
  EXPECT_TRUE(judge(R"(,"x5t":"abc","whatever":{"a":[1]})").empty());
}

TEST(JudgeHeader, HD_07_RefusesALongKid) {
  EXPECT_TRUE(judge(R"(,"kid":")" + std::string(256, 'k') + "\"").empty());
  EXPECT_EQ(judge(R"(,"kid":")" + std::string(257, 'k') + "\"").at(0).code, Errc::jose_header);
}

TEST(JudgeHeader, SEC_22_RefusesEveryMemberThatOffersAKey) {
  for (const char* const name : {"jwk", "jku", "x5u", "x5c"}) {
    EXPECT_EQ(judge(std::string(",\"") + name + "\":null").at(0).code, Errc::jose_key) << name;
  }
}

TEST(JudgeHeader, SEC_23_RefusesAnyCrit) {
  EXPECT_EQ(judge(R"(,"crit":["x"],"x":1)").at(0).code, Errc::jose_crit);
  EXPECT_EQ(judge(R"(,"crit":[1])").at(0).code, Errc::jose_crit);
}

TEST(JudgeHeader, AL_01_TellsAnAlgorithmThatIsNotAllowedFromOneThatIsNotImplemented) {
  const auto judge_alg = [](const std::string& name) {
    return judge_header(*parse_header(R"({"typ":"secevent+jwt","alg":")" + name + "\"}"), set_rules)
        .at(0)
        .code;
  };
  EXPECT_EQ(judge_alg("PS256"), Errc::jose_alg);
  EXPECT_EQ(judge_alg("none"), Errc::jose_alg);
  EXPECT_EQ(judge_alg(""), Errc::jose_alg);
  for (const char* const name : {"ES512", "ES256K", "Ed448", "HS256", "HS384", "HS512"}) {
    EXPECT_EQ(judge_alg(name), Errc::jose_alg_unsupported) << name;
  }
}

TEST(JudgeHeader, ComparesTypWithTheTypeTheCallerExpects) {
  const auto judge_typ = [](std::string_view typ, const std::string& member) {
    return judge_header(*parse_header(R"({"alg":"ES256")" + member + "}"),
                        {.algorithms = {Algorithm::ES256}, .typ = typ});
  };
  EXPECT_TRUE(judge_typ("at+jwt", R"(,"typ":"application/AT+JWT")").empty());
  EXPECT_EQ(judge_typ("at+jwt", R"(,"typ":"secevent+jwt")").at(0).code, Errc::jose_typ);
  EXPECT_EQ(judge_typ("at+jwt", R"(,"typ":"application/application/at+jwt")").at(0).code,
            Errc::jose_typ);
  EXPECT_TRUE(judge_typ("", "").empty());
}

TEST(ParseHeader, HD_14_RefusesMoreThanFourKib) {
  const auto padded = [](std::size_t size) {
    return R"({"a":")" + std::string(size - 8, 'x') + "\"}";
  };
  EXPECT_THAT(parse_header(padded(header_max)), Succeeds());
  EXPECT_THAT(parse_header(padded(header_max + 1)), FailsWith(Errc::json_limits));
}

TEST(AcceptHeader, RemembersWhatATextSaysAndNothingElse) {
  const auto segment = [](const std::string& kid) {
    return base64url_encode(R"({"typ":"secevent+jwt","alg":"ES256","kid":")" + kid + "\"}");
  };
  const auto first = accept_header(segment("one"), set_rules);
  EXPECT_EQ(accept_header(segment("one"), set_rules).value(), first.value());
  // More headers than are remembered, each read as what it is.
  for (int round = 0; round < 3; ++round) {
    for (int i = 0; i < 20; ++i) {
      const std::string kid = std::to_string(i);
      EXPECT_EQ(accept_header(segment(kid), set_rules).value()->kid, kid);
    }
  }
  EXPECT_EQ(accept_header(segment("one"), set_rules).value()->kid, "one");
}

TEST(AcceptHeader, AL_01_RemembersAVerdictOnlyForTheRulesItWasMadeUnder) {
  const std::string segment = base64url_encode(R"({"typ":"secevent+jwt","alg":"ES256"})");
  for (int i = 0; i < 2; ++i) {
    EXPECT_THAT(accept_header(segment, set_rules), Succeeds());
    EXPECT_THAT(accept_header(segment, {.algorithms = {Algorithm::RS256}}),
                FailsWith(Errc::jose_alg));
    EXPECT_THAT(accept_header(segment, {.algorithms = {Algorithm::ES256}, .typ = "at+jwt"}),
                FailsWith(Errc::jose_typ));
  }
}

TEST(AcceptHeader, DoesNotRememberARefusal) {
  for (int i = 0; i < 2; ++i) {
    EXPECT_THAT(accept_header("e30=", set_rules), FailsWith(Errc::jose_base64url));
    EXPECT_THAT(accept_header(base64url_encode("[]"), set_rules), FailsWith(Errc::jose_header));
    EXPECT_THAT(accept_header(base64url_encode("{"), set_rules), FailsWith(Errc::json_syntax));
  }
}

}  // namespace
}  // namespace tocsin::jose
