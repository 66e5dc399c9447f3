// A store that is killed under load, again and again, and what must hold when it opens again.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <csignal>
#include <fstream>
#include <set>
#include <string>
#include <thread>

#include "jose/system_random.h"
#include "store/sqlite_store.h"
#include "support/matchers.h"

namespace tocsin::store {
namespace {

using test::run;
using test::Succeeds;

// What the child was told, one line each, written before it goes on: it survives the kill.
class Book {
 public:
  explicit Book(const std::string& path)
      : descriptor_(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600)) {}
  Book(const Book&) = delete;
  Book& operator=(const Book&) = delete;
  ~Book() { ::close(descriptor_); }
  void write(const std::string& line) const {
    const std::string text = line + "\n";
    if (::write(descriptor_, text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
      ::_exit(3);
    }
  }

 private:
  const int descriptor_;
};

std::set<std::string> lines_of(const std::string& path) {
  std::set<std::string> lines;
  std::ifstream in(path);
  for (std::string line; std::getline(in, line);) lines.insert(line);
  return lines;
}

Task<void> produce(SqliteStore& store, const Book& book, std::string prefix) {
  for (int i = 0;; ++i) {
    NewEvent event = event_about(opaque_subject("u"), prefix + std::to_string(i));
    event.producer_key = event.event_id;
    std::vector<NewEvent> events(1, event);
    const auto receipts = co_await store.accept(std::move(events));
    if (!receipts) ::_exit(4);
    book.write(event.event_id);
  }
}

Task<void> consume(SqliteStore& store, const Book& book) {
  PollRequest request{.events_max = 5};
  while (true) {
    const auto selection = co_await store.poll(owner(), "s1", request, WallTime());
    if (!selection) ::_exit(5);
    for (const std::string& jti : request.ack) book.write(jti);
    request.ack = jtis(selection->sets);
  }
}

[[noreturn]] void work_until_killed(const test::TemporaryFolder& folder, int round) {
  SystemClock clock;
  SystemRandom random;
  loop::Loop loop;
  const Book accepted(folder.file("accepted"));
  const Book acked(folder.file("acked"));
  auto store = SqliteStore::open({.path = folder.file("tocsin.db")}, test_box(), clock, random);
  if (!store) ::_exit(2);
  for (int i = 0; i < 8; ++i) {
    const std::string prefix = std::to_string(round) + "." + std::to_string(i) + ".";
    boost::asio::co_spawn(loop, produce(**store, accepted, prefix), boost::asio::detached);
  }
  boost::asio::co_spawn(loop, consume(**store, acked), boost::asio::detached);
  loop.run();
  ::_exit(1);
}

std::set<std::string> texts(sqlite::Database& database, const char* sql) {
  std::set<std::string> all;
  sqlite::Query rows = database.query(sql);
  while (rows.next().value())
    EXPECT_TRUE(all.insert(rows.text(0)).second) << "twice: " << rows.text(0);
  return all;
}

std::set<std::string> missing(const std::set<std::string>& wanted,
                              const std::set<std::string>& have) {
  std::set<std::string> lost;
  std::ranges::set_difference(wanted, have, std::inserter(lost, lost.end()));
  return lost;
}

void expect_whole(const test::TemporaryFolder& folder) {
  auto database = sqlite::Database::open(folder.file("tocsin.db"), {}).value();
  sqlite::Query check = database.query("PRAGMA integrity_check");
  ASSERT_TRUE(check.next().value());
  ASSERT_EQ(check.text(0), "ok");

  // I1: what was accepted is there, once. I9: what was acknowledged is delivered and stays so.
  const auto events = texts(database, "SELECT event_id FROM event");
  EXPECT_EQ(missing(lines_of(folder.file("accepted")), events), std::set<std::string>());
  const auto delivered = texts(database, "SELECT jti FROM settled WHERE state = 0");
  EXPECT_EQ(missing(lines_of(folder.file("acked")), delivered), std::set<std::string>());

  // I11: the books balance.
  const auto count = [&](const char* sql) { return database.number(sql).value().value_or(-1); };
  const auto rows =
      texts(database, "SELECT number FROM pending UNION ALL SELECT number FROM settled");
  EXPECT_EQ(rows.size(), events.size());
  EXPECT_EQ(count("SELECT last FROM place"), static_cast<std::int64_t>(events.size()));
  EXPECT_EQ(count("SELECT waiting FROM place"), count("SELECT count(*) FROM pending"));
  EXPECT_EQ(count("SELECT octets FROM place"),
            count("SELECT coalesce(sum(octets), 0) FROM pending"));
  EXPECT_EQ(count("SELECT count(*) FROM producer_key"), static_cast<std::int64_t>(events.size()));
}

TEST(Crash, REL_01_02_15_NothingAnsweredIsLostByAKillAtAnyMoment) {
  const test::TemporaryFolder folder;
  SystemRandom random;
  {
    SystemClock clock;
    loop::Loop loop;
    auto store =
        SqliteStore::open({.path = folder.file("tocsin.db")}, test_box(), clock, random).value();
    ASSERT_THAT(run(loop, store->create(stream("s1"), 10)), Succeeds());
  }
  for (int round = 0; round < 20; ++round) {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) work_until_killed(folder, round);
    std::this_thread::sleep_for(std::chrono::microseconds(10'000 + random.below(100'000)));
    ::kill(child, SIGKILL);
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status)) << "the child ended by itself: " << WEXITSTATUS(status);
    ASSERT_NO_FATAL_FAILURE(expect_whole(folder)) << "round " << round;
  }
  EXPECT_GT(lines_of(folder.file("accepted")).size(), 100U);
  EXPECT_GT(lines_of(folder.file("acked")).size(), 20U);
}

}  // namespace
}  // namespace tocsin::store
