#include "loop/timers.h"

#include <boost/asio/basic_waitable_timer.hpp>

namespace tocsin::loop {

Task<void> LoopTimers::sleep(std::chrono::nanoseconds span) {
  using Timer =
      boost::asio::basic_waitable_timer<std::chrono::steady_clock,
                                        boost::asio::wait_traits<std::chrono::steady_clock>,
                                        Loop::executor_type>;
  Timer timer(loop_, span);
  co_await timer.async_wait(Use());
}

}  // namespace tocsin::loop
