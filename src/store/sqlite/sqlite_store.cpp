#include "store/sqlite/sqlite_store.h"

#include <algorithm>
#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <optional>
#include <utility>

#include "base/try.h"
#include "store/sqlite/group_commit.h"
#include "store/sqlite/inbox_rows.h"
#include "store/sqlite/ledger_rows.h"
#include "store/sqlite/lock_file.h"
#include "store/sqlite/note_rows.h"
#include "store/sqlite/one_time_rows.h"
#include "store/sqlite/outbox_rows.h"
#include "store/sqlite/room.h"
#include "store/sqlite/schema.h"
#include "store/sqlite/stream_rows.h"

namespace tocsin::store {
namespace {

using sqlite::Work;

constexpr std::size_t events_unasked_max = 256;  // accepted before there must be room again
constexpr std::size_t chore_rows = 1000;
constexpr std::size_t erased_rows = 2000;  // of each kind, in one call of erase_expired()

// What a request brings back to the loop.
template <class T>
struct Answer {
  Result<T> result;
  std::vector<std::pair<std::string, Outbox::Change>> changes{};
};

// One request of a coroutine that waits: `Handler` resumes it.
template <class T, class Handler>
class Errand final : public sqlite::Request {
 public:
  Errand(Handler handler, std::function<Result<T>(Work&)> job)
      : handler_(std::move(handler)),
        guard_(boost::asio::get_associated_executor(handler_)),
        job_(std::move(job)) {}

  Result<void> run(Work& work) override {
    answer_.result = job_(work);
    answer_.changes.clear();
    if (!answer_.result) return answer_.result.error();
    answer_.changes = work.changes.take();
    return {};
  }

  void finish(std::optional<Error> failure) override {
    // What a failed request would have changed, it has not.
    if (failure) answer_ = {.result = *std::move(failure)};
    const auto executor = guard_.get_executor();
    boost::asio::post(executor, [handler = std::move(handler_), answer = std::move(answer_),
                                 guard = std::move(guard_)]() mutable {
      guard.reset();
      std::move(handler)(std::move(answer));
    });
  }

 private:
  Handler handler_;
  boost::asio::executor_work_guard<loop::Loop::executor_type> guard_;  // keeps the loop running
  const std::function<Result<T>(Work&)> job_;
  Answer<T> answer_{.result = Errc::store_unavailable};
};

constexpr std::string_view key_check = "key_check";
constexpr std::string_view key_check_text = "tocsin";

// A store that was sealed under another key must not be used: its secrets could not be read, and
// new ones would be sealed under the wrong key.
Result<void> check_key(sqlite::Database& database, const jose::SecretBox& box) {
  std::optional<std::string> sealed;
  {
    sqlite::Query row = database.query("SELECT value FROM setting WHERE name = ?1", key_check);
    TOCSIN_TRY(const bool found, row.next());
    if (found) sealed = row.text(0);
  }
  if (sealed) {
    TOCSIN_TRY(const std::string opened, box.open(*sealed, key_check));
    if (opened == key_check_text) return {};
    return Error(Errc::config_invalid, "the store's key check is damaged");
  }
  TOCSIN_TRY(const std::string made, box.seal(key_check_text, key_check));
  return database.run("INSERT INTO setting(name, value) VALUES(?1, ?2)", key_check,
                      sqlite::Blob{made});
}

Result<bool> do_chore(Work& work) {
  TOCSIN_TRY(const bool done, sqlite::record_withdrawn(work, chore_rows));
  if (!done) return false;
  return sqlite::erase_leftovers(work, chore_rows);
}

// Asks anew for every transaction, and within one after some hundred events: to ask costs as much
// as to accept an event.
Result<void> make_sure_of_room(Work& work, const sqlite::RoomLimits& limits, std::size_t events) {
  if (work.room < events) {
    TOCSIN_CHECK(sqlite::check_room(work.database, limits));
    work.room = std::max(events, events_unasked_max);
  }
  work.room -= events;
  return {};
}

}  // namespace

Result<std::unique_ptr<SqliteStore>> SqliteStore::open(const SqliteConfig& config,
                                                       jose::SecretBox box, const Clock& clock,
                                                       Random& random) {
  TOCSIN_TRY(auto lock, sqlite::LockFile::take(config.path + ".lock"));
  TOCSIN_TRY(auto database, sqlite::Database::open(config.path, {.octets_max = config.octets_max}));
  TOCSIN_CHECK(sqlite::migrate(database));
  TOCSIN_CHECK(check_key(database, box));
  sqlite::SubjectIndex subjects;
  TOCSIN_CHECK(subjects.load(database));
  std::unique_ptr<SqliteStore> store(new SqliteStore(config, std::move(lock)));
  store->storage_ = std::make_unique<sqlite::GroupCommit>(
      std::move(database), std::move(box), std::move(subjects), clock, random, config.limits,
      sqlite::GroupCommit::Config{.waiting_max = config.waiting_max, .threaded = config.threaded},
      do_chore);
  return store;
}

SqliteStore::SqliteStore(const SqliteConfig& config, std::unique_ptr<sqlite::LockFile> lock)
    : room_{.path = config.path, .free_min = config.free_min}, lock_(std::move(lock)) {}

SqliteStore::~SqliteStore() = default;

template <class T>
Task<Result<T>> SqliteStore::transact(Job<T> job) {
  auto initiate = [this](auto handler, Job<T> work) {
    using Handler = decltype(handler);
    auto errand = std::make_shared<Errand<T, Handler>>(std::move(handler), std::move(work));
    if (!storage_->submit(errand)) errand->finish(Error(Errc::overloaded, "the store"));
  };
  loop::Use token;
  Answer<T> answer = co_await boost::asio::async_initiate<loop::Use, void(Answer<T>)>(
      std::move(initiate), token, std::move(job));
  for (const auto& [stream_id, change] : answer.changes) {
    for (const Listener& listener : listeners_) listener(stream_id, change);
  }
  co_return std::move(answer.result);
}

void SqliteStore::listen(Listener listener) {
  listeners_.push_back(std::move(listener));
}

// Each operation is its function of *_rows.h, with the values it needs.

Task<Result<void>> SqliteStore::create(StreamRecord record, std::size_t streams_max) {
  Job<void> job = [record = std::move(record), streams_max](Work& work) {
    return sqlite::create_stream(work, record, streams_max);
  };
  return transact(std::move(job));
}

Task<Result<StreamRecord>> SqliteStore::read(StreamOwner owner, std::string stream_id) {
  Job<StreamRecord> job = [owner = std::move(owner), stream_id = std::move(stream_id)](Work& work) {
    return sqlite::read_stream(work, owner, stream_id);
  };
  return transact(std::move(job));
}

Task<Result<std::vector<StreamRecord>>> SqliteStore::list(StreamOwner owner) {
  Job<std::vector<StreamRecord>> job = [owner = std::move(owner)](Work& work) {
    return sqlite::list_streams(work, owner);
  };
  return transact(std::move(job));
}

Task<Result<StreamRecord>> SqliteStore::change(StreamOwner owner, std::string stream_id,
                                               StreamDecision decide) {
  Job<StreamRecord> job = [owner = std::move(owner), stream_id = std::move(stream_id),
                           decide = std::move(decide)](Work& work) {
    return sqlite::change_stream(work, owner, stream_id, decide);
  };
  return transact(std::move(job));
}

Task<Result<void>> SqliteStore::remove(StreamOwner owner, std::string stream_id) {
  Job<void> job = [owner = std::move(owner), stream_id = std::move(stream_id)](Work& work) {
    return sqlite::remove_stream(work, owner, stream_id);
  };
  return transact(std::move(job));
}

Task<Result<std::vector<StreamRecord>>> SqliteStore::overdue(WallTime now, std::size_t count_max) {
  Job<std::vector<StreamRecord>> job = [now, count_max](Work& work) {
    return sqlite::overdue_streams(work, now, count_max);
  };
  return transact(std::move(job));
}

Task<Result<void>> SqliteStore::add(StreamOwner owner, std::string stream_id, Subject subject,
                                    bool verified, WallTime at, std::size_t subjects_max) {
  Job<void> job = [owner = std::move(owner), stream_id = std::move(stream_id),
                   subject = std::move(subject), verified, at, subjects_max](Work& work) {
    return sqlite::add_subject(work, {.owner = owner,
                                      .stream_id = stream_id,
                                      .subject = subject,
                                      .verified = verified,
                                      .at = at,
                                      .subjects_max = subjects_max});
  };
  return transact(std::move(job));
}

Task<Result<void>> SqliteStore::remove(StreamOwner owner, std::string stream_id, Subject subject,
                                       WallTime at, std::size_t subjects_max) {
  Job<void> job = [owner = std::move(owner), stream_id = std::move(stream_id),
                   subject = std::move(subject), at, subjects_max](Work& work) {
    return sqlite::remove_subject(work, {.owner = owner,
                                         .stream_id = stream_id,
                                         .subject = subject,
                                         .at = at,
                                         .subjects_max = subjects_max});
  };
  return transact(std::move(job));
}

Task<Result<std::size_t>> SqliteStore::finish_removals(WallTime now, std::size_t count_max) {
  Job<std::size_t> job = [now, count_max](Work& work) {
    return sqlite::finish_removals(work, now, count_max);
  };
  return transact(std::move(job));
}

Task<Result<std::vector<Receipt>>> SqliteStore::accept(std::vector<NewEvent> events) {
  Job<std::vector<Receipt>> job =
      [this, events = std::move(events)](Work& work) -> Result<std::vector<Receipt>> {
    TOCSIN_CHECK(make_sure_of_room(work, room_, events.size()));
    return sqlite::accept(work, events);
  };
  return transact(std::move(job));
}

Task<Result<std::vector<PendingSet>>> SqliteStore::pending(std::string stream_id,
                                                           std::int64_t after,
                                                           std::size_t count_max) {
  Job<std::vector<PendingSet>> job = [stream_id = std::move(stream_id), after,
                                      count_max](Work& work) -> Result<std::vector<PendingSet>> {
    TOCSIN_TRY(sqlite::Selected selected,
               sqlite::select_pending(
                   work, {.stream_id = stream_id, .after = after, .count_max = count_max}));
    return std::move(selected.sets);
  };
  return transact(std::move(job));
}

Task<Result<void>> SqliteStore::keep(std::vector<Signed> sets) {
  Job<void> job = [sets = std::move(sets)](Work& work) { return sqlite::keep(work, sets); };
  return transact(std::move(job));
}

Task<Result<void>> SqliteStore::settle(std::vector<Settled> outcomes) {
  Job<void> job = [outcomes = std::move(outcomes)](Work& work) {
    return sqlite::settle(work, outcomes);
  };
  return transact(std::move(job));
}

Task<Result<std::vector<StreamRecord>>> SqliteStore::push_streams(std::string after,
                                                                  std::size_t count_max) {
  Job<std::vector<StreamRecord>> job = [after = std::move(after), count_max](Work& work) {
    return sqlite::push_streams(work, after, count_max);
  };
  return transact(std::move(job));
}

Task<Result<StreamRecord>> SqliteStore::push_stream(std::string stream_id) {
  Job<StreamRecord> job = [stream_id = std::move(stream_id)](Work& work) {
    return sqlite::push_stream(work, stream_id);
  };
  return transact(std::move(job));
}

Task<Result<PollSelection>> SqliteStore::poll(StreamOwner owner, std::string stream_id,
                                              PollRequest request, WallTime now) {
  Job<PollSelection> job = [owner = std::move(owner), stream_id = std::move(stream_id),
                            request = std::move(request), now](Work& work) {
    return sqlite::poll(work, owner, stream_id, request, now);
  };
  return transact(std::move(job));
}

Task<Result<Admission>> SqliteStore::admit(InboxEntry entry) {
  Job<Admission> job = [entry = std::move(entry)](Work& work) {
    return sqlite::admit(work, entry);
  };
  return transact(std::move(job));
}

Task<Result<bool>> SqliteStore::has(std::string iss, std::string jti) {
  Job<bool> job = [iss = std::move(iss), jti = std::move(jti)](Work& work) {
    return sqlite::has_seen(work, iss, jti);
  };
  return transact(std::move(job));
}

Task<Result<std::vector<InboxRow>>> SqliteStore::behind(std::int64_t place, std::size_t count_max) {
  Job<std::vector<InboxRow>> job = [place, count_max](Work& work) {
    return sqlite::inbox_behind(work, place, count_max);
  };
  return transact(std::move(job));
}

Task<Result<std::size_t>> SqliteStore::erase(WallTime before, std::int64_t place,
                                             std::size_t count_max) {
  Job<std::size_t> job = [before, place, count_max](Work& work) {
    return sqlite::erase_inbox(work, before, place, count_max);
  };
  return transact(std::move(job));
}

Task<Result<std::optional<std::string>>> SqliteStore::note(std::string name) {
  Job<std::optional<std::string>> job = [name = std::move(name)](Work& work) {
    return sqlite::read_note(work, name);
  };
  return transact(std::move(job));
}

Task<Result<void>> SqliteStore::keep_note(std::string name, std::string text) {
  Job<void> job = [name = std::move(name), text = std::move(text)](Work& work) {
    return sqlite::write_note(work, name, text);
  };
  return transact(std::move(job));
}

Task<Result<bool>> SqliteStore::use_once(std::string name, std::chrono::sys_seconds until) {
  Job<bool> job = [name = std::move(name), until](Work& work) {
    return sqlite::use_once(work, name, until);
  };
  return transact(std::move(job));
}

Task<Result<LedgerPage>> SqliteStore::rows(LedgerQuery query) {
  Job<LedgerPage> job = [query = std::move(query)](Work& work) {
    return sqlite::list_rows(work, query);
  };
  return transact(std::move(job));
}

Task<Result<std::optional<LedgerDetail>>> SqliteStore::find(std::string stream_id,
                                                            std::int64_t number) {
  Job<std::optional<LedgerDetail>> job = [stream_id = std::move(stream_id), number](Work& work) {
    return sqlite::find_row(work, stream_id, number);
  };
  return transact(std::move(job));
}

Task<Result<std::vector<bool>>> SqliteStore::retry(Actor actor, std::string stream_id,
                                                   std::vector<std::int64_t> numbers) {
  Job<std::vector<bool>> job = [actor = std::move(actor), stream_id = std::move(stream_id),
                                numbers = std::move(numbers)](Work& work) {
    return sqlite::retry_rows(work, actor, stream_id, numbers);
  };
  return transact(std::move(job));
}

Task<Result<std::vector<bool>>> SqliteStore::drop(Actor actor, std::string stream_id,
                                                  std::vector<std::int64_t> numbers,
                                                  std::string reason) {
  Job<std::vector<bool>> job = [actor = std::move(actor), stream_id = std::move(stream_id),
                                numbers = std::move(numbers),
                                reason = std::move(reason)](Work& work) {
    return sqlite::drop_rows(work, actor, stream_id, numbers, reason);
  };
  return transact(std::move(job));
}

Task<Result<EventPage>> SqliteStore::events(EventQuery query) {
  Job<EventPage> job = [query = std::move(query)](Work& work) {
    return sqlite::list_events(work, query);
  };
  return transact(std::move(job));
}

Task<Result<std::size_t>> SqliteStore::replay(Actor actor, std::string stream_id,
                                              std::vector<std::int64_t> places, bool dry_run) {
  // An error would take the audit record back, so a stream that is none is an answer.
  Job<std::optional<std::size_t>> job =
      [actor = std::move(actor),
       replay = sqlite::Replay{std::move(stream_id), std::move(places), dry_run}](Work& work) {
        return sqlite::replay_events(work, actor, replay);
      };
  auto replayed = co_await transact(std::move(job));
  if (!replayed) co_return std::move(replayed).error();
  if (!*replayed) co_return Error(Errc::stream_unknown);
  co_return **replayed;
}

Task<Result<std::vector<AuditRecord>>> SqliteStore::audit(AuditQuery query) {
  Job<std::vector<AuditRecord>> job = [query](Work& work) {
    return sqlite::list_audit(work, query);
  };
  return transact(std::move(job));
}

Task<Result<sqlite::Erased>> SqliteStore::erase_expired(WallTime now) {
  Job<sqlite::Erased> job = [now](Work& work) {
    return sqlite::erase_expired(work, now, erased_rows);
  };
  return transact(std::move(job));
}

Task<Result<void>> SqliteStore::probe() {
  Job<void> job = [this](Work& work) -> Result<void> {
    TOCSIN_CHECK(sqlite::check_room(work.database, room_));
    return work.database.run(
        "INSERT INTO setting(name, value) VALUES('probed_at', ?1) ON CONFLICT(name) DO UPDATE SET "
        "value = excluded.value",
        sqlite::milliseconds(work.clock.wall()));
  };
  return transact(std::move(job));
}

sqlite::StoreCounts SqliteStore::counts() const {
  return storage_->counts();
}

Task<Result<sqlite::Backlog>> SqliteStore::backlog(std::size_t streams_max) {
  Job<sqlite::Backlog> job = [streams_max](Work& work) {
    return sqlite::read_backlog(work, streams_max);
  };
  return transact(std::move(job));
}

Result<void> SqliteStore::backup(const std::string& path) const {
  TOCSIN_TRY(auto database, sqlite::Database::open(room_.path, {}));
  return database.copy_to(path);
}

}  // namespace tocsin::store
