// SQLite behind owners: a connection with its prepared statements, and one run of a statement.
// Every failure is turned into our Error here: SQLITE_FULL is store_full, a database that is none
// or of another version store_schema, everything else store_unavailable. A failed fsync stops the
// process: nobody knows any more what is on disk, and asking again would be told a lie (REL-20).
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

#include "tocsin/result.h"

struct sqlite3;
struct sqlite3_stmt;

namespace tocsin::store::sqlite {

// Octets that are no text.
struct Blob {
  std::string_view octets;
};

// One run of a statement, from its first row to its end. For the thread of its Database, which it
// must not outlive.
class Query {
 public:
  Query(Query&& other) noexcept
      : statement_(std::exchange(other.statement_, nullptr)),
        is_copied_(other.is_copied_),
        error_(std::move(other.error_)) {}
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;
  Query& operator=(Query&&) = delete;
  ~Query();

  // Goes to the next row; false: there is none. What a row held is gone with the next call.
  Result<bool> next();

  // Runs to the end, whatever rows there are.
  Result<void> finish();

  // Columns of the row, counted from 0. NULL reads as 0 and as empty.
  std::int64_t integer(int column) const;
  std::string_view view(int column) const;  // text or octets, until next()
  std::string text(int column) const { return std::string(view(column)); }
  bool is_null(int column) const;

 private:
  friend class Database;
  explicit Query(sqlite3_stmt* statement) : statement_(statement) {}
  explicit Query(Error error) : error_(std::move(error)) {}

  void bind(int place, std::int64_t value);
  void bind(int place, std::string_view value);
  void bind(int place, Blob value);
  void bind(int place, std::nullptr_t);
  template <class T>
  void bind(int place, const std::optional<T>& value) {
    if (value) {
      bind(place, *value);
    } else {
      bind(place, nullptr);
    }
  }

  sqlite3_stmt* statement_ = nullptr;
  bool is_copied_ = true;  // what is bound
  std::optional<Error> error_;
};

// What was refused on the way, for tests: called before each step of a statement that writes.
using StepHook = std::function<void(std::string_view sql)>;

// One connection. For one thread at a time.
class Database {
 public:
  struct Options {
    std::int64_t octets_max = 0;  // of the file; 0: as large as SQLite lets it be
    StepHook before_step{};
  };

  // Opens the file, which is made with mode 0600 if there is none, in WAL with synchronous=FULL:
  // what was committed is on disk. file_mode: others may read it.
  static Result<Database> open(const std::string& path, Options options);

  Database(Database&&) noexcept = default;
  Database& operator=(Database&&) noexcept = default;

  // `sql` is a literal of one statement: it is prepared once and found by its address again, so one
  // literal may not run inside itself. Values are copied.
  template <class... Values>
  Query query(const char* sql, const Values&... values) {
    return bound(prepare(sql), values...);
  }

  // Runs a statement whose rows nobody wants.
  template <class... Values>
  Result<void> run(const char* sql, const Values&... values) {
    Query query = prepare(sql);
    query.is_copied_ = false;  // the values are there until the end
    return bound(std::move(query), values...).finish();
  }

  // The one number a statement answers; nothing if it has no row.
  template <class... Values>
  Result<std::optional<std::int64_t>> number(const char* sql, const Values&... values) {
    Query rows = query(sql, values...);
    Result<bool> row = rows.next();
    if (!row) return std::move(row).error();
    if (!*row) return std::optional<std::int64_t>();
    return std::optional<std::int64_t>(rows.integer(0));
  }

  // Runs a text of several statements, not kept: for the schema.
  Result<void> script(std::string_view sql);

  std::int64_t last_id() const;        // of the last INSERT
  std::int64_t changes() const;        // rows of the last INSERT, UPDATE or DELETE
  std::int64_t total_changes() const;  // rows of all of them so far
  bool in_transaction() const;         // false: there is none, or a failure rolled it back

  // Moves committed pages from the WAL into the file if the WAL has at least `pages_min`. A commit
  // never does: it would be slow for whoever waits, and its failure would be seen by nobody.
  Result<void> checkpoint(int pages_min);

  // A consistent copy as of now, beside whatever goes on, in a new file of mode 0600.
  Result<void> copy_to(const std::string& path);

 private:
  struct Close {
    void operator()(sqlite3* connection) const noexcept;
  };
  struct Finalize {
    void operator()(sqlite3_stmt* statement) const noexcept;
  };
  using Statement = std::unique_ptr<sqlite3_stmt, Finalize>;

  // What has to stay where it is, since SQLite points at it.
  struct Watch {
    StepHook before_step{};
    int wal_pages = 0;
  };

  explicit Database(sqlite3* connection) : connection_(connection) {}
  Query prepare(const char* sql);

  template <class... Values>
  static Query bound(Query query, const Values&... values) {
    if (query.statement_ != nullptr) {
      int place = 0;
      (query.bind(++place, values), ...);
    }
    return query;
  }

  std::unique_ptr<Watch> watch_ = std::make_unique<Watch>();
  std::unique_ptr<sqlite3, Close> connection_;
  std::unordered_map<const char*, Statement> statements_;  // goes before the connection
};

}  // namespace tocsin::store::sqlite
