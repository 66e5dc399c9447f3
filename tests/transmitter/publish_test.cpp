#include "transmitter/publish.h"

#include <gmock/gmock.h>

#include "support/counted_timers.h"
#include "support/matchers.h"
#include "support/run.h"
#include "support/scripted_client.h"

namespace tocsin::transmitter {
namespace {

using namespace std::chrono_literals;
using test::FailsWith;
using test::response;
using test::run;
using ::testing::IsEmpty;

class FullWorkers final : public loop::Workers {
 public:
  bool submit(std::function<void()>) override { return false; }
};

class PublishTest : public ::testing::Test {
 protected:
  loop::Loop loop_;
  test::ScriptedClient client_{[](const http::OutboundRequest&) { return response(202); }};
  test::CountedTimers timers_;
  ManualClock clock_{std::chrono::sys_seconds(1'795'000'000s)};
  SeededRandom random_{1};
  SigningKey key_ = SigningKey::generate(Algorithm::ES256).value();
  loop::ThreadWorkers workers_{{.threads = 1}};
  Signer signer_{key_, workers_};
  PushRunner runner_{{.client = client_, .timers = timers_, .clock = clock_, .random = random_}};
  Publisher publisher_ = make_publisher(signer_);

  Publisher make_publisher(Signer& signer) {
    return Publisher("https://tr.example.com",
                     {.signer = signer, .runner = runner_, .clock = clock_, .random = random_});
  }

  static PushStream stream(std::string aud) {
    return {.aud = {std::move(aud)},
            .target = {.endpoint_url = parse_url("https://rc.example.com/push").value()}};
  }

  Result<Published> publish(std::string aud) {
    return run(loop_, publisher_.publish(stream(std::move(aud)), email_subject("a@example.com"),
                                         caep::SessionRevoked{}));
  }
};

TEST_F(PublishTest, SEC_36_GivesEachStreamItsOwnSet) {
  const Published first = publish("https://one").value();
  const Published second = publish("https://two").value();
  EXPECT_NE(first.jti, second.jti);
  const auto verify_for = [&](const Published& set, std::string aud) {
    SetPolicy policy;
    policy.iss = "https://tr.example.com";
    policy.aud = {std::move(aud)};
    return verify(set.compact, KeySet::of({key_}), policy, clock_.wall_seconds());
  };
  EXPECT_EQ(verify_for(first, "https://one").value()->jti, first.jti);
  EXPECT_EQ(verify_for(second, "https://two").value()->jti, second.jti);
  EXPECT_THAT(verify_for(first, "https://two"), FailsWith(Errc::claim_audience));
  ASSERT_EQ(client_.requests.size(), 2U);
  EXPECT_EQ(client_.requests[0].body, first.compact);
}

TEST_F(PublishTest, VO_04_SendsNothingAReceiverWouldRefuse) {
  Subject nobody = email_subject("");
  const auto refused = run(
      loop_, publisher_.publish(stream("https://one"), std::move(nobody), caep::SessionRevoked{}));
  EXPECT_THAT(refused, FailsWith(Errc::subject_value));
  EXPECT_THAT(client_.requests, IsEmpty());
}

TEST_F(PublishTest, SEC_34_SendsNothingItCannotSign) {
  FullWorkers full;
  Signer unable(key_, full);
  Publisher publisher = make_publisher(unable);
  const auto refused = run(
      loop_, publisher.publish(stream("https://one"), opaque_subject("a"), caep::SessionRevoked{}));
  EXPECT_THAT(refused, FailsWith(Errc::overloaded));
  EXPECT_THAT(client_.requests, IsEmpty());
}

}  // namespace
}  // namespace tocsin::transmitter
