// The deadlines of all streams of one loop behind one coarse timer: setting one costs a store,
// where a timer per operation would cost a heap insert and a cancellation. A deadline is met at the
// first tick after it, never before.
#pragma once

#include <array>
#include <boost/asio/steady_timer.hpp>
#include <boost/intrusive/list.hpp>
#include <cstdint>

#include "http/task.h"

namespace tocsin::http {

class Deadlines {
 public:
  class Watch;

  explicit Deadlines(Loop& loop, std::chrono::milliseconds tick = std::chrono::milliseconds(50));
  Deadlines(const Deadlines&) = delete;
  Deadlines& operator=(const Deadlines&) = delete;
  // Coroutines that never ended hold streams until the loop is destroyed, which is later.
  ~Deadlines();

  Loop& loop() noexcept { return loop_; }

 private:
  using Tick = std::int64_t;
  using Hook =
      boost::intrusive::list_base_hook<boost::intrusive::link_mode<boost::intrusive::auto_unlink>>;
  using Slot = boost::intrusive::list<Watch, boost::intrusive::base_hook<Hook>,
                                      boost::intrusive::constant_time_size<false>>;
  using Timer =
      boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                        boost::asio::wait_traits<std::chrono::steady_clock>,
                                        Loop::executor_type>;

  Tick tick_after(Deadline due) const;
  void place(Watch& watch);
  void sleep();
  void advance();
  void forget();

  enum class State : std::uint8_t { idle, sleeping, advancing };

  Loop& loop_;
  const std::chrono::nanoseconds tick_;
  Timer timer_;
  State state_ = State::idle;
  Tick done_ = 0;            // the last tick whose slot was looked at
  std::size_t watched_ = 0;  // watches that lie in a slot
  // A wheel: a watch lies in the slot of its due tick, or in the furthest slot, from which it is
  // placed again. One whose deadline moved away stays where it is until its slot comes up.
  std::array<Slot, 256> slots_;
};

// Something with a deadline, on the loop's thread. One that outlives its Deadlines never rings.
class Deadlines::Watch : public Deadlines::Hook {
 public:
  explicit Watch(Deadlines& deadlines) : deadlines_(deadlines) {}
  Watch(const Watch&) = delete;
  Watch& operator=(const Watch&) = delete;

  // Deadline::max() is never, and the cheap way to say so between two deadlines.
  void expire_at(Deadline due);

  // Never, for good: the loop is not kept alive for this watch any more.
  void retire();

 protected:
  ~Watch() { retire(); }

  // Called once `due` has passed, once per expire_at(). May set the next deadline.
  virtual void on_deadline() = 0;

 private:
  friend class Deadlines;
  Deadlines& deadlines_;
  Deadline due_ = Deadline::max();
  Tick slot_ = 0;  // the tick of the slot it lies in, while linked
};

}  // namespace tocsin::http
