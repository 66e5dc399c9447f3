#include "issuer/discovery.h"

#include <gtest/gtest.h>

#include "support/fixtures.h"
#include "support/matchers.h"
#include "support/run.h"
#include "support/scripted_client.h"

namespace tocsin::issuer {
namespace {

using test::FailsWith;
using test::response;
using test::run;
using test::ScriptedClient;

constexpr std::string_view issuer = "https://tr.example.com/a";
constexpr std::string_view metadata =
    R"({"issuer":"https://tr.example.com/a","jwks_uri":"https://tr.example.com/keys"})";

Result<Discovered> discover_from(Result<http::Response> answer) {
  loop::Loop loop;
  ScriptedClient client([&](const http::OutboundRequest&) { return answer; });
  return run(loop, discover(client, std::string(issuer)));
}

TEST(MetadataUrl, SSF_7_2_1_02_InsertsTheWellKnownPath) {
  const auto url = [](std::string_view text) { return metadata_url(text).value().to_text(); };
  EXPECT_EQ(url("https://h"), "https://h/.well-known/ssf-configuration");
  EXPECT_EQ(url("https://h/"), "https://h/.well-known/ssf-configuration");
  EXPECT_EQ(url("https://h/a"), "https://h/.well-known/ssf-configuration/a");
  EXPECT_EQ(url("https://h/a/"), "https://h/.well-known/ssf-configuration/a");
  EXPECT_EQ(url("https://h:8443/a/b"), "https://h:8443/.well-known/ssf-configuration/a/b");
}

TEST(MetadataUrl, RFC_8414_3_1_InsertsAndOpenIdAppends) {
  const auto url = [](Metadata kind) {
    return metadata_url("https://h/a", kind).value().to_text();
  };
  EXPECT_EQ(url(Metadata::authorization_server),
            "https://h/.well-known/oauth-authorization-server/a");
  EXPECT_EQ(url(Metadata::openid_provider), "https://h/a/.well-known/openid-configuration");
}

TEST(MetadataUrl, SSF_7_2_01_RefusesWhatIsNoIssuer) {
  EXPECT_THAT(metadata_url("http://h"), FailsWith(Errc::url_syntax));
  EXPECT_THAT(metadata_url("https://h/#a"), FailsWith(Errc::url_syntax));
  EXPECT_THAT(metadata_url("https://h/?a=b"), FailsWith(Errc::metadata_value));
}

TEST(Discover, AsksOnceAtTheInsertedPath) {
  loop::Loop loop;
  ScriptedClient client([](const auto&) { return response(200, std::string(metadata)); });
  const Result<Discovered> found = run(loop, discover(client, std::string(issuer)));
  EXPECT_EQ(found.value().jwks_uri.to_text(), "https://tr.example.com/keys");
  ASSERT_EQ(client.requests.size(), 1U);
  EXPECT_EQ(client.requests[0].method, "GET");
  EXPECT_EQ(client.requests[0].url.path, "/.well-known/ssf-configuration/a");
}

TEST(Discover, SSF_7_2_4_02_RefusesAnIssuerThatDiffersInOneOctet) {
  for (const std::string_view other : {"https://tr.example.com/a/", "https://TR.example.com/a",
                                       "https://tr.example.com", "https://tr.example.com:443/a"}) {
    const std::string body =
        R"({"issuer":")" + std::string(other) + R"(","jwks_uri":"https://tr.example.com/keys"})";
    EXPECT_THAT(discover_from(response(200, body)), FailsWith(Errc::metadata_value)) << other;
  }
}

TEST(Discover, SEC_28_RefusesKeysAnywhereButAtAnHttpsUrl) {
  for (const std::string_view uri :
       {"http://tr.example.com/keys", "file:///etc/passwd", "/keys", ""}) {
    const std::string body =
        R"({"issuer":"https://tr.example.com/a","jwks_uri":")" + std::string(uri) + R"("})";
    EXPECT_THAT(discover_from(response(200, body)), FailsWith(Errc::metadata_value)) << uri;
  }
}

TEST(Discover, SEC_28_RefusesEverythingThatIsNoMetadata) {
  EXPECT_THAT(discover_from(Errc::net_tls), FailsWith(Errc::net_tls));
  EXPECT_THAT(discover_from(response(500)), FailsWith(Errc::net_answer));
  EXPECT_THAT(discover_from(response(302)), FailsWith(Errc::net_answer));
  EXPECT_THAT(discover_from(response(200, "<html>")), FailsWith(Errc::net_answer));
  EXPECT_THAT(discover_from(response(200, "[]")), FailsWith(Errc::net_answer));
  EXPECT_THAT(discover_from(response(200, "{}")), FailsWith(Errc::metadata_missing));
  EXPECT_THAT(discover_from(response(200, R"({"issuer":7})")), FailsWith(Errc::metadata_type));
  EXPECT_THAT(discover_from(response(200, R"({"issuer":"https://tr.example.com/a"})")),
              FailsWith(Errc::metadata_missing));
}

}  // namespace
}  // namespace tocsin::issuer
