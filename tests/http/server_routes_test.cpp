// What the server does about routes: policies, methods, paths, media types, and failures of ours.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/post.hpp>

#include "http/server.h"
#include "http/server_requests.h"
#include "support/matchers.h"
#include "support/raw_client.h"

namespace tocsin::http {
namespace {

using test::ask;
using test::echo_route;
using test::RawClient;
using test::RawResponse;
using test::TestServer;
using testing::HasSubstr;
using testing::Not;

Route failing_route(std::string path, Error error, Face face = Face::problem) {
  Route route = text_route(std::move(path), "");
  route.face = face;
  route.handler = test::handler([error](const Request&) -> Result<Response> { return error; });
  return route;
}

Route guarded_route(std::string method, std::string path, Face face = Face::problem) {
  Route route = text_route(std::move(path), "secret");
  route.method = std::move(method);
  route.face = face;
  route.body_max = 1024;
  route.access =
      Access::guarded("token", "Bearer", at_once([](const Request& request) -> Result<Caller> {
                        if (*request.headers.find("Authorization") == "Bearer good")
                          return Caller{};
                        return Errc::http_unauthenticated;
                      }));
  return route;
}

TEST(Server, SEC_01_DoesNotStartWithARouteWithoutPolicy) {
  Loop loop(1);
  Deadlines deadlines(loop);
  const SystemClock clock;
  SeededRandom random(1);
  Route route = text_route("/a", "");
  route.access = Access();
  EXPECT_THAT(Server::open(deadlines, clock, random, {}, {route}),
              test::FailsWith(Errc::config_invalid));
}

TEST(Server, SEC_01_EveryRouteThatIsNotOpenAsksForACredential) {
  const std::vector<Route> routes = {
      guarded_route("GET", "/streams"),          guarded_route("POST", "/streams"),
      guarded_route("DELETE", "/streams"),       guarded_route("GET", "/status"),
      guarded_route("POST", "/push/{upstream}"), text_route("/open", "for all")};
  TestServer server(routes);
  for (const Route& route : routes) {
    const std::string path = route.path.substr(0, route.path.find('{')) +
                             (route.path.find('{') == std::string::npos ? "" : "acme");
    const std::string line = route.method + " " + path;
    const std::string rest = " HTTP/1.1\r\nHost: a\r\n";
    const RawResponse refused = ask(server.port(), line + rest + "\r\n");
    if (route.access.is_open()) {
      EXPECT_EQ(refused.status, 200u) << line;
      continue;
    }
    EXPECT_EQ(refused.status, 401u) << line;
    EXPECT_EQ(refused.headers.at("www-authenticate"), "Bearer") << line;
    EXPECT_THAT(refused.body, Not(HasSubstr("secret")));
    EXPECT_EQ(ask(server.port(), line + rest + "Authorization: Bearer bad\r\n\r\n").status, 401u);
    EXPECT_EQ(ask(server.port(), line + rest + "Authorization: Bearer good\r\n\r\n").status, 200u);
  }
}

TEST(Server, SEC_05_RefusesATokenInTheQueryAndTwoCredentials) {
  TestServer server({guarded_route("GET", "/a")});
  const std::string good = "Authorization: Bearer good\r\n";
  EXPECT_EQ(ask(server.port(), get("/a?access_token=good")).status, 401u);
  EXPECT_EQ(ask(server.port(), get("/a?access_token=good", good)).status, 400u);
  EXPECT_EQ(ask(server.port(), get("/a", good + good)).status, 401u);
  EXPECT_EQ(ask(server.port(), get("/a", good)).status, 200u);
}

// Takes a turn of the loop, as a question to somebody else does.
Task<Result<Caller>> ask_elsewhere(const Request& request) {
  co_await boost::asio::post(loop::Use());
  const std::string credential = *request.headers.find("Authorization");
  if (credential == "Bearer later") co_return Errc::overloaded;
  if (credential == "Bearer broken") throw std::runtime_error("a bug");
  if (credential != "Bearer reader") co_return Errc::token_invalid;
  co_return Caller{.key = {"https://issuer", "acme"}, .scopes = {"read"}};
}

TEST(Server, ACheckMayAskElsewhereAndItsCallerReachesTheHandler) {
  Route route = echo_route("/echo");
  route.access = Access::guarded("token", "Bearer", ask_elsewhere, {"read"});
  route.handler = test::handler([](const Request& request) -> Result<Response> {
    return Response{.status = 200,
                    .headers = {},
                    .body = request.caller->key.client_id + " sends " + request.body};
  });
  Route write = route;
  write.path = "/write";
  write.access = Access::guarded("token", "Bearer", ask_elsewhere, {"write"});
  TestServer server({route, write});
  const auto answer = [&](std::string path, std::string token) {
    return ask(server.port(), post(path, "x", "Authorization: Bearer " + token + "\r\n"));
  };
  EXPECT_EQ(answer("/echo", "reader").body, "acme sends x");
  const RawResponse invalid = answer("/echo", "other");
  EXPECT_EQ(invalid.status, 401u);
  EXPECT_EQ(invalid.headers.at("www-authenticate"), R"(Bearer error="invalid_token")");
  const RawResponse insufficient = answer("/write", "reader");
  EXPECT_EQ(insufficient.status, 403u);
  EXPECT_EQ(insufficient.headers.at("www-authenticate"),
            R"(Bearer error="insufficient_scope", scope="write")");
  const RawResponse later = answer("/echo", "later");
  EXPECT_EQ(later.status, 503u);
  EXPECT_EQ(later.headers.count("www-authenticate"), 0u);
  EXPECT_EQ(answer("/echo", "broken").status, 500u);
}

TEST(Server, AnswersAWrongCredentialOnThePushFaceInItsOwnWords) {
  TestServer server({guarded_route("POST", "/push", Face::push)});
  const RawResponse response = ask(server.port(), post("/push", ""));
  EXPECT_EQ(response.status, 401u);
  EXPECT_EQ(response.headers.at("www-authenticate"), "Bearer");
  EXPECT_EQ(response.headers.at("content-language"), "en");
  EXPECT_THAT(response.body, HasSubstr(R"("err":"authentication_failed")"));
}

TEST(Server, SEC_51_MethodsOfARouteAndNoOthers) {
  const std::vector<std::string> methods = {"GET", "POST", "PUT", "PATCH", "DELETE"};
  std::vector<Route> routes;
  for (std::size_t i = 0; i < methods.size(); ++i) {
    Route route = text_route("/" + std::to_string(i), methods[i]);
    route.method = methods[i];
    routes.push_back(route);
  }
  TestServer server(routes);
  std::vector<std::string> asked = methods;
  asked.insert(asked.end(), {"HEAD", "OPTIONS", "TRACE", "get", "Get", "PROPFIND"});
  for (std::size_t i = 0; i < methods.size(); ++i) {
    for (const std::string& method : asked) {
      RawClient client(server.port());
      client.send(method + " /" + std::to_string(i) +
                  " HTTP/1.1\r\nHost: a\r\nX-HTTP-Method-Override: " + methods[i] +
                  "\r\nConnection: close\r\n\r\n");
      const std::string answer = client.read_to_end();
      if (method == methods[i]) {
        EXPECT_THAT(answer, HasSubstr("200 OK"));
      } else {
        EXPECT_THAT(answer, HasSubstr("405 Method Not Allowed")) << method;
        EXPECT_THAT(answer, HasSubstr("\r\nAllow: " + methods[i] + "\r\n"));
      }
    }
  }
}

TEST(Server, SEC_51_OtherSpellingsOfAPathAreNotFound) {
  TestServer server({guarded_route("GET", "/admin"), text_route("/open/{name}", "open")});
  for (const char* path : {"//admin", "/open/../admin", "/open/%2e%2e", "/open/..%2fadmin",
                           "/admin/", "/%61dmin", "/open//a", "/open/a%2Fb"}) {
    EXPECT_EQ(ask(server.port(), get(path)).status, 404u) << path;
  }
}

TEST(Server, SEC_51_MediaTypesOfARouteAndNoOthers) {
  Route route = echo_route("/push");
  route.media_types = {"application/secevent+jwt"};
  TestServer server({route});
  EXPECT_EQ(ask(server.port(), post("/push", "x")).status, 415u);
  EXPECT_EQ(ask(server.port(), post("/push", "x", "Content-Type: text/plain\r\n")).status, 415u);
  EXPECT_EQ(
      ask(server.port(), post("/push", "x", "Content-Type: application/secevent+jwt\r\n")).status,
      200u);
}

TEST(Server, SEC_49_RefusesACompressedBody) {
  TestServer server({echo_route("/echo")});
  EXPECT_EQ(ask(server.port(), post("/echo", "x", "Content-Encoding: gzip\r\n")).status, 415u);
  EXPECT_EQ(ask(server.port(), post("/echo", "x", "Content-Encoding: identity\r\n")).status, 200u);
}

TEST(Server, SEC_51_EverythingButACacheableRouteIsNotStored) {
  Route cacheable = text_route("/jwks.json", "{}");
  cacheable.cache_control = "public, max-age=3600";
  Route failing = failing_route("/failing.json", Errc::store_unavailable);
  failing.cache_control = "public, max-age=3600";
  TestServer server({cacheable, failing, text_route("/status", "{}")});
  const auto cache = [&](const char* path) {
    return ask(server.port(), get(path)).headers.at("cache-control");
  };
  EXPECT_EQ(cache("/jwks.json"), "public, max-age=3600");
  EXPECT_EQ(cache("/failing.json"), "no-store");
  EXPECT_EQ(cache("/status"), "no-store");
  EXPECT_EQ(cache("/none"), "no-store");
}

TEST(Server, SEC_51_SendsNoCorsHeaders) {
  TestServer server({text_route("/a", "a")});
  RawClient client(server.port());
  client.send(get("/a", "Origin: https://evil.example\r\nConnection: close\r\n"));
  EXPECT_THAT(client.read_to_end(), Not(HasSubstr("Access-Control")));
}

TEST(Server, SEC_50_HostAndForwardedHeadersChangeNothing) {
  TestServer server({text_route("/metadata", "https://signals.example.com")});
  const RawResponse expected = ask(server.port(), get("/metadata"));
  const std::string spoofed =
      "GET /metadata HTTP/1.1\r\nHost: evil.example\r\nX-Forwarded-Host: evil.example\r\n"
      "Forwarded: host=evil.example\r\nX-Forwarded-For: 192.0.2.1\r\n\r\n";
  const RawResponse response = ask(server.port(), spoofed);
  EXPECT_EQ(response.status, expected.status);
  EXPECT_EQ(response.body, expected.body);
}

// ---- failures of ours

TEST(Server, SEC_52_AnswersAnExceptionWithAnOpaqueId) {
  Route route = text_route("/throws", "");
  route.handler = test::handler([](const Request&) -> Result<Response> {
    throw std::runtime_error("SELECT secret FROM /var/lib/tocsin");
  });
  TestServer server({route, echo_route("/echo")});
  RawClient client(server.port());
  client.send(get("/throws") + post("/echo", "still here"));
  const RawResponse response = client.read_response();
  EXPECT_EQ(response.status, 500u);
  EXPECT_THAT(response.body, Not(HasSubstr("SELECT")));
  EXPECT_THAT(response.body, Not(HasSubstr("tocsin")));
  ASSERT_EQ(server.incidents().size(), 1u);
  const Incident incident = server.incidents()[0];
  EXPECT_THAT(response.body, HasSubstr("\"incident\":\"" + incident.id + "\""));
  EXPECT_EQ(incident.route, "GET /throws");
  EXPECT_THAT(incident.detail, HasSubstr("SELECT secret"));
  EXPECT_EQ(client.read_response().body, "still here");
}

TEST(Server, SEC_52_AnswersAnErrorOfOursWithoutItsDetail) {
  TestServer server({failing_route("/a", Error(Errc::store_unavailable, "disk /dev/sda1"))});
  const RawResponse response = ask(server.port(), get("/a"));
  EXPECT_EQ(response.status, 503u);
  EXPECT_EQ(response.headers.count("retry-after"), 1u);
  EXPECT_THAT(response.body, Not(HasSubstr("sda1")));
  EXPECT_THAT(server.incidents().at(0).detail, HasSubstr("sda1"));
}

TEST(Server, AnswersAnErrorOfTheRequestWithoutAnIncident) {
  TestServer server({failing_route("/a", Errc::stream_value),
                     failing_route("/push", Errc::claim_audience, Face::push)});
  EXPECT_THAT(ask(server.port(), get("/a")).body, HasSubstr(R"("code":"stream.value")"));
  EXPECT_THAT(ask(server.port(), get("/push")).body, HasSubstr(R"("err":"invalid_audience")"));
  EXPECT_TRUE(server.incidents().empty());
}

TEST(Server, ReplacesAResponseThatWouldBreakTheFraming) {
  const std::vector<Response> broken = {
      {.status = 200, .headers = {{"X", "a\r\nSet-Cookie: b"}}, .body = ""},
      {.status = 200, .headers = {{"Content-Length", "3"}}, .body = ""},
      {.status = 204, .headers = {}, .body = "x"},
      {.status = 99, .headers = {}, .body = ""},
  };
  std::vector<Route> routes;
  for (std::size_t i = 0; i < broken.size(); ++i) {
    Route route = text_route("/" + std::to_string(i), "");
    route.handler = test::handler(
        [response = broken[i]](const Request&) -> Result<Response> { return response; });
    routes.push_back(route);
  }
  TestServer server(routes);
  for (std::size_t i = 0; i < broken.size(); ++i) {
    EXPECT_EQ(ask(server.port(), get("/" + std::to_string(i))).status, 500u) << i;
  }
  EXPECT_EQ(server.incidents().size(), broken.size());
}

}  // namespace
}  // namespace tocsin::http
