// `tocsin init` and `tocsin serve` as an operator runs them, with a receiver that is pushed to, one
// that polls, and a producer.
#include <gmock/gmock.h>
#include <signal.h>

#include <algorithm>
#include <fstream>

#include "e2e/transmitter_fixture.h"

namespace tocsin {
namespace {

using test::access_token;
using test::ask;
using test::json_of;
using test::RawResponse;
using test::text_of;
using testing::HasSubstr;
using testing::Not;

using Transmitter = test::TransmitterFixture;

TEST_F(Transmitter, ItsFreshConfigurationIsGood) {
  const auto checked = place_.tocsin({"serve", "--check", "--config", config_});
  EXPECT_EQ(checked.exit, 0) << checked.err;
  EXPECT_EQ(checked.out, config_ + ": good\n");
}

TEST_F(Transmitter, AWrongConfigurationEndsWithEveryFinding) {
  std::ofstream(config_, std::ios::app) << "alow_hosts = []\n[log]\nlevel = \"loud\"\n";
  const auto answer = place_.tocsin({"serve", "--config", config_});
  EXPECT_EQ(answer.exit, 2);
  EXPECT_THAT(answer.err, HasSubstr("did you mean \"allow_hosts\"?"));
  EXPECT_THAT(answer.err, HasSubstr("level: expected error, warning, info or debug"));
}

TEST_F(Transmitter, SaysWhoItIsAndHowItFares) {
  start();
  const RawResponse metadata = ask(serving_->port(), {.path = "/.well-known/ssf-configuration"});
  EXPECT_EQ(metadata.status, 200U);
  EXPECT_EQ(text_of(json_of(metadata), "issuer"), "https://localhost");
  EXPECT_EQ(ask(serving_->port(), {.path = "/jwks.json"}).status, 200U);

  const std::uint16_t admin = serving_->admin_port();
  EXPECT_EQ(ask(admin, {.path = "/livez"}).status, 200U);
  EXPECT_EQ(ask(admin, {.path = "/readyz"}).status, 200U);
  EXPECT_EQ(ask(serving_->port(), {.path = "/metrics"}).status, 404U);
}

TEST_F(Transmitter, SEC_07_MetricsAreForTheHolderOfTheToken) {
  start();
  const std::uint16_t admin = serving_->admin_port();
  EXPECT_EQ(ask(admin, {.path = "/metrics"}).status, 401U);
  EXPECT_EQ(ask(admin, {.path = "/metrics", .authorization = "Bearer wrong"}).status, 401U);
  const RawResponse metrics = ask(admin, {.path = "/metrics", .authorization = admin_token()});
  EXPECT_EQ(metrics.status, 200U);
  EXPECT_THAT(metrics.body, HasSubstr("tocsin_http_connections_total{server=\"public\"} 0"));
}

TEST_F(Transmitter, GivesItsClientsTokens) {
  start();
  EXPECT_GT(access_token(serving_->port(), "receiver", secrets_["receiver"]).size(), 100U);
  const std::string url = "http://127.0.0.1:" + std::to_string(serving_->port());
  const auto token = place_.tocsin(
      {"token", "--url", url, "--client", "producer", "--secret", "env:PRODUCER_SECRET"},
      {.environment = {{"PRODUCER_SECRET", secrets_["producer"]}}});
  EXPECT_EQ(token.exit, 0) << token.err;
  EXPECT_EQ(std::count(token.out.begin(), token.out.end(), '.'), 2) << token.out;
  const auto wrong = place_.tocsin(
      {"token", "--url", url, "--client", "producer", "--secret", "env:PRODUCER_SECRET"},
      {.environment = {{"PRODUCER_SECRET", secrets_["receiver"]}}});
  EXPECT_EQ(wrong.exit, 3) << wrong.err;
}

TEST_F(Transmitter, SEC_68_AClientThatIsRemovedHasNoTokenAnyMore) {
  start();
  ASSERT_EQ(place_.tocsin({"client", "remove", "--config", config_, "producer"}).exit, 0);
  serving_->signal(SIGHUP);
  ASSERT_TRUE(serving_->hears("READY=1"));
  const RawResponse refused =
      ask(serving_->port(), {.method = "POST",
                             .path = "/oauth/token",
                             .type = "application/x-www-form-urlencoded",
                             .body = "grant_type=client_credentials&client_id=producer"
                                     "&client_secret=" +
                                     secrets_["producer"]});
  EXPECT_EQ(refused.status, 401U);
}

TEST_F(Transmitter, REL_23_SigtermEndsItInOrder) {
  start();
  serving_->signal(SIGTERM);
  EXPECT_TRUE(serving_->hears("STOPPING=1"));
  EXPECT_EQ(serving_->wait(), 0);
  EXPECT_THAT(serving_->log(), HasSubstr(R"("event":"stopped")"));
}

TEST_F(Transmitter, SEC_68_ABrokenFileLeavesWhatRuns) {
  start();
  std::ofstream(config_, std::ios::app) << "no toml\n";
  serving_->signal(SIGHUP);
  EXPECT_TRUE(serving_->hears("READY=1"));
  EXPECT_THAT(serving_->log(), HasSubstr(R"("event":"reload.refused")"));
  EXPECT_EQ(ask(serving_->admin_port(), {.path = "/readyz"}).status, 200U);
}

}  // namespace
}  // namespace tocsin
