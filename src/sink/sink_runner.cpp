#include "sink/sink_runner.h"

#include <charconv>
#include <chrono>
#include <utility>

#include "base/try.h"
#include "delivery/retry_delay.h"

namespace tocsin::sink {
namespace {

constexpr std::chrono::milliseconds look_every{50};  // while nobody wakes us
constexpr std::chrono::seconds look_anyhow{1};       // another process may have written
constexpr std::chrono::seconds refusal_pause{1};

std::int64_t read_place(const std::string& text) {
  std::int64_t place = 0;
  std::from_chars(text.data(), text.data() + text.size(), place);
  return place;
}

}  // namespace

std::string SinkRunner::cursor_note(const std::string& name) {
  return "sink/" + name;
}

std::string SinkRunner::aside_note(const std::string& name, std::int64_t place) {
  return "sink/" + name + "/aside/" + std::to_string(place);
}

Task<void> SinkRunner::run() {
  unsigned failures = 0;
  while (!is_stopping_) {
    const Result<void> done = co_await round();
    if (is_stopping_) co_return;
    if (done) {
      failures = 0;
      if (items_.empty()) co_await wait_for_more();
      continue;
    }
    ++counts_.failures;
    if (parts_.on_failure) parts_.on_failure(done.error());
    co_await parts_.timers.sleep(delivery::retry_delay(failures++, std::nullopt, parts_.random));
  }
}

// One pass: what is in hand goes out, and the cursor follows. Success with items left: one was
// refused and gets another chance.
Task<Result<void>> SinkRunner::round() {
  if (!is_restored_) {
    Result<void> restored = co_await restore();
    if (!restored) co_return restored;
    is_restored_ = true;
  }
  if (items_.empty()) {
    is_woken_ = false;
    Result<void> filled = co_await read();
    if (!filled) co_return filled;
  }
  Result<void> handed = items_.empty() ? Result<void>() : co_await hand_over();
  Result<void> moved = co_await move_cursor();
  if (!moved) co_return moved;
  co_return handed;
}

Task<Result<void>> SinkRunner::restore() {
  Result<std::optional<std::string>> note = co_await parts_.notes.note(cursor_note(config_.name));
  if (!note) co_return std::move(note).error();
  if (*note) cursor_ = read_place(**note);
  read_ = cursor_;
  co_return Result<void>();
}

Task<Result<void>> SinkRunner::read() {
  Result<std::vector<store::InboxRow>> rows =
      co_await parts_.inbox.behind(read_, config_.events_max);
  if (!rows) co_return std::move(rows).error();
  for (const store::InboxRow& row : *rows) {
    read_ = row.place;
    Result<SinkEvent> event = read_sink_event(row);
    if (!event) {
      SinkEvent unreadable;
      unreadable.place = row.place;
      unreadable.upstream = row.entry.upstream;
      unreadable.jti = row.entry.jti;
      Result<void> aside = co_await set_aside(unreadable, event.error());
      if (!aside) co_return aside;
    } else if (config_.wants && !config_.wants(*event)) {
      ++counts_.filtered;
    } else {
      items_.push_back({*std::move(event)});
    }
  }
  co_return Result<void>();
}

Task<Result<void>> SinkRunner::hand_over() {
  std::vector<const SinkEvent*> events;
  events.reserve(items_.size());
  for (const Item& item : items_) events.push_back(&item.event);
  std::vector<Result<void>> outcomes = co_await parts_.sink.take(events);
  outcomes.resize(items_.size(), Errc::overloaded);

  std::vector<Item> left;
  std::optional<Error> failure;
  bool was_refused = false;
  for (std::size_t i = 0; i < outcomes.size(); ++i) {
    Item& item = items_[i];
    if (outcomes[i]) {
      ++counts_.delivered;
      continue;
    }
    const Error& why = outcomes[i].error();
    if (why.kind() == ErrorKind::unavailable) {
      if (why.code != Errc::overloaded && !failure) failure = why;
    } else if (++item.refusals >= config_.refusals_max) {
      if (co_await set_aside(item.event, why)) continue;
      failure = Error(Errc::store_unavailable);
    } else {
      was_refused = true;
    }
    left.push_back(std::move(item));
  }
  items_ = std::move(left);
  // Nobody was tried at all: not a reason to ask again at once.
  if (!failure && !was_refused && !items_.empty()) failure = Error(Errc::overloaded, "not tried");
  if (failure) co_return *std::move(failure);
  if (was_refused) co_await parts_.timers.sleep(refusal_pause);
  co_return Result<void>();
}

Task<Result<void>> SinkRunner::set_aside(const SinkEvent& event, const Error& why) {
  Result<void> kept = co_await parts_.notes.keep_note(aside_note(config_.name, event.place),
                                                      event.jti + ' ' + why.to_string());
  if (!kept) co_return kept;
  ++counts_.set_aside;
  if (parts_.on_set_aside) parts_.on_set_aside(event, why);
  co_return Result<void>();
}

// What is in hand and was read before it is done; the cursor never passes an item that waits.
Task<Result<void>> SinkRunner::move_cursor() {
  const std::int64_t place = items_.empty() ? read_ : items_.front().event.place - 1;
  if (place == cursor_) co_return Result<void>();
  Result<void> kept =
      co_await parts_.notes.keep_note(cursor_note(config_.name), std::to_string(place));
  if (kept) cursor_ = place;
  co_return kept;
}

Task<void> SinkRunner::wait_for_more() {
  std::chrono::nanoseconds waited{};
  while (!is_woken_ && !is_stopping_ && waited < look_anyhow) {
    co_await parts_.timers.sleep(look_every);
    waited += look_every;
  }
}

}  // namespace tocsin::sink
