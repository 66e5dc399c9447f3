// Signing, pushing and recording: what the push engine does for one SET.
#include <algorithm>
#include <array>

#include "tocsin/stream_config.h"
#include "transmitter/push_engine.h"

namespace tocsin::transmitter {
namespace {

constexpr std::chrono::seconds sign_pause{5};  // after signing failed
constexpr std::size_t signed_together = 4;     // SETs of one stream, by one thread

// A rule for what may be sent, which the SET will break tomorrow as well.
bool is_unsendable(const Error& error) {
  constexpr std::array<std::string_view, 5> families{"claim.", "event.", "events.", "subject.",
                                                     "json."};
  if (error.kind() != ErrorKind::invalid) return false;
  return std::ranges::any_of(families, [&](std::string_view family) {
    return describe(error.code).defect_class.starts_with(family);
  });
}

// For an operator. A code is what the receiver wrote: letters of codes only.
std::string note_of(const delivery::PushAnswer& answer) {
  if (answer.failure) return std::string(describe(*answer.failure).defect_class);
  std::string note = "http " + std::to_string(answer.status);
  if (answer.error.err.empty()) return note;
  note += ' ';
  for (const char c : answer.error.err) {
    const bool is_plain =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
    note += is_plain ? c : '?';
  }
  return note;
}

// For the log, where a receiver must not say what it likes (SEC-57): its code only if it is one of
// the registry of RFC 8935.
std::string alarm_text(const delivery::PushAnswer& answer) {
  constexpr std::array<std::string_view, 7> codes{
      "invalid_request",       "invalid_key",   "invalid_issuer", "invalid_audience",
      "authentication_failed", "access_denied", "invalid_state"};
  if (answer.failure || std::ranges::find(codes, answer.error.err) != codes.end()) {
    return note_of(answer);
  }
  return "http " + std::to_string(answer.status);
}

store::Settled::State state_of(delivery::PushPlan::Verdict::State state) {
  switch (state) {
    case delivery::PushPlan::Verdict::State::delivered:
      return store::Settled::State::delivered;
    case delivery::PushPlan::Verdict::State::rejected:
      return store::Settled::State::rejected;
    case delivery::PushPlan::Verdict::State::retry:
      break;
  }
  return store::Settled::State::retry;
}

bool blames_stream(const delivery::PushOutcome& outcome) {
  const auto* retry = std::get_if<delivery::RetryAfter>(&outcome);
  return retry == nullptr || retry->blame == delivery::Blame::stream ||
         retry->blame == delivery::Blame::event;
}

}  // namespace

void PushEngine::queue_signing(const Window& window, std::int64_t number) {
  if (!window->signing.insert(number).second) return;
  to_sign_.emplace_back(window, number);
  if (signers_ >= config_.signatures_max) return;
  ++signers_;
  spawn(sign_queued());
}

void PushEngine::sign_again(const Window& window) {
  for (const std::int64_t number : std::exchange(window->to_sign, {})) {
    if (window->sets.contains(number)) queue_signing(window, number);
  }
}

// What is next in line of one stream.
PushEngine::Unsigned PushEngine::next_unsigned() {
  Unsigned next;
  while (!to_sign_.empty() && next.numbers.size() < signed_together) {
    const auto& [window, number] = to_sign_.front();
    if (next.window != nullptr && next.window != window) break;
    const auto found = window->sets.find(number);
    if (found == window->sets.end() || window->record == nullptr) {
      window->signing.erase(number);
    } else {
      next.window = window;
      next.numbers.push_back(number);
      next.sets.push_back(found->second.set);
    }
    to_sign_.pop_front();
  }
  return next;
}

Task<void> PushEngine::sign_queued() {
  while (!to_sign_.empty() && !is_stopping_) {
    const Unsigned next = next_unsigned();
    if (next.window == nullptr) continue;
    auto compacts = co_await parts_.compact_of_all(next.window->record, next.sets);
    bool is_known = false;
    for (std::size_t i = 0; i < next.numbers.size(); ++i) {
      is_known |=
          on_signed(*next.window, next.numbers[i],
                    compacts ? std::move((*compacts)[i]) : Result<std::string>(compacts.error()));
    }
    if (is_known) wake(next.window);  // a window that knows none of them may be closed
  }
  --signers_;
}

// False if the SET is not of this window any more.
bool PushEngine::on_signed(PushWindow& window, std::int64_t number, Result<std::string> compact) {
  window.signing.erase(number);
  const auto found = window.sets.find(number);
  if (found == window.sets.end()) return false;
  if (compact) {
    found->second.compact = std::move(compact).value();
    window.plan.mark_signed(number);
    return true;
  }
  if (is_unsendable(compact.error())) {
    // The detail may quote the SET, and an alarm is logged (SEC-57).
    const std::string_view what = describe(compact.error().code).defect_class;
    alarm(Alarm::set_unsendable, window, what);
    drop(window, number, store::Settled::State::rejected, std::string(what));
    return true;
  }
  if (window.to_sign.empty()) alarm(Alarm::cannot_sign, window, compact.error().detail);
  ++counts_.sign_failures;
  window.to_sign.push_back(number);
  window.not_before = parts_.clock.monotonic() + sign_pause;
  return true;
}

void PushEngine::begin_attempts(const Window& window) {
  if (!window->may_send()) return;
  const Moment now = parts_.clock.monotonic();
  while (window->plan.next_start(now) == now) {
    const auto kind = window->plan.is_held() ? AttemptBudget::Kind::probe  //
                                             : AttemptBudget::Kind::regular;
    if (!budget_.has_room(kind)) {
      if (std::exchange(window->is_in_line, true)) return;
      (kind == AttemptBudget::Kind::probe ? probe_line_ : regular_line_).push_back(window);
      return;
    }
    budget_.take(kind);
    spawn(attempt(window, *window->plan.start(now), kind));
  }
}

void PushEngine::let_next_in() {
  const auto serve = [this](std::deque<Window>& line, AttemptBudget::Kind kind) {
    for (std::size_t tries = line.size(); tries > 0 && budget_.has_room(kind); --tries) {
      const Window window = std::move(line.front());
      line.pop_front();
      window->is_in_line = false;
      wake(window);
    }
  };
  serve(regular_line_, AttemptBudget::Kind::regular);
  serve(probe_line_, AttemptBudget::Kind::probe);
}

bool PushEngine::may_go(const PushWindow& window, std::int64_t number) const {
  const store::PendingSet& set = *window.sets.at(number).set;
  return is_delivered(window.record->config, type_of(set.event)) &&
         parts_.may_have(*window.record, set);
}

// Nothing is awaited between the questions and the push: a change that was committed before is
// known here (REL-11, REL-12).
Task<void> PushEngine::attempt(Window window, delivery::PushPlan::Attempt attempt,
                               AttemptBudget::Kind kind) {
  if (is_stopping_ || !window->may_send()) {
    window->plan.abandon(attempt.number);
  } else if (!may_go(*window, attempt.number)) {
    drop(*window, attempt.number, store::Settled::State::withdrawn, "policy");
  } else {
    const PushReport report = co_await push(window, attempt);
    record(*window, attempt.number, report);
  }
  budget_.give_back(kind);
  let_next_in();
  wake(window);
  flush();
}

Task<PushReport> PushEngine::push(Window window, delivery::PushPlan::Attempt attempt) {
  if (window->target) {
    co_return co_await parts_.runner.attempt(
        *window->target, window->sets.at(attempt.number).compact, attempt.history);
  }
  delivery::PushAnswer answer;
  answer.failure = Errc::url_syntax;
  const auto outcome =
      delivery::judge_push(answer, attempt.history, parts_.random, config_.plan.retry);
  co_return PushReport{outcome, std::move(answer), delivery::add_attempt(attempt.history, outcome)};
}

store::PushTrouble PushEngine::trouble_of(const delivery::PushPlan& plan) const {
  const delivery::PushPlan::Trouble& now = plan.trouble();
  store::PushTrouble trouble{.refuses_all = now.refuses_all, .refused = now.refused};
  if (now.failing_since) {
    const auto ago = parts_.clock.monotonic() - *now.failing_since;
    trouble.failing_since =
        parts_.clock.wall() - std::chrono::floor<std::chrono::milliseconds>(ago);
  }
  return trouble;
}

void PushEngine::record(PushWindow& window, std::int64_t number, const PushReport& report) {
  count(report);
  const delivery::PushPlan::Trouble before = window.plan.trouble();
  const bool was_failing = window.plan.is_failing();
  const std::string note = note_of(report.answer);
  const auto result =
      window.plan.finish(number, report.outcome, parts_.clock.monotonic(), parts_.random);
  std::vector<store::Settled> outcomes;
  for (const std::int64_t rejected : result.requeue) {
    outcomes.push_back({.stream_id = window.stream_id,
                        .number = rejected,
                        .state = store::Settled::State::requeue});
  }
  for (const delivery::PushPlan::Verdict& verdict : result.verdicts) {
    outcomes.push_back({.stream_id = window.stream_id,
                        .number = verdict.number,
                        .state = state_of(verdict.state),
                        .history = verdict.history,
                        .due_at = parts_.clock.wall() + verdict.delay,
                        .delay = verdict.delay,
                        .note = note});
  }
  // With the last of them: what the refused SETs came to is recorded before it is forgotten.
  if (window.plan.trouble() != before) outcomes.back().trouble = trouble_of(window.plan);
  window.unsettled += outcomes.size();
  for (store::Settled& outcome : outcomes) settlements_.add(std::move(outcome));
  if (!was_failing && window.plan.is_failing() && blames_stream(report.outcome)) {
    alarm(Alarm::stream_refuses, window, alarm_text(report.answer));
  }
  if (window.plan.is_held()) window.forget_waiting();  // its probe will read what it needs
}

void PushEngine::count(const PushReport& report) {
  if (const auto* delivered = std::get_if<delivery::Delivered>(&report.outcome)) {
    ++(delivered->unusual ? counts_.accepted_unusually : counts_.accepted);
    return;
  }
  const auto* retry = std::get_if<delivery::RetryAfter>(&report.outcome);
  switch (retry == nullptr ? delivery::Blame::event : retry->blame) {
    case delivery::Blame::event:
      ++counts_.blamed_event;
      break;
    case delivery::Blame::stream:
      ++counts_.blamed_stream;
      break;
    case delivery::Blame::outage:
      ++counts_.blamed_outage;
      break;
    case delivery::Blame::us:
      ++counts_.blamed_us;
      break;
  }
}

void PushEngine::count(const store::Settled& outcome) {
  switch (outcome.state) {
    case store::Settled::State::delivered:
      ++counts_.delivered;
      break;
    case store::Settled::State::rejected:
    case store::Settled::State::expired:
      ++counts_.rejected;
      break;
    case store::Settled::State::withdrawn:
      ++counts_.withdrawn;
      break;
    case store::Settled::State::retry:
      ++counts_.retried;
      break;
    case store::Settled::State::requeue:
      ++counts_.requeued;
      break;
  }
}

void PushEngine::drop(PushWindow& window, std::int64_t number, store::Settled::State state,
                      std::string note) {
  window.plan.drop(number);
  store::Settled outcome{.stream_id = window.stream_id, .number = number, .state = state};
  outcome.history = window.sets.at(number).set->history;
  outcome.note = std::move(note);
  ++window.unsettled;
  settlements_.add(std::move(outcome));
  flush();
}

void PushEngine::flush() {
  if (settlements_.wants_flush()) spawn(settlements_.flush());
}

void PushEngine::on_settled(const store::Settled& outcome) {
  count(outcome);
  const Window window = windows_.at(outcome.stream_id);  // open while it has something unsettled
  --window->unsettled;
  const bool is_pending = outcome.state == store::Settled::State::retry ||
                          outcome.state == store::Settled::State::requeue;
  if (!is_pending) window->forget_settled(outcome.number);
  wake(window);
}

void PushEngine::alarm(Alarm alarm, const PushWindow& window, std::string_view detail) const {
  if (parts_.alarm) parts_.alarm(alarm, window.stream_id, detail);
}

}  // namespace tocsin::transmitter
