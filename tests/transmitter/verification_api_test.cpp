#include <gmock/gmock.h>

#include "api.h"

namespace tocsin::transmitter {
namespace {

using namespace std::chrono_literals;

class VerificationApi : public ApiTest {
 protected:
  using ApiTest::ApiTest;

  http::Response ask(const std::string& id, Json state = nullptr) {
    JsonObject body{{"stream_id", id}};
    if (!state.is_null()) body.insert_or_assign("state", std::move(state));
    return call("POST", "/ssf/verification", to_text(body));
  }

  // The only SET a poll answers with.
  SecurityEventToken only_set(const std::string& id) {
    const http::Response response = poll(id);
    const std::vector<std::string> names = jtis(response);
    EXPECT_EQ(names.size(), 1U) << response.body;
    if (names.size() != 1) return {};
    const Json compact = member(body_of(response), "sets", names[0]);
    const auto set = verify_set(*compact.as_string(), id);
    EXPECT_TRUE(set) << set.error().to_string();
    return set ? set->claims() : SecurityEventToken();
  }
};

TEST_F(VerificationApi, SSF_8_1_4_2_02_SSF_8_1_4_1_02_Answers204AndTheEventIsOnTheStream) {
  const std::string id = create();
  const http::Response response = ask(id, "state-1");
  EXPECT_EQ(response.status, 204U);
  EXPECT_EQ(response.body, "");
  const SecurityEventToken set = only_set(id);
  EXPECT_EQ(std::get<ssf::Verification>(set.event).state, "state-1");
  EXPECT_TRUE(is_same_entry(set.sub_id, opaque_subject(id)));
  EXPECT_EQ(set.iat, clock_.wall_seconds());
}

TEST_F(VerificationApi, SSF_8_1_4_2_03_A_18_EchoesAnyState) {
  const std::string id = create();
  for (const std::string& state : {std::string(), std::string("\"quoted\" \xe2\x82\xac \\"),
                                   std::string(1024, 'x'), std::string(4096, 'y')}) {
    EXPECT_EQ(ask(id, state).status, 204U);
    const std::vector<store::PendingSet> waiting = store_.waiting(id);
    EXPECT_EQ(std::get<ssf::Verification>(waiting.back().event).state, state);
  }
}

TEST_F(VerificationApi, SSF_8_1_4_2_05_HasNoStateWhereNoneWasGiven) {
  const std::string id = create();
  ask(id);
  EXPECT_FALSE(std::get<ssf::Verification>(only_set(id).event).state);
}

TEST_F(VerificationApi, SSF_8_1_4_2_01_10_RefusesWhatIsNotWhole) {
  const std::string id = create();
  EXPECT_EQ(call("POST", "/ssf/verification", "{}").status, 400U);
  EXPECT_EQ(call("POST", "/ssf/verification", "{").status, 400U);
  EXPECT_EQ(ask(id, 7).status, 400U);
  EXPECT_EQ(ask(id, std::string(4097, 'x')).status, 400U);
  EXPECT_EQ(ask("none").status, 404U);
  const std::string body = R"({"stream_id":")" + id + R"("})";
  EXPECT_EQ(call("POST", "/ssf/verification", body, "unheard-of").status, 401U);
  EXPECT_EQ(call("POST", "/ssf/verification", body, "acme-reader").status, 403U);
}

TEST_F(VerificationApi, SSF_8_1_4_02_WorksAlsoWhereTheTypeWasNotAskedFor) {
  const std::string id = create(R"({"events_requested":[]})");
  ask(id, "s");
  EXPECT_EQ(std::get<ssf::Verification>(only_set(id).event).state, "s");
}

TEST_F(VerificationApi, A_14_IsHeldWhilePausedAndDroppedWhileDisabled) {
  const std::string id = create();
  set_status(id, "paused");
  EXPECT_EQ(ask(id, "held").status, 204U);
  EXPECT_EQ(poll(id).body, R"({"sets":{}})");
  set_status(id, "enabled");
  EXPECT_EQ(std::get<ssf::Verification>(only_set(id).event).state, "held");
  set_status(id, "disabled");
  EXPECT_EQ(ask(id, "dropped").status, 204U);
  set_status(id, "enabled");
  EXPECT_EQ(poll(id).body, R"({"sets":{}})");
}

TEST_F(VerificationApi, WithoutAnIntervalNobodyWaits) {
  const std::string id = create();
  for (int i = 0; i < 5; ++i) EXPECT_EQ(ask(id).status, 204U);
}

class SlowVerificationApi : public VerificationApi {
 protected:
  static TenantTerms terms() {
    TenantTerms terms = plain_terms();
    terms.min_verification_interval = 60s;
    return terms;
  }
  SlowVerificationApi() : VerificationApi(terms()) {}
};

TEST_F(SlowVerificationApi, TheIntervalIsPartOfTheConfiguration) {
  EXPECT_EQ(member(body_of(call("POST", "/ssf/streams", "{}")), "min_verification_interval"),
            Json(60));
}

TEST_F(SlowVerificationApi, SSF_8_1_1_13_A_19_TooEarlyIs429AndSaysWhenToTryAgain) {
  const std::string id = create();
  EXPECT_EQ(ask(id).status, 204U);
  clock_.advance(10s);
  const http::Response response = ask(id);
  EXPECT_EQ(response.status, 429U);
  EXPECT_EQ(code_of(response), "verification.early");
  ASSERT_EQ(response.headers.count("Retry-After"), 1U);
  EXPECT_EQ(*response.headers.find("Retry-After"), "50");
  EXPECT_EQ(store_.waiting(id).size(), 1U);
}

TEST_F(SlowVerificationApi, SSF_8_1_1_14_PRX_8_1_4_01_ARefusalDoesNotRestartTheInterval) {
  const std::string id = create();
  ask(id);
  clock_.advance(59s);
  EXPECT_EQ(ask(id).status, 429U);
  clock_.advance(1s);
  EXPECT_EQ(ask(id).status, 204U);
}

TEST_F(SlowVerificationApi, PRX_8_1_4_01_TheIntervalCountsPerStream) {
  ask(create());
  EXPECT_EQ(ask(create()).status, 204U);
}

}  // namespace
}  // namespace tocsin::transmitter
