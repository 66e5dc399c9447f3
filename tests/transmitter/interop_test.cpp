// What independent testers of transmitters look at, played through as they do it: over HTTP, by a
// receiver that knows the issuer and a token and nothing else. The numbers are those of our list of
// such checks (IC). What a tester sees only with TLS or a token endpoint is in tests/http and
// tests/oauth.
#include <gmock/gmock.h>

#include "api.h"
#include "support/raw_client.h"
#include "support/test_server.h"
#include "transmitter/documents.h"

namespace tocsin::transmitter {
namespace {

using testing::Contains;
using testing::IsEmpty;
using testing::SizeIs;
using testing::StartsWith;

class InteropCheck : public ApiTest {
 protected:
  InteropCheck() { signer_.replace_keys(rsa_key(), KeySet::of({rsa_key()})); }

  static const SigningKey& rsa_key() {
    static const SigningKey key = SigningKey::generate(Algorithm::RS256).value();
    return key;
  }

  std::vector<http::Route> all_routes() {
    std::vector<http::Route> all = routes();
    for (http::Route& route : documents_->routes()) all.push_back(std::move(route));
    return all;
  }

  // `url` is one the transmitter published.
  test::RawResponse ask(const std::string& method, const std::string& url,
                        const std::string& body = "", const std::string& token = "acme") {
    const std::string origin = "https://tr.example.com";
    EXPECT_THAT(url, StartsWith(origin + "/"));
    std::string text = method + " " + url.substr(origin.size()) + " HTTP/1.1\r\nHost: h\r\n";
    if (!token.empty()) text += "Authorization: Bearer " + token + "\r\n";
    if (!body.empty()) text += "Content-Type: application/json\r\n";
    text += "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    return test::ask(server_.port(), text);
  }

  static Json json_of(const test::RawResponse& response) {
    auto json = parse_json(response.body);
    EXPECT_TRUE(json) << response.body;
    return json ? std::move(*json) : Json();
  }

  static std::string text_of(const Json& json) {
    EXPECT_NE(json.as_string(), nullptr) << to_text(json);
    return json.as_string() == nullptr ? "" : *json.as_string();
  }

  Json metadata() {
    return json_of(ask("GET", "https://tr.example.com/.well-known/ssf-configuration/a", "", ""));
  }
  std::string endpoint(std::string_view name) { return text_of(member(metadata(), name)); }
  std::string with_id(std::string_view name, const std::string& id) {
    return endpoint(name) + "?stream_id=" + id;
  }

  Json create_poll() {
    return json_of(ask("POST", endpoint("configuration_endpoint"),
                       R"({"events_requested":[")" + session_revoked + R"("],"description":"d",
                           "delivery":{"method":"urn:ietf:rfc:8936"}})"));
  }

  static std::string naming(const std::string& id, const std::string& more = "") {
    return R"({"stream_id":")" + id + "\"" + more + "}";
  }

  std::vector<std::string> polled(const Json& stream, const std::string& body) {
    const test::RawResponse response =
        ask("POST", text_of(member(stream, "delivery", "endpoint_url")), body);
    EXPECT_EQ(response.status, 200U);
    EXPECT_THAT(response.headers.at("content-type"), StartsWith("application/json"));
    std::vector<std::string> names;
    const Json sets = member(json_of(response), "sets");
    EXPECT_NE(sets.as_object(), nullptr) << response.body;
    if (sets.as_object() == nullptr) return names;
    for (const JsonMember& set : *sets.as_object()) {
      EXPECT_NE(set.value.as_string(), nullptr);
      names.push_back(set.name);
    }
    return names;
  }

  std::unique_ptr<Documents> documents_ =
      Documents::open(tenant_->metadata(), KeySet::of({rsa_key()})).value();
  test::TestServer server_{all_routes()};
};

const std::string now = R"({"maxEvents":10,"returnImmediately":true})";

TEST_F(InteropCheck, IC_01_02_03_04_SSF_7_2_03_TheMetadataAreFoundFromTheIssuer) {
  const test::RawResponse response =
      ask("GET", "https://tr.example.com/.well-known/ssf-configuration/a", "", "");
  EXPECT_EQ(response.status, 200U);
  EXPECT_THAT(response.headers.at("content-type"), StartsWith("application/json"));
  EXPECT_EQ(member(json_of(response), "issuer"), Json("https://tr.example.com/a"));
}

TEST_F(InteropCheck, IC_05_IC_28_PRX_7_01_EveryEndpointIsHttpsWithoutAQuery) {
  for (const char* name :
       {"jwks_uri", "configuration_endpoint", "status_endpoint", "add_subject_endpoint",
        "remove_subject_endpoint", "verification_endpoint"}) {
    const std::string url = endpoint(name);
    EXPECT_THAT(url, StartsWith("https://"));
    EXPECT_EQ(url.find('?'), std::string::npos);
  }
}

TEST_F(InteropCheck, IC_06_SSF_7_1_05_IOP_2_3_2_01_DLV_IOP_01_BothDeliveryMethodsAreNamed) {
  const Json methods = member(metadata(), "delivery_methods_supported");
  EXPECT_THAT(*methods.as_array(), Contains(Json("urn:ietf:rfc:8935")));
  EXPECT_THAT(*methods.as_array(), Contains(Json("urn:ietf:rfc:8936")));
}

TEST_F(InteropCheck, IC_07_SSF_7_1_01_A_87_TheVersionIsThatOfTheFinalText) {
  EXPECT_EQ(member(metadata(), "spec_version"), Json("1_0"));
}

// Covers: IC-49.
TEST_F(InteropCheck, IC_08_IOP_2_3_3_01_IOP_2_3_4_01_IOP_2_3_5_01_IOP_2_3_6_01_TheProfilesMembers) {
  for (const char* name :
       {"jwks_uri", "configuration_endpoint", "status_endpoint", "verification_endpoint"}) {
    EXPECT_NE(endpoint(name), "") << name;
  }
}

TEST_F(InteropCheck, IC_09_IOP_2_3_7_01_SSF_AZ_03_OAuthIsNamedToEverybody) {
  const Json schemes = member(metadata(), "authorization_schemes");
  EXPECT_THAT(*schemes.as_array(), Contains(Json(JsonObject{{"spec_urn", "urn:ietf:rfc:6749"}})));
}

TEST_F(InteropCheck, IC_10_11_TheKeysArePublicAndNothingButPublic) {
  const test::RawResponse response = ask("GET", endpoint("jwks_uri"), "", "");
  EXPECT_EQ(response.status, 200U);
  const Json keys = member(json_of(response), "keys");
  ASSERT_THAT(*keys.as_array(), SizeIs(1));
  const JsonObject& key = *keys.as_array()->front().as_object();
  EXPECT_EQ(*key.find("kty"), Json("RSA"));
  for (const char* secret : {"d", "p", "q", "dp", "dq", "qi", "k"}) {
    EXPECT_EQ(key.find(secret), nullptr) << secret;
  }
}

TEST_F(InteropCheck, IOP_2_3_08_A_28_A_61_AllSubjectsByDefaultAndNoEventsInTheMetadata) {
  EXPECT_EQ(member(metadata(), "default_subjects"), Json("ALL"));
  EXPECT_EQ(metadata().as_object()->find("events_supported"), nullptr);
}

// Covers: A-33, A-84.
TEST_F(InteropCheck, IC_17_18_19_20_SSF_ERR_02_TheTokenIsJudgedFirst) {
  const std::string streams = endpoint("configuration_endpoint");
  const std::string status = endpoint("status_endpoint");
  for (const char* id : {"", "?stream_id=none", "?stream_id="}) {
    EXPECT_EQ(ask("GET", streams + id, "", "unknown").status, 401U);
    EXPECT_EQ(ask("DELETE", streams + id, "", "unknown").status, 401U);
    EXPECT_EQ(ask("GET", status + id, "", "unknown").status, 401U);
  }
  for (const char* body : {"{", "{}", R"({"stream_id":"none"})"}) {
    for (const char* method : {"POST", "PATCH", "PUT"}) {
      EXPECT_EQ(ask(method, streams, body, "unknown").status, 401U) << method << body;
    }
    for (const char* name : {"status_endpoint", "add_subject_endpoint", "remove_subject_endpoint",
                             "verification_endpoint"}) {
      EXPECT_EQ(ask("POST", endpoint(name), body, "unknown").status, 401U) << name << body;
      EXPECT_EQ(ask("POST", endpoint(name), body, "acme-reader").status, 403U) << name << body;
    }
  }
}

TEST_F(InteropCheck, SSF_ERR_02_A_83_WhatCannotBeReadComesBeforeWhatIsUnknown) {
  for (const char* name : {"status_endpoint", "add_subject_endpoint", "remove_subject_endpoint",
                           "verification_endpoint"}) {
    EXPECT_EQ(ask("POST", endpoint(name), R"({"stream_id":"none")").status, 400U) << name;
    EXPECT_EQ(ask("POST", endpoint(name), R"({"stream_id":7})").status, 400U) << name;
  }
  EXPECT_EQ(ask("POST", endpoint("verification_endpoint"), naming("none")).status, 404U);
}

TEST_F(InteropCheck, IC_21_SSF_6_1_2_04_POLL_SSF_02_SSF_AZ_02_TheTokenOfTheStreamPolls) {
  const Json stream = create_poll();
  EXPECT_THAT(polled(stream, now), IsEmpty());
  const std::string url = text_of(member(stream, "delivery", "endpoint_url"));
  const test::RawResponse refused = ask("POST", url, now, "");
  EXPECT_EQ(refused.status, 401U);
  EXPECT_THAT(refused.headers.at("www-authenticate"), StartsWith("Bearer"));
}

TEST_F(InteropCheck, POLL_3_02_PRX_D_04_A_46_APollWithoutCredentialsIsTold) {
  const std::string url = text_of(member(create_poll(), "delivery", "endpoint_url"));
  for (const char* token : {"", "unknown"}) {
    const test::RawResponse refused = ask("POST", url, now, token);
    EXPECT_EQ(refused.status, 401U);
    EXPECT_THAT(refused.headers.at("www-authenticate"), StartsWith("Bearer"));
  }
}

TEST_F(InteropCheck, IC_22_23_24_25_IOP_2_3_8_2_01_IOP_2_3_8_1_03_ANewStreamIsShownWhole) {
  const test::RawResponse response =
      ask("POST", endpoint("configuration_endpoint"),
          R"({"events_requested":[")" + session_revoked + R"("],"description":"d",
              "delivery":{"method":"urn:ietf:rfc:8936"}})");
  EXPECT_EQ(response.status, 201U);
  EXPECT_THAT(response.headers.at("content-type"), StartsWith("application/json"));
  const Json stream = json_of(response);
  EXPECT_NE(text_of(member(stream, "stream_id")), "");
  EXPECT_EQ(text_of(member(stream, "iss")), endpoint("issuer"));
  EXPECT_NE(text_of(member(stream, "aud")), "");
  EXPECT_EQ(member(stream, "events_delivered"), Json(JsonArray{session_revoked}));
  EXPECT_EQ(member(stream, "delivery", "method"), Json("urn:ietf:rfc:8936"));
  EXPECT_THAT(text_of(member(stream, "delivery", "endpoint_url")), StartsWith("https://"));
}

// Covers: A-47.
TEST_F(InteropCheck,
       IOP_2_3_8_1_01_IOP_2_3_8_1_02_SSF_6_1_01_SSF_6_1_1_01_SSF_8_1_1_12_BothMethods) {
  const test::RawResponse push = ask("POST", endpoint("configuration_endpoint"),
                                     R"({"delivery":{"method":"urn:ietf:rfc:8935",
                                         "endpoint_url":"https://rc.example.com/push"}})");
  EXPECT_EQ(push.status, 201U);
  EXPECT_EQ(member(json_of(push), "delivery", "method"), Json("urn:ietf:rfc:8935"));
  EXPECT_EQ(member(json_of(push), "delivery", "endpoint_url"), Json("https://rc.example.com/push"));
  const std::string id = text_of(member(create_poll(), "stream_id"));
  for (const char* method : {"PATCH", "PUT"}) {
    const Json changed = json_of(ask(method, endpoint("configuration_endpoint"), naming(id)));
    EXPECT_EQ(member(changed, "delivery", "method"), Json("urn:ietf:rfc:8936")) << method;
  }
}

TEST_F(InteropCheck, IC_26_36_WhatIsNoJsonIs400) {
  for (const char* method : {"POST", "PATCH", "PUT"}) {
    EXPECT_EQ(ask(method, endpoint("configuration_endpoint"), "no JSON").status, 400U) << method;
  }
}

TEST_F(InteropCheck, IC_27_29_30_31_IOP_2_3_8_2_03_StreamsAreRead) {
  EXPECT_EQ(ask("GET", endpoint("configuration_endpoint")).body, "[]");
  const Json stream = create_poll();
  const test::RawResponse one =
      ask("GET", with_id("configuration_endpoint", text_of(member(stream, "stream_id"))));
  EXPECT_EQ(one.status, 200U);
  EXPECT_EQ(json_of(one), stream);
  EXPECT_EQ(text_of(member(json_of(one), "iss")), endpoint("issuer"));
  EXPECT_EQ(json_of(ask("GET", endpoint("configuration_endpoint"))), Json(JsonArray{stream}));
}

TEST_F(InteropCheck, IC_33_IOP_3_01_TheProfilesEventsAreSupported) {
  const Json supported = member(create_poll(), "events_supported");
  EXPECT_THAT(*supported.as_array(), Contains(Json(session_revoked)));
}

TEST_F(InteropCheck, IC_34_35_37_IOP_2_3_07_ChangesAreAnsweredWithTheWholeStream) {
  const Json stream = create_poll();
  const std::string id = text_of(member(stream, "stream_id"));
  const std::string wanted = R"(,"description":"new","events_requested":[")" + session_revoked +
                             R"("],"delivery":{"method":"urn:ietf:rfc:8936"})";
  for (const char* method : {"PATCH", "PUT"}) {
    const test::RawResponse response =
        ask(method, endpoint("configuration_endpoint"), naming(id, wanted));
    EXPECT_EQ(response.status, 200U) << method;
    const Json changed = json_of(response);
    EXPECT_EQ(changed, json_of(ask("GET", with_id("configuration_endpoint", id))));
    EXPECT_EQ(member(changed, "description"), Json("new"));
    EXPECT_EQ(ask(method, endpoint("configuration_endpoint"), naming("none", wanted)).status, 404U);
  }
}

TEST_F(InteropCheck, IC_32_38_39_IOP_2_3_8_2_06_ADeletedStreamIsGone) {
  const std::string id = text_of(member(create_poll(), "stream_id"));
  const test::RawResponse response = ask("DELETE", with_id("configuration_endpoint", id));
  EXPECT_EQ(response.status, 204U);
  EXPECT_EQ(response.body, "");
  EXPECT_EQ(ask("DELETE", with_id("configuration_endpoint", id)).status, 404U);
  EXPECT_EQ(ask("GET", with_id("configuration_endpoint", id)).status, 404U);
  EXPECT_EQ(ask("GET", with_id("status_endpoint", id)).status, 404U);
}

TEST_F(InteropCheck, IC_41_42_IOP_2_3_8_2_04_SSF_8_1_2_2_02_TheStatusIsReadAndChanged) {
  const std::string id = text_of(member(create_poll(), "stream_id"));
  EXPECT_EQ(member(json_of(ask("GET", with_id("status_endpoint", id))), "status"), Json("enabled"));
  for (const char* status : {"enabled", "paused", "disabled"}) {
    const std::string wanted = std::string(R"(,"status":")") + status + R"(","reason":"r")";
    const test::RawResponse response = ask("POST", endpoint("status_endpoint"), naming(id, wanted));
    EXPECT_EQ(response.status, 200U);
    const Json expected(JsonObject{{"stream_id", id}, {"status", status}, {"reason", "r"}});
    EXPECT_EQ(json_of(response), expected);
    EXPECT_EQ(json_of(ask("GET", with_id("status_endpoint", id))), expected);
  }
}

TEST_F(InteropCheck, IC_43_ASubjectIsAdded) {
  const std::string id = text_of(member(create_poll(), "stream_id"));
  const test::RawResponse response =
      ask("POST", endpoint("add_subject_endpoint"),
          naming(id, R"(,"subject":{"format":"email","email":"a@example.com"},"verified":true)"));
  EXPECT_EQ(response.status, 200U);
  EXPECT_EQ(response.body, "");
}

TEST_F(InteropCheck, IC_44_46_47_48_52_53_54_55_A_76_AVerificationArrivesAsAsked) {
  const Json stream = create_poll();
  const std::string id = text_of(member(stream, "stream_id"));
  const test::RawResponse asked =
      ask("POST", endpoint("verification_endpoint"), naming(id, R"(,"state":"VGhpcyBpcyBh")"));
  EXPECT_EQ(asked.status, 204U);
  EXPECT_EQ(asked.body, "");
  const Json body = json_of(ask("POST", text_of(member(stream, "delivery", "endpoint_url")), now));
  const Json sets = member(body, "sets");
  ASSERT_THAT(*sets.as_object(), SizeIs(1));
  SetPolicy policy;
  policy.iss = endpoint("issuer");
  policy.aud = {text_of(member(stream, "aud"))};
  const KeySet published = KeySet::parse(ask("GET", endpoint("jwks_uri"), "", "").body).value();
  const auto set = verify(*sets.as_object()->begin()->value.as_string(), published, policy,
                          clock_.wall_seconds());
  ASSERT_TRUE(set) << set.error().to_string();
  EXPECT_EQ(std::get<ssf::Verification>((*set)->event).state, "VGhpcyBpcyBh");
  EXPECT_TRUE(is_same_entry((*set)->sub_id, opaque_subject(id)));
}

// Covers: SSF-8.1.4.2-06.
TEST_F(InteropCheck, IC_45_SSF_8_1_4_2_07_A_54_AVerificationIsThereOnceItIsAnswered) {
  const Json stream = create_poll();
  ask("POST", endpoint("verification_endpoint"), naming(text_of(member(stream, "stream_id"))));
  EXPECT_THAT(polled(stream, now), SizeIs(1));
}

TEST_F(InteropCheck, IC_61_62_63_POLL_2_3_04_AnEventIsPolledAndAcknowledged) {
  const Json stream = create_poll();
  const std::string id = text_of(member(stream, "stream_id"));
  ask("POST", endpoint("verification_endpoint"), naming(id));
  const std::vector<std::string> first = polled(stream, now);
  ASSERT_THAT(first, SizeIs(1));
  ask("POST", endpoint("verification_endpoint"), naming(id));
  const std::vector<std::string> both = polled(stream, now);
  EXPECT_THAT(both, SizeIs(2)) << "one again and one that is new";
  EXPECT_THAT(both, Contains(first[0]));
  const std::vector<std::string> rest =
      polled(stream, R"({"maxEvents":10,"returnImmediately":true,"ack":[")" + first[0] + R"("]})");
  ASSERT_THAT(rest, SizeIs(1));
  EXPECT_NE(rest[0], first[0]);
}

TEST_F(InteropCheck, BT_02_IOP_2_7_2_01_IOP_2_7_2_02_ATokenIsTakenFromTheHeaderOnly) {
  const std::string streams = endpoint("configuration_endpoint");
  EXPECT_EQ(ask("GET", streams, "", "acme").status, 200U);
  EXPECT_EQ(ask("GET", streams + "?access_token=acme", "", "").status, 401U);
  EXPECT_EQ(ask("POST", streams, "access_token=acme", "").status, 401U);
}

TEST_F(InteropCheck, IOP_2_7_2_05_IOP_2_7_2_04_ATokenThatIsNotEnoughIsToldWhatIs) {
  const test::RawResponse refused =
      ask("POST", endpoint("configuration_endpoint"), "{}", "acme-reader");
  EXPECT_EQ(refused.status, 403U);
  EXPECT_THAT(refused.headers.at("www-authenticate"),
              testing::AllOf(StartsWith("Bearer"), testing::HasSubstr("insufficient_scope"),
                             testing::HasSubstr("ssf.manage")));
}

TEST_F(InteropCheck, SSF_7_2_3_04_SSF_7_2_2_01_WhatIsNotThereIs404) {
  for (const char* path : {"/.well-known/ssf-configuration", "/.well-known/ssf-configuration/b",
                           "/.well-known/risc-configuration/a", "/a/.well-known/ssf-configuration",
                           "/.well-known/sse-configuration/a"}) {
    EXPECT_EQ(ask("GET", std::string("https://tr.example.com") + path, "", "").status, 404U)
        << path;
  }
}

TEST_F(InteropCheck, SSF_ERR_03_A_32_ARefusalNamesItsKindAndRepeatsNothing) {
  const test::RawResponse refused =
      ask("POST", endpoint("configuration_endpoint"), R"({"delivery":"canary-value"})");
  EXPECT_EQ(refused.status, 400U);
  EXPECT_EQ(refused.headers.at("content-type"), "application/problem+json");
  EXPECT_EQ(refused.headers.at("cache-control"), "no-store");
  EXPECT_EQ(member(json_of(refused), "code"), Json("stream.type"));
  EXPECT_EQ(refused.body.find("canary-value"), std::string::npos);
}

}  // namespace
}  // namespace tocsin::transmitter
