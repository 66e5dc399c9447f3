#include "http/router.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "support/matchers.h"
#include "support/run.h"

namespace tocsin::http {
namespace {

using test::FailsWith;
using test::Succeeds;

Task<Result<Response>> nothing(Request) {
  co_return Response{};
}

Route route(std::string method, std::string path) {
  return {.method = std::move(method),
          .path = std::move(path),
          .access = Access::open(),
          .handler = nothing};
}

TEST(Router, FindsExactlyTheRoute) {
  const Router router =
      Router::open({route("GET", "/jwks.json"), route("POST", "/push/{upstream}")}).value();
  EXPECT_EQ(router.find("GET", "/jwks.json").route, &router.routes()[0]);
  const Router::Match match = router.find("POST", "/push/partner-1");
  EXPECT_EQ(match.route, &router.routes()[1]);
  EXPECT_EQ(match.segment, "partner-1");
}

TEST(Router, SEC_51_TellsAnotherMethodFromAnotherPath) {
  const Router router =
      Router::open({route("GET", "/streams"), route("POST", "/streams"), route("GET", "/status")})
          .value();
  const Router::Match match = router.find("PUT", "/streams");
  EXPECT_EQ(match.route, nullptr);
  EXPECT_EQ(match.allow, "GET, POST");
  EXPECT_EQ(router.find("PUT", "/none").allow, "");
}

TEST(Router, SEC_51_NoOtherSpellingOfAPathReachesARoute) {
  const Router router =
      Router::open({route("GET", "/streams"), route("GET", "/push/{upstream}")}).value();
  for (const char* path : {"",           "/",           "//streams",        "/streams/",
                           "/Streams",   "/streams/.",  "/./streams",       "/a/../streams",
                           "/%73treams", "/streams%2f", "/streams;x=y",     "/push",
                           "/push/",     "/push//a",    "/push/a/",         "/push/a/b",
                           "/push/.",    "/push/..",    "/push/%2e%2e",     "/push/a%2fb",
                           "/push/a;b",  "/push/a:b",   "/push/../streams", "/push/{upstream}"}) {
    EXPECT_EQ(router.find("GET", path).route, nullptr) << path;
  }
}

TEST(Router, SEC_01_RefusesARouteWithoutPolicy) {
  Route undeclared = route("GET", "/a");
  undeclared.access = Access();
  EXPECT_THAT(Router::open({undeclared}), FailsWith(Errc::config_invalid));
  undeclared.access = Access::guarded("name", "Bearer", nullptr);
  EXPECT_THAT(Router::open({undeclared}), FailsWith(Errc::config_invalid));
}

TEST(Router, RefusesARouteWithoutHandlerOrWithABrokenPath) {
  Route idle = route("GET", "/a");
  idle.handler = nullptr;
  EXPECT_THAT(Router::open({idle}), FailsWith(Errc::config_invalid));
  for (const char* path : {"", "a", "/a/", "//a", "/a//b", "/a/../b", "/a b", "/a?b", "/a%20",
                           "/{a}/b", "/a{b}", "/{a", "/{}", "/a/{b}c"}) {
    EXPECT_THAT(Router::open({route("GET", path)}), FailsWith(Errc::config_invalid)) << path;
  }
  for (const char* path : {"/", "/a", "/a.json", "/.well-known/x", "/{a}", "/a/b/{c}"}) {
    EXPECT_THAT(Router::open({route("GET", path)}), Succeeds()) << path;
  }
}

TEST(Router, RefusesRoutesThatCouldBeMistakenForEachOther) {
  EXPECT_THAT(Router::open({route("GET", "/a"), route("GET", "/a")}),
              FailsWith(Errc::config_invalid));
  EXPECT_THAT(Router::open({route("GET", "/p/{a}"), route("POST", "/p/{b}")}),
              FailsWith(Errc::config_invalid));
  EXPECT_THAT(Router::open({route("GET", "/p/{a}"), route("POST", "/p/b")}),
              FailsWith(Errc::config_invalid));
  EXPECT_THAT(Router::open({route("GET", "/p/b"), route("POST", "/p/{a}")}),
              FailsWith(Errc::config_invalid));
  EXPECT_THAT(Router::open({route("GET", "/p"), route("POST", "/p"), route("GET", "/p/{a}")}),
              Succeeds());
}

Request request(Headers headers, std::string query = "") {
  Request made;
  made.query = std::move(query);
  made.headers = std::move(headers);
  return made;
}

Result<Caller> admit(const Access& access, Request request) {
  Loop loop(1);
  const Result<void> admitted = test::run(loop, access.admit(request));
  if (!admitted) return admitted.error();
  return request.caller.value_or(Caller{});
}

Access for_anybody(int& asked, std::vector<std::string> scopes = {}) {
  const auto check = [&asked](const Request& request) -> Result<Caller> {
    ++asked;
    const std::string* const scope = request.headers.find("Authorization");
    return Caller{.key = {"issuer", "client"}, .scopes = {*scope}};
  };
  return Access::guarded("token", "Bearer", at_once(check), std::move(scopes));
}

TEST(Access, SEC_05_TakesCredentialsFromOneAuthorizationHeaderOnly) {
  int asked = 0;
  const Access access = for_anybody(asked);
  EXPECT_THAT(admit(access, request({})), FailsWith(Errc::http_unauthenticated));
  EXPECT_THAT(admit(access, request({{"Authorization", "a"}, {"authorization", "a"}})),
              FailsWith(Errc::http_unauthenticated));
  for (const char* query :
       {"access_token=a", "x=y&access_token=a", "access_token", "access_token="}) {
    EXPECT_THAT(admit(access, request({}, query)), FailsWith(Errc::http_unauthenticated)) << query;
    EXPECT_THAT(admit(access, request({{"Authorization", "a"}}, query)),
                FailsWith(Errc::http_request))
        << query;
  }
  EXPECT_EQ(asked, 0);
  EXPECT_THAT(admit(access, request({{"Authorization", "a"}}, "my_access_token=a")), Succeeds());
  EXPECT_EQ(asked, 1);
}

TEST(Access, ADefaultAdmitsNobody) {
  EXPECT_THAT(admit(Access(), request({{"Authorization", "a"}})),
              FailsWith(Errc::http_unauthenticated));
}

TEST(Access, SEC_04_AsksForAnyOneOfTheRoutesScopes) {
  int asked = 0;
  const Access access = for_anybody(asked, {"read", "manage"});
  EXPECT_THAT(admit(access, request({{"Authorization", "read"}})), Succeeds());
  EXPECT_THAT(admit(access, request({{"Authorization", "manage"}})), Succeeds());
  for (const char* scope : {"", "rea", "read2", "READ", "read manage", "read,manage"}) {
    EXPECT_THAT(admit(access, request({{"Authorization", scope}})), FailsWith(Errc::token_scope))
        << scope;
  }
}

TEST(Access, HandsOnWhoAsked) {
  int asked = 0;
  const Result<Caller> caller = admit(for_anybody(asked), request({{"Authorization", "read"}}));
  ASSERT_TRUE(caller);
  EXPECT_EQ(caller->key, (TenantKey{"issuer", "client"}));
  Request open = request({});
  Loop loop(1);
  EXPECT_TRUE(test::run(loop, Access::open().admit(open)));
  EXPECT_FALSE(open.caller);
}

TEST(Access, BT_05_SaysNothingAboutACredentialThatDidNotCome) {
  int asked = 0;
  const Access access = for_anybody(asked, {"ssf.read", "ssf.manage"});
  EXPECT_EQ(access.challenge(Errc::http_unauthenticated), "Bearer");
}

TEST(Access, BT_04_NamesTheErrorAndTheScope) {
  int asked = 0;
  const Access access = for_anybody(asked, {"ssf.read", "ssf.manage"});
  EXPECT_EQ(access.challenge(Errc::http_request), R"(Bearer error="invalid_request")");
  EXPECT_EQ(access.challenge(Errc::token_invalid), R"(Bearer error="invalid_token")");
  EXPECT_EQ(access.challenge(Errc::token_scope),
            R"(Bearer error="insufficient_scope", scope="ssf.read")");
  const Access found = Access::guarded("token", R"(Bearer resource_metadata="https://a")",
                                       at_once([](const Request&) { return Caller{}; }));
  EXPECT_EQ(found.challenge(Errc::token_invalid),
            R"(Bearer resource_metadata="https://a", error="invalid_token")");
  EXPECT_EQ(Access::open().challenge(Errc::token_invalid), "");
}

TEST(MediaType, SEC_51_IsOneOfTheRoutes) {
  Route typed = route("POST", "/a");
  typed.media_types = {"application/secevent+jwt", "application/json"};
  const auto judge = [&](Headers headers) { return judge_media_type(typed, headers); };
  EXPECT_THAT(judge({{"Content-Type", "application/json"}}), Succeeds());
  EXPECT_THAT(judge({{"content-type", "Application/JSON ; charset=utf-8"}}), Succeeds());
  EXPECT_THAT(judge({}), FailsWith(Errc::http_media_type));
  EXPECT_THAT(judge({{"Content-Type", ""}}), FailsWith(Errc::http_media_type));
  EXPECT_THAT(judge({{"Content-Type", "text/plain"}}), FailsWith(Errc::http_media_type));
  EXPECT_THAT(judge({{"Content-Type", "application/json, text/plain"}}),
              FailsWith(Errc::http_media_type));
  EXPECT_THAT(judge({{"Content-Type", "application/json"}, {"Content-Type", "text/plain"}}),
              FailsWith(Errc::http_media_type));
}

TEST(MediaType, SEC_49_RefusesContentCodings) {
  const Route any = route("POST", "/a");
  EXPECT_THAT(judge_media_type(any, {{"Content-Encoding", "Identity"}}), Succeeds());
  for (const char* coding : {"gzip", "br", "identity, gzip", ""}) {
    EXPECT_THAT(judge_media_type(any, {{"Content-Encoding", coding}}),
                FailsWith(Errc::http_media_type));
  }
}

}  // namespace
}  // namespace tocsin::http
