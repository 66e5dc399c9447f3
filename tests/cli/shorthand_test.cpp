#include "cli/shorthand.h"

#include <gtest/gtest.h>

#include "support/matchers.h"
#include "tocsin/event.h"

namespace tocsin::cli {
namespace {

using test::FailsWith;

std::string subject(std::string_view text) {
  return to_text(parse_subject_text(text).value());
}

TEST(EventType, HasAShortFormForEveryTypeWeKnow) {
  EXPECT_EQ(parse_event_type("caep:session-revoked").value(),
            "https://schemas.openid.net/secevent/caep/event-type/session-revoked");
  EXPECT_EQ(parse_event_type("scim:prov:create:full").value(),
            "urn:ietf:params:scim:event:prov:create:full");
  for (const std::string_view type : known_event_types()) {
    bool has_short_form = false;
    for (const std::string_view family : {"caep:", "risc:", "ssf:", "oauth:", "scim:"}) {
      for (std::size_t i = 0; i < type.size(); ++i) {
        const auto expanded = parse_event_type(std::string(family) + std::string(type.substr(i)));
        has_short_form |= expanded && *expanded == type;
      }
    }
    EXPECT_TRUE(has_short_form) << type;
  }
}

TEST(EventType, OfAnUnknownUriIsTakenAsItIs) {
  EXPECT_EQ(parse_event_type("https://vendor.example/event").value(),
            "https://vendor.example/event");
}

TEST(EventType, IsShownShortWhereThatReadsBackTheSame) {
  for (const std::string_view type : known_event_types()) {
    const std::string shown = to_short_event_type(std::string(type));
    EXPECT_LT(shown.size(), type.size());
    EXPECT_EQ(parse_event_type(shown).value(), type);
  }
  const std::string unknown = "https://schemas.openid.net/secevent/caep/event-type/no-such-type";
  EXPECT_EQ(to_short_event_type(unknown), unknown);
}

TEST(EventType, NamesTheRightOnesForAWrongOne) {
  const auto wrong = parse_event_type("ssf:verify");
  ASSERT_THAT(wrong, FailsWith(Errc::config_invalid));
  EXPECT_EQ(wrong.error().detail,
            "--event ssf:verify: one of ssf:verification, ssf:stream-updated");
  EXPECT_THAT(parse_event_type("session-revoked"), FailsWith(Errc::config_invalid));
}

TEST(SubjectText, SpellsEveryFormatOfPlainMembers) {
  EXPECT_EQ(subject("email:jdoe@example.com"), R"({"format":"email","email":"jdoe@example.com"})");
  EXPECT_EQ(subject("opaque:a:b,c"), R"({"format":"opaque","id":"a:b,c"})");
  EXPECT_EQ(subject("iss_sub:https://idp.example.com,1,2"),
            R"({"format":"iss_sub","iss":"https://idp.example.com","sub":"1,2"})");
  EXPECT_EQ(subject("account:acct:jdoe@example.com"),
            R"({"format":"account","uri":"acct:jdoe@example.com"})");
  EXPECT_EQ(subject("did:did:example:1"), R"({"format":"did","url":"did:example:1"})");
  EXPECT_EQ(subject("phone_number:+12065550100"),
            R"({"format":"phone_number","phone_number":"+12065550100"})");
  EXPECT_EQ(subject("saml_assertion_id:https://idp.example.com,_1"),
            R"({"format":"saml_assertion_id","issuer":"https://idp.example.com",)"
            R"("assertion_id":"_1"})");
}

TEST(SubjectText, MayBeJson) {
  EXPECT_EQ(subject(R"({"format":"email","email":"a@b"})"), R"({"format":"email","email":"a@b"})");
}

TEST(SubjectText, SaysWhatIsMissing) {
  EXPECT_THAT(parse_subject_text("jdoe"), FailsWith(Errc::config_invalid));
  EXPECT_THAT(parse_subject_text("mail:jdoe"), FailsWith(Errc::config_invalid));
  EXPECT_THAT(parse_subject_text("{\"format\""), FailsWith(Errc::config_invalid));
  EXPECT_EQ(parse_subject_text("iss_sub:x").error().detail,
            "--subject iss_sub:x: iss_sub:iss,sub with a comma between the two");
}

TEST(Member, IsJsonOrText) {
  EXPECT_EQ(parse_member("n=17").value().value, Json(17));
  EXPECT_EQ(parse_member("t=admin").value().value, Json("admin"));
  EXPECT_EQ(parse_member("t=a=b").value().value, Json("a=b"));
  EXPECT_EQ(parse_member(R"(t="17")").value().value, Json("17"));
  EXPECT_EQ(parse_member(R"(o={"en":"x"})").value().value, Json(JsonObject{{"en", "x"}}));
  EXPECT_EQ(parse_member("e=").value().value, Json(""));
}

TEST(Member, ThatBeganAsJsonMustBeJson) {
  EXPECT_THAT(parse_member("o={en:x}"), FailsWith(Errc::config_invalid));
  EXPECT_THAT(parse_member("o=\"x"), FailsWith(Errc::config_invalid));
  EXPECT_THAT(parse_member("x"), FailsWith(Errc::config_invalid));
  EXPECT_THAT(parse_member("=x"), FailsWith(Errc::config_invalid));
}

TEST(Policy, FollowsTheProfileUnlessToldOtherwise) {
  EXPECT_EQ(policy_for("ssf1", "").value().strictness, Strictness::strict);
  EXPECT_TRUE(policy_for("ssf1", "").value().algorithms.contains(Algorithm::PS256));
  EXPECT_EQ(policy_for("caep-interop", "").value().strictness, Strictness::interop);
  EXPECT_EQ(policy_for("caep-interop", "").value().algorithms, AlgorithmSet{Algorithm::RS256});
  EXPECT_EQ(policy_for("ssf1", "lenient").value().strictness, Strictness::lenient);
  EXPECT_THAT(policy_for("caep", ""), FailsWith(Errc::config_invalid));
  EXPECT_THAT(policy_for("ssf1", "lax"), FailsWith(Errc::config_invalid));
}

}  // namespace
}  // namespace tocsin::cli
