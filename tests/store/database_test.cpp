#include "store/sqlite/database.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <string>
#include <vector>

#include "store/sqlite/schema.h"
#include "support/matchers.h"
#include "support/temporary_folder.h"

namespace tocsin::store::sqlite {
namespace {

using test::FailsWith;
using test::Succeeds;

unsigned mode_of(const std::string& path) {
  struct stat status{};
  EXPECT_EQ(::stat(path.c_str(), &status), 0) << path;
  return status.st_mode & 0777;
}

TEST(Database, SEC_56_KeepsItsFilesToItself) {
  const test::TemporaryFolder folder;
  const mode_t before = ::umask(0);
  Result<Database> database = Database::open(folder.file("db"), {});
  ::umask(before);
  ASSERT_THAT(database, Succeeds());
  ASSERT_THAT(database->script("CREATE TABLE t(x)"), Succeeds());
  EXPECT_EQ(mode_of(folder.file("db")), 0600U);
  EXPECT_EQ(mode_of(folder.file("db-wal")), 0600U);
  EXPECT_EQ(mode_of(folder.file("db-shm")), 0600U);
  ASSERT_THAT(database->copy_to(folder.file("copy")), Succeeds());
  EXPECT_EQ(mode_of(folder.file("copy")), 0600U);
}

TEST(Database, SEC_56_RefusesAFileThatOthersMayRead) {
  const test::TemporaryFolder folder;
  const std::string path = folder.write("db", "", 0640);
  EXPECT_THAT(Database::open(path, {}), FailsWith(Errc::file_mode));
}

TEST(Database, SEC_53_QuotesAndZeroOctetsComeBackAsTheyWere) {
  const test::TemporaryFolder folder;
  Database database = Database::open(folder.file("db"), {}).value();
  ASSERT_THAT(database.script("CREATE TABLE t(x)"), Succeeds());
  const std::string text("'; DROP TABLE t; --\0\"\\\n", 23);
  ASSERT_THAT(database.run("INSERT INTO t VALUES(?1)", text), Succeeds());
  ASSERT_THAT(database.run("INSERT INTO t VALUES(?1)", Blob{text}), Succeeds());
  ASSERT_THAT(database.run("INSERT INTO t VALUES(?1)", std::optional<std::string>()), Succeeds());
  Query rows = database.query("SELECT x FROM t");
  for (int i = 0; i < 2; ++i) {
    ASSERT_TRUE(rows.next().value());
    EXPECT_EQ(rows.view(0), text);
  }
  ASSERT_TRUE(rows.next().value());
  EXPECT_TRUE(rows.is_null(0));
  EXPECT_FALSE(rows.next().value());
}

TEST(Database, REL_20_AFullDatabaseIsStoreFullAndRecovers) {
  const test::TemporaryFolder folder;
  Database database = Database::open(folder.file("db"), {.octets_max = 64 * 1024}).value();
  ASSERT_THAT(database.script("CREATE TABLE t(x)"), Succeeds());
  const std::string block(4000, 'x');
  Result<void> inserted;
  int rows = 0;
  while ((inserted = database.run("INSERT INTO t VALUES(?1)", block))) ++rows;
  EXPECT_THAT(inserted, FailsWith(Errc::store_full));
  EXPECT_GT(rows, 5);
  ASSERT_THAT(database.run("DELETE FROM t"), Succeeds());
  EXPECT_THAT(database.run("INSERT INTO t VALUES(?1)", block), Succeeds());
}

TEST(Database, WhatIsNoDatabaseIsRefused) {
  const test::TemporaryFolder folder;
  const std::string path = folder.write("db", std::string(8192, 'x'));
  EXPECT_THAT(Database::open(path, {}), FailsWith(Errc::store_schema));
}

TEST(Schema, REL_24_RefusesANewerSchemaAndAnotherProgram) {
  const test::TemporaryFolder folder;
  Database newer = Database::open(folder.file("newer"), {}).value();
  ASSERT_THAT(migrate(newer), Succeeds());
  ASSERT_THAT(migrate(newer), Succeeds());
  ASSERT_THAT(newer.script("PRAGMA user_version = 1000"), Succeeds());
  EXPECT_THAT(migrate(newer), FailsWith(Errc::store_schema));

  Database other = Database::open(folder.file("other"), {}).value();
  ASSERT_THAT(other.script("CREATE TABLE theirs(x)"), Succeeds());
  EXPECT_THAT(migrate(other), FailsWith(Errc::store_schema));
}

TEST(Schema, SEC_61_TheAuditRecordIsAppendOnly) {
  const test::TemporaryFolder folder;
  Database database = Database::open(folder.file("db"), {}).value();
  ASSERT_THAT(migrate(database), Succeeds());
  ASSERT_THAT(database.script("INSERT INTO audit(at, who, origin, action, target, result, detail) "
                              "VALUES(1, 'a', '', 'b', 'c', 'done', '')"),
              Succeeds());
  EXPECT_FALSE(database.script("UPDATE audit SET who = 'nobody'"));
  EXPECT_FALSE(database.script("DELETE FROM audit"));
  EXPECT_EQ(database.number("SELECT count(*) FROM audit WHERE who = 'a'").value(), 1);
}

TEST(Schema, REL_24_SaysWhichVersionADatabaseHasAndNeeds) {
  const test::TemporaryFolder folder;
  Database database = Database::open(folder.file("db"), {}).value();
  EXPECT_EQ(schema_versions(database).value().have, 0U);
  ASSERT_THAT(migrate(database), Succeeds());
  const SchemaVersions versions = schema_versions(database).value();
  EXPECT_EQ(versions.have, versions.need);
  ASSERT_THAT(database.script("PRAGMA user_version = 1000"), Succeeds());
  EXPECT_THAT(schema_versions(database), FailsWith(Errc::store_schema));
}

std::vector<std::string> schema_of(const std::string& path) {
  Database database = Database::open(path, {}).value();
  std::vector<std::string> lines;
  Query rows = database.query("SELECT name || coalesce(sql, '') FROM sqlite_schema ORDER BY name");
  while (rows.next().value()) lines.push_back(rows.text(0));
  return lines;
}

// Opens and migrates in a child that dies before its `step`th statement; false: it lived.
bool dies_at(const std::string& path, int step) {
  const pid_t child = ::fork();
  if (child == 0) {
    int left = step;
    auto die = [&left](std::string_view) {
      if (--left == 0) ::raise(SIGKILL);
    };
    Result<Database> database = Database::open(path, {.before_step = die});
    ::_exit(database && migrate(*database) ? 0 : 1);
  }
  int status = 0;
  EXPECT_EQ(::waitpid(child, &status, 0), child);
  if (WIFSIGNALED(status)) return true;
  EXPECT_EQ(WEXITSTATUS(status), 0) << "at statement " << step;
  return false;
}

TEST(Schema, REL_24_AMigrationGoesOnAfterAKillAtAnyStatement) {
  const test::TemporaryFolder folder;
  ASSERT_FALSE(dies_at(folder.file("whole"), 0));
  const std::vector<std::string> whole = schema_of(folder.file("whole"));
  ASSERT_GT(whole.size(), 10U);
  int step = 1;
  for (; step < 1000; ++step) {
    const std::string path = folder.file(std::to_string(step));
    if (!dies_at(path, step)) break;
    ASSERT_FALSE(dies_at(path, 0));
    ASSERT_EQ(schema_of(path), whole) << "killed at statement " << step;
  }
  EXPECT_GT(step, 20);
}

}  // namespace
}  // namespace tocsin::store::sqlite
