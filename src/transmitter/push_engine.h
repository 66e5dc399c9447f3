// Delivers what push streams are owed (RFC 8935): finds streams with pending SETs, has the SETs
// signed, pushes what each stream's plan lets go, and has the outcomes recorded. It carries values
// between the ports; which SET goes when is delivery::PushPlan's to say, and what an answer means
// judge_push's.
//
// No transaction is open while a push is under way (REL-10). What a stream holds in memory is
// bounded, and a stream with nothing pending holds nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "delivery/push_plan.h"
#include "loop/timers.h"
#include "store/outbox.h"
#include "transmitter/attempt_budget.h"
#include "transmitter/push_counts.h"
#include "transmitter/push_runner.h"
#include "transmitter/push_window.h"
#include "transmitter/settlements.h"

namespace tocsin::transmitter {

// For the loop's thread.
class PushEngine {
 public:
  using Record = std::shared_ptr<const store::StreamRecord>;
  using Set = std::shared_ptr<const store::PendingSet>;

  // What an operator has to see.
  enum class Alarm : std::uint8_t {
    stream_refuses,  // the receiver refuses for a reason that is the same in every SET (REL-08)
    stream_paused,   // it failed for so long that the stream is paused (REL-09)
    cannot_sign,     // nothing is sent until we can (SEC-34)
    set_unsendable,  // one SET breaks a rule for what may be sent, and is a dead letter
  };

  // All of it must outlive the engine.
  struct Parts {
    store::Outbox& outbox;
    store::Streams& streams;
    PushRunner& runner;
    loop::Timers& timers;
    const Clock& clock;
    Random& random;

    // The bytes of SETs of one stream, in their order, kept or new, and durable before they are
    // handed out (REL-04). An error of kind invalid about one SET means that it can never be sent.
    std::function<Task<Result<std::vector<Result<std::string>>>>(Record, std::vector<Set>)>
        compact_of_all;

    // Whether policy lets the receiver have the SET now (SEC-14): asked at every attempt.
    std::function<bool(const store::StreamRecord&, const store::PendingSet&)> may_have;

    // `detail` may quote a receiver: escape it before it is shown.
    std::function<void(Alarm, const std::string& stream_id, std::string_view detail)> alarm;
  };

  struct Config {
    delivery::PushPlan::Limits plan{};
    PlainHttp plain_http = PlainHttp::refused;  // of endpoints; the address rule judges them too
    std::size_t attempts_max = 1024;            // under way over all streams
    std::size_t signatures_max = 128;           // asked for at once
    std::size_t reads_max = 64;                 // streams that are read from the store at once
    std::size_t window_max = 256;               // SETs of one stream in memory
    std::size_t windows_max = 65'536;           // SETs of all streams, shared between them
    std::chrono::milliseconds tick{100};        // how exactly retries keep their time
    std::chrono::seconds sweep{30};             // looks for what no hint told about (REL-18)
    std::chrono::seconds grace{10};             // for what is under way at the end (REL-23)
  };

  PushEngine(loop::Loop& loop, Parts parts, const Config& config);
  PushEngine(const PushEngine&) = delete;
  PushEngine& operator=(const PushEngine&) = delete;

  // Works until stop(), then lets what is under way end and be recorded, for `grace` at most. The
  // engine must outlive the loop: what did not end in time still refers to it.
  Task<void> run();

  // From now on no attempt begins.
  void stop() noexcept { is_stopping_ = true; }

  PushCounts counts() const;

 private:
  using Window = std::shared_ptr<PushWindow>;
  using Moment = delivery::Moment;

  // push_engine.cpp: what to work on, and when.
  void on_change(const std::string& stream_id, store::Outbox::Change change);
  Task<void> sweep();
  void take_up(store::StreamRecord record);
  Window open(const std::string& stream_id);
  void wake(const Window& window);
  void rest(const Window& window);
  void close(const Window& window);
  void set_timer(PushWindow& window, std::optional<Moment> due);
  void fire_timers();
  void spawn(Task<void> task);

  // push_reads.cpp: what is read from the store for one stream.
  bool wants_rows(const PushWindow& window) const;
  bool wants_read(const PushWindow& window) const;
  std::size_t rows_max(const PushWindow& window) const;
  void queue_read(const Window& window);
  Task<void> read_queued();
  Task<void> read(Window window);
  Task<void> read_record(Window window);
  Task<void> read_rows(Window window);
  Task<void> give_up(Window window);
  void keep_rows(const Window& window, std::vector<store::PendingSet> sets);
  void use(PushWindow& window, store::StreamRecord record);
  void pause_reading(PushWindow& window);

  // push_attempts.cpp: signing, pushing, recording.
  void queue_signing(const Window& window, std::int64_t number);
  void sign_again(const Window& window);
  struct Unsigned {
    Window window;
    std::vector<std::int64_t> numbers{};
    std::vector<Set> sets{};
  };
  Unsigned next_unsigned();
  Task<void> sign_queued();
  bool on_signed(PushWindow& window, std::int64_t number, Result<std::string> compact);
  void begin_attempts(const Window& window);
  void let_next_in();
  Task<void> attempt(Window window, delivery::PushPlan::Attempt attempt, AttemptBudget::Kind kind);
  Task<PushReport> push(Window window, delivery::PushPlan::Attempt attempt);
  bool may_go(const PushWindow& window, std::int64_t number) const;
  void record(PushWindow& window, std::int64_t number, const PushReport& report);
  void drop(PushWindow& window, std::int64_t number, store::Settled::State state, std::string note);
  void count(const PushReport& report);
  void count(const store::Settled& outcome);
  void flush();
  void on_settled(const store::Settled& outcome);
  void alarm(Alarm alarm, const PushWindow& window, std::string_view detail) const;

  loop::Loop& loop_;
  const Parts parts_;
  const Config config_;
  AttemptBudget budget_;
  Settlements settlements_;
  PushCounts counts_;

  std::unordered_map<std::string, Window> windows_;
  std::unordered_set<std::string> polled_;  // streams known to be none of ours, for a while
  std::set<std::pair<Moment, std::string>> timers_;
  std::deque<Window> to_read_;
  std::deque<std::pair<Window, std::int64_t>> to_sign_;
  std::deque<Window> regular_line_;  // for a place in the budget
  std::deque<Window> probe_line_;
  std::size_t readers_ = 0;
  std::size_t signers_ = 0;
  std::size_t busy_ = 0;  // coroutines under way
  Moment next_sweep_{};
  bool is_sweeping_ = false;
  bool is_stopping_ = false;
};

}  // namespace tocsin::transmitter
