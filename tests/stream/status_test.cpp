#include "stream/status.h"

#include <gtest/gtest.h>

#include "stream/verification.h"
#include "support/matchers.h"

namespace tocsin::stream {
namespace {

using namespace std::chrono_literals;
using test::FailsWith;
using enum StreamStatus;

constexpr WallTime now{std::chrono::seconds(1'795'000'000)};

StatusState in(StreamStatus status) {
  return {.status = status, .reason = "old"};
}

TEST(RequestStatus, PRX_8_1_2_01_EveryStatusMayFollowEveryOther) {
  for (const StreamStatus from : {enabled, paused, disabled}) {
    for (const StreamStatus to : {enabled, paused, disabled}) {
      const StatusStep step = request_status(in(from), to, "new").value();
      EXPECT_EQ(step.state.status, to);
      EXPECT_EQ(step.state.reason, "new");
      EXPECT_EQ(step.drop_pending, to == disabled);
    }
  }
}

TEST(RequestStatus, A_17_AReceiverIsNotToldWhatItAskedFor) {
  for (const StreamStatus to : {enabled, paused, disabled}) {
    EXPECT_FALSE(request_status(in(enabled), to, {}).value().event);
  }
}

TEST(RequestStatus, A_69_AnAbsentReasonClearsTheOldOne) {
  EXPECT_FALSE(request_status(in(paused), paused, {}).value().state.reason);
}

TEST(RequestStatus, A_68_WhatAnOperatorStoppedIsNotMadeLivelier) {
  StatusState stopped = in(paused);
  stopped.locked = true;
  EXPECT_THAT(request_status(stopped, enabled, {}), FailsWith(Errc::http_forbidden));
  EXPECT_EQ(request_status(stopped, disabled, {}).value().state.status, disabled);
  EXPECT_TRUE(request_status(stopped, disabled, {}).value().state.locked);
  stopped.status = disabled;
  EXPECT_THAT(request_status(stopped, paused, {}), FailsWith(Errc::http_forbidden));
}

TEST(RequestStatus, A_68_AlsoBeforeTheOperatorsStatusIsInEffect) {
  const StatusState stopping =
      decide_status(in(enabled), {.status = disabled, .lock = true}, now).state;
  EXPECT_THAT(request_status(stopping, enabled, {}), FailsWith(Errc::http_forbidden));
  EXPECT_THAT(request_status(stopping, paused, {}), FailsWith(Errc::http_forbidden));
  EXPECT_FALSE(request_status(stopping, disabled, {}).value().state.announced);
}

TEST(DecideStatus, SSF_8_1_5_03_AStreamIsToldBeforeItStops) {
  for (const StreamStatus to : {paused, disabled}) {
    const StatusStep step = decide_status(in(enabled), {.status = to, .reason = "why"}, now);
    EXPECT_EQ(step.state.status, enabled);
    EXPECT_FALSE(step.drop_pending);
    ASSERT_TRUE(step.state.announced);
    EXPECT_EQ(step.state.announced->status, to);
    EXPECT_EQ(step.state.announced->deadline, now + 60s);
    ASSERT_TRUE(step.event);
    EXPECT_EQ(step.event->status, to);
    EXPECT_EQ(step.event->reason, "why");
  }
}

TEST(DecideStatus, A_16_StopsAtOnceForReasonsOfSecurity) {
  const StatusStep step = decide_status(in(enabled), {.status = disabled, .at_once = true}, now);
  EXPECT_EQ(step.state.status, disabled);
  EXPECT_FALSE(step.state.announced);
  EXPECT_TRUE(step.drop_pending);
  EXPECT_TRUE(step.event);
}

TEST(DecideStatus, SSF_8_1_5_04_AStreamIsToldWhenItIsEnabledAgain) {
  for (const StreamStatus from : {paused, disabled}) {
    const StatusStep step = decide_status(in(from), {.status = enabled}, now);
    EXPECT_EQ(step.state.status, enabled);
    ASSERT_TRUE(step.event);
    EXPECT_EQ(step.event->status, enabled);
  }
}

TEST(DecideStatus, SSF_8_1_5_11_AStoppedStreamStaysSilent) {
  const StatusStep down = decide_status(in(paused), {.status = disabled, .reason = "why"}, now);
  EXPECT_FALSE(down.event);
  EXPECT_TRUE(down.drop_pending);
  EXPECT_EQ(down.state.reason, "why");
  EXPECT_FALSE(decide_status(in(disabled), {.status = paused}, now).event);
}

TEST(DecideStatus, TellsAgainWhatItTakesBack) {
  const StatusState stopping = decide_status(in(enabled), {.status = paused}, now).state;
  const StatusStep back = decide_status(stopping, {.status = enabled}, now);
  EXPECT_FALSE(back.state.announced);
  EXPECT_TRUE(back.event);
  EXPECT_FALSE(decide_status(in(enabled), {.status = enabled}, now).event);
}

TEST(EndAnnouncement, A_16_AnAnnouncedStatusTakesEffectAtItsDeadline) {
  const StatusState stopping =
      decide_status(in(enabled), {.status = disabled, .reason = "why"}, now).state;
  EXPECT_FALSE(end_announcement(stopping, now + 59s));
  const auto step = end_announcement(stopping, now + 60s);
  ASSERT_TRUE(step);
  EXPECT_EQ(step->state.status, disabled);
  EXPECT_EQ(step->state.reason, "why");
  EXPECT_TRUE(step->drop_pending);
  EXPECT_FALSE(end_announcement(in(enabled), now));
}

TEST(Inactivity, SSF_8_1_1_16_IsSilenceForTheWholeTimeout) {
  EXPECT_FALSE(is_inactive({}, now, now + 10'000h));
  EXPECT_FALSE(is_inactive(60s, now, now + 59s));
  EXPECT_TRUE(is_inactive(60s, now, now + 60s));
  EXPECT_FALSE(is_inactive(60s, now, now - 1h));
}

TEST(VerificationWait, SSF_8_1_1_13_CountsFromTheLastAcceptedRequest) {
  EXPECT_FALSE(verification_wait({}, now, now));
  EXPECT_FALSE(verification_wait(60s, {}, now));
  EXPECT_EQ(verification_wait(60s, now, now), 60s);
  EXPECT_EQ(verification_wait(60s, now, now + 59'001ms), 1s);
}

TEST(VerificationWait, SSF_8_1_1_14_NobodyWaitsWhoKeepsTheInterval) {
  EXPECT_FALSE(verification_wait(60s, now, now + 60s));
  EXPECT_FALSE(verification_wait(60s, now + 1h, now)) << "the clock was set back";
}

TEST(SendsVerification, A_14_ADisabledStreamDropsIt) {
  EXPECT_TRUE(sends_verification(enabled));
  EXPECT_TRUE(sends_verification(paused));
  EXPECT_FALSE(sends_verification(disabled));
}

}  // namespace
}  // namespace tocsin::stream
