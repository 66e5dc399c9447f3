// The window of one push stream: which of its pending SETs may be attempted now (REL-06, REL-08 to
// REL-10). Pure: it is told what was loaded, what was signed, what came of an attempt and what time
// it is, and answers what to begin and what to record.
//
// Events of one subject go one after the other, in order. A failure that is the stream's or
// nobody's holds the stream, and one probe at a time finds out whether it is over. A refusal that
// blames the SET holds that SET and its subject only, unless every SET is refused: then it was the
// stream.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/random.h"
#include "delivery/push_outcome.h"
#include "tocsin/subject.h"

namespace tocsin::delivery {

using Moment = std::chrono::nanoseconds;  // of the monotonic clock (REL-21)

// What events of one principal have in common: a hash of every key of the subject, of each member
// of a complex one (REL-06). Two that meet by chance only wait for each other.
std::vector<std::uint64_t> order_marks(const Subject& subject);

struct PlannedSet {
  std::int64_t number = 0;  // its place on the stream
  std::vector<std::uint64_t> marks{};
  AttemptHistory history{};
  Moment due{};  // not before
  bool announces_status = false;
  bool is_signed = false;  // without its bytes it holds its place, but does not go
};

class PushPlan {
 public:
  struct Limits {
    std::size_t in_flight_max = 16;
    std::size_t refused_max = 5;  // different SETs in a row: then it was the stream
    std::chrono::milliseconds patience{std::chrono::hours(72)};  // of failing, then it is hopeless
    std::chrono::seconds own_delay{30};                          // at most, when the fault is ours
    RetrySpans retry{};  // while the stream is to blame for its refusals
  };
  explicit PushPlan(const Limits& limits) : limits_(limits) {}

  // What is known of the stream beyond its SETs, for the ledger to keep: a plan that starts over
  // goes on from there (REL-08, REL-09).
  struct Trouble {
    std::optional<Moment> failing_since{};   // for a reason that is not the SET's
    bool refuses_all = false;                // it was the stream
    std::map<std::int64_t, bool> refused{};  // since the last success; true: rejected
    friend bool operator==(const Trouble&, const Trouble&) = default;
  };
  const Trouble& trouble() const noexcept { return trouble_; }

  // What the ledger remembers. A plan that saw an attempt end knows better.
  void resume(Trouble trouble) {
    if (!was_answered_) trouble_ = std::move(trouble);
  }

  // The stream was stopped: what was held against it is over.
  void forgive() { trouble_ = {}; }

  // A number that is known already is ignored.
  void add(PlannedSet set, Moment now);
  void mark_signed(std::int64_t number);

  // While a status waits to be announced nothing but its announcement goes.
  void announce_only(bool is_on) noexcept { announces_only_ = is_on; }

  struct Attempt {
    std::int64_t number = 0;
    AttemptHistory history{};  // what judge_push is to know
  };
  // The next attempt to begin; it is in flight from now on.
  std::optional<Attempt> start(Moment now);

  // When start() will have one if nothing else happens; nothing: not before something happens.
  std::optional<Moment> next_start(Moment now) const;

  // What the ledger has to be told.
  struct Verdict {
    std::int64_t number = 0;
    enum class State : std::uint8_t { delivered, rejected, retry } state{};
    AttemptHistory history{};
    std::chrono::milliseconds delay{};  // retry: from now
  };
  struct Verdicts {
    std::vector<Verdict> verdicts;
    std::vector<std::int64_t> requeue;  // rejected before, and wrongly
  };
  // How an attempt ended. A verdict stays known until settled().
  Verdicts finish(std::int64_t number, const PushOutcome& outcome, Moment now, Random& random);

  // The attempt was not made after all.
  void abandon(std::int64_t number);

  // The SET will not go: policy forbids it, or it cannot be signed. In flight or not.
  void drop(std::int64_t number);

  // Its verdict is durable: the ledger will not show it as pending again.
  void settled(std::int64_t number) { rows_.erase(number); }

  // Forgets what is neither in flight nor waiting to be settled. The window begins anew.
  void forget_waiting();

  // The lowest number that has no verdict.
  std::optional<std::int64_t> first_live() const noexcept;

  bool is_known(std::int64_t number) const { return rows_.contains(number); }

  // Whether attempts fail for a reason that is not the SET's, and since when.
  bool is_held() const noexcept { return hold_.has_value(); }
  std::optional<Moment> held_until() const noexcept;
  bool is_failing() const noexcept { return trouble_.failing_since.has_value(); }

  // It failed for longer than anybody's patience, and did so to this very plan: what the ledger
  // remembers may rest on a clock that was wrong.
  bool is_hopeless(Moment now) const noexcept;

  std::int64_t last_number() const noexcept { return last_number_; }  // 0: nothing was added
  std::size_t size() const noexcept { return rows_.size(); }          // verdicts not settled too
  std::size_t waiting() const noexcept { return announcing_.live + ordinary_.live - in_flight_; }
  std::size_t in_flight() const noexcept { return in_flight_; }

 private:
  struct Row {
    PlannedSet set;
    enum class State : std::uint8_t { waiting, in_flight, over } state = State::waiting;
    std::size_t blockers = 0;  // lines in which it is not the first, and its missing bytes
    std::uint64_t round = 0;   // when it started
  };
  // What waits for nothing but its time.
  struct Lane {
    std::set<std::int64_t> ready;
    std::set<std::pair<Moment, std::int64_t>> later;
    std::size_t live = 0;  // waiting or in flight
  };
  struct Hold {
    Moment until{};
    unsigned failures = 0;
  };

  Lane& lane_of(const Row& row) { return row.set.announces_status ? announcing_ : ordinary_; }
  const Lane& open_lane() const noexcept;
  bool has_room() const noexcept;
  void enqueue(Row& row, std::uint64_t mark);
  void dequeue(const Row& row, std::uint64_t mark);
  void unblock(Row& row);
  void release(Row& row);
  void withhold(const Row& row);
  void end(Row& row);
  void wait_again(Row& row);
  void resume_hold(const PlannedSet& set, Moment now);

  Verdicts accept(Row& row);
  Verdicts refuse(Row& row, const PushOutcome& outcome, Moment now, Random& random);
  Verdicts blame_stream(Row& row, Moment now, Random& random);
  Verdicts fail(Row& row, const RetryAfter& retry, Moment now);
  void hold(const Row& row, std::chrono::milliseconds delay, Moment now);

  Limits limits_;
  std::map<std::int64_t, Row> rows_;
  std::unordered_map<std::uint64_t, std::vector<std::int64_t>> lines_;  // per mark, in order
  Lane announcing_;
  Lane ordinary_;
  bool announces_only_ = false;
  std::size_t in_flight_ = 0;
  std::size_t allowance_ = in_flight_first;
  std::int64_t last_number_ = 0;

  std::optional<Hold> hold_;
  std::uint64_t round_ = 0;  // of failures: attempts that fail together are one
  Trouble trouble_;
  bool was_answered_ = false;

  // A stream that was not heard of lately gets few attempts, one more with each success: a black
  // hole does not swallow what others could use (REL-10).
  static constexpr std::size_t in_flight_first = 2;
};

}  // namespace tocsin::delivery
