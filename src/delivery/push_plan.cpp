#include "delivery/push_plan.h"

#include <algorithm>
#include <functional>
#include <limits>
#include <string>
#include <utility>
#include <variant>

#include "base/assert.h"

namespace tocsin::delivery {
namespace {

using State = PushPlan::Verdict::State;

void append_marks(const SimpleSubject& subject, std::vector<std::uint64_t>& marks) {
  for (const SubjectKey& key : keys_of(subject))
    marks.push_back(std::hash<std::string>()(key.text()));
}

void sort_once(std::vector<std::uint64_t>& marks) {
  std::ranges::sort(marks);
  marks.erase(std::unique(marks.begin(), marks.end()), marks.end());
}

// A due time binds a SET by itself only if the SET was refused; every other one was the stream's,
// and the hold keeps it.
bool has_own_due(const PlannedSet& set) {
  return set.history.refusals > 0;
}

bool has_failed_with_its_stream(const PlannedSet& set) {
  return set.history.failures > set.history.refusals;
}

}  // namespace

std::vector<std::uint64_t> order_marks(const Subject& subject) {
  std::vector<std::uint64_t> marks;
  if (const auto* complex = std::get_if<ComplexSubject>(&subject)) {
    for (const ComplexSubject::Member& member : complex->members) {
      append_marks(member.subject, marks);
    }
  } else if (const auto* aliases = std::get_if<AliasesSubject>(&subject)) {
    append_marks(*aliases, marks);
  } else {
    append_marks(*std::get_if<SubjectIdentifier>(&subject), marks);
  }
  sort_once(marks);
  return marks;
}

void PushPlan::add(PlannedSet set, Moment now) {
  if (rows_.contains(set.number)) return;
  sort_once(set.marks);
  resume_hold(set, now);
  if (!set.announces_status) last_number_ = std::max(last_number_, set.number);
  const std::int64_t number = set.number;
  Row& row = rows_[number];
  row.set = std::move(set);
  row.blockers = row.set.is_signed ? 0 : 1;
  ++lane_of(row).live;
  for (const std::uint64_t mark : row.set.marks) enqueue(row, mark);
  if (row.blockers == 0) release(row);
}

// A plan that starts over (the process did) finds in the SETs that the stream was held.
void PushPlan::resume_hold(const PlannedSet& set, Moment now) {
  if (was_answered_ || set.due <= now || !has_failed_with_its_stream(set)) return;
  if (!hold_) hold_ = Hold{.until = set.due, .failures = 0};
  hold_->until = std::min(hold_->until, set.due);
  hold_->failures = std::max(hold_->failures, set.history.failures);
}

void PushPlan::mark_signed(std::int64_t number) {
  const auto found = rows_.find(number);
  if (found == rows_.end() || found->second.set.is_signed) return;
  found->second.set.is_signed = true;
  unblock(found->second);
}

const PushPlan::Lane& PushPlan::open_lane() const noexcept {
  return announces_only_ || announcing_.live > 0 ? announcing_ : ordinary_;
}

bool PushPlan::has_room() const noexcept {
  if (hold_) return in_flight_ == 0;
  return in_flight_ < std::min(allowance_, limits_.in_flight_max);
}

std::optional<PushPlan::Attempt> PushPlan::start(Moment now) {
  const auto next = next_start(now);
  if (!next || *next > now) return std::nullopt;
  const Lane& lane = open_lane();
  const std::int64_t number = lane.ready.empty() ? lane.later.begin()->second : *lane.ready.begin();
  Row& row = rows_.at(number);
  withhold(row);
  row.state = Row::State::in_flight;
  row.round = round_;
  ++in_flight_;
  if (hold_) row.set.history.failures = std::max(row.set.history.failures, hold_->failures);
  return Attempt{number, row.set.history};
}

std::optional<Moment> PushPlan::next_start(Moment now) const {
  if (!has_room()) return std::nullopt;
  const Lane& lane = open_lane();
  if (lane.ready.empty() && lane.later.empty()) return std::nullopt;
  Moment next = lane.ready.empty() ? lane.later.begin()->first : now;
  if (hold_) next = std::max(next, hold_->until);
  return std::max(next, now);
}

PushPlan::Verdicts PushPlan::finish(std::int64_t number, const PushOutcome& outcome, Moment now,
                                    Random& random) {
  Row& row = rows_.at(number);
  TOCSIN_ASSERT(row.state == Row::State::in_flight);
  was_answered_ = true;
  row.set.history = add_attempt(row.set.history, outcome);
  if (std::holds_alternative<Delivered>(outcome)) return accept(row);
  const auto* retry = std::get_if<RetryAfter>(&outcome);
  if (retry == nullptr || retry->blame == Blame::event) return refuse(row, outcome, now, random);
  return fail(row, *retry, now);
}

PushPlan::Verdicts PushPlan::accept(Row& row) {
  hold_.reset();
  trouble_ = {};
  if (allowance_ < limits_.in_flight_max) ++allowance_;
  end(row);
  return {.verdicts = {{row.set.number, State::delivered, row.set.history, {}}}, .requeue = {}};
}

PushPlan::Verdicts PushPlan::refuse(Row& row, const PushOutcome& outcome, Moment now,
                                    Random& random) {
  const auto* retry = std::get_if<RetryAfter>(&outcome);
  trouble_.refused[row.set.number] = retry == nullptr;
  if (trouble_.refuses_all || trouble_.refused.size() >= limits_.refused_max)
    return blame_stream(row, now, random);
  if (hold_) hold_->until = now;  // the receiver answers: the next SET may do better
  if (retry == nullptr) {
    end(row);
    return {.verdicts = {{row.set.number, State::rejected, row.set.history, {}}}, .requeue = {}};
  }
  row.set.due = now + retry->delay;
  wait_again(row);
  return {.verdicts = {{row.set.number, State::retry, row.set.history, retry->delay}},
          .requeue = {}};
}

// REL-08: whoever refuses everything refuses the stream. Nothing that was refused counts against
// its SET.
PushPlan::Verdicts PushPlan::blame_stream(Row& row, Moment now, Random& random) {
  const auto delay = retry_delay(hold_ ? hold_->failures : 0, std::nullopt, random, limits_.retry);
  trouble_.refuses_all = true;
  if (!trouble_.failing_since) trouble_.failing_since = now;
  hold(row, delay, now);
  trouble_.refused[row.set.number] = false;
  wait_again(row);
  Verdicts result;
  for (const auto& [number, is_rejected] : std::exchange(trouble_.refused, {})) {
    if (is_rejected) {
      result.requeue.push_back(number);
      continue;
    }
    const auto found = rows_.find(number);
    if (found == rows_.end() || found->second.state != Row::State::waiting) continue;
    Row& refused = found->second;
    withhold(refused);
    refused.set.history.refusals = 0;
    if (refused.blockers == 0) release(refused);
    result.verdicts.push_back({number, State::retry, refused.set.history, delay});
  }
  return result;
}

PushPlan::Verdicts PushPlan::fail(Row& row, const RetryAfter& retry, Moment now) {
  std::chrono::milliseconds delay = retry.delay;
  if (retry.blame == Blame::us) {
    delay = std::min<std::chrono::milliseconds>(delay, limits_.own_delay);
  } else if (!trouble_.failing_since) {
    trouble_.failing_since = now;
  }
  hold(row, delay, now);
  wait_again(row);
  return {.verdicts = {{row.set.number, State::retry, row.set.history, delay}}, .requeue = {}};
}

// Attempts that were under way when the hold began fail with the one that began it: one failure.
void PushPlan::hold(const Row& row, std::chrono::milliseconds delay, Moment now) {
  allowance_ = 1;
  const bool is_news = !hold_ || row.round == round_;
  if (!hold_) hold_ = Hold{};
  if (is_news) {
    hold_->until = now + delay;
    ++hold_->failures;
    ++round_;
  } else {
    hold_->until = std::max<Moment>(hold_->until, now + delay);
  }
}

void PushPlan::abandon(std::int64_t number) {
  Row& row = rows_.at(number);
  if (row.state == Row::State::in_flight) wait_again(row);
}

void PushPlan::drop(std::int64_t number) {
  const auto found = rows_.find(number);
  if (found != rows_.end() && found->second.state != Row::State::over) end(found->second);
}

void PushPlan::forget_waiting() {
  for (auto each = rows_.begin(); each != rows_.end();) {
    if (each->second.state != Row::State::waiting) {
      ++each;
      continue;
    }
    end(each->second);
    each = rows_.erase(each);
  }
  last_number_ = 0;
}

std::optional<std::int64_t> PushPlan::first_live() const noexcept {
  for (const auto& [number, row] : rows_) {
    if (row.state != Row::State::over) return number;
  }
  return std::nullopt;
}

std::optional<Moment> PushPlan::held_until() const noexcept {
  if (!hold_) return std::nullopt;
  return hold_->until;
}

bool PushPlan::is_hopeless(Moment now) const noexcept {
  return was_answered_ && is_failing() && now - *trouble_.failing_since >= limits_.patience;
}

// In the order of numbers, but never before one that is under way.
void PushPlan::enqueue(Row& row, std::uint64_t mark) {
  std::vector<std::int64_t>& line = lines_[mark];
  auto from = line.begin();
  if (!line.empty() && rows_.at(line.front()).state == Row::State::in_flight) ++from;
  const auto place = std::upper_bound(from, line.end(), row.set.number);
  if (place != line.begin()) {
    ++row.blockers;
  } else if (!line.empty()) {
    Row& displaced = rows_.at(line.front());
    withhold(displaced);
    ++displaced.blockers;
  }
  line.insert(place, row.set.number);
}

void PushPlan::dequeue(const Row& row, std::uint64_t mark) {
  const auto found = lines_.find(mark);
  TOCSIN_ASSERT(found != lines_.end());
  std::vector<std::int64_t>& line = found->second;
  const bool was_first = line.front() == row.set.number;
  std::erase(line, row.set.number);
  if (line.empty()) {
    lines_.erase(found);
  } else if (was_first) {
    unblock(rows_.at(line.front()));
  }
}

void PushPlan::unblock(Row& row) {
  TOCSIN_ASSERT(row.blockers > 0);
  if (--row.blockers == 0) release(row);
}

void PushPlan::release(Row& row) {
  if (row.state != Row::State::waiting) return;
  if (has_own_due(row.set)) {
    lane_of(row).later.emplace(row.set.due, row.set.number);
  } else {
    lane_of(row).ready.insert(row.set.number);
  }
}

void PushPlan::withhold(const Row& row) {
  Lane& lane = lane_of(row);
  lane.ready.erase(row.set.number);
  lane.later.erase({row.set.due, row.set.number});
}

void PushPlan::end(Row& row) {
  if (row.state == Row::State::in_flight) --in_flight_;
  withhold(row);
  row.state = Row::State::over;
  --lane_of(row).live;
  for (const std::uint64_t mark : row.set.marks) dequeue(row, mark);
}

void PushPlan::wait_again(Row& row) {
  --in_flight_;
  row.state = Row::State::waiting;
  release(row);
}

}  // namespace tocsin::delivery
