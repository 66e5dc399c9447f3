// Which streams are worked on, and when they are looked at again.
#include "transmitter/push_engine.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <exception>
#include <vector>

namespace tocsin::transmitter {
namespace {

constexpr std::chrono::seconds sweep_pause{1};  // after a sweep that failed
constexpr std::size_t sweep_page = 256;         // streams
constexpr std::size_t polled_max = 100'000;     // ids remembered

std::optional<delivery::Moment> earlier(std::optional<delivery::Moment> a,
                                        std::optional<delivery::Moment> b) {
  if (!a || !b) return a ? a : b;
  return std::min(*a, *b);
}

}  // namespace

PushEngine::PushEngine(loop::Loop& loop, Parts parts, const Config& config)
    : loop_(loop),
      parts_(std::move(parts)),
      config_(config),
      budget_(config.attempts_max),
      settlements_(parts_.outbox, parts_.timers,
                   [this](const store::Settled& outcome) { on_settled(outcome); }) {}

Task<void> PushEngine::run() {
  parts_.outbox.listen([this](const std::string& stream_id, store::Outbox::Change change) {
    on_change(stream_id, change);
  });
  while (!is_stopping_) {
    if (!is_sweeping_ && parts_.clock.monotonic() >= next_sweep_) spawn(sweep());
    fire_timers();
    co_await parts_.timers.sleep(config_.tick);
  }
  const Moment end = parts_.clock.monotonic() + config_.grace;
  while (busy_ > 0 && parts_.clock.monotonic() < end) co_await parts_.timers.sleep(config_.tick);
}

// Begins at the loop's next turn: nothing changes under the feet of the caller.
void PushEngine::spawn(Task<void> task) {
  ++busy_;
  boost::asio::post(loop_, [this, task = std::move(task)]() mutable {
    boost::asio::co_spawn(loop_, std::move(task), [this](std::exception_ptr error) {
      --busy_;
      if (error) std::rethrow_exception(error);
    });
  });
}

void PushEngine::on_change(const std::string& stream_id, store::Outbox::Change change) {
  if (is_stopping_) return;
  const bool is_more = change == store::Outbox::Change::more;
  if (!is_more) polled_.erase(stream_id);
  if (polled_.contains(stream_id)) return;
  const auto found = windows_.find(stream_id);
  const Window window = found == windows_.end() ? open(stream_id) : found->second;
  if (is_more) {
    window->has_more = true;
  } else {
    window->make_stale();
  }
  wake(window);
}

// What a starting node goes through, and what finds a stream whose hint was lost.
Task<void> PushEngine::sweep() {
  is_sweeping_ = true;
  next_sweep_ = parts_.clock.monotonic() + config_.sweep;
  std::string after;
  while (!is_stopping_) {
    auto page = co_await parts_.outbox.push_streams(after, sweep_page);
    if (!page) {
      next_sweep_ = parts_.clock.monotonic() + sweep_pause;
      ++counts_.store_failures;
      break;
    }
    if (page->empty()) break;
    after = page->back().config.stream_id;
    for (store::StreamRecord& record : *page) take_up(std::move(record));
  }
  is_sweeping_ = false;
}

void PushEngine::take_up(store::StreamRecord record) {
  const std::string stream_id = record.config.stream_id;
  if (const auto found = windows_.find(stream_id); found != windows_.end()) {
    const Window window = found->second;
    if (window->plan.is_held()) return;  // its next probe reads everything anew
    window->make_stale();
    wake(window);
    return;
  }
  const Window window = open(stream_id);
  use(*window, std::move(record));
  wake(window);
}

PushEngine::Window PushEngine::open(const std::string& stream_id) {
  auto window = std::make_shared<PushWindow>(stream_id, config_.plan);
  windows_.emplace(stream_id, window);
  return window;
}

// Everything that happens to a stream ends here: it does what can be done now, and says when to
// look again.
void PushEngine::wake(const Window& window) {
  if (is_stopping_) return;
  if (window->is_turning) return begin_attempts(window);
  if (window->not_before && *window->not_before <= parts_.clock.monotonic()) {
    window->not_before.reset();
    sign_again(window);
  }
  if (wants_read(*window)) return queue_read(window);
  begin_attempts(window);
  rest(window);
}

void PushEngine::rest(const Window& window) {
  if (window->is_done()) return close(window);
  const Moment now = parts_.clock.monotonic();
  std::optional<Moment> due = window->not_before;
  if (const auto next = window->plan.next_start(now); next && *next > now) due = earlier(due, next);
  if (window->has_more && window->plan.in_flight() == 0) {
    due = earlier(due, window->plan.held_until());
  }
  set_timer(*window, due);
}

void PushEngine::close(const Window& window) {
  set_timer(*window, std::nullopt);
  if (window->is_gone && polled_.size() >= polled_max) polled_.clear();
  if (window->is_gone) polled_.insert(window->stream_id);
  windows_.erase(window->stream_id);
}

void PushEngine::set_timer(PushWindow& window, std::optional<Moment> due) {
  if (window.due == due) return;
  if (window.due) timers_.erase({*window.due, window.stream_id});
  if (due) timers_.emplace(*due, window.stream_id);
  window.due = due;
}

void PushEngine::fire_timers() {
  const Moment now = parts_.clock.monotonic();
  std::vector<Window> due;
  while (!timers_.empty() && timers_.begin()->first <= now) {
    const Window window = windows_.at(timers_.begin()->second);
    set_timer(*window, std::nullopt);
    due.push_back(window);
  }
  for (const Window& window : due) wake(window);
}

PushCounts PushEngine::counts() const {
  PushCounts counts = counts_;
  counts.store_failures += settlements_.failures();
  counts.under_way = budget_.under_way();
  counts.streams_active = windows_.size();
  const auto now = parts_.clock.wall_seconds();
  for (const auto& [stream_id, window] : windows_) {
    counts.streams_failing += window->plan.is_failing() ? 1 : 0;
    if (const auto oldest = window->oldest()) {
      counts.oldest_pending = std::max(counts.oldest_pending, now - *oldest);
    }
  }
  return counts;
}

}  // namespace tocsin::transmitter
