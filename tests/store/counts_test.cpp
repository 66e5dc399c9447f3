// What the store counts, and what it says about what is owed (REL-27); and when it has no room.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include "jose/system_random.h"
#include "store/sqlite_store.h"
#include "support/matchers.h"

namespace tocsin::store {
namespace {

using test::FailsWith;
using test::Succeeds;
using namespace std::chrono_literals;

class Counts : public testing::Test {
 protected:
  void open(SqliteConfig config = {}) {
    config.path = folder_.file("tocsin.db");
    store_ = SqliteStore::open(config, test_box(), clock_, random_).value();
  }
  template <class T>
  T wait(Task<T> task) {
    return test::run(loop_, std::move(task));
  }
  void accept(const std::string& id) {
    NewEvent event = event_about(opaque_subject("u"), id);
    event.accepted_at = clock_.wall();
    std::vector<NewEvent> events;
    events.push_back(std::move(event));
    ASSERT_THAT(wait(store_->accept(std::move(events))), Succeeds());
  }
  PollSelection poll(PollRequest request) {
    return wait(store_->poll(owner(), "s1", std::move(request), clock_.wall())).value();
  }
  sqlite::Tally sets() { return store_->counts().sets; }
  sqlite::Backlog backlog(std::size_t streams_max = 10) {
    return wait(store_->backlog(streams_max)).value();
  }

  const test::TemporaryFolder folder_;
  loop::Loop loop_;
  ManualClock clock_{std::chrono::sys_seconds(1'800'000'000s)};
  SystemRandom random_;
  std::unique_ptr<SqliteStore> store_;
};

TEST_F(Counts, REL_27_TerminalStatesOfPolledSetsAreCounted) {
  open();
  ASSERT_THAT(wait(store_->create(stream("s1"), 10)), Succeeds());
  for (const char* id : {"e1", "e2", "e3"}) accept(id);
  const auto first = poll({.events_max = 9}).sets;
  ASSERT_EQ(first.size(), 3U);
  poll({.ack = {first[0].jti}, .set_errs = {{.jti = first[1].jti, .err = "invalid_request"}}});
  EXPECT_EQ(sets().delivered, 1U);
  EXPECT_EQ(sets().retried, 1U);
  poll({.ack = {first[0].jti}});
  EXPECT_EQ(sets().delivered, 1U) << "an ack that is repeated is none";
  ASSERT_THAT(wait(store_->drop({.who = "op", .from = "::1"}, "s1", {first[2].number}, "gone")),
              Succeeds());
  EXPECT_EQ(sets().withdrawn, 1U);
  clock_.advance(8 * 24h);
  ASSERT_THAT(wait(store_->erase_expired(clock_.wall())), Succeeds());
  EXPECT_EQ(sets().expired, 1U);
  EXPECT_EQ(sets().rejected, 0U);
}

TEST_F(Counts, REL_27_CommitsAreCountedAndReadsAreNot) {
  open();
  const auto commits = [this] {
    std::uint64_t count = 0;
    for (const std::uint64_t each : store_->counts().commits.counts) count += each;
    return count;
  };
  ASSERT_THAT(wait(store_->create(stream("s1"), 10)), Succeeds());
  const std::uint64_t before = commits();
  EXPECT_GE(before, 1U);
  ASSERT_THAT(wait(store_->list(owner())), Succeeds());
  EXPECT_EQ(commits(), before);
  accept("e1");
  EXPECT_EQ(commits(), before + 1);
  EXPECT_GE(store_->counts().requests, 3U);
  EXPECT_EQ(store_->counts().failures, 0U);
}

TEST_F(Counts, REL_27_TheBacklogNamesTheStreamsThatAreOwedMostAndLongest) {
  open();
  ASSERT_THAT(wait(store_->create(stream("s1"), 10)), Succeeds());
  EXPECT_EQ(backlog().oldest, std::nullopt);
  EXPECT_TRUE(backlog().streams.empty());
  const WallTime begin = clock_.wall();
  accept("e1");
  clock_.advance(60s);
  ASSERT_THAT(wait(store_->create(stream("s2"), 10)), Succeeds());
  accept("e2");
  const sqlite::Backlog all = backlog();
  EXPECT_EQ(all.oldest, begin);
  ASSERT_EQ(all.streams.size(), 2U);
  ASSERT_EQ(all.groups.size(), 1U);
  EXPECT_EQ(all.groups[0].streams, 2U);
  EXPECT_EQ(all.groups[0].sets, 3U);
  EXPECT_GT(all.database_octets, 0U);
  const sqlite::Backlog one = backlog(1);
  ASSERT_EQ(one.streams.size(), 1U);
  EXPECT_EQ(one.streams[0].stream_id, "s1");
  EXPECT_EQ(one.streams[0].sets, 2U);
  EXPECT_EQ(one.streams[0].oldest, begin);
}

TEST_F(Counts, REL_27_DeadLettersAreCounted) {
  open();
  ASSERT_THAT(wait(store_->create(stream("s1"), 10)), Succeeds());
  accept("e1");
  const std::string jti = poll({.events_max = 1}).sets.at(0).jti;
  for (int i = 0; i < 3; ++i) {
    poll({.set_errs = {{.jti = jti, .err = "invalid_request"}}});
    clock_.advance(1h);
  }
  EXPECT_EQ(sets().rejected, 1U);
  EXPECT_EQ(backlog().dead_letters, 1U);
}

TEST_F(Counts, REL_14_AProbeSaysThatThereIsNoRoom) {
  open();
  EXPECT_THAT(wait(store_->probe()), Succeeds());
  store_.reset();
  open({.octets_max = 4096});
  EXPECT_THAT(wait(store_->probe()), FailsWith(Errc::store_full));
  store_.reset();
  open({.free_min = std::int64_t{1} << 60});
  EXPECT_THAT(wait(store_->probe()), FailsWith(Errc::store_full));
}

}  // namespace
}  // namespace tocsin::store
