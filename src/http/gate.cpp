#include "http/gate.h"

#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <chrono>
#include <optional>

namespace tocsin::http {

namespace asio = boost::asio;

// Stands in line for as long as it lives. One whose coroutine is dropped gives its turn away.
struct Gate::Waiter {
  explicit Waiter(Gate& its_gate) : gate(its_gate), timer(its_gate.loop_) {
    place = gate.line_.insert(gate.line_.end(), this);
  }
  Waiter(const Waiter&) = delete;
  Waiter& operator=(const Waiter&) = delete;
  ~Waiter() {
    if (state == State::in_line) gate.line_.erase(place);
    if (state == State::admitted) gate.leave();
  }

  using Clock = std::chrono::steady_clock;
  using Timer = asio::basic_waitable_timer<Clock, asio::wait_traits<Clock>, Loop::executor_type>;

  Gate& gate;
  Timer timer;
  std::list<Waiter*>::iterator place;
  enum class State : std::uint8_t {
    in_line,
    admitted,  // counted as inside already
    passed,    // the Pass counts now
  } state = State::in_line;
};

Task<Result<Gate::Pass>> Gate::enter(std::shared_ptr<Gate> gate, Deadline deadline) {
  if (gate->inside_ < gate->limits_.inside_max) {
    ++gate->inside_;
    co_return Pass(std::move(gate));
  }
  if (gate->line_.size() >= gate->limits_.waiting_max) co_return Errc::overloaded;
  Waiter waiter(*gate);
  waiter.timer.expires_at(deadline);
  boost::system::error_code cancelled;
  co_await waiter.timer.async_wait(asio::redirect_error(loop::Use(), cancelled));
  if (waiter.state == Waiter::State::in_line) {
    co_return Error(Errc::net_timeout, "no turn before the deadline");
  }
  // A turn that comes when the time is up is given on: nobody begins what must be over by now.
  if (std::chrono::steady_clock::now() >= deadline) {
    co_return Error(Errc::net_timeout, "the turn came after the deadline");
  }
  waiter.state = Waiter::State::passed;
  co_return Pass(std::move(gate));
}

// The place is handed over, not given back: nobody who comes later can take it.
void Gate::leave() {
  if (line_.empty()) {
    --inside_;
    return;
  }
  Waiter& next = *line_.front();
  line_.pop_front();
  next.state = Waiter::State::admitted;
  next.timer.cancel();
}

}  // namespace tocsin::http
