#include "store/sqlite/group_commit.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <future>
#include <string>
#include <utility>

#include "base/clock.h"
#include "base/try.h"
#include "jose/system_random.h"
#include "store/sqlite_store.h"
#include "support/matchers.h"
#include "support/temporary_folder.h"

namespace tocsin::store::sqlite {
namespace {

using test::Succeeds;
using testing::ElementsAre;

Result<bool> nothing(Work&) {
  return true;
}

// Runs a job, and remembers how it went.
class Errand final : public Request {
 public:
  explicit Errand(std::function<Result<void>(Work&)> job) : job_(std::move(job)) {}

  Result<void> run(Work& work) override {
    answer_ = job_(work);
    return answer_;
  }
  void finish(std::optional<Error> failure) override {
    if (failure) answer_ = *failure;
    done_.set_value(answer_);
  }
  Result<void> wait() { return done_.get_future().get(); }

 private:
  const std::function<Result<void>(Work&)> job_;
  Result<void> answer_;
  std::promise<Result<void>> done_;
};

std::shared_ptr<Errand> insert(std::string row, std::optional<Errc> then = {}) {
  return std::make_shared<Errand>([row = std::move(row), then](Work& work) -> Result<void> {
    TOCSIN_CHECK(work.database.run("INSERT INTO t VALUES(?1)", row));
    if (then) return *then;
    return {};
  });
}

class GroupCommitTest : public testing::Test {
 protected:
  GroupCommitTest() {
    EXPECT_THAT(Database::open(path_, {})->script("CREATE TABLE t(x)"), Succeeds());
  }

  // All of them go into one transaction: they come in line while the one before is under way.
  void commit_together(const std::vector<std::shared_ptr<Errand>>& errands) {
    GroupCommit storage(Database::open(path_, {}).value(), test_box(), SubjectIndex(), clock_,
                        random_, limits_, {}, nothing);
    std::promise<void> all_wait;
    const std::shared_future<void> in_line = all_wait.get_future().share();
    const auto first = std::make_shared<Errand>([in_line](Work&) -> Result<void> {
      in_line.wait();
      return {};
    });
    ASSERT_TRUE(storage.submit(first));
    for (const auto& errand : errands) ASSERT_TRUE(storage.submit(errand));
    all_wait.set_value();
    EXPECT_THAT(first->wait(), Succeeds());
  }

  std::vector<std::string> rows() const {
    Database database = Database::open(path_, {}).value();
    Query query = database.query("SELECT x FROM t");
    std::vector<std::string> rows;
    while (query.next().value()) rows.push_back(query.text(0));
    return rows;
  }

  const test::TemporaryFolder folder_;
  const std::string path_ = folder_.file("db");
  const SystemClock clock_;
  SystemRandom random_;
  const Limits limits_;
};

TEST_F(GroupCommitTest, ARequestThatFailsAfterItWroteUndoesNothingButItself) {
  const auto before = insert("before");
  const auto spoilt = insert("spoilt", Errc::subject_limit);
  const auto after = insert("after");
  commit_together({before, spoilt, after});
  EXPECT_THAT(before->wait(), Succeeds());
  EXPECT_THAT(spoilt->wait(), test::FailsWith(Errc::subject_limit));
  EXPECT_THAT(after->wait(), Succeeds());
  EXPECT_THAT(rows(), ElementsAre("before", "after"));
}

TEST_F(GroupCommitTest, ARequestThatFailsBeforeItWroteIsRunOnce) {
  int runs = 0;
  const auto refused = std::make_shared<Errand>([&](Work&) -> Result<void> {
    ++runs;
    return Errc::stream_unknown;
  });
  const auto after = insert("after");
  commit_together({refused, after});
  EXPECT_THAT(refused->wait(), test::FailsWith(Errc::stream_unknown));
  EXPECT_THAT(after->wait(), Succeeds());
  EXPECT_EQ(runs, 1);
  EXPECT_THAT(rows(), ElementsAre("after"));
}

// A full disk does that: SQLite rolls back by itself.
TEST_F(GroupCommitTest, ATransactionThatIsLostIsTriedAgainRequestByRequest) {
  const auto before = insert("before");
  const auto fatal = std::make_shared<Errand>([](Work& work) -> Result<void> {
    TOCSIN_CHECK(work.database.run("ROLLBACK"));
    return Errc::store_full;
  });
  const auto after = insert("after");
  commit_together({before, fatal, after});
  EXPECT_THAT(before->wait(), Succeeds());
  EXPECT_THAT(fatal->wait(), test::FailsWith(Errc::store_full));
  EXPECT_THAT(after->wait(), Succeeds());
  EXPECT_THAT(rows(), ElementsAre("before", "after"));
}

}  // namespace
}  // namespace tocsin::store::sqlite
