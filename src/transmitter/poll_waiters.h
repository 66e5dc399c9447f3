// Long polls that wait (RFC 8936 2.5): ten thousand of them cost an entry each, one timer for all,
// and the one whose stream has news goes on at once.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "base/clock.h"
#include "loop/timers.h"
#include "store/outbox.h"

namespace tocsin::transmitter {

using loop::Task;

inline constexpr std::size_t open_polls_max = 4;  // on one stream (trust.md section 1)

// For the loop's thread.
class PollWaiters {
 public:
  class Seat;
  class Turn;

  // Listens to `outbox`. `clock` must outlive the polls.
  PollWaiters(store::Outbox& outbox, const Clock& clock);
  PollWaiters(const PollWaiters&) = delete;
  PollWaiters& operator=(const PollWaiters&) = delete;
  ~PollWaiters();  // ends the coroutines that wait, before the loop does

  // A place among the open polls of a stream; nothing if all are taken.
  std::optional<Seat> sit(std::string stream_id);

  // Ends the waits whose time is over by now.
  void expire();

  // Does so four times a second, until stop().
  Task<void> run(loop::Timers& timers);

  // Ends all waits, and every later one at once.
  void stop();
  bool is_stopping() const noexcept;

  std::size_t waiting() const noexcept;

 private:
  struct State;
  std::shared_ptr<State> state_;
};

// One open poll.
class PollWaiters::Seat {
 public:
  Seat(Seat&& other) noexcept = default;
  Seat& operator=(Seat&&) = delete;
  ~Seat();

  // Polls of one stream choose and sign one after the other, so that a SET is signed once whoever
  // asks for it (REL-04). What changes from here on ends the next wait().
  Task<Turn> turn();

  // Until the stream has changed since the last turn() began, `due` on the monotonic clock has
  // passed, or stop(). Not while the turn is held.
  Task<void> wait(std::chrono::nanoseconds due);

 private:
  friend class PollWaiters;
  Seat(std::shared_ptr<State> state, std::string stream_id);

  std::shared_ptr<State> state_;
  std::string stream_id_;
  std::uint64_t seen_ = 0;
};

// The right to choose and sign, until it ends.
class PollWaiters::Turn {
 public:
  Turn(Turn&& other) noexcept = default;
  Turn& operator=(Turn&&) = delete;
  ~Turn();

 private:
  friend class Seat;
  Turn(std::shared_ptr<State> state, std::string stream_id)
      : state_(std::move(state)), stream_id_(std::move(stream_id)) {}

  std::shared_ptr<State> state_;
  std::string stream_id_;
};

}  // namespace tocsin::transmitter
