#include "store/sqlite/group_commit.h"

#include <utility>

#include "base/try.h"

namespace tocsin::store::sqlite {
namespace {

constexpr int checkpoint_pages = 1000;  // of the WAL, 4 KiB each

void roll_back(Database& database) {
  // Fails only if SQLite rolled back already.
  if (database.in_transaction()) static_cast<void>(database.run("ROLLBACK"));
}

}  // namespace

GroupCommit::GroupCommit(Database database, jose::SecretBox box, SubjectIndex subjects,
                         const Clock& clock, Random& random, const Limits& limits,
                         const Config& config, Chore chore)
    : database_(std::move(database)),
      subjects_(std::move(subjects)),
      box_(std::move(box)),
      limits_(limits),
      config_(config),
      chore_(std::move(chore)),
      work_{database_, subjects_, box_, clock, random, limits_} {
  if (config_.threaded) thread_ = std::thread([this] { work(); });
}

GroupCommit::~GroupCommit() {
  if (!config_.threaded) return;
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

bool GroupCommit::submit(std::shared_ptr<Request> request) {
  if (!config_.threaded) {
    process({std::move(request)});
    while (do_chore()) {
    }
    return true;
  }
  {
    const std::lock_guard lock(mutex_);
    if (waiting_.size() >= config_.waiting_max) return false;
    waiting_.push_back(std::move(request));
  }
  changed_.notify_one();
  return true;
}

void GroupCommit::work() {
  bool chores = true;
  while (true) {
    Group group;
    {
      std::unique_lock lock(mutex_);
      if (!chores) changed_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
      if (waiting_.empty() && stopping_) return;
      while (!waiting_.empty() && group.size() < config_.group_max) {
        group.push_back(std::move(waiting_.front()));
        waiting_.pop_front();
      }
    }
    if (group.empty()) {
      chores = do_chore();
    } else {
      process(group);
      chores = true;
      if (group.size() >= config_.busy_min) std::this_thread::sleep_for(config_.growth);
    }
  }
}

// A failure that ended the whole transaction (a full disk does) is not shared: each request is
// tried alone, so that those that can succeed do.
void GroupCommit::process(const Group& group) {
  std::optional<Error> failure = commit(group);
  if (failure && failure->code == Errc::store_full) {
    // What is committed leaves the WAL, which then begins anew: room for another try.
    static_cast<void>(database_.checkpoint(1));
    if (group.size() == 1) failure = commit(group);
  }
  if (failure && group.size() > 1) {
    for (const std::shared_ptr<Request>& request : group) process({request});
    return;
  }
  finish(group, failure);
  // Whoever waited goes on. What this fails with, the next commit will meet too.
  static_cast<void>(database_.checkpoint(checkpoint_pages));
}

// Counted before whoever waits can look.
void GroupCommit::finish(const Group& group, const std::optional<Error>& failure) {
  {
    const std::lock_guard lock(mutex_);
    counts_.requests += group.size();
    if (failure) counts_.failures += group.size();
  }
  for (const std::shared_ptr<Request>& request : group) request->finish(failure);
}

StoreCounts GroupCommit::counts() const {
  const std::lock_guard lock(mutex_);
  StoreCounts counts = counts_;
  counts.waiting = waiting_.size();
  return counts;
}

// Nearly every request succeeds, or fails before it has written anything, and then nobody needs a
// savepoint, which costs a copy of every page that is written. When one has to be taken back, the
// whole group runs again with savepoints.
std::optional<Error> GroupCommit::commit(const Group& group) {
  is_spoilt_ = false;
  std::optional<Error> failure = transact(group, &GroupCommit::run_plainly);
  if (is_spoilt_) failure = transact(group, &GroupCommit::run_within_savepoint);
  return failure;
}

std::optional<Error> GroupCommit::transact(const Group& group,
                                           Result<void> (GroupCommit::*run)(Request&)) {
  const std::chrono::nanoseconds begun_at = work_.clock.monotonic();
  const std::int64_t changes = database_.total_changes();
  tally_ = {};
  if (Result<void> begun = database_.run("BEGIN IMMEDIATE"); !begun) return begun.error();
  work_.room = 0;
  for (const std::shared_ptr<Request>& request : group) {
    work_.begin_request();
    if (Result<void> done = (this->*run)(*request); !done) {
      roll_back(database_);
      return done.error();
    }
    tally_ += work_.tally;
  }
  if (Result<void> committed = database_.run("COMMIT"); !committed) {
    roll_back(database_);
    return committed.error();
  }
  const std::lock_guard lock(mutex_);
  counts_.sets += tally_;
  if (database_.total_changes() != changes) {
    counts_.commits.add(work_.clock.monotonic() - begun_at);
  }
  return std::nullopt;
}

// An error of the request itself is its answer; what is returned is a transaction that is lost.
Result<void> GroupCommit::run_plainly(Request& request) {
  const std::int64_t changes = database_.total_changes();
  Result<void> run = request.run(work_);
  if (run || !database_.in_transaction()) return run;
  if (database_.total_changes() == changes) return {};
  is_spoilt_ = true;
  return run;
}

Result<void> GroupCommit::run_within_savepoint(Request& request) {
  TOCSIN_CHECK(database_.run("SAVEPOINT request"));
  if (Result<void> run = request.run(work_); !run) {
    if (!database_.in_transaction()) return run;
    TOCSIN_CHECK(database_.run("ROLLBACK TO request"));
    work_.tally = {};
  }
  return database_.run("RELEASE request");
}

bool GroupCommit::do_chore() {
  const Result<bool> done = run_chore();
  if (!done) roll_back(database_);
  return done && !*done;
}

Result<bool> GroupCommit::run_chore() {
  TOCSIN_CHECK(database_.run("BEGIN IMMEDIATE"));
  work_.begin_request();
  TOCSIN_TRY(const bool done, chore_(work_));
  TOCSIN_CHECK(database_.run("COMMIT"));
  TOCSIN_CHECK(database_.checkpoint(checkpoint_pages));
  return done;
}

}  // namespace tocsin::store::sqlite
