#include "delivery/push_plan.h"

#include <gmock/gmock.h>

#include <algorithm>
#include <string>
#include <vector>

namespace tocsin::delivery {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using State = PushPlan::Verdict::State;

constexpr RetryAfter outage{.delay = 1s, .blame = Blame::outage};
constexpr RetryAfter refusal{.delay = 1s, .blame = Blame::event};

PlannedSet about(std::int64_t number, std::vector<std::uint64_t> marks) {
  return {.number = number, .marks = std::move(marks), .is_signed = true};
}

class PushPlanTest : public ::testing::Test {
 protected:
  PushPlan plan_{{}};
  SeededRandom random_{1};
  Moment now_ = 1000h;

  void add(PlannedSet set) { plan_.add(std::move(set), now_); }
  void add_each(std::int64_t first, std::int64_t last) {  // each about somebody else
    for (std::int64_t n = first; n <= last; ++n) add(about(n, {static_cast<std::uint64_t>(n)}));
  }

  std::vector<std::int64_t> start_all() {
    std::vector<std::int64_t> started;
    while (const auto attempt = plan_.start(now_)) started.push_back(attempt->number);
    return started;
  }

  PushPlan::Verdicts finish(std::int64_t number, const PushOutcome& outcome) {
    return plan_.finish(number, outcome, now_, random_);
  }

  State finish_with_one(std::int64_t number, const PushOutcome& outcome) {
    const auto result = finish(number, outcome);
    EXPECT_EQ(result.verdicts.size(), 1U);
    EXPECT_EQ(result.verdicts[0].number, number);
    return result.verdicts[0].state;
  }

  // Lets attempts succeed until the stream has its full share.
  void warm_up() {
    for (std::int64_t n = -20; n < 0; ++n) {
      add(about(n, {}));
      start_all();
      finish(n, Delivered{});
      plan_.settled(n);
    }
  }

  // Brings `number` to its third refusal.
  void reject(std::int64_t number) {
    for (int i = 0; i < 2; ++i) {
      ASSERT_THAT(start_all(), ElementsAre(number));
      ASSERT_EQ(finish_with_one(number, refusal), State::retry);
      now_ += 1s;
    }
    ASSERT_THAT(start_all(), ElementsAre(number));
    ASSERT_EQ(finish_with_one(number, Rejected{}), State::rejected);
  }
};

TEST_F(PushPlanTest, REL_06_HoldsASetBehindAnEarlierOneOfItsSubject) {
  add(about(1, {7}));
  add(about(2, {7}));
  add(about(3, {8}));
  EXPECT_THAT(start_all(), ElementsAre(1, 3));
  finish(3, Delivered{});
  EXPECT_THAT(start_all(), IsEmpty());
  finish(1, Delivered{});
  EXPECT_THAT(start_all(), ElementsAre(2));
}

TEST_F(PushPlanTest, REL_06_OneMarkInCommonIsEnough) {
  warm_up();
  add(about(1, {7, 8}));
  add(about(2, {8, 9}));
  add(about(3, {9, 10}));
  add(about(4, {10}));
  EXPECT_THAT(start_all(), ElementsAre(1));
  for (const std::int64_t number : {1, 2, 3}) {
    finish(number, Delivered{});
    EXPECT_THAT(start_all(), ElementsAre(number + 1));
  }
}

TEST_F(PushPlanTest, REL_06_ARefusedSetKeepsItsSubjectWaitingUntilItIsOver) {
  add(about(1, {7}));
  add(about(2, {7}));
  add(about(3, {8}));
  EXPECT_THAT(start_all(), ElementsAre(1, 3));
  EXPECT_EQ(finish_with_one(1, refusal), State::retry);
  finish(3, Delivered{});
  EXPECT_THAT(start_all(), IsEmpty());
  EXPECT_EQ(plan_.next_start(now_), now_ + 1s);
  now_ += 1s;
  EXPECT_THAT(start_all(), ElementsAre(1));
  EXPECT_EQ(finish_with_one(1, Rejected{}), State::rejected);
  EXPECT_THAT(start_all(), ElementsAre(2));
}

TEST_F(PushPlanTest, REL_06_AnUnsignedSetHoldsItsPlace) {
  PlannedSet first = about(1, {7});
  first.is_signed = false;
  add(std::move(first));
  add(about(2, {7}));
  EXPECT_THAT(start_all(), IsEmpty());
  EXPECT_EQ(plan_.next_start(now_), std::nullopt);
  plan_.mark_signed(1);
  EXPECT_THAT(start_all(), ElementsAre(1));
}

TEST_F(PushPlanTest, REL_10_BeginsWithFewAndGrowsWithEachSuccess) {
  add_each(1, 40);
  EXPECT_EQ(start_all().size(), 2U);
  finish(1, Delivered{});
  EXPECT_EQ(start_all().size(), 2U);
  for (std::int64_t n = 2; n <= 20; ++n) {
    finish(n, Delivered{});
    start_all();
  }
  EXPECT_EQ(plan_.in_flight(), 16U);
}

TEST_F(PushPlanTest, REL_08_AnOutageHoldsTheStreamAndOneProbeFindsItsEnd) {
  warm_up();
  add_each(1, 8);
  EXPECT_EQ(start_all().size(), 8U);
  for (std::int64_t n = 1; n <= 8; ++n) EXPECT_EQ(finish_with_one(n, outage), State::retry);
  EXPECT_TRUE(plan_.is_failing());
  EXPECT_THAT(start_all(), IsEmpty());
  EXPECT_EQ(plan_.next_start(now_), now_ + 1s);
  now_ += 1s;
  EXPECT_THAT(start_all(), ElementsAre(1));
  finish(1, Delivered{});
  EXPECT_FALSE(plan_.is_failing());
  EXPECT_THAT(start_all(), ElementsAre(2, 3));
}

TEST_F(PushPlanTest, REL_09_AttemptsThatFailTogetherCountOnce) {
  warm_up();
  add_each(1, 8);
  start_all();
  for (std::int64_t n = 1; n <= 8; ++n) finish(n, outage);
  now_ += 1s;
  EXPECT_EQ(plan_.start(now_)->history.failures, 1U);
  finish(1, outage);
  now_ += 1s;
  EXPECT_EQ(plan_.start(now_)->history.failures, 2U);
}

TEST_F(PushPlanTest, REL_09_AnotherProbeInheritsTheBackoff) {
  add(about(1, {7}));
  add(about(2, {8}));
  EXPECT_EQ(start_all().size(), 2U);
  finish(2, Delivered{});
  for (int i = 0; i < 5; ++i) {
    finish(1, outage);
    now_ += 1s;
    if (i < 4) EXPECT_THAT(start_all(), ElementsAre(1));
  }
  plan_.drop(1);
  add(about(3, {9}));
  EXPECT_EQ(plan_.start(now_)->history.failures, 5U);
}

TEST_F(PushPlanTest, REL_08_ARefusalDuringAnOutageLetsTheNextSetTry) {
  add_each(1, 2);
  start_all();
  finish(2, outage);
  finish(1, outage);
  now_ += 1s;
  EXPECT_THAT(start_all(), ElementsAre(1));
  finish(1, refusal);
  EXPECT_THAT(start_all(), ElementsAre(2));
  finish(2, Delivered{});
  EXPECT_FALSE(plan_.is_held());
}

TEST_F(PushPlanTest, REL_08_FiveDifferentRefusalsInARowBlameTheStream) {
  warm_up();
  add_each(1, 6);
  start_all();
  for (std::int64_t n = 1; n <= 4; ++n) finish(n, refusal);
  EXPECT_FALSE(plan_.is_failing());
  const auto result = finish(5, refusal);
  EXPECT_TRUE(plan_.is_failing());
  EXPECT_THAT(result.requeue, IsEmpty());
  ASSERT_EQ(result.verdicts.size(), 5U);
  for (const auto& verdict : result.verdicts) {
    EXPECT_EQ(verdict.state, State::retry);
    EXPECT_EQ(verdict.history.refusals, 0U);
  }
  finish(6, refusal);
  // From now on every refusal is the stream's: however many, none is rejected.
  for (int i = 0; i < 10; ++i) {
    now_ += 1h;
    EXPECT_THAT(start_all(), ElementsAre(1));
    EXPECT_EQ(finish_with_one(1, i % 2 == 0 ? PushOutcome(Rejected{}) : PushOutcome(refusal)),
              State::retry);
  }
}

TEST_F(PushPlanTest, REL_08_TakesBackWhatItRejectedBeforeItKnewBetter) {
  for (std::int64_t n = 1; n <= 4; ++n) {
    add(about(n, {}));
    reject(n);
    plan_.settled(n);
  }
  add(about(5, {}));
  start_all();
  const auto result = finish(5, refusal);
  EXPECT_THAT(result.requeue, ElementsAre(1, 2, 3, 4));
  ASSERT_EQ(result.verdicts.size(), 1U);
  EXPECT_EQ(result.verdicts[0].history.refusals, 0U);
}

TEST_F(PushPlanTest, REL_08_ASuccessInBetweenStartsTheCountAgain) {
  std::int64_t number = 1;
  for (int i = 0; i < 4; ++i) {
    for (int refused = 0; refused < 4; ++refused, ++number) {
      add(about(number, {}));
      reject(number);
    }
    add(about(number, {}));
    start_all();
    EXPECT_EQ(finish_with_one(number++, Delivered{}), State::delivered);
  }
  EXPECT_FALSE(plan_.is_failing());
}

TEST_F(PushPlanTest, SSF_8_1_5_AnAnnouncementGoesFirst) {
  add_each(1, 3);
  PlannedSet announcement = about(9, {99});
  announcement.announces_status = true;
  add(std::move(announcement));
  EXPECT_EQ(plan_.last_number(), 3);
  EXPECT_THAT(start_all(), ElementsAre(9));
  finish(9, Delivered{});
  EXPECT_THAT(start_all(), ElementsAre(1, 2, 3));
}

TEST_F(PushPlanTest, SSF_8_1_5_NothingElseGoesWhileAStatusIsPending) {
  add_each(1, 3);
  plan_.announce_only(true);
  EXPECT_THAT(start_all(), IsEmpty());
  plan_.announce_only(false);
  EXPECT_FALSE(start_all().empty());
}

TEST_F(PushPlanTest, REL_09_IsHopelessAfterThreeDaysOfFailingOnly) {
  add_each(1, 1);
  start_all();
  finish(1, outage);
  now_ += 71h;
  start_all();
  finish(1, outage);
  EXPECT_FALSE(plan_.is_hopeless(now_));
  now_ += 1h;
  EXPECT_TRUE(plan_.is_hopeless(now_));
  start_all();
  finish(1, Delivered{});
  EXPECT_FALSE(plan_.is_hopeless(now_ + 100h));
}

TEST_F(PushPlanTest, SEC_34_OurOwnFaultIsNeverTheStreamsAndSoonTriedAgain) {
  add_each(1, 1);
  start_all();
  const auto result = finish(1, RetryAfter{.delay = 1h, .blame = Blame::us});
  EXPECT_EQ(result.verdicts[0].delay, 30s);
  EXPECT_FALSE(plan_.is_failing());
  EXPECT_EQ(plan_.next_start(now_), now_ + 30s);
}

TEST_F(PushPlanTest, REL_09_AFreshPlanKeepsTheBackoffTheLedgerRemembers) {
  add({.number = 1,
       .marks = {7},
       .history = {.failures = 6},
       .due = now_ + 20s,
       .is_signed = true});
  add(about(2, {8}));
  EXPECT_TRUE(plan_.is_failing());
  EXPECT_THAT(start_all(), IsEmpty());
  EXPECT_EQ(plan_.next_start(now_), now_ + 20s);
  now_ += 20s;
  const auto probe = plan_.start(now_);
  EXPECT_EQ(probe->number, 1);
  EXPECT_EQ(probe->history.failures, 6U);
}

TEST_F(PushPlanTest, REL_11_ForgetsWhatWaitsButNotWhatIsUnderWay) {
  add_each(1, 5);
  EXPECT_THAT(start_all(), ElementsAre(1, 2));
  finish(2, Delivered{});
  plan_.forget_waiting();
  EXPECT_EQ(plan_.last_number(), 0);
  EXPECT_EQ(plan_.waiting(), 0U);
  add_each(1, 5);  // as the ledger shows them: 1 and 2 are not settled there
  EXPECT_EQ(plan_.waiting(), 3U);
  EXPECT_EQ(plan_.size(), 5U);
}

TEST_F(PushPlanTest, AnAbandonedAttemptIsTheNextToStart) {
  add_each(1, 2);
  EXPECT_THAT(start_all(), ElementsAre(1, 2));
  plan_.abandon(1);
  EXPECT_THAT(start_all(), ElementsAre(1));
}

TEST_F(PushPlanTest, ASetThatComesBackWaitsForALaterOneUnderWay) {
  add(about(5, {7}));
  add(about(6, {7}));
  EXPECT_THAT(start_all(), ElementsAre(5));
  add(about(2, {7}));
  EXPECT_THAT(start_all(), IsEmpty());
  finish(5, Delivered{});
  EXPECT_THAT(start_all(), ElementsAre(2));
  finish(2, Delivered{});
  EXPECT_THAT(start_all(), ElementsAre(6));
}

TEST(OrderMarks, REL_06_AComplexSubjectSharesEachOfItsMembers) {
  const auto subject = [](std::string_view json) {
    return order_marks(parse_subject(parse_json(json).value()).value());
  };
  const auto user = subject(R"({"format":"email","email":"a@example.com"})");
  const auto complex = subject(R"({"format":"complex","user":{"format":"email",
      "email":"a@example.com"},"tenant":{"format":"opaque","id":"t"}})");
  const auto aliases = subject(R"({"format":"aliases","identifiers":[
      {"format":"email","email":"a@example.com"},{"format":"opaque","id":"x"}]})");
  ASSERT_EQ(user.size(), 1U);
  EXPECT_EQ(complex.size(), 2U);
  EXPECT_EQ(aliases.size(), 2U);
  EXPECT_THAT(complex, ::testing::Contains(user[0]));
  EXPECT_THAT(aliases, ::testing::Contains(user[0]));
}

// A stream with a receiver that does as it likes, and a model that knows nothing but the rule.
class RandomRun {
 public:
  explicit RandomRun(std::uint64_t seed) : random_(seed) {}

  void go() {
    for (int step = 0; step < 3000; ++step) step_once();
    is_kind_ = true;
    for (int step = 0; step < 3000 && !is_done(); ++step) {
      add_back();
      begin();
      if (!under_way_.empty()) {
        end(0);
      } else {
        now_ += 1h;
      }
    }
    EXPECT_TRUE(is_done()) << "a receiver that takes everything gets everything";
  }

 private:
  struct Known {
    PlannedSet set;
    bool is_over = false;
  };

  bool is_done() const {
    return under_way_.empty() && back_.empty() &&
           std::ranges::all_of(known_, [](const auto& each) { return each.second.is_over; });
  }

  void step_once() {
    switch (random_.below(8)) {
      case 0:
      case 1:
        add_new();
        break;
      case 2:
      case 3:
        begin();
        break;
      case 4:
      case 5:
        if (!under_way_.empty()) end(random_.below(under_way_.size()));
        break;
      case 6:
        now_ += std::chrono::milliseconds(random_.below(5000));
        break;
      case 7:
        if (random_.below(20) == 0) load_anew();
        add_back();
        break;
    }
    if (random_.below(200) == 0) is_kind_ = !is_kind_;
  }

  void add_new() {
    if (known_.size() > 300) return;
    PlannedSet set = about(++last_, {random_.below(6)});
    if (random_.below(3) == 0) set.marks.push_back(6 + random_.below(3));
    known_[set.number].set = set;
    plan_.add(std::move(set), now_);
  }

  void add_back() {
    for (const std::int64_t number : std::exchange(back_, {})) plan_.add(known_[number].set, now_);
  }

  void load_anew() {
    plan_.forget_waiting();
    for (const auto& [number, known] : known_) {
      if (!known.is_over) plan_.add(known.set, now_);
    }
  }

  bool share_a_mark(std::int64_t a, std::int64_t b) {
    return std::ranges::any_of(known_[a].set.marks, [&](std::uint64_t mark) {
      return std::ranges::find(known_[b].set.marks, mark) != known_[b].set.marks.end();
    });
  }

  void begin() {
    while (const auto attempt = plan_.start(now_)) {
      const std::int64_t number = attempt->number;
      for (const std::int64_t other : under_way_) {
        EXPECT_FALSE(share_a_mark(number, other)) << number << " beside " << other;
      }
      for (const auto& [earlier, known] : known_) {
        if (earlier >= number) break;
        if (known.is_over || came_back_.contains(earlier)) continue;
        EXPECT_FALSE(share_a_mark(number, earlier)) << number << " before " << earlier;
      }
      under_way_.push_back(number);
      histories_[number] = attempt->history;
      EXPECT_LE(under_way_.size(), 16U);
    }
  }

  PushOutcome answer(std::int64_t number) {
    if (is_kind_) return Delivered{};
    PushAnswer answer;
    constexpr std::array<unsigned, 6> statuses{202, 503, 401, 400, 413, 429};
    answer.status = statuses[random_.below(statuses.size())];
    return judge_push(answer, histories_[number], random_);
  }

  void end(std::size_t index) {
    const std::int64_t number = under_way_[index];
    under_way_.erase(under_way_.begin() + static_cast<std::ptrdiff_t>(index));
    const auto result = plan_.finish(number, answer(number), now_, random_);
    for (const auto& verdict : result.verdicts) {
      Known& known = known_[verdict.number];
      known.set.history = verdict.history;
      known.set.due = now_ + verdict.delay;
      if (verdict.state == State::retry) continue;
      known.is_over = true;
      plan_.settled(verdict.number);
    }
    for (const std::int64_t back : result.requeue) {
      EXPECT_TRUE(known_[back].is_over);
      known_[back].is_over = false;
      known_[back].set.history = {};
      known_[back].set.due = {};
      came_back_.insert(back);
      back_.push_back(back);
    }
  }

  SeededRandom random_;
  PushPlan plan_{{}};
  Moment now_ = 1h;
  std::int64_t last_ = 0;
  bool is_kind_ = false;
  std::map<std::int64_t, Known> known_;
  std::map<std::int64_t, AttemptHistory> histories_;
  std::vector<std::int64_t> under_way_;
  std::vector<std::int64_t> back_;
  std::set<std::int64_t> came_back_;
};

// Covers: A-82.
TEST(PushPlanProperty, REL_06_REL_08_OrderHoldsAndAKindReceiverGetsEverything) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    RandomRun(seed).go();
    if (::testing::Test::HasFailure()) break;
  }
}

}  // namespace
}  // namespace tocsin::delivery
