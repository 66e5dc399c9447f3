#include "http/deadlines.h"

#include <algorithm>

namespace tocsin::http {

Deadlines::Deadlines(Loop& loop, std::chrono::milliseconds tick)
    : loop_(loop), tick_(tick), timer_(loop) {}

Deadlines::~Deadlines() {
  for (Slot& slot : slots_) slot.clear();
}

// The first tick at which `due` has passed.
Deadlines::Tick Deadlines::tick_after(Deadline due) const {
  return due.time_since_epoch() / tick_ + 1;
}

void Deadlines::place(Watch& watch) {
  const Tick furthest = done_ + static_cast<Tick>(slots_.size()) - 1;
  watch.slot_ = std::clamp(tick_after(watch.due_), done_ + 1, furthest);
  slots_[static_cast<std::size_t>(watch.slot_) % slots_.size()].push_back(watch);
  ++watched_;
}

void Deadlines::sleep() {
  state_ = State::sleeping;
  timer_.expires_at(Deadline(tick_ * (done_ + 1)));
  timer_.async_wait([this](const boost::system::error_code& error) {
    // Aborted by forget() or by the destructor: then `this` may be gone.
    if (error || state_ != State::sleeping) return;
    advance();
  });
}

void Deadlines::advance() {
  state_ = State::advancing;
  const Deadline now = std::chrono::steady_clock::now();
  const Tick reached = now.time_since_epoch() / tick_;
  // After a long stall every slot is looked at once, which is all there is to look at.
  done_ = std::max(done_, reached - static_cast<Tick>(slots_.size()));
  while (done_ < reached) {
    ++done_;
    Slot& slot = slots_[static_cast<std::size_t>(done_) % slots_.size()];
    while (!slot.empty()) {
      Watch& watch = slot.front();
      slot.pop_front();
      --watched_;
      if (watch.due_ == Deadline::max()) continue;
      if (watch.due_ > now) {
        place(watch);
        continue;
      }
      watch.due_ = Deadline::max();
      watch.on_deadline();
    }
  }
  state_ = State::idle;
  if (watched_ > 0) sleep();
}

// With nothing to watch the timer must not keep the loop alive.
void Deadlines::forget() {
  if (--watched_ > 0 || state_ != State::sleeping) return;
  state_ = State::idle;
  timer_.cancel();
}

void Deadlines::Watch::expire_at(Deadline due) {
  due_ = due;
  if (due == Deadline::max()) return;
  Deadlines& wheel = deadlines_;
  if (is_linked()) {
    if (wheel.tick_after(due) >= slot_) return;
    unlink();
    --wheel.watched_;
  }
  if (wheel.state_ == State::idle) {
    wheel.done_ = std::chrono::steady_clock::now().time_since_epoch() / wheel.tick_;
  }
  wheel.place(*this);
  if (wheel.state_ == State::idle) wheel.sleep();
}

void Deadlines::Watch::retire() {
  due_ = Deadline::max();
  if (!is_linked()) return;
  unlink();
  deadlines_.forget();
}

}  // namespace tocsin::http
