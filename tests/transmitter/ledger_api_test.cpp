// The API over the real ledger: what a receiver asks for decides what it gets.
#include <gmock/gmock.h>

#include "ledger_api.h"
#include "transmitter/housekeeping.h"
#include "transmitter/status_change.h"

namespace tocsin::transmitter {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

// Covers: A-71.
TEST_F(LedgerApi, SSF_7_1_10_UnderAllASubjectIsInUntilItIsRemoved) {
  const std::string id = create();
  EXPECT_EQ(accept("a@example.com"), 1U);
  EXPECT_EQ(name_subject("remove", id, "a@example.com").status, 204U);
  EXPECT_EQ(accept("a@example.com"), 0U);
  EXPECT_EQ(accept("b@example.com"), 1U);
  EXPECT_EQ(name_subject("add", id, "a@example.com").status, 200U);
  EXPECT_EQ(accept("a@example.com"), 1U);
}

TEST_F(LedgerApi, SSF_8_1_1_10_SEC_38_OnlyTypesThatWereAskedFor) {
  const std::string id = create(R"({"events_requested":[")" + credential_change + R"("]})");
  EXPECT_EQ(accept("a@example.com"), 0U);
  const std::string all = R"("events_requested":[")" + session_revoked + R"("]})";
  call("PATCH", "/ssf/streams", R"({"stream_id":")" + id + "\"," + all);
  EXPECT_EQ(accept("a@example.com"), 1U);
  EXPECT_THAT(polled(id), ElementsAre("a@example.com"));
}

// Covers: POLL-2-01, POLL-2-03, SSF-8.1-01.
TEST_F(LedgerApi, REL_15_SEC_12_WhatIsAcknowledgedIsGoneAndNothingElse) {
  const std::string id = create();
  accept("a@example.com");
  accept("b@example.com");
  const std::vector<std::string> first = jtis(poll(id));
  ASSERT_THAT(first, SizeIs(2));
  const std::string same_bytes = poll(id).body;
  EXPECT_EQ(poll(id).body, same_bytes);
  const std::string ack = R"({"returnImmediately":true,"ack":[")" + first[0] + R"("]})";
  EXPECT_THAT(jtis(poll(id, ack)), ElementsAre(first[1]));
  EXPECT_THAT(jtis(poll(id, ack)), ElementsAre(first[1]));
}

// Covers: POLL-2.4-04.
TEST_F(LedgerApi, REL_08_A_40_WhatIsRefusedThreeTimesIsSetAside) {
  const std::string id = create();
  accept("a@example.com");
  const std::string jti = jtis(poll(id)).at(0);
  const std::string refusal = R"({"returnImmediately":true,"setErrs":{")" + jti +
                              R"(":{"err":"invalid_request","description":"no"}}})";
  for (int i = 0; i < 2; ++i) {
    EXPECT_EQ(poll(id, refusal).body, R"({"sets":{}})");
    clock_.advance(1h);
    EXPECT_THAT(jtis(poll(id)), ElementsAre(jti));
  }
  poll(id, refusal);
  clock_.advance(1h);
  EXPECT_EQ(poll(id).body, R"({"sets":{}})");
}

// Covers: SSF-8.1.2.1-04.
TEST_F(LedgerApi, SSF_8_1_2_1_06_08_09_HoldsInOrderWhilePausedAndNothingWhileDisabled) {
  const std::string id = create();
  set_status(id, "paused");
  accept("1@example.com");
  accept("2@example.com");
  EXPECT_THAT(polled(id), IsEmpty());
  set_status(id, "enabled");
  EXPECT_THAT(polled(id), ElementsAre("1@example.com", "2@example.com"));
  set_status(id, "disabled");
  EXPECT_EQ(accept("3@example.com"), 0U);
  set_status(id, "enabled");
  EXPECT_THAT(polled(id), IsEmpty());
}

TEST_F(LedgerApi, SSF_8_1_5_03_AnAnnouncedStatusIsInEffectOnceItIsAcknowledged) {
  const std::string id = create();
  accept("a@example.com");
  ASSERT_TRUE(
      test::run(loop_, ledger_->change(owner(), id,
                                       decide_status({.status = StreamStatus::paused, .lock = true},
                                                     random_.id(), clock_.wall()))));
  const std::vector<std::string> told = jtis(poll(id));
  ASSERT_THAT(told, SizeIs(1));
  EXPECT_EQ(poll(id, R"({"returnImmediately":true,"ack":[")" + told[0] + R"("]})").body,
            R"({"sets":{}})");
  EXPECT_EQ(member(body_of(get_status(id)), "status"), Json("paused"));
  EXPECT_EQ(set_status(id, "enabled").status, 403U) << "the ledger remembers who stopped it";
}

TEST_F(LedgerApi, A_16_HousekeepingEndsAnAnnouncementNobodyTook) {
  const std::string id = create();
  ASSERT_TRUE(test::run(
      loop_, ledger_->change(owner(), id,
                             decide_status({.status = StreamStatus::paused, .reason = "why"},
                                           random_.id(), clock_.wall()))));
  loop::LoopTimers timers(loop_);
  Housekeeping housekeeping(
      {.streams = *ledger_, .timers = timers, .clock = clock_, .random = random_});
  EXPECT_EQ(test::run(loop_, housekeeping.sweep()).value(), 0U);
  clock_.advance(60s);
  EXPECT_EQ(test::run(loop_, housekeeping.sweep()).value(), 1U);
  EXPECT_EQ(member(body_of(get_status(id)), "reason"), Json("why"));
  EXPECT_EQ(test::run(loop_, housekeeping.sweep()).value(), 0U);
}

TEST_F(LedgerApi, SEC_43_TheCredentialSurvivesARoundTripThroughTheLedger) {
  const std::string id = create_push();
  call("PATCH", "/ssf/streams", R"({"stream_id":")" + id + R"(","description":"d"})");
  const auto record = test::run(loop_, ledger_->read(owner(), id)).value();
  EXPECT_EQ(record.config.delivery.authorization_header, "Bearer secret");
}

TEST_F(LedgerApi, A_20_APushThatSucceedsIsNoActivity) {
  const std::string id = create_push();
  const auto since = test::run(loop_, ledger_->read(owner(), id)).value().active_at;
  clock_.advance(1h);
  accept("a@example.com");
  const auto pending = test::run(loop_, ledger_->pending(id, 0, 1)).value();
  ASSERT_THAT(pending, SizeIs(1));
  std::vector<store::Settled> delivered(1);
  delivered[0] = {
      .stream_id = id, .number = pending[0].number, .state = store::Settled::State::delivered};
  ASSERT_TRUE(test::run(loop_, ledger_->settle(std::move(delivered))));
  EXPECT_EQ(test::run(loop_, ledger_->read(owner(), id)).value().active_at, since);
  set_status(id, "enabled");
  EXPECT_EQ(test::run(loop_, ledger_->read(owner(), id)).value().active_at, clock_.wall());
}

TEST_F(LedgerApi, SSF_8_1_4_01_NothingIsVerifiedUnasked) {
  const std::string id = create();
  EXPECT_THAT(sets(id), IsEmpty());
  accept("a@example.com");
  EXPECT_THAT(polled(id), ElementsAre("a@example.com"));
}

TEST_F(LedgerApi, SSF_8_1_4_1_05_AVerificationThatIsRefusedStopsNoStream) {
  const std::string id = create();
  call("POST", "/ssf/verification", R"({"stream_id":")" + id + R"("})");
  const std::string jti = jtis(poll(id)).at(0);
  for (int i = 0; i < 3; ++i) {
    poll(id, R"({"returnImmediately":true,"setErrs":{")" + jti +
                 R"(":{"err":"invalid_key","description":"no"}}})");
    clock_.advance(1h);
  }
  EXPECT_EQ(member(body_of(get_status(id)), "status"), Json("enabled"));
}

TEST_F(LedgerApi, SSF_4_1_9_03_SetsOfOneCauseShareItsTxn) {
  const std::string one = create();
  const std::string other = create();
  EXPECT_EQ(accept("a@example.com"), 2U);
  const std::vector<VerifiedSet> first = sets(one);
  const std::vector<VerifiedSet> second = sets(other);
  ASSERT_THAT(first, SizeIs(1));
  ASSERT_THAT(second, SizeIs(1));
  EXPECT_TRUE(first[0]->txn);
  EXPECT_EQ(first[0]->txn, second[0]->txn);
  EXPECT_NE(first[0]->jti, second[0]->jti);
}

TEST_F(LedgerApi, A_50_IOP_2_5_02_SSF_3_1_4_02_ASubjectIsSentAsItWasGiven) {
  const std::string id = create();
  const std::vector<std::string> subjects{
      R"({"format":"email","email":"A.b@example.com"})",
      R"({"format":"iss_sub","iss":"https://idp.example.com/","sub":"1"})",
      R"({"format":"opaque","id":"x"})",
      R"({"format":"complex","user":{"format":"email","email":"a@example.com"},)"
      R"("tenant":{"format":"opaque","id":"t"}})"};
  for (const std::string& subject : subjects) {
    accept(caep::SessionRevoked{}, parse_subject(parse_json(subject).value()).value());
  }
  std::vector<std::string> sent;
  for (const VerifiedSet& set : sets(id)) sent.push_back(to_text(to_json(set->sub_id)));
  EXPECT_EQ(sent, subjects);
}

class AllTypesLedgerApi : public LedgerApi {
 protected:
  static constexpr std::string_view caep_prefix =
      "https://schemas.openid.net/secevent/caep/event-type/";
  static TenantTerms terms() {
    TenantTerms terms = plain_terms();
    const auto known = known_event_types();
    terms.events_supported.assign(known.begin(), known.end());
    return terms;
  }
  AllTypesLedgerApi() : LedgerApi(terms()) {}

  // Events of a type, the payload with what each CAEP event has.
  struct Sample {
    std::string type;
    std::string members;
  };
  void accept_all(const std::vector<Sample>& samples) {
    for (const Sample& sample : samples) {
      const std::string payload = "{" + sample.members +
                                  R"("event_timestamp":1794999000,"initiating_entity":"policy",)"
                                  R"("reason_admin":{"en":"a reason"}})";
      auto event = parse_event(std::string(caep_prefix) + sample.type, parse_json(payload).value(),
                               Strictness::interop);
      ASSERT_TRUE(event) << sample.type << " " << event.error().to_string();
      EXPECT_EQ(accept(std::move(*event), email_subject("a@example.com")), 1U) << sample.type;
    }
  }
};

TEST_F(AllTypesLedgerApi,
       IC_64_65_66_IOP_3_1_01_IOP_3_2_01_IOP_3_3_01_IOP_3_4_01_EveryPromisedTypeArrives) {
  const std::vector<Sample> samples{
      {"session-revoked", ""},
      {"token-claims-change", R"("claims":{"role":"ro"},)"},
      {"credential-change", R"("credential_type":"password","change_type":"create",)"},
      {"assurance-level-change",
       R"("namespace":"NIST-AAL","current_level":"nist-aal2","previous_level":"nist-aal1",)"
       R"("change_direction":"increase",)"},
      {"device-compliance-change",
       R"("previous_status":"compliant","current_status":"not-compliant",)"},
      {"session-established", ""},
      {"session-presented", ""},
      {"risk-level-change", R"("principal":"USER","current_level":"LOW",)"}};
  std::string wanted;
  for (const Sample& sample : samples) {
    wanted += (wanted.empty() ? "\"" : ",\"") + std::string(caep_prefix) + sample.type + "\"";
  }
  const std::string id = create(R"({"events_requested":[)" + wanted + "]}");
  accept_all(samples);
  call("POST", "/ssf/verification", R"({"stream_id":")" + id + R"("})");
  const std::vector<VerifiedSet> arrived = sets(id);
  ASSERT_THAT(arrived, SizeIs(samples.size() + 1)) << "the verification comes, and last";
  for (std::size_t i = 0; i < samples.size(); ++i) {
    EXPECT_EQ(type_of(arrived[i]->event), std::string(caep_prefix) + samples[i].type);
    const Json payload = to_json(arrived[i]->event);
    EXPECT_EQ(member(payload, "event_timestamp"), Json(1'794'999'000)) << samples[i].type;
    EXPECT_EQ(member(payload, "reason_admin", "en"), Json("a reason")) << samples[i].type;
  }
  EXPECT_TRUE(std::holds_alternative<ssf::Verification>(arrived.back()->event));
}

TEST_F(AllTypesLedgerApi, IOP_3_2_04_IOP_3_3_03_EveryValueOfTheListsIsSent) {
  std::vector<Sample> samples;
  for (const char* type : {"password", "pin", "x509", "fido2-platform", "fido2-roaming", "fido-u2f",
                           "verifiable-credential", "phone-voice", "phone-sms", "app"}) {
    for (const char* change : {"create", "revoke", "update", "delete"}) {
      samples.push_back({"credential-change", std::string(R"("credential_type":")") + type +
                                                  R"(","change_type":")" + change + "\","});
    }
  }
  for (const char* before : {"compliant", "not-compliant"}) {
    const std::string after = before == std::string("compliant") ? "not-compliant" : "compliant";
    samples.push_back({"device-compliance-change", std::string(R"("previous_status":")") + before +
                                                       R"(","current_status":")" + after + "\","});
  }
  const std::string id = create();
  accept_all(samples);
  const std::vector<VerifiedSet> arrived = sets(id);
  ASSERT_THAT(arrived, SizeIs(samples.size()));
  for (std::size_t i = 0; i < samples.size(); ++i) {
    EXPECT_THAT(to_text(to_json(arrived[i]->event)), testing::HasSubstr(samples[i].members));
  }
}

TEST_F(AllTypesLedgerApi, A_52_AnotherEventIsSentWhereItWasAskedFor) {
  const std::string locked = "https://schemas.openid.net/secevent/risc/event-type/account-disabled";
  const std::string asking = create(R"({"events_requested":[")" + locked + R"("]})");
  const std::string other = create(R"({"events_requested":[")" + session_revoked + R"("]})");
  EXPECT_EQ(accept(risc::AccountDisabled{}, email_subject("a@example.com")), 1U);
  EXPECT_THAT(sets(asking), SizeIs(1));
  EXPECT_THAT(sets(other), IsEmpty());
}

class NoneLedgerApi : public LedgerApi {
 protected:
  static TenantTerms terms() {
    TenantTerms terms = plain_terms();
    terms.default_subjects = DefaultSubjects::NONE;
    return terms;
  }
  NoneLedgerApi() : LedgerApi(terms()) {}
};

// Covers: SSF-8.1.3.1-04.
TEST_F(NoneLedgerApi, SSF_7_1_11_SSF_8_1_3_1_01_UnderNoneOnlySubjectsThatWereAdded) {
  const std::string id = create();
  EXPECT_EQ(accept("a@example.com"), 0U);
  name_subject("add", id, "a@example.com");
  EXPECT_EQ(accept("a@example.com"), 1U);
  EXPECT_EQ(accept("A@example.com"), 0U);
  name_subject("remove", id, "a@example.com");
  EXPECT_EQ(accept("a@example.com"), 0U);
}

// Covers: SSF-9.1-02, SSF-9.2-01, SSF-8.1.3.2-05.
TEST_F(NoneLedgerApi, SEC_14_ASubjectBeyondThePolicyIsNeverDelivered) {
  tenant_->replace_receivers(
      {{{"https://as", "acme"},
        {.subjects = SubjectScope::listed, .subjects_listed = {email_subject("a@example.com")}}}});
  const std::string id = create();
  EXPECT_EQ(name_subject("add", id, "b@example.com").status, 200U);
  accept("b@example.com");
  EXPECT_THAT(polled(id), IsEmpty());
}

}  // namespace
}  // namespace tocsin::transmitter
