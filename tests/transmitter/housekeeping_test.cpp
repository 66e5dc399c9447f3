#include "transmitter/housekeeping.h"

#include <gmock/gmock.h>

#include "api.h"
#include "support/counted_timers.h"
#include "transmitter/status_change.h"

namespace tocsin::transmitter {
namespace {

using namespace std::chrono_literals;

class HousekeepingTest : public ApiTest {
 protected:
  static TenantTerms terms() {
    TenantTerms terms = plain_terms();
    terms.inactivity_timeout = 3600s;
    return terms;
  }
  explicit HousekeepingTest(TenantTerms with = terms()) : ApiTest(std::move(with)) {}

  std::size_t sweep() { return test::run(loop_, housekeeping_.sweep()).value(); }

  test::CountedTimers timers_;
  Housekeeping housekeeping_{{.streams = store_,
                              .subjects = store_,
                              .timers = timers_,
                              .clock = clock_,
                              .random = random_}};
};

class GraceTest : public HousekeepingTest {
 protected:
  static TenantTerms terms() {
    TenantTerms terms = plain_terms();
    terms.removal_grace = 600s;
    return terms;
  }
  GraceTest() : HousekeepingTest(terms()) {}
};

TEST_F(GraceTest, REL_12_AGraceEndsWithoutARequestAndNeverLate) {
  const std::string id = create();
  const http::Response removed =
      call("POST", "/ssf/subjects/remove",
           R"({"stream_id":")" + id + R"(","subject":{"format":"opaque","id":"u"}})");
  ASSERT_EQ(removed.status, 204U);
  clock_.advance(598s);
  EXPECT_EQ(sweep(), 0U);
  clock_.advance(1s);  // the next sweep would come at its very end
  EXPECT_EQ(sweep(), 1U);
  EXPECT_TRUE(store_.removals.empty());
}

TEST_F(HousekeepingTest, TheTimeoutIsPartOfTheConfiguration) {
  EXPECT_EQ(member(body_of(call("POST", "/ssf/streams", "{}")), "inactivity_timeout"), Json(3600));
}

TEST_F(HousekeepingTest, SSF_8_1_1_16_18_ASilentStreamIsToldAndThenPaused) {
  const std::string id = create();
  clock_.advance(3599s);
  EXPECT_EQ(sweep(), 0U);
  clock_.advance(1s);
  EXPECT_EQ(sweep(), 1U);
  EXPECT_EQ(store_.record(id).status, StreamStatus::enabled);
  const std::vector<store::PendingSet> waiting = store_.waiting(id);
  ASSERT_EQ(waiting.size(), 1U);
  EXPECT_TRUE(waiting[0].announces_status);
  EXPECT_EQ(std::get<ssf::StreamUpdated>(waiting[0].event).status, StreamStatus::paused);
  EXPECT_EQ(sweep(), 0U);
  clock_.advance(60s);
  EXPECT_EQ(sweep(), 1U);
  EXPECT_EQ(store_.record(id).status, StreamStatus::paused);
  EXPECT_EQ(store_.record(id).reason, "The stream was not used.");
  EXPECT_EQ(sweep(), 0U);
}

TEST_F(HousekeepingTest, SSF_8_1_1_17_POLL_SSF_03_EveryCallThatNamesTheStreamRestartsTheTime) {
  const std::string id = create();
  const std::string its_id = R"({"stream_id":")" + id + "\"";
  const std::string subject = R"(,"subject":{"format":"email","email":"a@example.com"}})";
  const std::vector<std::function<http::Response()>> calls{
      [&] { return call("GET", "/ssf/streams?stream_id=" + id); },
      [&] { return call("PATCH", "/ssf/streams", its_id + "}"); },
      [&] { return call("PUT", "/ssf/streams", its_id + "}"); },
      [&] { return get_status(id); },
      [&] { return set_status(id, "enabled"); },
      [&] { return call("POST", "/ssf/subjects/add", its_id + subject); },
      [&] { return call("POST", "/ssf/subjects/remove", its_id + subject); },
      [&] { return call("POST", "/ssf/verification", its_id + "}"); },
      [&] { return poll(id); }};
  for (std::size_t i = 0; i < calls.size(); ++i) {
    clock_.advance(3000s);
    EXPECT_LT(calls[i]().status, 300U) << i;
    EXPECT_EQ(store_.record(id).active_at, clock_.wall()) << i;
    EXPECT_EQ(sweep(), 0U) << i;
  }
}

TEST_F(HousekeepingTest, SSF_8_1_1_17_ACallThatNamesNoStreamRestartsNothing) {
  const std::string id = create();
  clock_.advance(3000s);
  call("GET", "/ssf/streams");
  EXPECT_NE(store_.record(id).active_at, clock_.wall());
}

TEST_F(HousekeepingTest, SSF_8_1_1_17_SomebodyElsesCallRestartsNothing) {
  const std::string id = create();
  clock_.advance(3000s);
  call("GET", "/ssf/streams?stream_id=" + id, "", "globex");
  EXPECT_NE(store_.record(id).active_at, clock_.wall());
}

TEST_F(HousekeepingTest, A_16_AnAnnouncedStatusTakesEffectAtItsDeadlineUnacknowledged) {
  const std::string id = create();
  auto task = store_.change(store_.record(id).owner, id,
                            decide_status({.status = StreamStatus::disabled, .reason = "why"},
                                          random_.id(), clock_.wall()));
  ASSERT_TRUE(test::run(loop_, std::move(task)));
  clock_.advance(59s);
  EXPECT_EQ(sweep(), 0U);
  clock_.advance(1s);
  EXPECT_EQ(sweep(), 1U);
  EXPECT_EQ(store_.record(id).status, StreamStatus::disabled);
  EXPECT_EQ(store_.record(id).reason, "why");
}

TEST_F(HousekeepingTest, SweepsEverySecondUntilItIsStopped) {
  struct Stopping final : loop::Timers {
    loop::Task<void> sleep(std::chrono::nanoseconds span) override {
      slept.push_back(span);
      if (slept.size() == 3) housekeeping->stop();
      co_return;
    }
    Housekeeping* housekeeping = nullptr;
    std::vector<std::chrono::nanoseconds> slept;
  } timers;
  Housekeeping housekeeping({.streams = store_,
                             .subjects = store_,
                             .timers = timers,
                             .clock = clock_,
                             .random = random_});
  timers.housekeeping = &housekeeping;
  store_.fail_with = Errc::store_unavailable;
  test::run(loop_, housekeeping.run());
  EXPECT_THAT(timers.slept, testing::ElementsAre(1s, 1s, 1s));
}

}  // namespace
}  // namespace tocsin::transmitter
