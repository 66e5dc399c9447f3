#include "transmitter/settlements.h"

#include <algorithm>
#include <iterator>

namespace tocsin::transmitter {
namespace {

constexpr std::chrono::seconds pause{1};    // after the store failed
constexpr std::size_t outcomes_max = 1000;  // in one transaction

std::vector<store::Settled> take_first(std::vector<store::Settled>& waiting, std::size_t count) {
  const auto end = waiting.begin() + static_cast<std::ptrdiff_t>(std::min(count, waiting.size()));
  std::vector<store::Settled> first(std::make_move_iterator(waiting.begin()),
                                    std::make_move_iterator(end));
  waiting.erase(waiting.begin(), end);
  return first;
}

}  // namespace

Task<void> Settlements::record_all() {
  while (!waiting_.empty()) {
    if (co_await settle_waiting()) continue;
    ++failures_;
    co_await timers_.sleep(pause);
  }
  is_flushing_ = false;
}

Task<bool> Settlements::settle_waiting() {
  const std::vector<store::Settled> batch = take_first(waiting_, outcomes_max);
  const Result<void> settled = co_await outbox_.settle(batch);
  if (!settled) {
    waiting_.insert(waiting_.begin(), batch.begin(), batch.end());
    co_return false;
  }
  for (const store::Settled& outcome : batch) listener_(outcome);
  co_return true;
}

}  // namespace tocsin::transmitter
