#include "store/sqlite_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "jose/system_random.h"
#include "store/sqlite/schema.h"
#include "support/matchers.h"

namespace tocsin::store {

namespace {

using test::FailsWith;
using test::run;
using test::Succeeds;
using testing::ElementsAre;
using testing::IsEmpty;
using namespace std::chrono_literals;

std::unique_ptr<OpenStore> open_sqlite(const test::TemporaryFolder& folder, const Clock& clock,
                                       Random& random) {
  return std::make_unique<OpenSqlite>(
      SqliteStore::open({.path = folder.file("tocsin.db"), .threaded = false}, test_box(), clock,
                        random)
          .value());
}

INSTANTIATE_TEST_SUITE_P(Sqlite, StoreContract, testing::Values(StoreMaker{"sqlite", open_sqlite}));

// A store with its storage thread.
class SqliteStoreTest : public testing::Test {
 protected:
  Result<std::unique_ptr<SqliteStore>> open(SqliteConfig config = {}) {
    config.path = folder_.file("tocsin.db");
    return SqliteStore::open(config, test_box(), clock_, random_);
  }

  std::string everything() const {
    std::string text;
    for (const auto& file : std::filesystem::directory_iterator(folder_.path())) {
      std::ifstream in(file.path(), std::ios::binary);
      text.append(std::istreambuf_iterator<char>(in), {});
    }
    return text;
  }

  template <class T>
  T wait(Task<T> task) {
    return run(loop_, std::move(task));
  }

  const test::TemporaryFolder folder_;
  loop::Loop loop_;
  SystemClock clock_;
  SystemRandom random_;
};

TEST_F(SqliteStoreTest, ASecondProcessIsToldThatTheStoreIsInUse) {
  auto first = open();
  ASSERT_THAT(first, Succeeds());
  EXPECT_THAT(open(), FailsWith(Errc::store_unavailable));
  first->reset();
  EXPECT_THAT(open(), Succeeds());
}

TEST_F(SqliteStoreTest, SEC_56_SecretsAreNotInTheFilesAndNotInABackup) {
  StreamRecord record = stream("s1", DefaultSubjects::ALL, DeliveryMethod::push);
  record.config.delivery.authorization_header = "Bearer canary-value";
  auto store = open().value();
  ASSERT_THAT(wait(store->create(record, 10)), Succeeds());
  ASSERT_THAT(store->backup(folder_.file("backup")), Succeeds());
  const std::string files = everything();
  EXPECT_NE(files.find("rx.example.com"), std::string::npos);
  EXPECT_EQ(files.find("canary-value"), std::string::npos);
}

TEST_F(SqliteStoreTest, SEC_56_AnotherKeyDoesNotOpenTheStore) {
  ASSERT_THAT(open(), Succeeds());
  EXPECT_THAT(
      SqliteStore::open({.path = folder_.file("tocsin.db")}, test_box('x'), clock_, random_),
      FailsWith(Errc::config_invalid));
  EXPECT_THAT(open(), Succeeds());
}

TEST_F(SqliteStoreTest, REL_25_ABackupHoldsWhatWasAcceptedBeforeIt) {
  auto store = open().value();
  ASSERT_THAT(wait(store->create(stream("s1"), 10)), Succeeds());
  ASSERT_THAT(wait(store->accept({event_about(opaque_subject("u"), "e1")})), Succeeds());
  ASSERT_THAT(store->backup(folder_.file("backup.db")), Succeeds());
  ASSERT_THAT(wait(store->accept({event_about(opaque_subject("u"), "e2")})), Succeeds());
  EXPECT_THAT(store->backup(folder_.file("backup.db")), FailsWith(Errc::file_unreadable));
  auto restored =
      SqliteStore::open({.path = folder_.file("backup.db")}, test_box(), clock_, random_).value();
  EXPECT_THAT(event_ids(wait(restored->pending("s1", 0, 10)).value()), ElementsAre("e1"));
  EXPECT_THAT(event_ids(wait(store->pending("s1", 0, 10)).value()), ElementsAre("e1", "e2"));
}

Task<void> accept_many(SqliteStore& store, std::string prefix, int count, std::size_t& accepted) {
  for (int i = 0; i < count; ++i) {
    std::vector<NewEvent> events;
    events.push_back(event_about(opaque_subject("u"), prefix + std::to_string(i)));
    const auto receipts = co_await store.accept(std::move(events));
    if (receipts) ++accepted;
  }
}

TEST_F(SqliteStoreTest, REL_07_NumbersOfManyWritersHaveNoGapAndNoTwin) {
  auto store = open().value();
  ASSERT_THAT(wait(store->create(stream("s1"), 10)), Succeeds());
  std::size_t accepted = 0;
  for (int writer = 0; writer < 64; ++writer) {
    boost::asio::co_spawn(loop_, accept_many(*store, std::to_string(writer) + "-", 5, accepted),
                          boost::asio::detached);
  }
  loop_.restart();
  loop_.run();
  EXPECT_EQ(accepted, 320U);
  const auto sets = wait(store->pending("s1", 0, 1000)).value();
  ASSERT_EQ(sets.size(), 320U);
  for (std::size_t i = 0; i < sets.size(); ++i) {
    EXPECT_EQ(sets[i].number, static_cast<std::int64_t>(i + 1));
  }
}

Task<void> create_refused(SqliteStore& store, std::string id, std::vector<Errc>& refused) {
  const auto created = co_await store.create(stream(std::move(id)), 1);
  if (!created) refused.push_back(created.error().code);
}

TEST_F(SqliteStoreTest, ARequestThatFailsSpoilsNoOtherOfItsGroup) {
  auto store = open().value();
  ASSERT_THAT(wait(store->create(stream("s1"), 1)), Succeeds());
  std::size_t accepted = 0;
  std::vector<Errc> refused;
  for (int i = 0; i < 50; ++i) {
    boost::asio::co_spawn(loop_, accept_many(*store, std::to_string(i) + "-", 1, accepted),
                          boost::asio::detached);
    boost::asio::co_spawn(loop_, create_refused(*store, "more" + std::to_string(i), refused),
                          boost::asio::detached);
  }
  loop_.restart();
  loop_.run();
  EXPECT_EQ(accepted, 50U);
  EXPECT_EQ(refused, std::vector<Errc>(50, Errc::stream_limit));
  EXPECT_EQ(wait(store->pending("s1", 0, 1000)).value().size(), 50U);
}

Task<void> accept_one(SqliteStore& store, std::string id, std::size_t& accepted,
                      std::vector<Errc>& refused) {
  std::vector<NewEvent> events;
  events.push_back(event_about(opaque_subject("u"), std::move(id)));
  const auto receipts = co_await store.accept(std::move(events));
  if (receipts) {
    ++accepted;
  } else {
    refused.push_back(receipts.error().code);
  }
}

TEST_F(SqliteStoreTest, TooManyThatWaitAreOverloaded) {
  auto store = open({.waiting_max = 2}).value();
  ASSERT_THAT(wait(store->create(stream("s1"), 10)), Succeeds());
  std::size_t accepted = 0;
  std::vector<Errc> refused;
  for (int i = 0; i < 200; ++i) {
    boost::asio::co_spawn(loop_, accept_one(*store, std::to_string(i), accepted, refused),
                          boost::asio::detached);
  }
  loop_.restart();
  loop_.run();
  EXPECT_FALSE(refused.empty());
  for (const Errc code : refused) EXPECT_EQ(code, Errc::overloaded);
  EXPECT_EQ(wait(store->pending("s1", 0, 1000)).value().size(), accepted);
}

TEST_F(SqliteStoreTest, REL_14_20_AFullDiskRefusesEventsTakesAcksAndRecovers) {
  auto store = open({.octets_max = 400 * 4096}).value();
  ASSERT_THAT(wait(store->create(stream("s1"), 10)), Succeeds());
  Result<std::vector<Receipt>> receipts = std::vector<Receipt>();
  int accepted = 0;
  while (receipts && accepted < 10'000) {
    std::vector<NewEvent> events;
    for (int i = 0; i < 20; ++i) {
      events.push_back(event_about(opaque_subject(std::string(500, 'u')), std::to_string(i)));
    }
    receipts = wait(store->accept(std::move(events)));
    if (receipts) accepted += 20;
  }
  EXPECT_THAT(receipts, FailsWith(Errc::store_full));
  EXPECT_GT(accepted, 500);
  PollRequest request{.events_max = 1000};
  std::size_t delivered = 0;
  while (true) {
    const auto selection = wait(store->poll(owner(), "s1", request, clock_.wall()));
    ASSERT_THAT(selection, Succeeds());
    if (selection->sets.empty()) break;
    delivered += selection->sets.size();
    request.ack = jtis(selection->sets);
  }
  EXPECT_EQ(delivered, static_cast<std::size_t>(accepted));
  while (wait(store->erase_expired(clock_.wall() + 8 * 24h)).value().more) {
  }
  EXPECT_THAT(wait(store->accept({event_about(opaque_subject("u"))})), Succeeds());
}

class Retention : public SqliteStoreTest {
 protected:
  std::unique_ptr<SqliteStore> open_manual(sqlite::Limits limits = {}) {
    return SqliteStore::open(
               {.path = folder_.file("tocsin.db"), .threaded = false, .limits = limits}, test_box(),
               manual_, random_)
        .value();
  }
  ManualClock manual_{std::chrono::sys_seconds(1'800'000'000s)};
};

TEST_F(Retention, SEC_60_PayloadsGoAfterTheirTimeAndHashesStay) {
  auto store = open_manual();
  ASSERT_THAT(wait(store->create(stream("s1"), 10)), Succeeds());
  NewEvent event = event_about(opaque_subject("canary-subject"), "e1");
  event.producer_key = "canary-key";
  ASSERT_THAT(wait(store->accept({event})), Succeeds());
  EXPECT_NE(everything().find("canary-subject"), std::string::npos);
  manual_.advance(24h);
  ASSERT_THAT(
      wait(store->settle({{.stream_id = "s1", .number = 1, .state = Settled::State::delivered}})),
      Succeeds());
  manual_.advance(7 * 24h - 1s);
  EXPECT_EQ(wait(store->erase_expired(manual_.wall())).value().events, 0U);
  manual_.advance(1s);
  const auto erased = wait(store->erase_expired(manual_.wall())).value();
  EXPECT_EQ(erased.settled, 1U);
  EXPECT_EQ(erased.events, 1U);
  EXPECT_TRUE(wait(store->accept({event})).value().at(0).repeated);
  store.reset();  // the WAL is folded in
  EXPECT_EQ(everything().find("canary"), std::string::npos);
}

TEST_F(Retention, SEC_60_ADeletedStreamLeavesNoSubjectAndNoSecretBehind) {
  auto store = open_manual();
  ASSERT_THAT(wait(store->create(stream("s1", DefaultSubjects::NONE), 10)), Succeeds());
  for (int i = 0; i < 1200; ++i) {
    const Subject subject = opaque_subject("canary-" + std::to_string(i));
    ASSERT_THAT(wait(store->add(owner(), "s1", subject, true, manual_.wall(), 10'000)), Succeeds());
  }
  ASSERT_THAT(wait(store->remove(owner(), "s1")), Succeeds());
  store.reset();
  EXPECT_EQ(everything().find("canary"), std::string::npos);
  auto database = sqlite::Database::open(folder_.file("tocsin.db"), {}).value();
  EXPECT_EQ(database
                .number("SELECT (SELECT count(*) FROM subject_posting) + (SELECT count(*) FROM "
                        "subject_shape) + (SELECT count(*) FROM leftover)")
                .value(),
            0);
}

TEST_F(Retention, SEC_63_NamesUsedOnceAreForgottenAnHourAfterTheirEnd) {
  auto store = open_manual();
  const auto end = manual_.wall_seconds() + 5min;
  ASSERT_TRUE(wait(store->use_once("a", end)).value());
  ASSERT_TRUE(wait(store->use_once("b", end + 1s)).value());
  EXPECT_EQ(wait(store->erase_expired(end + 1h - 1ms)).value().hashes, 0U);
  EXPECT_FALSE(wait(store->use_once("a", end)).value());
  EXPECT_EQ(wait(store->erase_expired(end + 1h)).value().hashes, 1U);
  EXPECT_TRUE(wait(store->use_once("a", end)).value());
  EXPECT_FALSE(wait(store->use_once("b", end)).value());
}

TEST_F(Retention, SEC_63_WhatCannotBeRememberedMayNotBeUsed) {
  auto store = open_manual({.one_time_names_max = 2});
  const auto end = manual_.wall_seconds() + 5min;
  ASSERT_TRUE(wait(store->use_once("a", end)).value());
  ASSERT_TRUE(wait(store->use_once("b", end)).value());
  EXPECT_THAT(wait(store->use_once("c", end)), FailsWith(Errc::overloaded));
  EXPECT_FALSE(wait(store->use_once("a", end)).value());
  ASSERT_EQ(wait(store->erase_expired(end + 1h)).value().hashes, 2U);
  EXPECT_TRUE(wait(store->use_once("c", end)).value());
}

// Covers: POLL-2-05, A-60, IOP-2.3.5-03.
TEST_F(Retention, REL_13_WhatWaitsTooLongExpiresAndIsCounted) {
  auto store = open_manual();
  std::vector<std::string> told;
  store->listen([&](const std::string& stream_id, Outbox::Change) { told.push_back(stream_id); });
  ASSERT_THAT(wait(store->create(stream("s1"), 10)), Succeeds());
  ASSERT_THAT(wait(store->accept({event_about(opaque_subject("u"), "e1")})), Succeeds());
  NewEvent later = event_about(opaque_subject("u"), "e2");
  later.accepted_at += 24h;
  ASSERT_THAT(wait(store->accept({later})), Succeeds());
  told.clear();
  const auto erased =
      wait(store->erase_expired(event_about(opaque_subject("u")).accepted_at + 7 * 24h + 1s));
  EXPECT_EQ(erased.value().expired, 1U);
  EXPECT_THAT(told, ElementsAre("s1"));
  EXPECT_THAT(event_ids(wait(store->pending("s1", 0, 10)).value()), ElementsAre("e2"));
}

// Covers: SSF-8.1.2.1-07, A-60, IOP-2.3.5-03.
TEST_F(Retention, REL_13_PastItsCapAStreamExpiresItsOldest) {
  auto store = open_manual({.pending_max = 3});
  ASSERT_THAT(wait(store->create(stream("s1"), 10)), Succeeds());
  for (int i = 1; i <= 5; ++i) {
    ASSERT_THAT(wait(store->accept({event_about(opaque_subject("u"), std::to_string(i))})),
                Succeeds());
  }
  EXPECT_THAT(event_ids(wait(store->pending("s1", 0, 10)).value()), ElementsAre("3", "4", "5"));
  store.reset();
  auto database = sqlite::Database::open(folder_.file("tocsin.db"), {}).value();
  EXPECT_EQ(database.number("SELECT count(*) FROM settled WHERE state = 2 AND note <> ''").value(),
            2);
}

}  // namespace
}  // namespace tocsin::store
