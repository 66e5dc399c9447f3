#include <gmock/gmock.h>

#include "api.h"
#include "transmitter/status_change.h"

namespace tocsin::transmitter {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class StatusApi : public ApiTest {
 protected:
  // The transmitter decides something itself.
  void decide(const std::string& id, stream::StatusDecision decision) {
    auto task = store_.change(store_.record(id).owner, id,
                              decide_status(std::move(decision), random_.id(), clock_.wall()));
    ASSERT_TRUE(test::run(loop_, std::move(task)));
  }
};

// Covers: SSF-8.1.2.1-03.
TEST_F(StatusApi, SSF_8_1_2_1_02_ReadsIdStatusAndReason) {
  const std::string id = create();
  EXPECT_EQ(body_of(get_status(id)), Json(JsonObject{{"stream_id", id}, {"status", "enabled"}}));
  call("POST", "/ssf/status",
       R"({"stream_id":")" + id + R"(","status":"paused","reason":"maintenance"})");
  EXPECT_EQ(body_of(get_status(id)),
            Json(JsonObject{{"stream_id", id}, {"status", "paused"}, {"reason", "maintenance"}}));
}

TEST_F(StatusApi, SSF_8_1_2_1_01_NeedsTheId) {
  EXPECT_EQ(code_of(call("GET", "/ssf/status")), "stream.missing");
  EXPECT_EQ(call("GET", "/ssf/status?stream_id=").status, 400U);
}

TEST_F(StatusApi, SSF_8_1_2_1_10_11_TellsWhoMayNotReadApart) {
  const std::string id = create();
  EXPECT_EQ(call("GET", "/ssf/status?stream_id=none").status, 404U);
  EXPECT_EQ(call("GET", "/ssf/status?stream_id=" + id, "", "unheard-of").status, 401U);
  EXPECT_EQ(call("GET", "/ssf/status?stream_id=" + id, "", "nobody").status, 403U);
}

// Covers: A-55.
TEST_F(StatusApi, PRX_8_1_2_01_IOP_2_3_5_02_EveryStatusMayFollowEveryOther) {
  const std::string id = create();
  for (const char* from : {"enabled", "paused", "disabled"}) {
    for (const char* to : {"enabled", "paused", "disabled"}) {
      EXPECT_EQ(set_status(id, from).status, 200U);
      const http::Response response = set_status(id, to);
      EXPECT_EQ(response.status, 200U);
      EXPECT_EQ(member(body_of(response), "status"), Json(to));
      EXPECT_EQ(member(body_of(get_status(id)), "status"), Json(to));
    }
  }
}

TEST_F(StatusApi, SSF_8_1_2_2_01_RefusesAnUpdateThatIsNotWhole) {
  const std::string id = create();
  const auto update = [&](const std::string& body) {
    return call("POST", "/ssf/status", body).status;
  };
  EXPECT_EQ(update(R"({"status":"paused"})"), 400U);
  EXPECT_EQ(update(R"({"stream_id":")" + id + R"("})"), 400U);
  EXPECT_EQ(update(R"({"stream_id":")" + id + R"(","status":"PAUSED"})"), 400U);
  EXPECT_EQ(update(R"({"stream_id":")" + id + R"(","status":1})"), 400U);
  EXPECT_EQ(update(R"({"stream_id":")" + id + R"(","status":"paused","reason":1})"), 400U);
  EXPECT_EQ(update("{"), 400U);
  EXPECT_EQ(update(R"({"stream_id":"none","status":"paused"})"), 404U);
  EXPECT_EQ(store_.record(id).status, StreamStatus::enabled);
}

TEST_F(StatusApi, SSF_8_1_2_01_StreamsAreIndependent) {
  const std::string one = create();
  const std::string other = create();
  set_status(one, "disabled");
  EXPECT_EQ(store_.record(other).status, StreamStatus::enabled);
}

TEST_F(StatusApi, A_17_WhatAReceiverAsksForIsNotAnnounced) {
  const std::string id = create();
  for (const char* status : {"paused", "disabled", "enabled"}) {
    set_status(id, status);
    EXPECT_THAT(store_.waiting(id), IsEmpty());
  }
}

TEST_F(StatusApi, SSF_8_1_2_1_05_06_REL_11_APausedStreamHoldsAndSendsLaterInOrder) {
  const std::string id = create();
  store_.add_event(id, caep::SessionRevoked{}, "j1");
  set_status(id, "paused");
  store_.add_event(id, caep::SessionRevoked{}, "j2");
  EXPECT_EQ(poll(id).body, R"({"sets":{}})");
  set_status(id, "enabled");
  EXPECT_THAT(jtis(poll(id)), ElementsAre("j1", "j2"));
}

TEST_F(StatusApi, SSF_8_1_2_1_09_ADisabledStreamHoldsNothing) {
  const std::string id = create();
  store_.add_event(id, caep::SessionRevoked{}, "j1");
  set_status(id, "disabled");
  EXPECT_EQ(poll(id).body, R"({"sets":{}})");
  set_status(id, "enabled");
  EXPECT_EQ(poll(id).body, R"({"sets":{}})");
}

TEST_F(StatusApi, A_68_WhatAnOperatorStoppedStaysStopped) {
  const std::string id = create();
  decide(id, {.status = StreamStatus::disabled, .lock = true, .at_once = true});
  const http::Response response = set_status(id, "enabled");
  EXPECT_EQ(response.status, 403U);
  EXPECT_EQ(store_.record(id).status, StreamStatus::disabled);
}

// Covers: SSF-8.1.5-01.
TEST_F(StatusApi, SSF_8_1_5_03_SSF_8_1_2_03_A_16_AStreamIsToldBeforeItStops) {
  const std::string id = create();
  store_.add_event(id, caep::SessionRevoked{}, "j1");
  decide(id, {.status = StreamStatus::paused, .reason = "why"});
  EXPECT_EQ(member(body_of(get_status(id)), "status"), Json("enabled"));

  const http::Response first = poll(id);
  const std::vector<std::string> told = jtis(first);
  ASSERT_EQ(told.size(), 1U);
  const Json compact = member(body_of(first), "sets", told[0]);
  const auto set = verify_set(*compact.as_string(), id);
  ASSERT_TRUE(set) << set.error().to_string();
  const auto& event = std::get<ssf::StreamUpdated>((*set)->event);
  EXPECT_EQ(event.status, StreamStatus::paused);
  EXPECT_EQ(event.reason, "why");

  const http::Response second =
      poll(id, R"({"returnImmediately":true,"ack":[")" + told[0] + R"("]})");
  EXPECT_EQ(second.body, R"({"sets":{}})");
  EXPECT_EQ(member(body_of(get_status(id)), "status"), Json("paused"));
}

TEST_F(StatusApi, SSF_8_1_5_04_AStreamIsToldFirstWhenItIsEnabledAgain) {
  const std::string id = create();
  set_status(id, "paused");
  store_.add_event(id, caep::SessionRevoked{}, "j1");
  decide(id, {.status = StreamStatus::enabled});
  const http::Response response = poll(id);
  const std::vector<std::string> told = jtis(response);
  ASSERT_EQ(told.size(), 2U);
  const Json compact = member(body_of(response), "sets", told[0]);
  const auto set = verify_set(*compact.as_string(), id);
  ASSERT_TRUE(set) << set.error().to_string();
  EXPECT_EQ(std::get<ssf::StreamUpdated>((*set)->event).status, StreamStatus::enabled);
  EXPECT_EQ(told[1], "j1");
}

TEST_F(StatusApi, SSF_8_1_5_05_AnnouncesAlsoWhereTheTypeWasNotAskedFor) {
  const std::string id = create(R"({"events_requested":[]})");
  decide(id, {.status = StreamStatus::disabled});
  EXPECT_EQ(jtis(poll(id)).size(), 1U);
}

}  // namespace
}  // namespace tocsin::transmitter
