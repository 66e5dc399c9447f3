// `tocsin migrate` on a store that a process served from, and on one that it must leave alone.
#include <gmock/gmock.h>
#include <signal.h>

#include "e2e/transmitter_fixture.h"
#include "store/sqlite/schema.h"

namespace tocsin {
namespace {

using store::sqlite::Database;
using test::Answer;
using testing::EndsWith;
using testing::HasSubstr;

class Migrate : public test::TransmitterFixture {
 protected:
  void SetUp() override {
    TransmitterFixture::SetUp();
    start();
    serving_->signal(SIGTERM);
    ASSERT_EQ(serving_->wait(), 0);
    Database database = open_store();
    need_ = store::sqlite::schema_versions(database).value().need;
  }

  Database open_store() const {
    return Database::open(place_.folder().file("signals/tocsin.db"), {}).value();
  }
  std::size_t version() const {
    Database database = open_store();
    return static_cast<std::size_t>(*database.number("PRAGMA user_version").value());
  }

  Answer migrate(std::vector<std::string> flags = {}) const {
    flags.insert(flags.begin(), {"migrate", "--config", config_});
    return place_.tocsin(flags);
  }

  std::size_t need_ = 0;
};

TEST_F(Migrate, SaysThatNothingIsToDo) {
  for (const std::vector<std::string>& flags : {std::vector<std::string>{}, {"--check"}}) {
    const Answer answer = migrate(flags);
    EXPECT_EQ(answer.exit, 0) << answer.err;
    EXPECT_THAT(answer.out, EndsWith("tocsin.db: schema " + std::to_string(need_) +
                                     ", which is what this version needs\n"));
  }
}

TEST_F(Migrate, REL_24_BringsAnOlderStoreUpToThisVersion) {
  // As it was before it had an audit record.
  ASSERT_TRUE(open_store().script(
      "DROP TABLE audit; DROP INDEX settled_undelivered; PRAGMA user_version = 2"));
  const Answer checked = migrate({"--check"});
  EXPECT_EQ(checked.exit, 1) << checked.err;
  EXPECT_THAT(checked.out,
              EndsWith("schema 2, and this version needs " + std::to_string(need_) + "\n"));
  EXPECT_EQ(version(), 2U);

  const Answer done = migrate({"--output", "json"});
  EXPECT_EQ(done.exit, 0) << done.err;
  EXPECT_THAT(done.out, EndsWith(R"("schema":2,"needed":)" + std::to_string(need_) +
                                 ",\"migrated\":true}\n"));
  EXPECT_EQ(version(), need_);
  EXPECT_EQ(migrate({"--check"}).exit, 0);
  start();
}

TEST_F(Migrate, REL_24_LeavesAStoreOfANewerVersionAsItIs) {
  ASSERT_TRUE(open_store().script("PRAGMA user_version = 1000"));
  for (const std::vector<std::string>& flags : {std::vector<std::string>{}, {"--check"}}) {
    const Answer answer = migrate(flags);
    EXPECT_EQ(answer.exit, 2);
    EXPECT_EQ(answer.out, "");
    EXPECT_THAT(answer.err, HasSubstr("schema 1000 is newer than " + std::to_string(need_)));
  }
  EXPECT_EQ(place_.tocsin({"serve", "--config", config_}).exit, 2);
  EXPECT_EQ(version(), 1000U);
}

TEST_F(Migrate, WaitsForNobodyWhoServesAndMakesNoStore) {
  start();
  EXPECT_EQ(migrate({"--check"}).exit, 0);
  EXPECT_EQ(migrate().exit, 4);
  serving_.reset();
  ASSERT_EQ(place_.shell("rm signals/tocsin.db*").exit, 0);
  const Answer none = migrate();
  EXPECT_EQ(none.exit, 2);
  EXPECT_THAT(none.err, HasSubstr("there is no store"));
  EXPECT_EQ(place_.shell("ls signals/tocsin.db").exit, 2);
}

}  // namespace
}  // namespace tocsin
