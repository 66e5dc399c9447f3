// Where the texts leave a transmitter a choice, or say what it may also do: what ours does
// (docs/conformance.md, the A rows of tests/requirements.tsv).
#include <gmock/gmock.h>

#include "api.h"
#include "transmitter/documents.h"

namespace tocsin::transmitter {
namespace {

class Choice : public ApiTest {
 protected:
  static std::string naming(const std::string& id, const std::string& more = "") {
    return R"({"stream_id":")" + id + "\"" + more + "}";
  }
};

TEST_F(Choice, A_06_WhoNamesNoTypesGetsEveryTypeItMayHave) {
  const Json all = body_of(call("POST", "/ssf/streams", "{}"));
  EXPECT_EQ(member(all, "events_delivered"), Json(JsonArray{session_revoked, credential_change}));
  tenant_->replace_receivers({{{"https://as", "acme"}, {.event_types = {{session_revoked}}}}});
  const Json fewer = body_of(call("POST", "/ssf/streams", "{}"));
  EXPECT_EQ(member(fewer, "events_delivered"), Json(JsonArray{session_revoked}));
}

TEST_F(Choice, A_27_SSF_8_1_02_AStatusIsThatOfTheWholeStream) {
  const std::string id = create();
  const http::Response response =
      call("POST", "/ssf/status",
           naming(id, R"(,"status":"paused","subject":{"format":"opaque","id":"x"})"));
  EXPECT_EQ(response.status, 200U);
  EXPECT_EQ(body_of(response), Json(JsonObject{{"stream_id", id}, {"status", "paused"}}));
  EXPECT_EQ(store_.record(id).status, StreamStatus::paused);
}

TEST_F(Choice, A_39_SSF_8_1_2_2_03_WhatIsAskedIsDoneWhenItIsAnswered) {
  const std::string id = create();
  EXPECT_EQ(call("PATCH", "/ssf/streams", naming(id, R"(,"description":"a")")).status, 200U);
  EXPECT_EQ(store_.record(id).config.description, "a");
  EXPECT_EQ(call("PUT", "/ssf/streams", naming(id, R"(,"description":"b")")).status, 200U);
  EXPECT_EQ(store_.record(id).config.description, "b");
  EXPECT_EQ(set_status(id, "paused").status, 200U);
  EXPECT_EQ(store_.record(id).status, StreamStatus::paused);
}

TEST_F(Choice, A_66_WhatNobodyKnowsInARequestIsIgnored) {
  const std::string more = R"(,"format":"x","status":"disabled","limits":{"max_events":1})";
  const std::string id = create(R"({"description":"d")" + more + "}");
  EXPECT_EQ(store_.record(id).status, StreamStatus::enabled);
  const Json before = to_json(store_.record(id).config);
  EXPECT_EQ(call("PATCH", "/ssf/streams", naming(id, more)).status, 200U);
  EXPECT_EQ(to_json(store_.record(id).config), before);
  EXPECT_EQ(call("PUT", "/ssf/streams", naming(id, R"(,"description":"d")" + more)).status, 200U);
  EXPECT_EQ(store_.record(id).status, StreamStatus::enabled);
  const std::string subject = R"(,"subject":{"format":"opaque","id":"x"})";
  EXPECT_EQ(call("POST", "/ssf/subjects/add", naming(id, subject + more)).status, 200U);
  EXPECT_EQ(call("POST", "/ssf/subjects/remove", naming(id, subject + more)).status, 204U);
  EXPECT_EQ(call("POST", "/ssf/verification", naming(id, more)).status, 204U);
}

class SlashedIssuer : public ApiTest {
 protected:
  static TenantTerms terms() {
    TenantTerms terms = plain_terms();
    terms.issuer += "/";
    return terms;
  }
  SlashedIssuer() : ApiTest(terms()) {}
};

TEST_F(SlashedIssuer, A_34_ASlashAtTheEndIsPartOfTheIssuerAndOfNoUrl) {
  EXPECT_EQ(tenant_->metadata().issuer, "https://tr.example.com/a/");
  EXPECT_EQ(tenant_->metadata().configuration_endpoint, "https://tr.example.com/a/ssf/streams");
  const auto documents = Documents::open(tenant_->metadata(), KeySet::of({key_})).value();
  EXPECT_EQ(documents->routes().front().path, "/.well-known/ssf-configuration/a");
  const std::string id = create();
  EXPECT_EQ(store_.record(id).config.iss, "https://tr.example.com/a/");
  EXPECT_EQ(call("PATCH", "/ssf/streams",
                 R"({"stream_id":")" + id + R"(","iss":"https://tr.example.com/a"})")
                .status,
            400U);
}

}  // namespace
}  // namespace tocsin::transmitter
