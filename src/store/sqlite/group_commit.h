// The storage thread. Requests wait in line while a commit is under way; all that wait then go into
// the next transaction together, so that one fsync pays for all, and a request that fails undoes
// nothing but itself. When many come, a commit is not begun the moment the last one ends: a few
// large ones cost the machine less than many small ones.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <thread>
#include <vector>

#include "store/sqlite/store_counts.h"
#include "store/sqlite/subject_index.h"
#include "store/sqlite/work.h"

namespace tocsin::store::sqlite {

class Request {
 public:
  virtual ~Request() = default;

  // On the storage thread, inside a transaction. An error takes back what it did. Called again if
  // the transaction had to be begun anew.
  virtual Result<void> run(Work& work) = 0;

  // The transaction is committed and what run() returned holds; or it is not, for this reason.
  virtual void finish(std::optional<Error> failure) = 0;
};

class GroupCommit {
 public:
  struct Config {
    std::size_t waiting_max = 10'000;  // requests in line
    std::size_t group_max = 256;       // requests in one transaction
    std::size_t busy_min = 12;         // a group of so many: the next one is given time to grow
    std::chrono::microseconds growth{1500};
    bool threaded = true;  // false: submit() does it all before it returns, for the simulator
  };

  // What is done when nobody waits, in a transaction of its own; true: there is no more of it.
  using Chore = std::function<Result<bool>(Work& work)>;

  // `clock`, `random` and `chore` are used on the storage thread, and outlive this.
  GroupCommit(Database database, jose::SecretBox box, SubjectIndex subjects, const Clock& clock,
              Random& random, const Limits& limits, const Config& config, Chore chore);
  ~GroupCommit();  // finishes what waits

  // False: too many wait.
  bool submit(std::shared_ptr<Request> request);

  // From any thread.
  StoreCounts counts() const;

 private:
  using Group = std::vector<std::shared_ptr<Request>>;

  void work();
  void process(const Group& group);
  void finish(const Group& group, const std::optional<Error>& failure);
  std::optional<Error> commit(const Group& group);
  std::optional<Error> transact(const Group& group, Result<void> (GroupCommit::*run)(Request&));
  Result<void> run_plainly(Request& request);
  Result<void> run_within_savepoint(Request& request);
  bool do_chore();
  Result<bool> run_chore();

  Database database_;
  SubjectIndex subjects_;
  const jose::SecretBox box_;
  const Limits limits_;
  const Config config_;
  const Chore chore_;
  Work work_;
  Tally tally_{};           // of the transaction
  bool is_spoilt_ = false;  // a request failed after it had written

  mutable std::mutex mutex_;  // of what follows
  std::condition_variable changed_;
  std::deque<std::shared_ptr<Request>> waiting_;
  bool stopping_ = false;
  StoreCounts counts_;
  std::thread thread_;
};

}  // namespace tocsin::store::sqlite
