#include "issuer/jwks_cache.h"

#include <gtest/gtest.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include "support/held_client.h"
#include "support/matchers.h"
#include "support/run.h"
#include "support/scripted_client.h"

namespace tocsin::issuer {
namespace {

using namespace std::chrono_literals;
using test::response;
using test::run;
using test::ScriptedClient;
using Cause = JwksCache::Cause;

constexpr std::string_view metadata_path = "/.well-known/ssf-configuration";
constexpr std::string_view metadata =
    R"({"issuer":"https://tr.example.com","jwks_uri":"https://tr.example.com/keys"})";

SigningKey key(std::string kid) {
  return SigningKey::generate(Algorithm::EdDSA, 0, std::move(kid)).value();
}

std::string jwks(const std::vector<SigningKey>& keys) {
  return to_text(KeySet::of(keys).to_jwks());
}

class JwksCacheTest : public ::testing::Test {
 protected:
  // What the transmitter answers for its keys, once its metadata was found.
  Result<http::Response> keys_answer_ = response(200, jwks({key("one")}));
  loop::Loop loop_;
  ManualClock clock_{std::chrono::sys_seconds(1'795'000'000s)};
  ScriptedClient client_{[this](const http::OutboundRequest& request) -> Result<http::Response> {
    if (request.url.path == metadata_path) return response(200, std::string(metadata));
    return keys_answer_;
  }};
  JwksCache cache_{"https://tr.example.com", client_, clock_};

  void fetch(Cause cause = Cause::age) { run(loop_, cache_.fetch(cause)); }
};

TEST_F(JwksCacheTest, KY_20_FindsTheKeysThroughTheMetadata) {
  fetch();
  EXPECT_TRUE(cache_.keys().has_kid("one"));
  EXPECT_EQ(cache_.times().fetched, clock_.monotonic());
  EXPECT_EQ(cache_.trouble(), std::nullopt);
}

TEST_F(JwksCacheTest, KY_28_ReplacesTheSetWhole) {
  fetch();
  keys_answer_ = response(200, jwks({key("two")}));
  fetch();
  EXPECT_FALSE(cache_.keys().has_kid("one"));
  EXPECT_TRUE(cache_.keys().has_kid("two"));
}

TEST_F(JwksCacheTest, SEC_28_KeepsTheOldKeysWhenAFetchFails) {
  fetch();
  clock_.advance(1h);
  for (const Result<http::Response>& answer :
       {Result<http::Response>(Errc::net_timeout), Result<http::Response>(response(500)),
        Result<http::Response>(response(200, "<html>")),
        Result<http::Response>(response(200, R"({"keys":[]})")),
        Result<http::Response>(response(304))}) {
    keys_answer_ = answer;
    fetch();
    EXPECT_TRUE(cache_.keys().has_kid("one"));
    EXPECT_EQ(cache_.times().fetched, 0s);
    EXPECT_EQ(cache_.times().tried, 1h);
    EXPECT_TRUE(cache_.trouble());
  }
}

TEST_F(JwksCacheTest, KY_23_RevalidatesWithTheEtag) {
  keys_answer_ = response(200, jwks({key("one")}), {{"ETag", "\"v1\""}});
  fetch();
  clock_.advance(1h);
  keys_answer_ = response(304, "", {{"Cache-Control", "max-age=600"}});
  fetch();
  EXPECT_EQ(*client_.requests.back().headers.find("If-None-Match"), "\"v1\"");
  EXPECT_TRUE(cache_.keys().has_kid("one"));
  EXPECT_EQ(cache_.times().fetched, 1h);
  EXPECT_EQ(cache_.times().lifetime, 10min);
}

TEST_F(JwksCacheTest, AsksForTheMetadataAgainAfterAFailureOrADay) {
  fetch();
  fetch();
  EXPECT_EQ(client_.count(metadata_path), 1U);
  keys_answer_ = response(404);
  fetch();
  keys_answer_ = response(200, jwks({key("moved")}));
  fetch();
  EXPECT_EQ(client_.count(metadata_path), 2U);
  clock_.advance(24h);
  fetch();
  EXPECT_EQ(client_.count(metadata_path), 3U);
}

TEST_F(JwksCacheTest, AsksNoMetadataForKeysWhosePlaceIsConfigured) {
  JwksCache cache(parse_url("https://as.example.com/keys").value(), client_, clock_);
  run(loop_, cache.fetch(Cause::age));
  EXPECT_TRUE(cache.keys().has_kid("one"));
  keys_answer_ = response(500);
  run(loop_, cache.fetch(Cause::age));
  run(loop_, cache.fetch(Cause::age));
  EXPECT_EQ(client_.count(metadata_path), 0U);
  EXPECT_EQ(client_.count("/keys"), 3U);
}

TEST_F(JwksCacheTest, KY_24_CountsAFetchAgainstTheLimitOnlyIfATokenCausedIt) {
  fetch();
  EXPECT_EQ(cache_.times().doubted, std::nullopt);
  clock_.advance(5s);
  fetch(Cause::doubt);
  EXPECT_EQ(cache_.times().doubted, 5s);
}

TEST(JwksCache, KY_24_HasOneFetchUnderWayAtMost) {
  loop::Loop loop;
  const ManualClock clock{std::chrono::sys_seconds(0s)};
  test::HeldClient client(Errc::net_timeout);
  JwksCache cache("https://tr.example.com", client, clock);
  int done = 0;
  const auto ask = [&]() -> Task<void> {
    co_await cache.fetch(Cause::age);
    ++done;
  };
  for (int i = 0; i < 50; ++i) boost::asio::co_spawn(loop, ask, boost::asio::detached);
  loop.poll();
  EXPECT_EQ(client.requests, 1);
  EXPECT_EQ(done, 0);
  client.gate.open();
  loop.restart();
  loop.poll();
  EXPECT_EQ(client.requests, 1);
  EXPECT_EQ(done, 50);
}

}  // namespace
}  // namespace tocsin::issuer
