// A store that has no room: events are refused, everything else goes on, and so does ingest once
// there is room again (REL-14, REL-20).
#include <gmock/gmock.h>
#include <sys/mount.h>
#include <sys/resource.h>

#include <chrono>
#include <cstdlib>
#include <set>
#include <thread>

#include "e2e/transmitter_fixture.h"

namespace tocsin {
namespace {

using test::ask;
using test::json_of;
using test::RawResponse;
using test::text_of;
using testing::HasSubstr;

constexpr std::size_t batch = 50;              // events of one request
constexpr std::size_t full_for_sure = 10'000;  // events
constexpr std::chrono::seconds patience{20};

std::string email_of(const Json& claims) {
  const Json* subject =
      claims.as_object() == nullptr ? nullptr : claims.as_object()->find("sub_id");
  return subject == nullptr ? "" : text_of(*subject, "email");
}

class FullDisk : public test::TransmitterFixture {
 protected:
  void begin() {
    start();
    log_in();
    pushed_ = create_push_stream();
    polled_ = create_poll_stream();
  }

  // Hands in as many events as one request may hold; all of them are accepted, or none is.
  RawResponse publish() {
    JsonArray events;
    std::set<std::string> named;
    for (std::size_t i = 0; i < batch; ++i) {
      const std::string who = "user" + std::to_string(asked_++) + "@example.com";
      named.insert(who);
      events.push_back(JsonObject{
          {"type", "caep:session-revoked"},
          {"subject", JsonObject{{"format", "email"}, {"email", who}}},
          {"event", JsonObject{{"reason_admin", JsonObject{{"en", std::string(1000, 'x')}}}}}});
    }
    RawResponse answer = post(producer_token_, "/events", events);
    if (answer.status == 202) accepted_.merge(named);
    return answer;
  }

  RawResponse publish_until_refused() {
    RawResponse answer;
    do {
      answer = publish();
    } while (answer.status == 202 && asked_ < full_for_sure);
    return answer;
  }

  // Takes what there is, at most `count_max`, after it acknowledged what it took last.
  std::size_t poll(std::int64_t count_max) {
    const RawResponse answer = post(receiver_token_, "/ssf/poll/" + polled_,
                                    JsonObject{{"returnImmediately", true},
                                               {"maxEvents", JsonNumber(count_max)},
                                               {"ack", JsonArray(taken_.begin(), taken_.end())}});
    EXPECT_EQ(answer.status, 200U) << answer.body << serving_->log();
    taken_.clear();
    const Json body = json_of(answer);
    const Json* sets = body.as_object() == nullptr ? nullptr : body.as_object()->find("sets");
    if (sets == nullptr || sets->as_object() == nullptr) return 0;
    for (const JsonMember& set : *sets->as_object()) {
      EXPECT_TRUE(seen_.insert(set.name).second) << "acknowledged, and sent again";
      taken_.insert(set.name);
      polled_emails_.insert(email_of(test::claims_of(*set.value.as_string())));
    }
    return taken_.size();
  }

  RawResponse readiness() { return ask(serving_->admin_port(), {.path = "/readyz"}); }

  // What is delivered makes some room again.
  void fill_to_the_end() {
    const auto until = std::chrono::steady_clock::now() + patience;
    while (readiness().status != 503U) {
      publish_until_refused();
      ASSERT_LT(std::chrono::steady_clock::now(), until) << serving_->log();
    }
  }

  bool becomes(unsigned status) {
    const auto until = std::chrono::steady_clock::now() + patience;
    while (readiness().status != status) {
      if (std::chrono::steady_clock::now() > until) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return true;
  }

  void expect_that_only_events_are_refused() {
    const RawResponse refused = publish_until_refused();
    ASSERT_EQ(refused.status, 503U) << refused.body;
    EXPECT_EQ(text_of(json_of(refused), "code"), "store.full") << serving_->log();
    EXPECT_THAT(refused.headers, testing::Contains(testing::Key("retry-after")));
    ASSERT_GT(accepted_.size(), 2 * batch) << "it was full from the start";

    fill_to_the_end();
    EXPECT_EQ(receiver_.wait_for(accepted_.size()).size(), accepted_.size());
    fill_to_the_end();
    EXPECT_EQ(readiness().body, "not ready: The store has no room now.\n");

    EXPECT_EQ(poll(40), 40U);
    EXPECT_EQ(poll(40), 40U);
    EXPECT_EQ(receiver_.wait_for(accepted_.size()).size(), accepted_.size());
    EXPECT_EQ(post(receiver_token_, "/ssf/verification",
                   JsonObject{{"stream_id", pushed_}, {"state", "while full"}})
                  .status,
              204U);
    EXPECT_EQ(receiver_.wait_for(accepted_.size() + 1).size(), accepted_.size() + 1);
    verifications_ = 1;
  }

  void expect_that_nothing_was_lost() {
    ASSERT_TRUE(becomes(200)) << serving_->log();
    EXPECT_EQ(publish().status, 202U);
    while (poll(100) != 0) {
    }
    EXPECT_EQ(polled_emails_, accepted_);
    std::set<std::string> pushed_emails;
    for (const auto& [jti, claims] : receiver_.wait_for(accepted_.size() + verifications_)) {
      const std::string email = email_of(claims);
      if (!email.empty()) pushed_emails.insert(email);
    }
    EXPECT_EQ(pushed_emails, accepted_);
    EXPECT_THAT(serving_->log(), HasSubstr(R"("event":"ready.lost")"));
    EXPECT_THAT(serving_->log(), HasSubstr(R"("event":"ready.again")"));
  }

  std::string pushed_;
  std::string polled_;
  std::size_t asked_ = 0;
  std::set<std::string> accepted_;
  std::size_t verifications_ = 0;  // of the pushed stream
  std::set<std::string> taken_;    // jtis, to be acknowledged
  std::set<std::string> seen_;     // jtis
  std::set<std::string> polled_emails_;
};

TEST_F(FullDisk, REL_14_AFileThatMayNotGrowRefusesEventsAndNothingElse) {
  begin();
  const auto bound_files = [this](rlim_t octets) {
    const rlimit limit{octets, RLIM_INFINITY};
    ASSERT_EQ(::prlimit(serving_->pid(), RLIMIT_FSIZE, &limit, nullptr), 0);
  };
  bound_files(4 << 20);
  expect_that_only_events_are_refused();
  bound_files(RLIM_INFINITY);
  expect_that_nothing_was_lost();
}

// A disk of eight mebibytes, for those who may mount one.
class SmallDisk : public FullDisk {
 protected:
  void SetUp() override {
    FullDisk::SetUp();
    disk_ = place_.folder().path() + "/disk";
    ASSERT_EQ(place_.shell("mkdir disk").exit, 0);
    is_mounted_ = ::mount("none", disk_.c_str(), "tmpfs", 0, "size=8m") == 0;
    if (!is_mounted_) GTEST_SKIP() << "may not mount";
    ::setenv("TOCSIN_STORE__URL", ("sqlite:" + disk_ + "/tocsin.db").c_str(), 1);
  }
  void TearDown() override {
    ::unsetenv("TOCSIN_STORE__URL");
    ::unsetenv("TOCSIN_STORE__DISK_FREE_MIN");
    serving_.reset();
    if (is_mounted_) ::umount(disk_.c_str());
  }

  void begin_with_reserve(const char* octets) {
    ::setenv("TOCSIN_STORE__DISK_FREE_MIN", octets, 1);
    begin();
  }
  void widen() { ASSERT_EQ(::mount("none", disk_.c_str(), "tmpfs", MS_REMOUNT, "size=64m"), 0); }

  std::string disk_;
  bool is_mounted_ = false;
};

TEST_F(SmallDisk, REL_14_ADiskWithNothingLeftButItsReserveRefusesEventsAndNothingElse) {
  begin_with_reserve("2097152");
  expect_that_only_events_are_refused();
  widen();
  expect_that_nothing_was_lost();
}

TEST_F(SmallDisk, REL_20_ADiskThatIsFullToTheLastOctetLosesNothing) {
  begin_with_reserve("0");
  const RawResponse refused = publish_until_refused();
  EXPECT_EQ(refused.status, 503U) << refused.body;
  EXPECT_EQ(text_of(json_of(refused), "code"), "store.full") << serving_->log();
  fill_to_the_end();
  widen();
  expect_that_nothing_was_lost();
}

}  // namespace
}  // namespace tocsin
