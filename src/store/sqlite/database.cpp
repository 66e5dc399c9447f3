#include "store/sqlite/database.h"

#include <fcntl.h>
#include <sqlite3.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>

#include "base/assert.h"
#include "base/try.h"

namespace tocsin::store::sqlite {
namespace {

// Of SQLite's page cache: the upper levels of the largest index stay in memory.
constexpr const char* cache_pragma = "PRAGMA cache_size = -65536";  // KiB

// What SQLite allocates and frees while a statement runs, octets each: enough for all statements.
constexpr int lookaside_size = 1200;
constexpr int lookaside_count = 1000;

[[noreturn]] void stop_after_fsync() {
  std::fputs("tocsin: the store's disk failed an fsync; stopping\n", stderr);
  std::abort();
}

// Whether a file of the database is as large as the process's files may be, or its quota is used
// up: a full disk to us. SQLite keeps the reason of a failed write with the file.
bool may_not_grow(sqlite3* connection) {
  int cause = 0;
  sqlite3_file_control(connection, "main", SQLITE_FCNTL_LAST_ERRNO, &cause);
  if (cause == EFBIG || cause == EDQUOT) return true;
  sqlite3_file* wal = nullptr;
  sqlite3_file_control(connection, "main", SQLITE_FCNTL_JOURNAL_POINTER, &wal);
  if (wal == nullptr || wal->pMethods == nullptr) return false;
  wal->pMethods->xFileControl(wal, SQLITE_FCNTL_LAST_ERRNO, &cause);
  return cause == EFBIG || cause == EDQUOT;
}

Error failure(sqlite3* connection, std::string_view doing) {
  const int code = sqlite3_extended_errcode(connection);
  if (code == SQLITE_IOERR_FSYNC || code == SQLITE_IOERR_DIR_FSYNC) stop_after_fsync();
  std::string detail = "sqlite: " + std::string(doing) + ": " + sqlite3_errmsg(connection) + " (" +
                       std::to_string(code) + ")";
  if (code == SQLITE_IOERR_WRITE && may_not_grow(connection)) {
    return {Errc::store_full, std::move(detail)};
  }
  switch (code & 0xff) {
    case SQLITE_FULL:
      return {Errc::store_full, std::move(detail)};
    case SQLITE_NOTADB:
      return {Errc::store_schema, std::move(detail)};
    default:
      return {Errc::store_unavailable, std::move(detail)};
  }
}

Error file_failure(const std::string& path) {
  return {Errc::file_unreadable, path + ": " + std::strerror(errno)};
}

// SQLite gives its WAL and its shared memory the mode of the database, so that has to be right
// before SQLite sees it.
Result<void> make_private(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
  if (descriptor < 0) return file_failure(path);
  struct stat status{};
  const bool known = ::fstat(descriptor, &status) == 0;
  ::close(descriptor);
  if (!known) return file_failure(path);
  if ((status.st_mode & 077) != 0) return Error(Errc::file_mode, path + ": readable by others");
  return {};
}

Result<void> sync_file(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return file_failure(path);
  const bool synced = ::fsync(descriptor) == 0;
  ::close(descriptor);
  if (!synced) return file_failure(path);
  return {};
}

// Before SQLite's first use in the process, or without effect: nobody asks how much memory it has,
// and counting it takes a lock at every allocation.
void spare_memory_counts() {
  static const int once = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  static_cast<void>(once);
}

}  // namespace

void Database::Close::operator()(sqlite3* connection) const noexcept {
  sqlite3_close_v2(connection);
}

void Database::Finalize::operator()(sqlite3_stmt* statement) const noexcept {
  sqlite3_finalize(statement);
}

Result<Database> Database::open(const std::string& path, Options options) {
  TOCSIN_CHECK(make_private(path));
  spare_memory_counts();
  sqlite3* connection = nullptr;
  const int opened =
      sqlite3_open_v2(path.c_str(), &connection,
                      SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nullptr);
  Database database(connection);
  if (opened != SQLITE_OK) return failure(connection, "open " + path);
  database.watch_->before_step = std::move(options.before_step);
  sqlite3_busy_timeout(connection, 5000);  // ms; the other one is a backup
  sqlite3_db_config(connection, SQLITE_DBCONFIG_LOOKASIDE, nullptr, lookaside_size,
                    lookaside_count);
  sqlite3_db_config(connection, SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
  sqlite3_db_config(connection, SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
  for (const char* pragma :
       {"PRAGMA journal_mode = WAL", "PRAGMA synchronous = FULL", "PRAGMA temp_store = MEMORY",
        "PRAGMA wal_autocheckpoint = 0", cache_pragma}) {
    TOCSIN_CHECK(database.script(pragma));
  }
  TOCSIN_TRY(const auto synchronous, database.number("PRAGMA synchronous"));
  if (synchronous != 2) return Error(Errc::store_unavailable, "sqlite: synchronous is not FULL");
  if (options.octets_max > 0) {
    TOCSIN_TRY(const auto page, database.number("PRAGMA page_size"));
    const std::int64_t pages = options.octets_max / page.value_or(4096);
    TOCSIN_CHECK(database.script("PRAGMA max_page_count = " + std::to_string(pages)));
  }
  sqlite3_wal_hook(
      connection,
      [](void* watch, sqlite3*, const char*, int pages) {
        static_cast<Watch*>(watch)->wal_pages = pages;
        return SQLITE_OK;
      },
      database.watch_.get());
  return database;
}

Query Database::prepare(const char* sql) {
  Statement& statement = statements_[sql];
  if (statement == nullptr) {
    sqlite3_stmt* prepared = nullptr;
    const int code = sqlite3_prepare_v3(connection_.get(), sql, -1, SQLITE_PREPARE_PERSISTENT,
                                        &prepared, nullptr);
    if (code != SQLITE_OK) return Query(failure(connection_.get(), sql));
    statement.reset(prepared);
  }
  TOCSIN_ASSERT(sqlite3_stmt_busy(statement.get()) == 0);
  if (watch_->before_step && sqlite3_stmt_readonly(statement.get()) == 0) watch_->before_step(sql);
  return Query(statement.get());
}

Result<void> Database::script(std::string_view sql) {
  const char* at = sql.data();
  const char* const end = at + sql.size();
  while (at < end) {
    sqlite3_stmt* prepared = nullptr;
    const char* rest = nullptr;
    const int code =
        sqlite3_prepare_v3(connection_.get(), at, static_cast<int>(end - at), 0, &prepared, &rest);
    if (code != SQLITE_OK) return failure(connection_.get(), "script");
    const Statement statement(prepared);
    at = rest;
    if (statement == nullptr) continue;  // white space
    if (watch_->before_step) watch_->before_step(sqlite3_sql(prepared));
    TOCSIN_CHECK(Query(prepared).finish());
  }
  return {};
}

std::int64_t Database::last_id() const {
  return sqlite3_last_insert_rowid(connection_.get());
}

std::int64_t Database::changes() const {
  return sqlite3_changes64(connection_.get());
}

std::int64_t Database::total_changes() const {
  return sqlite3_total_changes64(connection_.get());
}

bool Database::in_transaction() const {
  return sqlite3_get_autocommit(connection_.get()) == 0;
}

Result<void> Database::checkpoint(int pages_min) {
  if (watch_->wal_pages < pages_min) return {};
  const int code = sqlite3_wal_checkpoint_v2(connection_.get(), nullptr, SQLITE_CHECKPOINT_PASSIVE,
                                             nullptr, nullptr);
  // A backup that reads holds it up: the next commit asks again.
  if ((code & 0xff) == SQLITE_BUSY) return {};
  if (code == SQLITE_OK) {
    watch_->wal_pages = 0;
    return {};
  }
  return failure(connection_.get(), "checkpoint");
}

Result<void> Database::copy_to(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (descriptor < 0) return file_failure(path);
  ::close(descriptor);
  TOCSIN_CHECK(run("VACUUM INTO ?1", path));
  return sync_file(path);
}

Query::~Query() {
  if (statement_ == nullptr) return;
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

Result<bool> Query::next() {
  if (error_) return *error_;
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  error_ = failure(sqlite3_db_handle(statement_), sqlite3_sql(statement_));
  return *error_;
}

Result<void> Query::finish() {
  while (true) {
    TOCSIN_TRY(const bool row, next());
    if (!row) return {};
  }
}

// Binding fails only for a place the statement does not have, which is a bug, or without memory.
void Query::bind(int place, std::int64_t value) {
  TOCSIN_ASSERT(sqlite3_bind_int64(statement_, place, value) == SQLITE_OK);
}

void Query::bind(int place, std::string_view value) {
  const char* data = value.data() == nullptr ? "" : value.data();
  const auto keeper = is_copied_ ? SQLITE_TRANSIENT : SQLITE_STATIC;
  TOCSIN_ASSERT(sqlite3_bind_text64(statement_, place, data, value.size(), keeper, SQLITE_UTF8) ==
                SQLITE_OK);
}

void Query::bind(int place, Blob value) {
  const char* data = value.octets.data() == nullptr ? "" : value.octets.data();
  const auto keeper = is_copied_ ? SQLITE_TRANSIENT : SQLITE_STATIC;
  TOCSIN_ASSERT(sqlite3_bind_blob64(statement_, place, data, value.octets.size(), keeper) ==
                SQLITE_OK);
}

void Query::bind(int place, std::nullptr_t) {
  TOCSIN_ASSERT(sqlite3_bind_null(statement_, place) == SQLITE_OK);
}

std::int64_t Query::integer(int column) const {
  return sqlite3_column_int64(statement_, column);
}

std::string_view Query::view(int column) const {
  const void* data = sqlite3_column_blob(statement_, column);
  if (data == nullptr) return {};
  return {static_cast<const char*>(data),
          static_cast<std::size_t>(sqlite3_column_bytes(statement_, column))};
}

bool Query::is_null(int column) const {
  return sqlite3_column_type(statement_, column) == SQLITE_NULL;
}

}  // namespace tocsin::store::sqlite
