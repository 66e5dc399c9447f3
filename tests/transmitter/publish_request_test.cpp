#include "transmitter/publish_request.h"

#include <gmock/gmock.h>

#include "support/matchers.h"

namespace tocsin::transmitter {
namespace {

using test::FailsWith;
using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::string_view issuer = "https://tr.example.com";
constexpr std::string_view subject = R"("subject":{"format":"email","email":"a@example.com"})";
constexpr std::string_view reason = R"("event":{"reason_admin":{"en":"left"}})";

std::string object(std::string_view type, std::string_view about = subject,
                   std::string_view more = reason) {
  std::string text = R"({"type":")";
  text.append(type).append("\",").append(about);
  if (!more.empty()) text.append(",").append(more);
  return text + "}";
}

class PublishRequestTest : public ::testing::Test {
 protected:
  Result<PublishRequest> parse(std::string_view body, PublishForm form = PublishForm::json) const {
    return parse_publish_request(body, form,
                                 {.issuer = issuer,
                                  .grant = grant_,
                                  .now = std::chrono::sys_seconds(std::chrono::hours(500'000)),
                                  .strictness = strictness_});
  }

  PublishItem accepted(std::string_view body) const {
    auto request = parse(body).value();
    EXPECT_THAT(request.refusals, IsEmpty()) << body;
    EXPECT_THAT(request.items, SizeIs(1));
    return std::move(request.items.at(0));
  }

  PublishRefusal refused(std::string_view body) const {
    const auto request = parse(body).value();
    EXPECT_THAT(request.items, IsEmpty()) << body;
    if (request.refusals.size() != 1) return {};
    return request.refusals[0];
  }

  void expect_refused(std::string_view body, Errc code, std::string_view pointer) const {
    const PublishRefusal refusal = refused(body);
    EXPECT_EQ(refusal.code, code) << body;
    EXPECT_EQ(refusal.pointer, pointer) << body;
    EXPECT_FALSE(refusal.section.empty()) << body;
  }

  ProducerGrant grant_;
  Strictness strictness_ = Strictness::interop;
};

TEST_F(PublishRequestTest, TakesAnEventWithAllItsClaims) {
  const PublishItem item = accepted(object(
      "caep:session-revoked", subject,
      R"("event":{"reason_admin":{"en":"x"}},"txn":"t","toe":1795000000.5,"key":"k-1","tenant":"https://tr.example.com")"));
  EXPECT_EQ(type_of(item.event), type_of(caep::SessionRevoked{}));
  EXPECT_EQ(format_of(item.subject), "email");
  EXPECT_EQ(item.txn, "t");
  EXPECT_EQ(item.toe->seconds, 1795000000);
  EXPECT_EQ(item.key, "k-1");
}

TEST_F(PublishRequestTest, AnEventWithoutMembersNeedsNoObject) {
  strictness_ = Strictness::strict;
  const PublishItem item = accepted(object("risc:account-enabled", subject, ""));
  EXPECT_TRUE(std::holds_alternative<risc::AccountEnabled>(item.event));
}

TEST_F(PublishRequestTest, AcceptsATypeOfSomebodyElse) {
  const PublishItem item =
      accepted(object("https://example.com/event/door-opened", subject, R"("event":{"door":4})"));
  EXPECT_EQ(type_of(item.event), "https://example.com/event/door-opened");
}

// Covers: IC-68, IC-69.
TEST_F(PublishRequestTest, NamesTheMemberThatIsWrong) {
  expect_refused("[1]", Errc::publish_request, "");
  expect_refused("7", Errc::publish_request, "");
  expect_refused("{}", Errc::publish_request, "/type");
  expect_refused(R"({"type":"caep:session-revoked"})", Errc::publish_request, "/subject");
  expect_refused(object("caep:session-revoked", subject, R"("events":{})"), Errc::publish_request,
                 "/events");
  expect_refused(object("caep:session-closed"), Errc::event_unknown, "/type");
  expect_refused(object("session-revoked"), Errc::events_structure, "/type");
  expect_refused(object("https://schemas.openid.net/secevent/caep/event-type/new"),
                 Errc::event_unknown, "/type");
  expect_refused(object("caep:session-revoked", R"("subject":"a@example.com")"), Errc::subject_type,
                 "/subject");
  expect_refused(object("caep:session-revoked", R"("subject":{"format":"email","email":"a"})"),
                 Errc::subject_value, "/subject/email");
  expect_refused(object("caep:session-revoked", subject, R"("event":[])"), Errc::events_structure,
                 "/type");
  expect_refused(object("caep:credential-change", subject,
                        R"("event":{"credential_type":"password","change_type":"lost"})"),
                 Errc::event_value, "/event/change_type");
  expect_refused(object("caep:credential-change", subject, R"("event":{"change_type":"create"})"),
                 Errc::event_missing, "/event/credential_type");
  expect_refused(object("risc:identifier-changed", R"("subject":{"format":"opaque","id":"x"})", ""),
                 Errc::event_subject, "/subject");
}

TEST_F(PublishRequestTest, ChecksTheClaimsOfTheSets) {
  const auto with = [](std::string_view member) {
    return object("risc:account-enabled", subject, member);
  };
  expect_refused(with(R"("txn":"")"), Errc::publish_request, "/txn");
  expect_refused(with(R"("txn":7)"), Errc::publish_request, "/txn");
  expect_refused(with(R"("txn":")" + std::string(257, 'x') + "\""), Errc::publish_request, "/txn");
  expect_refused(with(R"("toe":"now")"), Errc::publish_request, "/toe");
  expect_refused(with(R"("toe":1e99)"), Errc::publish_request, "/toe");
  expect_refused(with(R"("key":"")"), Errc::publish_request, "/key");
  expect_refused(with(R"("key":"a\nb")"), Errc::publish_request, "/key");
  expect_refused(with(R"("tenant":"https://other.example.com")"), Errc::publish_request, "/tenant");
}

TEST_F(PublishRequestTest, SEC_17_RefusesTheEventsOnlyTheTransmitterSends) {
  const std::string_view stream = R"("subject":{"format":"opaque","id":"s1"})";
  for (const std::string_view type :
       {"ssf:verification", "ssf:stream-updated",
        "https://schemas.openid.net/secevent/ssf/event-type/verification"}) {
    expect_refused(object(type, stream, R"("event":{"status":"paused"})"), Errc::publish_request,
                   "/type");
  }
}

// Covers: A-48, CAEP-02, IC-70, IOP-3.1-02, IOP-3.2-05, IOP-3.3-04.
TEST_F(PublishRequestTest, EV_51_TheInteroperabilityProfileDemandsAReason) {
  const std::string without = object("caep:session-revoked", subject, R"("event":{})");
  expect_refused(without, Errc::event_missing, "/event/reason_admin");
  expect_refused(object("caep:session-revoked", subject, R"("event":{"reason_admin":"left"})"),
                 Errc::event_type, "/event/reason_admin");
  strictness_ = Strictness::strict;
  accepted(without);
  expect_refused(object("caep:session-revoked", subject, R"("event":{"reason_admin":"left"})"),
                 Errc::event_type, "/event/reason_admin");
}

TEST_F(PublishRequestTest, VO_04_RefusesWhatMustNotBeSent) {
  expect_refused(object("risc:sessions-revoked", subject, ""), Errc::event_deprecated, "/type");
}

TEST_F(PublishRequestTest, SEC_18_RefusesWhatIsNotGranted) {
  grant_.event_types = {{std::string(type_of(caep::SessionRevoked{}))}};
  accepted(object("caep:session-revoked"));
  expect_refused(object("risc:account-enabled", subject, ""), Errc::publish_denied, "/type");
  grant_.namespaces = {{{"email", "example.org"}}};
  expect_refused(object("caep:session-revoked"), Errc::publish_denied, "/subject");
}

TEST_F(PublishRequestTest, SEC_67_JudgesEachItemOfAnArrayAlone) {
  const std::string good = object("risc:account-enabled", subject, "");
  const auto request = parse("[" + good + ",{}," + good + ",3]").value();
  EXPECT_FALSE(request.is_single);
  ASSERT_THAT(request.items, SizeIs(2));
  EXPECT_EQ(request.items[1].index, 2U);
  ASSERT_THAT(request.refusals, SizeIs(2));
  EXPECT_EQ(request.refusals[0].index, 1U);
  EXPECT_EQ(request.refusals[1].index, 3U);
}

TEST_F(PublishRequestTest, SEC_67_JudgesEachLineAlone) {
  const std::string good = object("risc:account-enabled", subject, "");
  const auto request =
      parse(good + "\r\n\n{\"a\":\n" + good + "\n  \n", PublishForm::lines).value();
  ASSERT_THAT(request.items, SizeIs(2));
  EXPECT_EQ(request.items[1].index, 2U);
  ASSERT_THAT(request.refusals, SizeIs(1));
  EXPECT_EQ(request.refusals[0].index, 1U);
  EXPECT_EQ(request.refusals[0].code, Errc::json_syntax);
}

TEST_F(PublishRequestTest, SEC_24_SEC_48_KeepsToItsLimits) {
  EXPECT_THAT(parse(""), FailsWith(Errc::json_syntax));
  EXPECT_THAT(parse(R"({"type":"a","type":"b"})"), FailsWith(Errc::json_duplicate));
  EXPECT_THAT(parse("[]"), FailsWith(Errc::publish_request));
  EXPECT_THAT(parse(" \n", PublishForm::lines), FailsWith(Errc::publish_request));
  EXPECT_THAT(parse(std::string(publish_json_max + 1, ' ')), FailsWith(Errc::http_too_large));
  EXPECT_THAT(parse(std::string(publish_lines_max + 1, '\n'), PublishForm::lines),
              FailsWith(Errc::http_too_large));

  std::string array = "[1";
  std::string lines = "1\n";
  for (std::size_t i = 1; i < publish_items_max; ++i) {
    array += ",1";
    lines += "1\n";
  }
  EXPECT_THAT(parse(array + "]").value().refusals, SizeIs(publish_items_max));
  EXPECT_THAT(parse(array + ",1]"), FailsWith(Errc::json_limits));
  EXPECT_THAT(parse(lines, PublishForm::lines).value().refusals, SizeIs(publish_items_max));
  EXPECT_THAT(parse(lines + "1", PublishForm::lines), FailsWith(Errc::publish_request));
}

}  // namespace
}  // namespace tocsin::transmitter
