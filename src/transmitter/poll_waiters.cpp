#include "transmitter/poll_waiters.h"

#include <map>
#include <unordered_map>
#include <utility>
#include <vector>

#include "loop/gate.h"

namespace tocsin::transmitter {
namespace {

constexpr std::chrono::milliseconds tick{250};

}  // namespace

// Outlives the waiters as long as a poll does: a coroutine that never ended goes with its loop.
struct PollWaiters::State {
  struct Wait;
  using Waits = std::multimap<std::chrono::nanoseconds, Wait>;  // by when they end

  // The open polls of one stream.
  struct Line {
    std::size_t seats = 0;
    std::uint64_t changes = 0;  // of the stream, since somebody sits here
    bool is_taken = false;      // somebody has the turn
    loop::Gate next{};
    std::vector<Waits::iterator> waiting{};
  };
  struct Wait {
    Line* line;
    loop::Resume resume;
  };

  const Clock& clock;
  bool stopping = false;
  std::unordered_map<std::string, Line> lines{};
  Waits waits{};

  void wake(Line& line) {
    const auto waiting = std::exchange(line.waiting, {});
    for (const auto& wait : waiting) {
      wait->second.resume();
      waits.erase(wait);
    }
  }

  void changed(const std::string& stream_id) {
    const auto found = lines.find(stream_id);
    if (found == lines.end()) return;
    ++found->second.changes;
    wake(found->second);
  }

  void expire(std::chrono::nanoseconds now) {
    while (!waits.empty() && waits.begin()->first <= now) {
      const auto wait = waits.begin();
      std::erase(wait->second.line->waiting, wait);
      wait->second.resume();
      waits.erase(wait);
    }
  }
};

PollWaiters::PollWaiters(store::Outbox& outbox, const Clock& clock)
    : state_(std::make_shared<State>(State{.clock = clock})) {
  outbox.listen([state = state_](const std::string& stream_id, store::Outbox::Change) {
    state->changed(stream_id);
  });
}

// A coroutine that waits keeps the state alive, which keeps the coroutine: somebody has to let go.
PollWaiters::~PollWaiters() {
  state_->stopping = true;
  std::vector<loop::Gate> turns;
  for (auto& [stream_id, line] : state_->lines) {
    line.waiting.clear();
    turns.push_back(std::exchange(line.next, {}));
  }
  const State::Waits waits = std::exchange(state_->waits, {});
}

std::optional<PollWaiters::Seat> PollWaiters::sit(std::string stream_id) {
  const auto found = state_->lines.find(stream_id);
  if (found != state_->lines.end() && found->second.seats >= open_polls_max) return std::nullopt;
  return Seat(state_, std::move(stream_id));
}

void PollWaiters::expire() {
  state_->expire(state_->clock.monotonic());
}

Task<void> PollWaiters::run(loop::Timers& timers) {
  while (!is_stopping()) {
    expire();
    co_await timers.sleep(tick);
  }
}

void PollWaiters::stop() {
  state_->stopping = true;
  for (auto& [stream_id, line] : state_->lines) state_->wake(line);
}

bool PollWaiters::is_stopping() const noexcept {
  return state_->stopping;
}

std::size_t PollWaiters::waiting() const noexcept {
  return state_->waits.size();
}

PollWaiters::Seat::Seat(std::shared_ptr<State> state, std::string stream_id)
    : state_(std::move(state)), stream_id_(std::move(stream_id)) {
  ++state_->lines[stream_id_].seats;
}

PollWaiters::Seat::~Seat() {
  if (!state_) return;
  const auto found = state_->lines.find(stream_id_);
  if (--found->second.seats == 0) state_->lines.erase(found);
}

Task<PollWaiters::Turn> PollWaiters::Seat::turn() {
  State::Line& line = state_->lines.at(stream_id_);
  while (line.is_taken) co_await line.next.wait();
  line.is_taken = true;
  seen_ = line.changes;
  co_return Turn(state_, stream_id_);
}

PollWaiters::Turn::~Turn() {
  if (!state_) return;
  State::Line& line = state_->lines.at(stream_id_);
  line.is_taken = false;
  line.next.open();
}

Task<void> PollWaiters::Seat::wait(std::chrono::nanoseconds due) {
  State::Line& line = state_->lines.at(stream_id_);
  if (state_->stopping || line.changes != seen_) co_return;
  std::function<void(loop::Resume)> keep = [this, &line, due](loop::Resume resume) {
    line.waiting.push_back(
        state_->waits.emplace(due, State::Wait{.line = &line, .resume = std::move(resume)}));
  };
  co_await loop::suspend(std::move(keep));
}

}  // namespace tocsin::transmitter
