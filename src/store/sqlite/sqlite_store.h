// The store of one node in one SQLite file: every port of the room behind one storage thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "jose/secret_box.h"
#include "store/inbox.h"
#include "store/ledger.h"
#include "store/notes.h"
#include "store/one_time_names.h"
#include "store/outbox.h"
#include "store/sqlite/backlog.h"
#include "store/sqlite/housekeeping.h"
#include "store/sqlite/room.h"
#include "store/sqlite/work.h"
#include "store/streams.h"
#include "store/subjects.h"

namespace tocsin::store {

namespace sqlite {
class GroupCommit;
class LockFile;
}  // namespace sqlite

struct SqliteConfig {
  std::string path{};                // of the database; `path`.lock stands beside it
  std::int64_t octets_max = 0;       // the disk it may fill; 0: no bound. At 85 % of it accept()
                                     // answers store_full while everything else goes on (REL-14)
  std::int64_t free_min = 0;         // octets of its disk that events leave free (REL-14)
  std::size_t waiting_max = 10'000;  // requests in line; beyond: overloaded
  bool threaded = true;              // false: each request is done by the caller, for the simulator
  sqlite::Limits limits{};
};

class SqliteStore final : public Streams,
                          public Subjects,
                          public Outbox,
                          public Inbox,
                          public Notes,
                          public Ledger,
                          public OneTimeNames {
 public:
  // Opens, or makes, the store. `clock` and `random` are used on the storage thread and outlive the
  // store; so does the loop of whoever calls it. Errors: store_unavailable (another process has
  // it), store_schema (a newer version made it), config_invalid (`box` is of another key),
  // file_mode, file_unreadable.
  static Result<std::unique_ptr<SqliteStore>> open(const SqliteConfig& config, jose::SecretBox box,
                                                   const Clock& clock, Random& random);
  ~SqliteStore() override;

  Task<Result<void>> create(StreamRecord record, std::size_t streams_max) override;
  Task<Result<StreamRecord>> read(StreamOwner owner, std::string stream_id) override;
  Task<Result<std::vector<StreamRecord>>> list(StreamOwner owner) override;
  Task<Result<StreamRecord>> change(StreamOwner owner, std::string stream_id,
                                    StreamDecision decide) override;
  Task<Result<void>> remove(StreamOwner owner, std::string stream_id) override;
  Task<Result<std::vector<StreamRecord>>> overdue(WallTime now, std::size_t count_max) override;

  Task<Result<void>> add(StreamOwner owner, std::string stream_id, Subject subject, bool verified,
                         WallTime at, std::size_t subjects_max) override;
  Task<Result<void>> remove(StreamOwner owner, std::string stream_id, Subject subject, WallTime at,
                            std::size_t subjects_max) override;
  Task<Result<std::size_t>> finish_removals(WallTime now, std::size_t count_max) override;

  Task<Result<std::vector<Receipt>>> accept(std::vector<NewEvent> events) override;
  Task<Result<std::vector<PendingSet>>> pending(std::string stream_id, std::int64_t after,
                                                std::size_t count_max) override;
  Task<Result<void>> keep(std::vector<Signed> sets) override;
  Task<Result<void>> settle(std::vector<Settled> outcomes) override;
  Task<Result<std::vector<StreamRecord>>> push_streams(std::string after,
                                                       std::size_t count_max) override;
  Task<Result<StreamRecord>> push_stream(std::string stream_id) override;
  Task<Result<PollSelection>> poll(StreamOwner owner, std::string stream_id, PollRequest request,
                                   WallTime now) override;
  void listen(Listener listener) override;

  Task<Result<Admission>> admit(InboxEntry entry) override;
  Task<Result<bool>> has(std::string iss, std::string jti) override;
  Task<Result<std::vector<InboxRow>>> behind(std::int64_t place, std::size_t count_max) override;
  Task<Result<std::size_t>> erase(WallTime before, std::int64_t place,
                                  std::size_t count_max) override;

  Task<Result<std::optional<std::string>>> note(std::string name) override;
  Task<Result<void>> keep_note(std::string name, std::string text) override;

  Task<Result<bool>> use_once(std::string name, std::chrono::sys_seconds until) override;

  Task<Result<LedgerPage>> rows(LedgerQuery query) override;
  Task<Result<std::optional<LedgerDetail>>> find(std::string stream_id,
                                                 std::int64_t number) override;
  Task<Result<std::vector<bool>>> retry(Actor actor, std::string stream_id,
                                        std::vector<std::int64_t> numbers) override;
  Task<Result<std::vector<bool>>> drop(Actor actor, std::string stream_id,
                                       std::vector<std::int64_t> numbers,
                                       std::string reason) override;
  Task<Result<EventPage>> events(EventQuery query) override;
  Task<Result<std::size_t>> replay(Actor actor, std::string stream_id,
                                   std::vector<std::int64_t> places, bool dry_run) override;
  Task<Result<std::vector<AuditRecord>>> audit(AuditQuery query) override;

  // Housekeeping, a slice at a time: what is past its retention as of `now` (REL-13, SEC-60).
  Task<Result<sqlite::Erased>> erase_expired(WallTime now);

  // Whether an event could be accepted now: a small write that is on disk when this returns
  // (REL-20). store_full, store_unavailable, overloaded.
  Task<Result<void>> probe();

  // For metrics. backlog() names twice `streams_max` streams at most.
  sqlite::StoreCounts counts() const;
  Task<Result<sqlite::Backlog>> backlog(std::size_t streams_max);

  // A consistent copy in a new file of mode 0600, while everything goes on (REL-25). Blocks: for a
  // thread of its own. The copy opens with the same key. file_unreadable: `path` exists, or cannot
  // be made.
  Result<void> backup(const std::string& path) const;

 private:
  SqliteStore(const SqliteConfig& config, std::unique_ptr<sqlite::LockFile> lock);

  template <class T>
  using Job = std::function<Result<T>(sqlite::Work& work)>;

  // Runs `job` on the storage thread, inside a transaction, and resumes on the loop once that is
  // committed.
  template <class T>
  Task<Result<T>> transact(Job<T> job);

  const sqlite::RoomLimits room_;
  std::unique_ptr<sqlite::LockFile> lock_;
  std::unique_ptr<sqlite::GroupCommit> storage_;
  std::vector<Listener> listeners_;
};

}  // namespace tocsin::store
