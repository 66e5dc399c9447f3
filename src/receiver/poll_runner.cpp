#include "receiver/poll_runner.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <exception>
#include <utility>

#include "delivery/retry_delay.h"
#include "loop/gate.h"
#include "tocsin/json.h"

namespace tocsin::receiver {
namespace {

void rethrow(std::exception_ptr failure) {
  if (failure) std::rethrow_exception(failure);
}

}  // namespace

Task<void> PollRunner::run(Url endpoint) {
  endpoint_ = std::move(endpoint);
  while (!is_stopping_) {
    const auto asked = parts_.clock.monotonic();
    Reply<PollAnswer> reply = co_await ask(false);
    if (is_stopping_) co_return;
    if (!reply.result) {
      ++counts_.failures;
      if (parts_.on_failure) parts_.on_failure(reply.result.error());
      std::optional<std::chrono::seconds> retry_after;
      if (reply.retry_after > std::chrono::seconds::zero()) retry_after = reply.retry_after;
      co_await parts_.timers.sleep(delivery::retry_delay(failures_++, retry_after, parts_.random));
      continue;
    }
    failures_ = 0;
    const bool was_empty = reply.result->sets.empty();
    const bool all_decided = co_await take(*std::move(reply.result));
    co_await rest_after(was_empty, all_decided, asked);
  }
}

// What is owed is owed until a poll that said it was answered.
Task<Reply<PollAnswer>> PollRunner::ask(bool only_acknowledge) {
  PollQuery query = owed_;
  query.events_max = only_acknowledge ? 0 : config_.events_max;
  query.return_immediately = only_acknowledge;
  TransmitterApi::Poll poll;
  poll.endpoint = endpoint_;
  poll.body = to_text(to_json(query));
  poll.reports_errors = !query.set_errs.empty();
  poll.wait = only_acknowledge ? std::chrono::seconds::zero() : config_.wait;
  Reply<PollAnswer> reply = co_await parts_.poll(std::move(poll));
  if (reply.result) {
    ++counts_.polls;
    counts_.acknowledged += query.ack.size();
    counts_.refused += query.set_errs.size();
    owed_ = {};
  }
  co_return reply;
}

// All at once, so that they share the store's commits; each comes to the inbox in its turn, which
// keeps their order.
Task<bool> PollRunner::take(PollAnswer answer) {
  if (answer.sets.empty()) co_return true;
  const std::size_t count = answer.sets.size();
  const auto executor = co_await boost::asio::this_coro::executor;
  std::size_t waiting = count;
  loop::Gate all_done;
  for (PolledSet& set : answer.sets) {
    boost::asio::co_spawn(executor, take_one(std::move(set), waiting, all_done), rethrow);
  }
  while (waiting > 0) co_await all_done.wait();
  co_return owed_.ack.size() + owed_.set_errs.size() == count;
}

Task<void> PollRunner::take_one(PolledSet set, std::size_t& waiting, loop::Gate& all_done) {
  const std::string jti = std::move(set.jti);
  const Intake::Verdict verdict = co_await parts_.intake.take(std::move(set.compact), jti);
  if (verdict.result) {
    owed_.ack.push_back(jti);
  } else if (describe(verdict.result.error().code).err.empty()) {
    // No defect of the SET: we cannot tell now.
    ++counts_.undecided;
    retry_after_ = std::max(retry_after_, verdict.retry_after);
  } else {
    if (parts_.on_refusal) parts_.on_refusal(jti, verdict.result.error());
    owed_.set_errs.push_back({jti, verdict.result.error().code});
  }
  if (--waiting == 0) all_done.open();
}

Task<void> PollRunner::rest_after(bool was_empty, bool all_decided,
                                  std::chrono::nanoseconds asked) {
  if (!all_decided) {
    // The others need not wait for those nobody can judge now.
    if (!owed_.ack.empty() || !owed_.set_errs.empty()) co_await ask(true);
    const auto pause = std::max(std::exchange(retry_after_, {}), undecided_pause);
    co_await parts_.timers.sleep(pause);
    co_return;
  }
  const bool was_held = parts_.clock.monotonic() - asked >= idle_pause;
  if (was_empty && !was_held) co_await parts_.timers.sleep(idle_pause);
}

}  // namespace tocsin::receiver
