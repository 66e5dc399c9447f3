// A push stream is no weapon: with verify_push nothing but a verification event that its receiver
// asked for is sent to an endpoint until that one is accepted (SEC-45).
#include <gmock/gmock.h>

#include <fstream>

#include "e2e/transmitter_fixture.h"

namespace tocsin {
namespace {

using test::ask;
using test::RawResponse;
using testing::ElementsAre;

class VerifyPush : public test::TransmitterFixture {
 protected:
  void SetUp() override {
    TransmitterFixture::SetUp();
    ::setenv("TOCSIN_TRANSMITTER__VERIFY_PUSH", "true", 1);
    ::setenv("TOCSIN_TRANSMITTER__MIN_VERIFICATION_INTERVAL", "0s", 1);
    start();
    ::unsetenv("TOCSIN_TRANSMITTER__VERIFY_PUSH");
    ::unsetenv("TOCSIN_TRANSMITTER__MIN_VERIFICATION_INTERVAL");
    log_in();
  }

  void publish(const std::string& who) {
    const RawResponse accepted =
        post(producer_token_, "/events",
             JsonObject{{"type", "caep:session-revoked"},
                        {"subject", JsonObject{{"format", "email"}, {"email", who}}},
                        {"event", JsonObject{{"reason_admin", JsonObject{{"en", "Left"}}}}}});
    EXPECT_EQ(accepted.status, 202U) << accepted.body;
  }

  void ask_for_verification(const std::string& stream) {
    EXPECT_EQ(post(receiver_token_, "/ssf/verification",
                   JsonObject{{"stream_id", stream}, {"state", "s"}})
                  .status,
              204U);
  }

  static std::string type_of(const Json& claims) {
    const std::string type = claims.as_object()->find("events")->as_object()->begin()->name;
    return type.substr(type.rfind('/') + 1);
  }

  std::vector<std::string> types_of_first(std::size_t count) {
    std::vector<std::string> types;
    for (const Json& claims : receiver_.wait_in_order(count)) types.push_back(type_of(claims));
    return types;
  }
};

TEST_F(VerifyPush, SEC_45_NothingFlowsBeforeAVerificationIsAccepted) {
  const std::string stream = create_push_stream();
  publish("a@example.com");
  ask_for_verification(stream);
  EXPECT_THAT(types_of_first(2), ElementsAre("verification", "session-revoked"));
  publish("b@example.com");
  EXPECT_EQ(types_of_first(3).size(), 3U) << serving_->log();
}

TEST_F(VerifyPush, SEC_45_ARefusedVerificationOpensNothing) {
  receiver_.answer_with(401);
  const std::string stream = create_push_stream();
  publish("a@example.com");
  ask_for_verification(stream);
  EXPECT_EQ(type_of(test::claims_of(receiver_.wait_for_refused())), "verification");
  EXPECT_EQ(receiver_.deliveries(), 0U);
}

TEST_F(VerifyPush, SEC_45_AnotherEndpointHasToProveItselfAgain) {
  const std::string stream = create_push_stream();
  ask_for_verification(stream);
  ASSERT_EQ(receiver_.wait_for(1).size(), 1U);
  const RawResponse moved =
      ask(serving_->port(),
          {.method = "PATCH",
           .path = "/ssf/streams",
           .authorization = receiver_token_,
           .type = "application/json",
           .body = to_text(JsonObject{
               {"stream_id", stream},
               {"delivery", JsonObject{{"method", "urn:ietf:rfc:8935"},
                                       {"endpoint_url", receiver_.url() + "?moved"}}}})});
  ASSERT_EQ(moved.status, 200U) << moved.body;
  publish("a@example.com");
  ask_for_verification(stream);
  EXPECT_THAT(types_of_first(3), ElementsAre("verification", "verification", "session-revoked"));
}

}  // namespace
}  // namespace tocsin
