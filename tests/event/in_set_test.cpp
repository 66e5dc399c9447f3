// Rules that join an event with its SET, and those that bind only a sender.
#include <gmock/gmock.h>

#include <string>

#include "event/support.h"
#include "tocsin/event.h"
#include "tocsin/subject.h"

namespace tocsin {
namespace {

using test::Found;
using test::judge_in_set;
using test::judge_to_send;
using test::nothing;
using test::only;

Subject subject(std::string_view text, Strictness strictness = Strictness::strict) {
  auto result = parse_subject(test::json(text), strictness);
  EXPECT_THAT(result, test::Succeeds()) << text;
  return result ? std::move(result).value() : Subject();
}

const Subject email = email_subject("jane@example.com");
const Subject user = iss_sub_subject("https://idp.example.com/", "7375626A656374");
const Subject stream = opaque_subject("stream-1");

TEST(JudgeEventInSet, EV_30_EV_41_StreamEventsAreAboutTheStream) {
  const Event events[] = {ssf::Verification{}, ssf::StreamUpdated{.status = StreamStatus::paused}};
  for (const Event& event : events) {
    EXPECT_THAT(judge_in_set(event, {.sub_id = stream}), nothing());
    EXPECT_THAT(judge_in_set(event, {.sub_id = stream, .stream_id = "stream-1"}), nothing());
    EXPECT_THAT(judge_in_set(event, {.sub_id = stream, .stream_id = "stream-2"}),
                only(Found(Errc::event_subject, Level::must, "/sub_id")));
    EXPECT_THAT(judge_in_set(event, {.sub_id = email}),
                only(Found(Errc::event_subject, Level::must, "/sub_id")));
    const Subject complex = subject(R"({"format":"complex","user":{"format":"opaque","id":"1"}})");
    EXPECT_THAT(judge_in_set(event, {.sub_id = complex}),
                only(Found(Errc::event_subject, Level::must, "/sub_id")));
  }
}

TEST(JudgeEventInSet, EV_100_IdentifierEventsAreAboutAnEmailOrAPhone) {
  const Event events[] = {risc::IdentifierChanged{}, risc::IdentifierRecycled{}};
  const Subject phone = subject(R"({"format":"phone_number","phone_number":"+12065550100"})");
  const Subject aliases = subject(
      R"({"format":"aliases","identifiers":[{"format":"email","email":"jane@example.com"}]})");
  const Subject complex =
      subject(R"({"format":"complex","user":{"format":"email","email":"jane@example.com"}})");
  for (const Event& event : events) {
    EXPECT_THAT(judge_in_set(event, {.sub_id = email}), nothing());
    EXPECT_THAT(judge_in_set(event, {.sub_id = phone}), nothing());
    for (const Subject& other : {user, stream, aliases, complex}) {
      EXPECT_THAT(judge_in_set(event, {.sub_id = other}),
                  only(Found(Errc::event_subject, Level::must, "/sub_id")));
    }
  }
}

TEST(JudgeEventInSet, EV_101_WarnsOfANewValueOfAnotherKind) {
  const Subject phone = subject(R"({"format":"phone_number","phone_number":"+12065550100"})");
  const Event to_email = risc::IdentifierChanged{.new_value = "new@example.com"};
  const Event to_phone = risc::IdentifierChanged{.new_value = "+12065550101"};
  EXPECT_THAT(judge_in_set(to_email, {.sub_id = email}), nothing());
  EXPECT_THAT(judge_in_set(to_phone, {.sub_id = phone}), nothing());
  EXPECT_THAT(judge_in_set(to_phone, {.sub_id = email}),
              only(Found(Errc::warn_value, Level::warn, "/new-value")));
  EXPECT_THAT(judge_in_set(to_email, {.sub_id = phone}),
              only(Found(Errc::warn_value, Level::warn, "/new-value")));
}

TEST(JudgeEventInSet, SC_01_ScimEventsAreAboutAScimResource) {
  const Subject resource = subject(R"({"format":"scim","uri":"/Users/1"})");
  for (const std::string_view type : known_event_types()) {
    if (!type.starts_with("urn:ietf:params:scim:event:")) continue;
    const test::Reading reading = test::read(std::string(type), "{}");
    const SetAround set{.sub_id = resource, .has_txn = true};
    EXPECT_THAT(judge_in_set(reading.event, set), nothing()) << type;
    EXPECT_THAT(judge_in_set(reading.event, {.sub_id = user, .has_txn = true}),
                only(Found(Errc::event_subject, Level::must, "/sub_id")))
        << type;
  }
}

TEST(JudgeEventInSet, SC_02_NoSubjectInAScimPayload) {
  const Subject resource = subject(R"({"format":"scim","uri":"/Users/1"})");
  const test::Reading reading =
      test::read(test::scim_prefix + "prov:activate", R"({"sub_id":{},"subject":{}})");
  EXPECT_THAT(judge_in_set(reading.event, {.sub_id = resource}),
              only(Found(Errc::event_subject, Level::must, "/subject"),
                   Found(Errc::event_subject, Level::must, "/sub_id")));
}

TEST(JudgeEventInSet, SC_09_AnAsyncResponseNeedsTheTransaction) {
  const Subject resource = subject(R"({"format":"scim","uri":"/Users/1"})");
  const Event event = scim::AsyncResponse{.method = scim::Method::PUT, .status = "200"};
  EXPECT_THAT(judge_in_set(event, {.sub_id = resource}),
              only(Found(Errc::claim_missing, Level::must, "/txn")));
  EXPECT_THAT(judge_in_set(event, {.sub_id = resource, .has_txn = true}), nothing());
}

TEST(JudgeEventInSet, EV_10_OnlyCaepAndRiscMayRepeatTheSubject) {
  const std::string copy = R"({"subject":{"format":"opaque","id":"stream-1"}})";
  for (const auto& type : {test::caep_prefix + "session-revoked", test::risc_prefix + "opt-in"}) {
    EXPECT_THAT(judge_in_set(test::read(type, copy).event, {.sub_id = stream}), nothing()) << type;
  }
  EXPECT_THAT(
      judge_in_set(test::read(test::ssf_prefix + "verification", copy).event, {.sub_id = stream}),
      only(Found(Errc::event_subject, Level::must, "/subject")));
}

TEST(JudgeEventInSet, EV_11_ACopyThatNamesSomebodyElseIsRefusedEverywhere) {
  const auto event = [](const std::string& copy) {
    return test::read(test::risc_prefix + "account-disabled", "{\"subject\":" + copy + "}").event;
  };
  const Event same = event(R"({"email":"jane@EXAMPLE.com","format":"email"})");
  const Event other = event(R"({"format":"email","email":"joe@example.com"})");
  for (const auto strictness : {Strictness::strict, Strictness::interop, Strictness::lenient}) {
    EXPECT_THAT(judge_in_set(same, {.sub_id = email}, strictness), nothing())
        << "compared in canonical form";
    const Findings findings = judge_in_set(other, {.sub_id = email}, strictness);
    ASSERT_THAT(findings, testing::SizeIs(1));
    EXPECT_EQ(findings[0].code, Errc::subject_conflict);
    EXPECT_EQ(findings[0].path, "/subject");
    EXPECT_NE(first_refusal(findings, strictness, Direction::received), nullptr);
  }
  EXPECT_THAT(judge_in_set(other, {.sub_id = email}),
              only(Found(Errc::subject_conflict, Level::policy, "/subject")));
}

TEST(JudgeEventInSet, EV_11_ACopyThatCannotBeReadIsRefusedInStrict) {
  const Event event = test::read(test::risc_prefix + "opt-in", R"({"subject":7})").event;
  EXPECT_THAT(judge_in_set(event, {.sub_id = email}),
              only(Found(Errc::subject_conflict, Level::policy, "/subject")));
}

TEST(JudgeEventInSet, EV_15_WarnsOfAnEventLaterThanItsSet) {
  caep::SessionRevoked event;
  const SetAround set{.sub_id = email, .iat = std::chrono::sys_seconds(std::chrono::seconds(1000))};
  event.event_timestamp = NumericDate{1300, 999'999'999};
  EXPECT_THAT(judge_in_set(event, set), nothing());
  event.event_timestamp = NumericDate{1301, 0};
  EXPECT_THAT(judge_in_set(event, set),
              only(Found(Errc::warn_value, Level::warn, "/event_timestamp")));
  event.event_timestamp = NumericDate{1'000'000'000'000, 0};
  EXPECT_THAT(judge_in_set(event, set), nothing()) << "warn_milliseconds says it already";
  event.event_timestamp = NumericDate{-1'000'000, 0};
  EXPECT_THAT(judge_in_set(event, set), nothing());

  risc::CredentialCompromise compromise{.credential_type = caep::CredentialType::pin,
                                        .event_timestamp = NumericDate{1301, 0}};
  EXPECT_THAT(judge_in_set(compromise, set),
              only(Found(Errc::warn_value, Level::warn, "/event_timestamp")));
}

TEST(JudgeEventInSet, EV_93_WarnsOfAComplexSubjectWithoutThePrincipal) {
  const Subject complex =
      subject(R"({"format":"complex","user":{"format":"email","email":"jane@example.com"}})");
  const auto event = [](std::string principal) {
    caep::RiskLevelChange change;
    change.principal = OpenValue<caep::Principal>(std::move(principal));
    change.current_level = caep::RiskLevel::HIGH;
    return change;
  };
  EXPECT_THAT(judge_in_set(event("USER"), {.sub_id = complex}), nothing());
  EXPECT_THAT(judge_in_set(event("APPLICATION"), {.sub_id = complex}), nothing());
  EXPECT_THAT(judge_in_set(event("DEVICE"), {.sub_id = email}), nothing());
  for (const char* principal : {"DEVICE", "SESSION", "TENANT", "ORG_UNIT", "GROUP"}) {
    EXPECT_THAT(judge_in_set(event(principal), {.sub_id = complex}),
                only(Found(Errc::warn_value, Level::warn, "/principal")))
        << principal;
  }
}

TEST(JudgeEventInSet, EV_03_UnknownTypesAndTheOAuthDraftHaveTheirOwnIdeaOfASubject) {
  EXPECT_THAT(
      judge_in_set(OtherEvent{"https://example.com/own", {{"subject", 7}}}, {.sub_id = email}),
      nothing());
  EXPECT_THAT(
      judge_in_set(oauth::TokensRevoked{.subject = JsonObject{{"sub", "7"}}}, {.sub_id = email}),
      nothing());
}

TEST(JudgeEventToSend, EV_104_DeprecatedTypesAreNotSent) {
  EXPECT_THAT(judge_to_send(risc::SessionsRevoked{}),
              only(Found(Errc::event_deprecated, Level::tx, "")));
  for (const Event& event :
       {Event(oauth::TokenIssued{}), Event(oauth::TokenRevoked{}), Event(oauth::TokensRevoked{}),
        Event(oauth::ClientDisabled{}), Event(oauth::ClientEnabled{}),
        Event(oauth::ClientCredentialChanged{})}) {
    EXPECT_THAT(judge_to_send(event), only(Found(Errc::event_deprecated, Level::tx, "")));
  }
}

TEST(JudgeEventToSend, MostTypesMayBeSent) {
  int free = 0;
  for (const std::string_view type : known_event_types()) {
    const Event event = test::read(std::string(type), "{}").event;
    const Findings findings = judge_to_send(event);
    if (first_refusal(findings, Strictness::strict, Direction::sent) == nullptr) ++free;
  }
  EXPECT_EQ(free, 42 - 7);
  EXPECT_THAT(judge_to_send(OtherEvent{"https://example.com/own", {}}), nothing());
}

TEST(JudgeEventToSend, EV_105_NoSubjectTypeIsEverSent) {
  const std::string type = test::risc_prefix + "opt-in";
  EXPECT_THAT(judge_to_send(test::read(type, R"({"subject":{"subject_type":"iss-sub"}})").event),
              only(Found(Errc::subject_format, Level::must, "/subject/subject_type")));
  EXPECT_THAT(judge_to_send(test::read(type, R"({"subject":{"format":"email"}})").event),
              only(Found(Errc::warn_value, Level::warn, "/subject")));
}

TEST(JudgeEventToSend, EV_73_ADirectionGoesWithThePreviousLevel) {
  caep::AssuranceLevelChange event;
  event.previous_level = "nist-aal1";
  EXPECT_THAT(judge_to_send(event),
              only(Found(Errc::event_missing, Level::should, "/change_direction")));
  event.change_direction = caep::ChangeDirection::increase;
  EXPECT_THAT(judge_to_send(event), nothing());
}

TEST(JudgeEventToSend, EV_83_ASessionThatBeganSomewhenIsOdd) {
  caep::SessionEstablished event;
  EXPECT_THAT(judge_to_send(event), only(Found(Errc::warn_value, Level::warn, "/event_timestamp")));
  event.event_timestamp = NumericDate{1, 0};
  EXPECT_THAT(judge_to_send(event), nothing());
}

}  // namespace
}  // namespace tocsin
