#include <set>

#include "api.h"

namespace tocsin::transmitter {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

class CreateApi : public ApiTest {};
class ReadApi : public ApiTest {};
class ChangeApi : public ApiTest {};
class DeleteApi : public ApiTest {};

// Create (SSF 8.1.1.1).

TEST_F(CreateApi, SSF_8_1_1_1_02_Answers201WithTheWholeConfiguration) {
  const http::Response response =
      call("POST", "/ssf/streams",
           R"({"events_requested":[")" + session_revoked + R"("],"description":"d","delivery":{
          "method":"urn:ietf:rfc:8935","endpoint_url":"https://rc.example.com/push"}})");
  ASSERT_EQ(response.status, 201U);
  EXPECT_EQ(*response.headers.find("Content-Type"), "application/json");
  const Json config = body_of(response);
  const std::string id = *member(config, "stream_id").as_string();
  EXPECT_EQ(member(config, "iss"), Json("https://tr.example.com/a"));
  EXPECT_EQ(member(config, "aud"), Json("https://tr.example.com/a/acme/" + id));
  EXPECT_EQ(member(config, "events_delivered"), Json(JsonArray{session_revoked}));
  EXPECT_EQ(member(config, "delivery", "endpoint_url"), Json("https://rc.example.com/push"));
  EXPECT_EQ(member(config, "description"), Json("d"));
  EXPECT_EQ(*response.headers.find("Location"),
            "https://tr.example.com/a/ssf/streams?stream_id=" + id);
}

TEST_F(CreateApi, SSF_8_1_1_03_TheIssuerIsThatOfTheMetadata) {
  EXPECT_EQ(store_.record(create()).config.iss, tenant_->metadata().issuer);
}

TEST_F(CreateApi, SSF_8_1_1_06_SaysWhatIsSupported) {
  EXPECT_EQ(member(body_of(call("POST", "/ssf/streams", "{}")), "events_supported"),
            Json(JsonArray{session_revoked, credential_change}));
}

TEST_F(CreateApi, SSF_8_1_1_1_07_08_09_AnEmptyObjectMakesAPollStream) {
  const Json config = body_of(call("POST", "/ssf/streams", "{}"));
  EXPECT_EQ(member(config, "delivery", "method"), Json("urn:ietf:rfc:8936"));
  EXPECT_EQ(member(config, "delivery", "endpoint_url"),
            Json("https://tr.example.com/a/ssf/poll/" + *member(config, "stream_id").as_string()));
}

TEST_F(CreateApi, SSF_6_1_2_03_EveryPollStreamHasItsOwnUrl) {
  EXPECT_NE(store_.record(create()).config.delivery.endpoint_url,
            store_.record(create()).config.delivery.endpoint_url);
}

// Covers: SSF-6.1.2-01, SSF-6.1.2-02.
TEST_F(CreateApi, SSF_8_1_1_1_11_ThePollUrlIsOurs) {
  const Json config = body_of(call("POST", "/ssf/streams",
                                   R"({"delivery":{"method":"urn:ietf:rfc:8936",
                                       "endpoint_url":"https://evil.example/"}})"));
  EXPECT_THAT(*member(config, "delivery", "endpoint_url").as_string(),
              StartsWith("https://tr.example.com/a/ssf/poll/"));
}

TEST_F(CreateApi, SSF_8_1_1_1_04_AFurtherStreamHasAnotherId) {
  EXPECT_NE(create(), create());
}

// Covers: A-05.
TEST_F(CreateApi, SSF_8_1_1_01_02_SEC_10_IdsAreUniqueAndUnreserved) {
  std::set<std::string> ids;
  for (int i = 0; i < 10'000; ++i) {
    const std::string id = random_.id();
    EXPECT_TRUE(ids.insert(id).second);
    EXPECT_GE(id.size(), 22U);
    EXPECT_EQ(
        id.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~"),
        std::string::npos);
  }
}

// Covers: A-63.
TEST_F(CreateApi, SEC_11_PRX_8_1_1_1_01_WhatTheTransmitterSuppliesIsIgnored) {
  const std::string id =
      create(R"({"stream_id":"mine","iss":"https://evil","aud":"https://globex","events_supported":
          [],"events_delivered":[],"min_verification_interval":1,"inactivity_timeout":1})");
  EXPECT_NE(id, "mine");
  const StreamConfig& config = store_.record(id).config;
  EXPECT_EQ(config.iss, "https://tr.example.com/a");
  EXPECT_THAT(config.aud, ElementsAre("https://tr.example.com/a/acme/" + id));
  EXPECT_FALSE(config.min_verification_interval);
  EXPECT_FALSE(config.inactivity_timeout);
}

// Covers: A-29, SSF-8.1.1.1.1-02.
TEST_F(CreateApi, SEC_11_TheAudienceIsTheRegisteredOne) {
  tenant_->replace_receivers({{{"https://as", "acme"}, {.aud = {"https://acme/1", "x"}}}});
  EXPECT_EQ(member(body_of(call("POST", "/ssf/streams", "{}")), "aud"),
            Json(JsonArray{"https://acme/1", "x"}));
}

// Covers: A-08.
TEST_F(CreateApi, SSF_8_1_1_08_TypesNobodyKnowsAreIgnored) {
  const Json config = body_of(
      call("POST", "/ssf/streams",
           R"({"events_requested":["https://example.com/x",")" + credential_change + R"("]})"));
  EXPECT_EQ(member(config, "events_delivered"), Json(JsonArray{credential_change}));
  EXPECT_EQ(member(config, "events_requested"),
            Json(JsonArray{"https://example.com/x", credential_change}));
}

TEST_F(CreateApi, SSF_8_1_1_10_SEC_14_NoTypeBeyondThePolicy) {
  tenant_->replace_receivers(
      {{{"https://as", "acme"}, {.event_types = std::vector{session_revoked}}}});
  const Json config = body_of(call("POST", "/ssf/streams", "{}"));
  EXPECT_EQ(member(config, "events_supported"), Json(JsonArray{session_revoked}));
  EXPECT_EQ(member(config, "events_delivered"), Json(JsonArray{session_revoked}));
}

TEST_F(CreateApi, A_07_AnEmptyRequestIsTakenAndDeliversNothing) {
  EXPECT_TRUE(store_.record(create(R"({"events_requested":[]})")).config.events_delivered.empty());
}

TEST_F(CreateApi, SSF_8_1_1_15_ALongDescriptionIsCutAtACharacter) {
  std::string text(1023, 'a');
  text += "\xe2\x82\xac and more";
  const std::string id = create(R"({"description":")" + text + R"("})");
  EXPECT_EQ(*store_.record(id).config.description, std::string(1023, 'a'));
}

TEST_F(CreateApi, SSF_8_1_1_1_12_RefusesABodyItCannotRead) {
  EXPECT_EQ(code_of(call("POST", "/ssf/streams", "{")), "json.syntax");
  EXPECT_EQ(code_of(call("POST", "/ssf/streams", "[]")), "stream.type");
  EXPECT_EQ(code_of(call("POST", "/ssf/streams", R"({"delivery":7})")), "stream.type");
  EXPECT_EQ(code_of(call("POST", "/ssf/streams", R"({"description":1})")), "stream.type");
  EXPECT_EQ(code_of(call("POST", "/ssf/streams", R"({"a":1,"a":2})")), "json.duplicate");
  for (const char* body : {"{", "[]", R"({"delivery":7})", ""}) {
    EXPECT_EQ(call("POST", "/ssf/streams", body).status, 400U) << body;
  }
}

TEST_F(CreateApi, PRX_8_1_1_1_02_A_09_RefusesADeliveryThatIsNotWhole) {
  for (const char* delivery :
       {R"({})", R"({"endpoint_url":"https://rc.example.com/"})",
        R"({"method":"urn:ietf:rfc:8935"})", R"({"method":"urn:ietf:rfc:9999"})",
        R"({"method":"urn:ietf:rfc:8935","endpoint_url":"http://rc.example.com/"})"}) {
    const std::string body = std::string(R"({"delivery":)") + delivery + "}";
    EXPECT_EQ(call("POST", "/ssf/streams", body).status, 400U) << delivery;
  }
}

TEST_F(CreateApi, PRX_8_1_1_1_02_ANewStreamIsEnabled) {
  EXPECT_EQ(store_.record(create()).status, StreamStatus::enabled);
}

TEST_F(CreateApi, SEC_39_SEC_40_RefusesAnAddressWeWouldNeverCall) {
  for (const char* url :
       {"https://127.0.0.1/", "https://10.0.0.1/", "https://169.254.169.254/latest",
        "https://[::1]/", "https://[::ffff:127.0.0.1]/"}) {
    const std::string body =
        std::string(R"({"delivery":{"method":"urn:ietf:rfc:8935","endpoint_url":")") + url +
        R"("}})";
    EXPECT_EQ(code_of(call("POST", "/ssf/streams", body)), "url.address") << url;
  }
}

TEST_F(CreateApi, SEC_42_NeitherResolvesNorConnects) {
  // No name server and no client is among the parts, so a name that leads nowhere is taken.
  create(
      R"({"delivery":{"method":"urn:ietf:rfc:8935","endpoint_url":"https://no.such.invalid/"}})");
}

// Covers: A-02.
TEST_F(CreateApi, SEC_43_TheCredentialIsShownByNobody) {
  const std::string id = create_push();
  EXPECT_EQ(store_.record(id).config.delivery.authorization_header, "Bearer secret");
  EXPECT_THAT(call("GET", "/ssf/streams?stream_id=" + id).body, Not(HasSubstr("secret")));
  EXPECT_THAT(call("GET", "/ssf/streams").body, Not(HasSubstr("secret")));
  const http::Response patched =
      call("PATCH", "/ssf/streams", R"({"stream_id":")" + id + R"(","description":"x"})");
  EXPECT_THAT(patched.body, Not(HasSubstr("secret")));
}

// Covers: SSF-ERR-06.
TEST_F(CreateApi, A_38_ABodyNeedsNoLabelButNoOtherOne) {
  http::Request plain = request("POST", "/ssf/streams", "{}", "acme");
  plain.headers.erase("Content-Type");
  EXPECT_EQ(test::run(loop_, serve(plain)).status, 201U);
  plain.headers.add("Content-Type", "application/json; charset=utf-8");
  EXPECT_EQ(test::run(loop_, serve(plain)).status, 201U);
  plain.headers.erase("Content-Type");
  plain.headers.add("Content-Type", "text/plain");
  EXPECT_EQ(test::run(loop_, serve(plain)).status, 415U);
  plain.body = "no JSON";
  EXPECT_EQ(test::run(loop_, serve(plain)).status, 400U);
}

// Covers: POLL-2.5.1-01.
TEST_F(CreateApi, TooLargeABodyIs413) {
  EXPECT_EQ(call("POST", "/ssf/streams", std::string(64 * 1024 + 1, ' ')).status, 413U);
}

// Covers: A-04, IOP-2.3.8.2-02.
TEST_F(CreateApi, SSF_8_1_1_1_05_IsRefusedBeyondTheLimit) {
  for (int i = 0; i < 10; ++i) create();
  const http::Response response = call("POST", "/ssf/streams", "{}");
  EXPECT_EQ(response.status, 409U);
  EXPECT_EQ(code_of(response), "stream.limit");
  EXPECT_EQ(body_of(call("GET", "/ssf/streams")).as_array()->size(), 10U);
  create("{}", "globex");
}

TEST_F(CreateApi, AStoreThatFailsIs503AndNotARefusal) {
  store_.fail_with = Errc::store_unavailable;
  const http::Response response = call("POST", "/ssf/streams", "{}");
  EXPECT_EQ(response.status, 503U);
  EXPECT_NE(response.headers.find("Retry-After"), nullptr);
}

class PushOnlyApi : public ApiTest {
 protected:
  static TenantTerms terms() {
    TenantTerms terms = plain_terms();
    terms.poll = false;
    return terms;
  }
  PushOnlyApi() : ApiTest(terms()) {}
};

TEST_F(PushOnlyApi, SSF_8_1_1_1_10_RefusesAMethodThatIsNotOffered) {
  EXPECT_EQ(code_of(call("POST", "/ssf/streams", "{}")), "stream.value");
  create_push();
}

class SingleStreamApi : public ApiTest {
 protected:
  static TenantTerms terms() {
    TenantTerms terms = plain_terms();
    terms.streams_max = 1;
    return terms;
  }
  SingleStreamApi() : ApiTest(terms()) {}
};

TEST_F(SingleStreamApi, SSF_8_1_1_1_05_TheSecondStreamIs409AndTheFirstStays) {
  const std::string id = create(R"({"description":"first"})");
  EXPECT_EQ(call("POST", "/ssf/streams", R"({"description":"second"})").status, 409U);
  EXPECT_EQ(store_.record(id).config.description, "first");
}

// Read (SSF 8.1.1.2).

TEST_F(ReadApi, SSF_8_1_1_2_01_03_OneStreamIsAnObject) {
  const std::string id = create();
  const http::Response response = call("GET", "/ssf/streams?stream_id=" + id);
  EXPECT_EQ(response.status, 200U);
  EXPECT_EQ(body_of(response), to_json(store_.record(id).config));
}

TEST_F(ReadApi, SSF_8_1_1_2_04_05_WithoutAnIdItIsAnArrayOfAllOnesOwn) {
  create("{}", "globex");
  EXPECT_EQ(call("GET", "/ssf/streams").body, "[]");
  const std::string first = create();
  EXPECT_EQ(body_of(call("GET", "/ssf/streams")).as_array()->size(), 1U);
  const std::string second = create();
  const Json all = body_of(call("GET", "/ssf/streams"));
  ASSERT_EQ(all.as_array()->size(), 2U);
  EXPECT_EQ(member((*all.as_array())[0], "stream_id"), Json(first));
  EXPECT_EQ(member((*all.as_array())[1], "stream_id"), Json(second));
}

TEST_F(ReadApi, SSF_8_1_1_2_06_AnUnknownIdIs404) {
  const http::Response response = call("GET", "/ssf/streams?stream_id=none");
  EXPECT_EQ(response.status, 404U);
  EXPECT_EQ(code_of(response), "stream.unknown");
}

TEST_F(ReadApi, A_67_PRX_8_1_1_2_01_AnEmptyOrRepeatedIdIs400) {
  EXPECT_EQ(call("GET", "/ssf/streams?stream_id=").status, 400U);
  EXPECT_EQ(call("GET", "/ssf/streams?stream_id=a&stream_id=a").status, 400U);
  EXPECT_EQ(call("GET", "/ssf/streams?other=1").status, 200U);
}

// Update and replace (SSF 8.1.1.3, 8.1.1.4).

std::string with_id(const std::string& id, const std::string& more) {
  return R"({"stream_id":")" + id + "\"" + (more.empty() ? "" : "," + more) + "}";
}

TEST_F(ChangeApi, SSF_8_1_1_3_01_AnswersWithTheWholeConfiguration) {
  const std::string id = create();
  const http::Response response =
      call("PATCH", "/ssf/streams", with_id(id, R"("description":"new")"));
  EXPECT_EQ(response.status, 200U);
  EXPECT_EQ(body_of(response), to_json(store_.record(id).config));
  EXPECT_EQ(member(body_of(response), "description"), Json("new"));
}

TEST_F(ChangeApi, SSF_8_1_1_3_03_SSF_8_1_1_4_03_TheIdIsInTheBody) {
  const std::string id = create();
  for (const char* method : {"PATCH", "PUT"}) {
    const http::Response response = call(method, "/ssf/streams?stream_id=" + id, "{}");
    EXPECT_EQ(response.status, 400U);
    EXPECT_EQ(code_of(response), "stream.missing");
  }
}

TEST_F(ChangeApi, SSF_8_1_1_3_04_NothingButTheIdChangesNothing) {
  const std::string id = create(R"({"description":"d"})");
  const Json before = to_json(store_.record(id).config);
  EXPECT_EQ(body_of(call("PATCH", "/ssf/streams", with_id(id, ""))), before);
}

TEST_F(ChangeApi, SSF_8_1_1_3_05_06_WhatIsThereChangesAndTheRestStays) {
  const std::string id = create(R"({"description":"d"})");
  call("PATCH", "/ssf/streams",
       with_id(id, R"("events_requested":[")" + credential_change + R"("])"));
  EXPECT_THAT(store_.record(id).config.events_delivered, ElementsAre(credential_change));
  EXPECT_EQ(store_.record(id).config.description, "d");
  EXPECT_EQ(store_.record(id).config.delivery.method, DeliveryMethod::poll);
  call("PATCH", "/ssf/streams",
       with_id(id, R"("delivery":{"method":"urn:ietf:rfc:8935","endpoint_url":"https://r/x"})"));
  EXPECT_EQ(store_.record(id).config.delivery.method, DeliveryMethod::push);
  EXPECT_THAT(store_.record(id).config.events_delivered, ElementsAre(credential_change));
}

// Covers: A-12, SSF-8.1.1.3-09.
TEST_F(ChangeApi, SSF_8_1_1_3_08_SSF_8_1_1_4_07_AMemberOfOursMustBeAsItIs) {
  const std::string id = create(R"({"description":"d"})");
  const Json before = to_json(store_.record(id).config);
  for (const char* method : {"PATCH", "PUT"}) {
    for (const char* wrong :
         {R"("iss":"https://evil")", R"("aud":"https://evil")", R"("events_supported":[])",
          R"("events_delivered":[])", R"("min_verification_interval":1)",
          R"("inactivity_timeout":1)",
          R"("delivery":{"method":"urn:ietf:rfc:8936","endpoint_url":"https://evil/"})"}) {
      const http::Response response =
          call(method, "/ssf/streams", with_id(id, std::string(R"("description":"x",)") + wrong));
      EXPECT_EQ(code_of(response), "stream.immutable") << method << " " << wrong;
      EXPECT_EQ(to_json(store_.record(id).config), before) << method << " " << wrong;
    }
  }
  const std::string right =
      R"("iss":"https://tr.example.com/a","aud":["https://tr.example.com/a/acme/)" + id +
      R"("],"events_supported":[")" + credential_change + R"(",")" + session_revoked + R"("])";
  EXPECT_EQ(call("PATCH", "/ssf/streams", with_id(id, right)).status, 200U);
}

TEST_F(ChangeApi, SSF_8_1_1_04_TheAudienceStaysWhateverIsRegisteredSince) {
  const std::string id = create();
  const auto before = store_.record(id).config.aud;
  tenant_->replace_receivers({{{"https://as", "acme"}, {.aud = {"https://new"}}}});
  call("PATCH", "/ssf/streams", with_id(id, R"("description":"x")"));
  EXPECT_EQ(store_.record(id).config.aud, before);
}

TEST_F(ChangeApi, SSF_8_1_1_3_10_SSF_8_1_1_4_08_EventsDeliveredIsComparedWithWhatWas) {
  for (const char* method : {"PATCH", "PUT"}) {
    const std::string id = create();
    const std::string change = R"("events_requested":[")" + session_revoked + R"("],)";
    const std::string old_value =
        R"("events_delivered":[")" + session_revoked + R"(",")" + credential_change + R"("])";
    const std::string new_value = R"("events_delivered":[")" + session_revoked + R"("])";
    EXPECT_EQ(call(method, "/ssf/streams", with_id(id, change + new_value)).status, 400U);
    const http::Response response = call(method, "/ssf/streams", with_id(id, change + old_value));
    EXPECT_EQ(response.status, 200U) << response.body;
    EXPECT_EQ(member(body_of(response), "events_delivered"), Json(JsonArray{session_revoked}));
  }
}

TEST_F(ChangeApi, SSF_8_1_1_3_12_SSF_8_1_1_4_09_WhatCannotBeReadComesBeforeWhatIsUnknown) {
  for (const char* method : {"PATCH", "PUT"}) {
    EXPECT_EQ(call(method, "/ssf/streams", "{").status, 400U);
    EXPECT_EQ(call(method, "/ssf/streams", with_id("none", R"("description":7)")).status, 400U);
    EXPECT_EQ(call(method, "/ssf/streams", with_id("none", "")).status, 404U);
    EXPECT_EQ(call(method, "/ssf/streams", with_id("none", ""), "unheard-of").status, 401U);
  }
}

TEST_F(ChangeApi, A_11_PatchIsNoMergePatch) {
  const std::string id = create(R"({"description":"d"})");
  EXPECT_EQ(call("PATCH", "/ssf/streams", with_id(id, R"("description":null)")).status, 400U);
  EXPECT_EQ(call("PUT", "/ssf/streams", with_id(id, R"("description":null)")).status, 200U);
  EXPECT_FALSE(store_.record(id).config.description);
}

TEST_F(ChangeApi, A_65_PRX_8_1_1_3_01_TheStatusIsNoPartOfTheConfiguration) {
  const std::string id = create();
  set_status(id, "paused");
  call("PATCH", "/ssf/streams", with_id(id, R"("description":"x","status":"enabled")"));
  call("PUT", "/ssf/streams", with_id(id, R"("description":"x")"));
  EXPECT_EQ(store_.record(id).status, StreamStatus::paused);
}

// Covers: A-10.
TEST_F(ChangeApi, SSF_8_1_1_4_01_04_PutDeletesWhatIsAbsent) {
  const std::string id =
      create(R"({"description":"d","events_requested":[")" + session_revoked +
             R"("],"delivery":{"method":"urn:ietf:rfc:8935","endpoint_url":"https://r/x"}})");
  const http::Response response = call("PUT", "/ssf/streams", with_id(id, ""));
  EXPECT_EQ(response.status, 200U);
  const StreamConfig& config = store_.record(id).config;
  EXPECT_FALSE(config.description);
  EXPECT_FALSE(config.events_requested);
  EXPECT_THAT(config.events_delivered, ElementsAre(session_revoked, credential_change));
  EXPECT_EQ(config.delivery.method, DeliveryMethod::poll);
}

TEST_F(ChangeApi, SSF_8_1_1_4_05_WhatWasReadMayBeWrittenBack) {
  for (const std::string& id : {create_push(), create(R"({"description":"d"})")}) {
    const Json before = body_of(call("GET", "/ssf/streams?stream_id=" + id));
    EXPECT_EQ(body_of(call("PUT", "/ssf/streams", to_text(before))), before);
  }
}

TEST_F(ChangeApi, SEC_43_ACredentialStaysWithItsUrl) {
  const std::string id = create_push();
  const auto push_to = [&](const std::string& url) {
    call("PATCH", "/ssf/streams",
         with_id(id,
                 R"("delivery":{"method":"urn:ietf:rfc:8935","endpoint_url":")" + url + R"("})"));
    return store_.record(id).config.delivery.authorization_header;
  };
  EXPECT_EQ(push_to("https://rc.example.com/push"), "Bearer secret");
  EXPECT_EQ(push_to("https://evil.example.com/push"), std::nullopt);
}

TEST_F(ChangeApi, SEC_39_TheAddressRuleHoldsForEveryChange) {
  const std::string id = create();
  for (const char* method : {"PATCH", "PUT"}) {
    EXPECT_EQ(code_of(call(method, "/ssf/streams",
                           with_id(id, R"("delivery":{"method":"urn:ietf:rfc:8935",
                                          "endpoint_url":"https://127.0.0.1/"})"))),
              "url.address");
  }
}

// Delete (SSF 8.1.1.5).

TEST_F(DeleteApi, SSF_8_1_1_5_01_03_IsDoneOnceAndAnswersNothing) {
  const std::string id = create();
  const http::Response response = call("DELETE", "/ssf/streams?stream_id=" + id);
  EXPECT_EQ(response.status, 204U);
  EXPECT_EQ(response.body, "");
  EXPECT_EQ(call("DELETE", "/ssf/streams?stream_id=" + id).status, 404U);
}

TEST_F(DeleteApi, SSF_8_1_1_5_02_A_67_NeedsTheIdInTheQuery) {
  EXPECT_EQ(code_of(call("DELETE", "/ssf/streams")), "stream.missing");
  EXPECT_EQ(call("DELETE", "/ssf/streams?stream_id=").status, 400U);
}

// Covers: A-21.
TEST_F(DeleteApi, PRX_8_1_1_5_01_REL_11_NothingIsLeftOfTheStream) {
  const std::string id = create();
  store_.add_event(id, caep::SessionRevoked{}, "j1");
  call("DELETE", "/ssf/streams?stream_id=" + id);
  EXPECT_EQ(call("GET", "/ssf/streams?stream_id=" + id).status, 404U);
  EXPECT_EQ(get_status(id).status, 404U);
  EXPECT_EQ(poll(id).status, 404U);
}

}  // namespace
}  // namespace tocsin::transmitter
