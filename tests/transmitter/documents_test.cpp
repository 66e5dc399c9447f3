#include "transmitter/documents.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "support/matchers.h"
#include "support/run.h"
#include "tocsin/json.h"

namespace tocsin::transmitter {
namespace {

using test::FailsWith;
using test::run;

const SigningKey& key() {
  static const SigningKey made = SigningKey::generate(Algorithm::ES256).value();
  return made;
}

std::unique_ptr<Documents> open(std::string_view issuer) {
  return Documents::open(issuer, KeySet::of({key()})).value();
}

http::Response get(const Documents& documents, std::string_view path, http::Headers headers = {}) {
  for (const http::Route& route : documents.routes()) {
    if (route.path != path) continue;
    loop::Loop loop;
    http::Request request;
    request.method = "GET";
    request.headers = std::move(headers);
    return run(loop, route.handler(std::move(request))).value();
  }
  ADD_FAILURE() << "no route for " << path;
  return {};
}

JsonObject body_of(const http::Response& response) {
  return *parse_json(response.body).value().as_object();
}

TEST(Documents, SSF_7_2_02_ServesMetadataAtTheInsertedPath) {
  const auto root = open("https://tr.example.com");
  const http::Response answer = get(*root, "/.well-known/ssf-configuration");
  EXPECT_EQ(answer.status, 200U);
  EXPECT_EQ(*answer.headers.find("Content-Type"), "application/json");
  const JsonObject metadata = body_of(answer);
  EXPECT_EQ(*metadata.find("spec_version"), Json("1_0"));
  EXPECT_EQ(*metadata.find("issuer"), Json("https://tr.example.com"));
  EXPECT_EQ(*metadata.find("jwks_uri"), Json("https://tr.example.com/jwks.json"));

  const auto tenant = open("https://tr.example.com:8443/a/b/");
  const JsonObject its = body_of(get(*tenant, "/.well-known/ssf-configuration/a/b"));
  EXPECT_EQ(*its.find("issuer"), Json("https://tr.example.com:8443/a/b/"));
  EXPECT_EQ(*its.find("jwks_uri"), Json("https://tr.example.com:8443/a/b/jwks.json"));
  EXPECT_EQ(get(*tenant, "/a/b/jwks.json").status, 200U);
}

TEST(Documents, SSF_7_2_3_03_HasNoEmptyMember) {
  for (const JsonMember& member :
       body_of(get(*open("https://h"), "/.well-known/ssf-configuration"))) {
    if (const JsonArray* array = member.value.as_array()) EXPECT_FALSE(array->empty());
  }
}

TEST(Documents, KY_40_SEC_35_ShowsPublicPartsOfTheKeysOnly) {
  const JsonObject jwks = body_of(get(*open("https://h"), "/jwks.json"));
  const JsonArray& keys = *jwks.find("keys")->as_array();
  ASSERT_EQ(keys.size(), 1U);
  const JsonObject& shown = *keys[0].as_object();
  EXPECT_EQ(*shown.find("kid"), Json(key().kid()));
  for (const std::string_view secret : {"d", "p", "q", "k"}) EXPECT_EQ(shown.find(secret), nullptr);
}

TEST(Documents, KY_44_MayBeKeptAnHourAndRevalidated) {
  const auto documents = open("https://h");
  for (const http::Route& route : documents->routes()) {
    EXPECT_EQ(route.cache_control, "max-age=3600");
    EXPECT_TRUE(route.access.is_open());
    EXPECT_EQ(route.body_max, 0U);
  }
  const std::string etag = *get(*documents, "/jwks.json").headers.find("ETag");
  const http::Response again = get(*documents, "/jwks.json", {{"If-None-Match", etag}});
  EXPECT_EQ(again.status, 304U);
  EXPECT_EQ(again.body, "");
  EXPECT_EQ(*again.headers.find("ETag"), etag);
}

TEST(Documents, ShowOtherKeysOnceTheyAreReplaced) {
  const auto documents = open("https://h");
  const std::string etag = *get(*documents, "/jwks.json").headers.find("ETag");
  const SigningKey other = SigningKey::generate(Algorithm::ES256).value();
  documents->replace_keys(KeySet::of({key(), other}));
  const http::Response answer = get(*documents, "/jwks.json", {{"If-None-Match", etag}});
  EXPECT_EQ(answer.status, 200U);
  EXPECT_EQ(body_of(answer).find("keys")->as_array()->size(), 2U);
}

TEST(Documents, SSF_7_1_03_RefuseWhatIsNoIssuer) {
  const KeySet keys = KeySet::of({key()});
  for (const std::string_view issuer : {"http://h", "https://h/?a", "https://h/#a", "h", ""}) {
    EXPECT_THAT(Documents::open(issuer, keys), FailsWith(Errc::config_invalid)) << issuer;
  }
}

TEST(Documents, SSF_7_2_3_01_ShowTheMetadataTheyAreGiven) {
  TransmitterMetadata metadata;
  metadata.issuer = "https://h/a";
  metadata.jwks_uri = "https://h/a/keys";
  metadata.status_endpoint = "https://h/a/status";
  const auto documents = Documents::open(metadata, KeySet::of({key()})).value();
  const http::Response answer = get(*documents, "/.well-known/ssf-configuration/a");
  EXPECT_EQ(parse_json(answer.body).value(), to_json(metadata));
  EXPECT_EQ(get(*documents, "/a/keys").status, 200U);
}

TEST(Documents, RefuseKeysThatAreNotBelowTheIssuer) {
  TransmitterMetadata metadata;
  metadata.issuer = "https://h/a";
  EXPECT_THAT(Documents::open(metadata, KeySet()), FailsWith(Errc::config_invalid));
  for (const char* uri : {"https://other/a/keys", "https://h/keys", "keys"}) {
    metadata.jwks_uri = uri;
    EXPECT_THAT(Documents::open(metadata, KeySet()), FailsWith(Errc::config_invalid)) << uri;
  }
}

}  // namespace
}  // namespace tocsin::transmitter
