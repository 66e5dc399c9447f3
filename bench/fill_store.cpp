#include "bench/fill_store.h"

#include <utility>

#include "base/clock.h"
#include "base/try.h"
#include "bench/surroundings.h"
#include "jose/system_random.h"
#include "store/sqlite/database.h"
#include "store/sqlite/sqlite_store.h"
#include "store/sqlite/subject_index.h"

namespace tocsin::bench {
namespace {

using namespace store;

jose::SecretBox box_of(const std::string& key) {
  return value_of(jose::SecretBox::with_key(jose::Secret(key)), "key of the store");
}

Result<void> run(const std::string& path, const jose::SecretBox& box, const Clock& clock,
                 Random& random, const std::function<Result<void>(sqlite::Work&)>& job) {
  TOCSIN_TRY(auto database, sqlite::Database::open(path, {}));
  TOCSIN_CHECK(database.script("PRAGMA cache_size = -2000000"));  // KiB, at most
  sqlite::SubjectIndex subjects;
  TOCSIN_CHECK(subjects.load(database));
  const sqlite::Limits limits;
  sqlite::Work work{database, subjects, box, clock, random, limits};
  TOCSIN_CHECK(database.script("BEGIN IMMEDIATE"));
  TOCSIN_CHECK(job(work));
  return database.script("COMMIT");
}

}  // namespace

void fill_store(const std::string& path, const std::string& key,
                const std::function<Result<void>(sqlite::Work&)>& job) {
  const SystemClock clock;
  SystemRandom random;
  // Makes the tables.
  value_of(SqliteStore::open({.path = path, .threaded = false}, box_of(key), clock, random), path);
  const Result<void> filled = run(path, box_of(key), clock, random, job);
  if (!filled) fail("cannot fill " + path + ": " + filled.error().to_string());
}

}  // namespace tocsin::bench
