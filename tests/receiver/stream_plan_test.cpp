#include "receiver/stream_plan.h"

#include <gmock/gmock.h>

#include "support/matchers.h"

namespace tocsin::receiver {
namespace {

using test::FailsWith;
using ::testing::ElementsAre;

constexpr std::string_view revoked =
    "https://schemas.openid.net/secevent/caep/event-type/session-revoked";
constexpr std::string_view changed =
    "https://schemas.openid.net/secevent/caep/event-type/credential-change";

WantedStream wanted_push() {
  WantedStream wanted;
  wanted.delivery = {.method = DeliveryMethod::push,
                     .endpoint_url = "https://rx.example.com/push/partner",
                     .authorization_header = "Bearer one"};
  wanted.events_requested = {std::string(revoked), std::string(changed)};
  wanted.description = "rx.example.com: partner";
  return wanted;
}

WantedStream wanted_poll() {
  WantedStream wanted = wanted_push();
  wanted.delivery = {.method = DeliveryMethod::poll};
  return wanted;
}

// As a transmitter answers that took everything.
StreamConfig as_wanted(const WantedStream& wanted, std::string stream_id = "s1") {
  StreamConfig stream;
  stream.stream_id = std::move(stream_id);
  stream.iss = "https://tr.example.com";
  stream.aud = {"https://rx.example.com"};
  stream.events_requested = wanted.events_requested;
  stream.events_delivered = wanted.events_requested;
  stream.delivery.method = wanted.delivery.method;
  stream.delivery.endpoint_url = wanted.delivery.method == DeliveryMethod::push
                                     ? wanted.delivery.endpoint_url
                                     : "https://tr.example.com/poll/s1";
  stream.description = wanted.description;
  return stream;
}

const KnownStream known{.stream_id = "s1", .has_our_credential = true};

StreamUpdateRequest update(const StreamStep& step) {
  return std::get<StreamUpdateRequest>(step);
}

TEST(StreamPlan, SSF_8_1_1_1_07_AsksForWhatIsWanted) {
  const StreamCreateRequest request = plan_create(wanted_push());
  EXPECT_EQ(request.delivery->endpoint_url, "https://rx.example.com/push/partner");
  EXPECT_EQ(request.delivery->authorization_header, "Bearer one");
  EXPECT_THAT(*request.events_requested, ElementsAre(revoked, changed));
  EXPECT_EQ(request.description, "rx.example.com: partner");
}

TEST(StreamPlan, SSF_8_1_1_09_LeavesTheMemberOutInsteadOfAskingForNothing) {
  WantedStream wanted = wanted_push();
  wanted.events_requested.clear();
  EXPECT_FALSE(plan_create(wanted).events_requested);
}

TEST(StreamPlan, KeepsAStreamThatIsAsItShouldBe) {
  EXPECT_TRUE(
      std::holds_alternative<Keep>(plan_change(wanted_push(), known, as_wanted(wanted_push()))));
  EXPECT_TRUE(
      std::holds_alternative<Keep>(plan_change(wanted_poll(), known, as_wanted(wanted_poll()))));
}

TEST(StreamPlan, TheOrderOfTypesIsNoDifference) {
  StreamConfig stream = as_wanted(wanted_push());
  stream.events_requested = {std::string(changed), std::string(revoked)};
  EXPECT_TRUE(std::holds_alternative<Keep>(plan_change(wanted_push(), known, stream)));
}

TEST(StreamPlan, ATransmitterNeedNotKeepWhatWasRequestedNorTheDescription) {
  StreamConfig stream = as_wanted(wanted_push());
  stream.events_requested.reset();
  stream.description.reset();
  EXPECT_TRUE(std::holds_alternative<Keep>(plan_change(wanted_push(), known, stream)));
}

TEST(StreamPlan, ADescriptionThatWasCutIsStillOurs) {
  StreamConfig stream = as_wanted(wanted_push());
  stream.description = "rx.example";
  EXPECT_TRUE(std::holds_alternative<Keep>(plan_change(wanted_push(), known, stream)));
}

TEST(StreamPlan, SSF_8_1_1_3_08_PatchesOnlyWhatDiffers) {
  StreamConfig stream = as_wanted(wanted_push());
  stream.events_requested = {std::string(revoked)};
  const StreamUpdateRequest change = update(plan_change(wanted_push(), known, stream));
  EXPECT_EQ(change.stream_id, "s1");
  EXPECT_THAT(*change.requested.events_requested, ElementsAre(revoked, changed));
  EXPECT_FALSE(change.requested.delivery);
  EXPECT_FALSE(change.requested.description);
  EXPECT_FALSE(change.supplied.iss);
}

TEST(StreamPlan, AnotherUrlIsMendedWithTheCredential) {
  StreamConfig stream = as_wanted(wanted_push());
  stream.delivery.endpoint_url = "https://rx.example.com/old";
  const StreamUpdateRequest change = update(plan_change(wanted_push(), known, stream));
  EXPECT_EQ(change.requested.delivery->endpoint_url, "https://rx.example.com/push/partner");
  EXPECT_EQ(change.requested.delivery->authorization_header, "Bearer one");
}

TEST(StreamPlan, ACredentialTheTransmitterDoesNotHaveIsGiven) {
  const KnownStream other{.stream_id = "s1", .has_our_credential = false};
  const StreamUpdateRequest change =
      update(plan_change(wanted_push(), other, as_wanted(wanted_push())));
  EXPECT_EQ(change.requested.delivery->authorization_header, "Bearer one");
  EXPECT_TRUE(
      std::holds_alternative<Keep>(plan_change(wanted_poll(), other, as_wanted(wanted_poll()))));
}

TEST(StreamPlan, SSF_8_1_1_4_04_WhatMustGoTakesAPutOfEverything) {
  WantedStream wanted = wanted_push();
  wanted.events_requested.clear();
  const auto step = plan_change(wanted, known, as_wanted(wanted_push()));
  const auto& whole = std::get<StreamReplaceRequest>(step);
  EXPECT_EQ(whole.stream_id, "s1");
  EXPECT_FALSE(whole.requested.events_requested);
  EXPECT_TRUE(whole.requested.delivery);
  EXPECT_EQ(whole.requested.description, wanted.description);
}

TEST(StreamPlan, TheStreamWeKnowIsOursWhateverItSays) {
  std::vector<StreamConfig> streams{as_wanted(wanted_push(), "other"),
                                    as_wanted(wanted_poll(), "s1")};
  EXPECT_EQ(find_ours(wanted_push(), known, streams), &streams[1]);
  EXPECT_EQ(find_ours(wanted_push(), {.stream_id = "gone"}, streams), nullptr);
}

TEST(StreamPlan, APushStreamThatEndsAtOurUrlIsOurs) {
  std::vector<StreamConfig> streams{as_wanted(wanted_poll(), "a"), as_wanted(wanted_push(), "b")};
  streams[0].description = "another one";
  streams[1].description = "renamed";
  EXPECT_EQ(find_ours(wanted_push(), {}, streams), &streams[1]);
}

TEST(StreamPlan, AStreamOfAnotherNameIsNotOurs) {
  std::vector<StreamConfig> streams{as_wanted(wanted_poll(), "a"), as_wanted(wanted_poll(), "b")};
  streams[0].description = "";
  streams[1].description = "the neighbour's";
  EXPECT_EQ(find_ours(wanted_poll(), {}, streams), nullptr);
  streams[1].description = wanted_poll().description;
  EXPECT_EQ(find_ours(wanted_poll(), {}, streams), &streams[1]);
}

TEST(StreamPlan, SSF_8_1_1_1_06_TakesTheOnlyStreamThatIsInOurPlace) {
  std::vector<StreamConfig> streams{as_wanted(wanted_poll(), "a")};
  streams[0].description = "made by hand";
  EXPECT_EQ(find_in_our_place(wanted_push(), streams), &streams[0]);
  streams.push_back(as_wanted(wanted_poll(), "b"));
  streams[1].description = "and another";
  EXPECT_EQ(find_in_our_place(wanted_push(), streams), nullptr);
}

TEST(StreamPlan, SSF_8_1_1_1_1_01_AnotherAudienceIsNotOurStream) {
  WantedStream wanted = wanted_push();
  EXPECT_TRUE(judge_stream(wanted, as_wanted(wanted)));
  wanted.aud = {"https://rx.example.com"};
  EXPECT_TRUE(judge_stream(wanted, as_wanted(wanted)));
  wanted.aud = {"https://else.example.com"};
  EXPECT_THAT(judge_stream(wanted, as_wanted(wanted)), FailsWith(Errc::claim_audience));
}

TEST(StreamPlan, AStreamThatCannotBeUsedIsRefused) {
  EXPECT_THAT(judge_stream(wanted_push(), as_wanted(wanted_poll())), FailsWith(Errc::stream_value));
  StreamConfig stream = as_wanted(wanted_poll());
  stream.delivery.endpoint_url.clear();
  EXPECT_THAT(judge_stream(wanted_poll(), stream), FailsWith(Errc::stream_missing));
}

TEST(StreamPlan, SSF_8_1_1_11_NamesWhatWillNotCome) {
  StreamConfig stream = as_wanted(wanted_push());
  stream.events_delivered = {std::string(changed)};
  EXPECT_THAT(not_delivered(wanted_push(), stream), ElementsAre(revoked));
}

}  // namespace
}  // namespace tocsin::receiver
