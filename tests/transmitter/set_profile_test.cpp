// The SETs a transmitter emits, looked at as text: what section 4 of SSF 1.0 and the
// interoperability profile (section 2.6) say holds for events, verifications and stream-updated
// events alike.
#include <gmock/gmock.h>

#include <set>

#include "api.h"
#include "base/base64url.h"
#include "transmitter/status_change.h"

namespace tocsin::transmitter {
namespace {

using testing::SizeIs;

class SetProfile : public ApiTest {
 protected:
  struct Emitted {
    std::string stream_id;
    std::string name;  // its jti, as the poll's answer has it
    Json header;
    Json claims;
  };

  SetProfile() { signer_.replace_keys(rsa_key(), KeySet::of({rsa_key()})); }

  // What the profile has transmitters sign with. Making one takes a while.
  static const SigningKey& rsa_key() {
    static const SigningKey key = SigningKey::generate(Algorithm::RS256).value();
    return key;
  }

  static Json segment(const std::string& compact, std::size_t index) {
    std::size_t begin = 0;
    for (; index > 0; --index) begin = compact.find('.', begin) + 1;
    const std::string text = compact.substr(begin, compact.find('.', begin) - begin);
    return parse_json(base64url_decode(text).value()).value();
  }

  std::vector<Emitted> emitted(const std::string& id) {
    std::vector<Emitted> sets;
    const Json named = member(body_of(poll(id)), "sets");
    for (const JsonMember& set : *named.as_object()) {
      const std::string& compact = *set.value.as_string();
      sets.push_back({id, set.name, segment(compact, 0), segment(compact, 1)});
    }
    return sets;
  }

  http::Response verify_stream(const std::string& id) {
    return call("POST", "/ssf/verification", R"({"stream_id":")" + id + R"(","state":"s"})");
  }

  // One of every kind: an announced status, then, once it is acknowledged, the rest.
  std::vector<Emitted> one_of_each(const std::string& id) {
    auto told = store_.change(store_.record(id).owner, id,
                              decide_status({.status = StreamStatus::paused, .reason = "why"},
                                            random_.id(), clock_.wall()));
    EXPECT_TRUE(test::run(loop_, std::move(told)));
    std::vector<Emitted> all = emitted(id);
    set_status(id, "enabled");
    poll(id, R"({"returnImmediately":true,"ack":[")" + all.at(0).name + R"("]})");
    store_.add_event(id, caep::SessionRevoked{}, random_.id());
    verify_stream(id);
    for (Emitted& set : emitted(id)) all.push_back(std::move(set));
    EXPECT_THAT(all, SizeIs(3));
    return all;
  }

  static std::string only_type(const Emitted& set) {
    const Json events = member(set.claims, "events");
    EXPECT_THAT(*events.as_object(), SizeIs(1));
    return events.as_object()->begin()->name;
  }

  static const Emitted& of_type(const std::vector<Emitted>& sets, std::string_view type) {
    for (const Emitted& set : sets) {
      if (only_type(set) == type) return set;
    }
    ADD_FAILURE() << "no " << type;
    return sets.at(0);
  }

  const std::string stream_updated_ =
      "https://schemas.openid.net/secevent/ssf/event-type/stream-updated";
  const std::string verification_ =
      "https://schemas.openid.net/secevent/ssf/event-type/verification";
};

TEST_F(SetProfile, SSF_4_1_1_01_A_72_TheHeaderSaysItsType) {
  for (const Emitted& set : one_of_each(create())) {
    EXPECT_EQ(member(set.header, "typ"), Json("secevent+jwt"));
  }
}

// Covers: IC-51, A-36.
TEST_F(SetProfile, IOP_2_6_01_IOP_2_6_02_DLV_IOP_03_EverySetIsSignedWithRs256And2048Bits) {
  const std::string modulus = *member(rsa_key().public_jwk(), "n").as_string();
  EXPECT_GE(base64url_decoded_size(modulus.size()) * 8, 2048U);
  for (const Emitted& set : one_of_each(create())) {
    EXPECT_EQ(member(set.header, "alg"), Json("RS256"));
  }
}

// Covers: IC-50.
TEST_F(SetProfile, PRX_4_02_SSF_7_1_04_A_75_TheKeyIsNamedAndAmongThePublished) {
  for (const Emitted& set : one_of_each(create())) {
    EXPECT_EQ(member(set.header, "kid"), Json(rsa_key().kid()));
  }
}

TEST_F(SetProfile, SSF_4_1_2_01_SSF_4_1_7_01_SSF_4_1_3_01_SID_05_HasNeitherSubNorExp) {
  for (const Emitted& set : one_of_each(create())) {
    EXPECT_EQ(set.claims.as_object()->find("sub"), nullptr);
    EXPECT_EQ(set.claims.as_object()->find("exp"), nullptr);
  }
}

TEST_F(SetProfile, SSF_3_1_01_TheSubjectIsATopLevelObjectWithAFormat) {
  for (const Emitted& set : one_of_each(create())) {
    EXPECT_NE(member(set.claims, "sub_id", "format").as_string(), nullptr);
  }
}

// Covers: SSF-3.1.1-01.
TEST_F(SetProfile, SSF_3_1_1_02_SSF_3_1_2_01_A_88_TheEventDoesNotRepeatTheSubject) {
  for (const Emitted& set : one_of_each(create())) {
    const Json event = member(set.claims, "events", only_type(set));
    EXPECT_EQ(event.as_object()->find("subject"), nullptr);
  }
}

TEST_F(SetProfile, SSF_8_1_4_1_02_SSF_8_1_5_08_IOP_2_5_03_A_53_OpaqueNamesTheStreamOnly) {
  const std::string id = create();
  const std::vector<Emitted> sets = one_of_each(id);
  const Json stream(JsonObject{{"format", "opaque"}, {"id", id}});
  EXPECT_EQ(member(of_type(sets, stream_updated_).claims, "sub_id"), stream);
  EXPECT_EQ(member(of_type(sets, verification_).claims, "sub_id"), stream);
  EXPECT_EQ(member(of_type(sets, session_revoked).claims, "sub_id", "format"), Json("email"));
}

TEST_F(SetProfile, SSF_4_1_6_01_TheIssuerIsThatOfTheStreamAndItsMetadata) {
  for (const Emitted& set : one_of_each(create())) {
    EXPECT_EQ(member(set.claims, "iss"), Json(store_.record(set.stream_id).config.iss));
    EXPECT_EQ(member(set.claims, "iss"), Json(tenant_->metadata().issuer));
  }
}

TEST_F(SetProfile, SSF_4_1_8_01_SSF_8_1_1_05_TheAudienceIsWrittenAsTheStreamHasIt) {
  for (const Emitted& set : one_of_each(create())) {
    EXPECT_EQ(member(set.claims, "aud"), Json(store_.record(set.stream_id).config.aud.at(0)));
  }
  tenant_->replace_receivers({{{"https://as", "acme"}, {.aud = {"https://acme/1", "x"}}}});
  for (const Emitted& set : one_of_each(create())) {
    EXPECT_EQ(member(set.claims, "aud"), Json(JsonArray{"https://acme/1", "x"}));
  }
}

TEST_F(SetProfile, SSF_4_1_8_03_SSF_4_1_8_04_SET_02_EachStreamHasASetOfItsOwn) {
  const std::string one = create();
  const std::string other = create();
  std::vector<store::NewEvent> events(1);
  events[0].iss = tenant_->issuer();
  events[0].event_id = "e1";
  events[0].subject = email_subject("a@example.com");
  events[0].event = caep::SessionRevoked{};
  ASSERT_TRUE(test::run(loop_, store_.accept(std::move(events))));
  const std::vector<Emitted> first = emitted(one);
  const std::vector<Emitted> second = emitted(other);
  ASSERT_THAT(first, SizeIs(1));
  ASSERT_THAT(second, SizeIs(1));
  EXPECT_NE(member(first[0].claims, "jti"), member(second[0].claims, "jti"));
  EXPECT_NE(member(first[0].claims, "aud"), member(second[0].claims, "aud"));
}

TEST_F(SetProfile, SET_01_SET_04_TheClaimsOfEverySetAreThere) {
  for (const Emitted& set : one_of_each(create())) {
    EXPECT_EQ(member(set.claims, "jti"), Json(set.name));
    EXPECT_TRUE(member(set.claims, "iat").as_number() != nullptr);
    EXPECT_NE(member(set.claims, "txn").as_string(), nullptr);
    EXPECT_NE(member(set.claims, "events").as_object(), nullptr);
  }
}

TEST_F(SetProfile, SSF_4_1_9_02_A_73_EveryCauseHasATxnOfItsOwn) {
  std::set<std::string> seen;
  for (const Emitted& set : one_of_each(create())) {
    EXPECT_TRUE(seen.insert(*member(set.claims, "txn").as_string()).second);
  }
}

// Covers: IC-56, IC-57.
TEST_F(SetProfile, SSF_4_2_1_01_SSF_4_2_1_02_SSF_4_2_1_03_IOP_2_8_1_01_A_57_HasOneEventByItsUri) {
  for (const Emitted& set : one_of_each(create())) {
    const std::string type = only_type(set);
    EXPECT_THAT(type, testing::StartsWith("https://schemas.openid.net/secevent/"));
    EXPECT_NE(member(set.claims, "events", type).as_object(), nullptr);
  }
}

TEST_F(SetProfile, SSF_8_1_4_1_01_AVerificationHasItsStateAndNothingElse) {
  const std::vector<Emitted> sets = one_of_each(create());
  EXPECT_EQ(member(of_type(sets, verification_).claims, "events", verification_),
            Json(JsonObject{{"state", "s"}}));
}

TEST_F(SetProfile, SSF_8_1_5_02_SSF_8_1_5_06_SSF_8_1_5_07_AStreamUpdatedHasStatusAndReason) {
  const std::vector<Emitted> sets = one_of_each(create());
  EXPECT_EQ(member(of_type(sets, stream_updated_).claims, "events", stream_updated_),
            Json(JsonObject{{"status", "paused"}, {"reason", "why"}}));
}

TEST_F(SetProfile, SSF_4_2_2_01_SSF_4_2_3_01_CAEP_03_MembersOfTheEventArriveAsTheyWereGiven) {
  const std::string id = create();
  caep::SessionRevoked event;
  event.event_timestamp = NumericDate{1'794'999'000};
  event.reason_admin = LanguageMap("en", "a reason");
  event.extra.append("ours", Json(JsonArray{1, "x"}));
  store_.add_event(id, event, "j1");
  const Json sent = member(emitted(id).at(0).claims, "events", session_revoked);
  EXPECT_EQ(member(sent, "event_timestamp"), Json(1'794'999'000));
  EXPECT_EQ(member(sent, "reason_admin", "en"), Json("a reason"));
  EXPECT_EQ(member(sent, "ours"), Json(JsonArray{1, "x"}));
}

TEST_F(SetProfile, SSF_10_1_03_OneSubjectIsNamedTheSameEachTime) {
  const std::string id = create();
  store_.add_event(id, caep::SessionRevoked{}, "j1");
  store_.add_event(id, caep::SessionRevoked{}, "j2");
  const std::vector<Emitted> sets = emitted(id);
  EXPECT_EQ(member(sets.at(0).claims, "sub_id"), member(sets.at(1).claims, "sub_id"));
}

}  // namespace
}  // namespace tocsin::transmitter
