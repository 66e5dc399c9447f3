// A client that proves itself by private_key_jwt, across a kill.
#include <gmock/gmock.h>
#include <signal.h>

#include <chrono>

#include "e2e/transmitter_fixture.h"
#include "support/tokens.h"
#include "tocsin/keys.h"

namespace tocsin {
namespace {

using test::ask;
using test::RawResponse;

class Assertion : public test::TransmitterFixture {
 protected:
  void SetUp() override {
    TransmitterFixture::SetUp();
    place_.folder().write("agent.json", to_text(KeySet::of({key_}).to_jwks()));
    place_.folder().write("signals/clients/agent.toml",
                          "[[oauth.client]]\nclient_id = \"agent\"\njwks = \"file:" +
                              place_.folder().file("agent.json") + "\"\nscopes = [\"ssf.read\"]\n");
  }

  std::string make(const std::string& jti) const {
    const auto now =
        std::chrono::time_point_cast<std::chrono::seconds>(std::chrono::system_clock::now());
    return test::sign(R"({"alg":"ES256","kid":"agent-1"})",
                      to_text(JsonObject{{"iss", "agent"},
                                         {"sub", "agent"},
                                         {"aud", "https://localhost"},
                                         {"jti", jti},
                                         {"exp", now.time_since_epoch().count() + 250}}),
                      key_);
  }

  RawResponse use(const std::string& assertion) {
    return ask(serving_->port(),
               {.method = "POST",
                .path = "/oauth/token",
                .type = "application/x-www-form-urlencoded",
                .body = "grant_type=client_credentials&client_assertion_type=urn%3Aietf%3Aparams%"
                        "3Aoauth%3Aclient-assertion-type%3Ajwt-bearer&client_assertion=" +
                        assertion});
  }

  const SigningKey key_ = SigningKey::generate(Algorithm::ES256, 0, "agent-1").value();
};

TEST_F(Assertion, SEC_63_OneThatWasUsedIsRefusedAfterAKill) {
  start();
  const std::string used = make("1");
  EXPECT_EQ(use(used).status, 200U) << serving_->log();
  EXPECT_EQ(use(used).status, 401U);
  serving_->signal(SIGKILL);
  ASSERT_EQ(serving_->wait(), -SIGKILL);
  start();
  EXPECT_EQ(use(used).status, 401U);
  EXPECT_EQ(use(make("2")).status, 200U);
}

}  // namespace
}  // namespace tocsin
