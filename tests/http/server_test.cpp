#include "http/server.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <boost/asio/post.hpp>
#include <fstream>
#include <future>
#include <list>

#include "http/server_requests.h"
#include "loop/timers.h"
#include "support/certificates.h"
#include "support/matchers.h"
#include "support/raw_client.h"
#include "support/test_server.h"

namespace tocsin::http {
namespace {

using std::chrono::milliseconds;
using test::ask;
using test::echo_route;
using test::RawClient;
using test::RawResponse;
using test::TestServer;
using testing::HasSubstr;
using testing::Not;

// ---- plain and TLS alike

class ServerTransport : public testing::TestWithParam<bool> {
 protected:
  ServerConfig config() {
    ServerConfig made;
    if (GetParam()) {
      const test::CertificateFiles files = authority.issue();
      made.tls = TlsServer::open({files.certificate_file, files.key_file}).value();
    }
    return made;
  }
  std::string ca_file() { return GetParam() ? authority.ca_file() : ""; }

  test::TemporaryFolder folder;
  test::CertificateAuthority authority{folder};
};

TEST_P(ServerTransport, AnswersRequestsOnOneConnection) {
  TestServer server({echo_route("/echo")}, config());
  RawClient client(server.port(), ca_file());
  for (const std::string body : {"one", "", "three"}) {
    ASSERT_TRUE(client.send(post("/echo", body)));
    const RawResponse response = client.read_response();
    EXPECT_EQ(response.status, 200u);
    EXPECT_EQ(response.body, body);
  }
  EXPECT_EQ(server.counts().accepted, 1u);
}

TEST_P(ServerTransport, AnswersPipelinedRequestsInOrder) {
  TestServer server({echo_route("/echo")}, config());
  RawClient client(server.port(), ca_file());
  std::string requests;
  for (int i = 0; i < 200; ++i) requests += post("/echo", std::to_string(i));
  ASSERT_TRUE(client.send(requests));
  for (int i = 0; i < 200; ++i) EXPECT_EQ(client.read_response().body, std::to_string(i));
}

TEST_P(ServerTransport, ReadsARequestThatArrivesByteByByte) {
  TestServer server({echo_route("/echo")}, config());
  RawClient client(server.port(), ca_file());
  for (const char c : post("/echo", "slowly")) ASSERT_TRUE(client.send({&c, 1}));
  EXPECT_EQ(client.read_response().body, "slowly");
}

TEST_P(ServerTransport, CarriesLargeBodiesBothWays) {
  TestServer server({echo_route("/echo", 1 << 20)}, config());
  RawClient client(server.port(), ca_file());
  const std::string body(1 << 20, 'x');
  ASSERT_TRUE(client.send(post("/echo", body)));
  EXPECT_EQ(client.read_response().body, body);
  ASSERT_TRUE(client.send(post("/echo", "and more")));
  EXPECT_EQ(client.read_response().body, "and more");
}

TEST_P(ServerTransport, ReadsChunks) {
  TestServer server({echo_route("/echo")}, config());
  RawClient client(server.port(), ca_file());
  ASSERT_TRUE(
      client.send("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
                  "3\r\nabc\r\n0\r\nX: y\r\n\r\n" +
                  post("/echo", "next")));
  EXPECT_EQ(client.read_response().body, "abc");
  EXPECT_EQ(client.read_response().body, "next");
}

INSTANTIATE_TEST_SUITE_P(Transport, ServerTransport, testing::Bool(),
                         [](const auto& param) { return param.param ? "Tls" : "Plain"; });

// ---- what the connection does around a request

TEST(Server, ClosesWhenAskedTo) {
  TestServer server({echo_route("/echo")});
  RawClient client(server.port());
  client.send(post("/echo", "last", "Connection: close\r\n") + post("/echo", "never"));
  const RawResponse response = client.read_response();
  EXPECT_EQ(response.body, "last");
  EXPECT_EQ(response.headers.at("connection"), "close");
  EXPECT_TRUE(client.is_closed());
}

TEST(Server, AnswersAPeerThatSendsNoMore) {
  TestServer server({echo_route("/echo")});
  RawClient client(server.port());
  client.send(post("/echo", "over"));
  client.end();
  EXPECT_EQ(client.read_response().body, "over");
  EXPECT_TRUE(client.is_closed());
}

TEST(Server, TellsAWaitingPeerToGoAhead) {
  TestServer server({echo_route("/echo")});
  RawClient client(server.port());
  const std::string request = post("/echo", "body", "Expect: 100-continue\r\n");
  client.send(request.substr(0, request.size() - 4));
  EXPECT_EQ(client.read_response().status, 100u);
  client.send("body");
  EXPECT_EQ(client.read_response().body, "body");
}

TEST(Server, RefusesBeforeTheBodyIsSent) {
  TestServer server({echo_route("/echo", 3)});
  RawClient client(server.port());
  const std::string request = post("/echo", "body", "Expect: 100-continue\r\n");
  client.send(request.substr(0, request.size() - 4));
  EXPECT_EQ(client.read_response().status, 413u);
  EXPECT_TRUE(client.is_closed());
}

TEST(Server, KeepsTheConnectionAfterARefusalWithoutBodyOnly) {
  TestServer server({echo_route("/echo")});
  RawClient client(server.port());
  client.send(get("/none") + get("/none"));
  EXPECT_EQ(client.read_response().status, 404u);
  EXPECT_EQ(client.read_response().status, 404u);
  client.send(post("/none", "GET /echo HTTP/1.1\r\nHost: a\r\n\r\n") + get("/none"));
  EXPECT_EQ(client.read_response().status, 404u);
  EXPECT_TRUE(client.is_closed());
}

TEST(Server, SendsADateAndTheLength) {
  TestServer server({text_route("/text", "hello")});
  const RawResponse response = ask(server.port(), get("/text"));
  EXPECT_EQ(response.headers.at("content-length"), "5");
  EXPECT_THAT(response.headers.at("date"),
              testing::MatchesRegex("(Mon|Tue|Wed|Thu|Fri|Sat|Sun), .* 20.. ..:..:.. GMT"));
}

TEST(Server, GivesHandlersPathQuerySegmentAndPeer) {
  Route route = text_route("/push/{upstream}", "");
  route.handler = test::handler([](const Request& request) -> Result<Response> {
    return Response{
        .status = 200,
        .headers = {},
        .body = request.path + " " + request.query + " " + request.segment + " " + request.peer};
  });
  TestServer server({route});
  EXPECT_EQ(ask(server.port(), get("/push/acme?a=b%20c")).body,
            "/push/acme a=b%20c acme 127.0.0.1");
}

// ---- framing

struct Smuggled {
  const char* name;
  std::string request;
};
void PrintTo(const Smuggled& smuggled, std::ostream* out) {
  *out << smuggled.name;
}

class ServerFraming : public testing::TestWithParam<Smuggled> {};

TEST_P(ServerFraming, SEC_46_AnswersOnce400AndCloses) {
  TestServer server({echo_route("/echo"), text_route("/smuggled", "smuggled")});
  RawClient client(server.port());
  client.send(GetParam().request + get("/smuggled"));
  EXPECT_EQ(client.read_response().status, 400u);
  EXPECT_TRUE(client.is_closed());
  EXPECT_EQ(server.counts().malformed, 1u);
}

INSTANTIATE_TEST_SUITE_P(
    Table, ServerFraming,
    testing::Values(
        Smuggled{"LengthAndChunked", post("/echo", "0\r\n\r\n", "Transfer-Encoding: chunked\r\n")},
        Smuggled{"TwoCodings",
                 "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n"
                 "Transfer-Encoding: identity\r\n\r\n0\r\n\r\n"},
        Smuggled{"UnknownCoding",
                 "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n"},
        Smuggled{"TwoLengths", post("/echo", "abc", "Content-Length: 3\r\n")},
        Smuggled{"BadChunkSize",
                 "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n"},
        Smuggled{"ChunkWithoutItsEnd",
                 "POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabcde"},
        Smuggled{"BareLineFeed", "GET /echo HTTP/1.1\nHost: a\n\n"},
        Smuggled{"BareLineFeedInAHeader", "GET /echo HTTP/1.1\r\nHost: a\nX: y\r\n\r\n"},
        Smuggled{"Http10", "GET /echo HTTP/1.0\r\nHost: a\r\n\r\n"},
        Smuggled{"NoHost", "GET /echo HTTP/1.1\r\n\r\n"},
        Smuggled{"TlsHello", std::string("\x16\x03\x01\x00\xa5\x01\x00\x00\xa1\x03\x03\n", 12)}),
    [](const auto& param) { return std::string(param.param.name); });

TEST(Server, RefusesTooManyHeadersAndTooLongOnes) {
  TestServer server({echo_route("/echo")});
  std::string many;
  for (int i = 0; i < 100; ++i) many += "X: y\r\n";
  RawClient one(server.port());
  one.send(get("/echo", many));
  EXPECT_EQ(one.read_response().status, 431u);
  EXPECT_TRUE(one.is_closed());
  RawClient other(server.port());
  other.send("GET /" + std::string(20'000, 'a'));  // and never an end
  EXPECT_EQ(other.read_response().status, 431u);
  EXPECT_TRUE(other.is_closed());
}

// ---- time

// Each test shortens the one limit it is about: a short one of another kind would end a connection
// early whenever the machine is slow.
ServerConfig limited(const ServerLimits& limits) {
  ServerConfig config;
  config.limits = limits;
  return config;
}

TEST(Server, SEC_47_ClosesOnAPeerThatNeverSpeaks) {
  TestServer server({echo_route("/echo")}, limited({.head_time = milliseconds(60)}));
  RawClient client(server.port());
  EXPECT_TRUE(client.is_closed());
}

TEST(Server, SEC_47_AnswersASlowHeadWith408) {
  TestServer server({echo_route("/echo")}, limited({.head_time = milliseconds(500)}));
  RawClient client(server.port());
  client.send("GET /echo HTTP/1.1\r\n");
  for (int i = 0; client.send("X: y\r\n") && i < 20; ++i) ::usleep(10'000);
  EXPECT_THAT(client.read_to_end(), HasSubstr("408 Request Timeout"));
}

// However steady it is: each byte alone must not buy more time.
TEST(Server, SEC_47_GivesAHeadNoMoreThanItsTime) {
  TestServer server({echo_route("/echo")},
                    limited({.head_time = milliseconds(300), .goodbye_time = milliseconds(50)}));
  RawClient client(server.port());
  client.send("GET /echo HTTP/1.1\r\n");
  const auto start = std::chrono::steady_clock::now();
  while (client.send("X: y\r\n") &&
         std::chrono::steady_clock::now() < start + std::chrono::seconds(5)) {
    ::usleep(100'000);  // fifty lines: not more than a head may have
  }
  EXPECT_LT(std::chrono::steady_clock::now(), start + std::chrono::seconds(5));
}

TEST(Server, SEC_47_AnswersADrippingBodyWith408) {
  TestServer server({echo_route("/echo")}, limited({.body_start = milliseconds(60)}));
  RawClient client(server.port());
  client.send(post("/echo", std::string(1000, 'x')).substr(0, 100));
  for (int i = 0; client.send("x") && i < 50; ++i) ::usleep(10'000);
  EXPECT_THAT(client.read_to_end(), HasSubstr("408 Request Timeout"));
}

TEST(Server, SEC_47_GivesABodyNoMoreThanItsTimeHoweverSteadyItIs) {
  TestServer server({echo_route("/echo", 1 << 20)},
                    limited({.body_time = milliseconds(300), .goodbye_time = milliseconds(50)}));
  RawClient client(server.port());
  client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n");
  const auto start = std::chrono::steady_clock::now();
  while (client.send(std::string(100, 'x')) &&
         std::chrono::steady_clock::now() < start + std::chrono::seconds(5)) {
    ::usleep(5'000);  // 20 KB/s, well above the least rate
  }
  EXPECT_LT(std::chrono::steady_clock::now(), start + std::chrono::seconds(5));
}

TEST(Server, SEC_47_ClosesAnIdleConnectionWithoutAWord) {
  TestServer server({echo_route("/echo")}, limited({.idle_time = milliseconds(120)}));
  RawClient client(server.port());
  client.send(post("/echo", "once"));
  EXPECT_EQ(client.read_response().body, "once");
  EXPECT_TRUE(client.is_closed());
}

TEST(Server, SEC_47_GivesUpOnAPeerThatDoesNotReadItsAnswer) {
  TestServer server({text_route("/much", std::string(64 << 20, 'x'))},
                    limited({.answer_time = milliseconds(200), .goodbye_time = milliseconds(50)}));
  RawClient client(server.port());
  client.send(get("/much"));
  while (server.counts().open > 0) ::usleep(5'000);
}

TEST(Server, SEC_47_ManySlowPeersDoNotStopTheOthers) {
  ServerConfig config;
  TestServer server({echo_route("/echo")}, config);
  std::list<RawClient> slow;
  for (int i = 0; i < 500; ++i) {
    slow.emplace_back(server.port());
    slow.back().send("POST /echo HTTP/1.1\r\nX: ");
  }
  while (server.counts().open < 500) ::usleep(1'000);
  RawClient quick(server.port());
  for (int i = 0; i < 100; ++i) {
    for (RawClient& peer : slow) peer.send("y");
    quick.send(post("/echo", "served"));
    EXPECT_EQ(quick.read_response().body, "served");
  }
}

TEST(Server, SEC_47_RefusesMoreConnectionsThanOnePeerMayHave) {
  ServerConfig config;
  config.limits.connections_per_peer_max = 2;
  TestServer server({echo_route("/echo")}, config);
  auto first = std::make_unique<RawClient>(server.port());
  RawClient second(server.port());
  first->send(post("/echo", "1"));
  second.send(post("/echo", "2"));
  EXPECT_EQ(first->read_response().body, "1");
  EXPECT_EQ(second.read_response().body, "2");
  RawClient third(server.port());
  EXPECT_TRUE(third.is_closed());
  EXPECT_EQ(server.counts().refused_peer, 1u);
  first.reset();
  while (server.counts().open > 1) ::usleep(1'000);
  EXPECT_EQ(ask(server.port(), post("/echo", "4")).body, "4");
}

TEST(Server, SEC_47_RefusesMoreConnectionsThanInAll) {
  ServerConfig config;
  config.limits.connections_max = 1;
  TestServer server({echo_route("/echo")}, config);
  RawClient first(server.port());
  first.send(post("/echo", "1"));
  EXPECT_EQ(first.read_response().body, "1");
  RawClient second(server.port());
  EXPECT_TRUE(second.is_closed());
  EXPECT_EQ(server.counts().refused_total, 1u);
}

TEST(Server, SEC_47_SurvivesRunningOutOfDescriptors) {
  TestServer server({echo_route("/echo")});
  RawClient before(server.port());
  before.send(post("/echo", "before"));
  EXPECT_EQ(before.read_response().body, "before");
  // Descriptors for one more client, none for the server's end of it.
  rlimit limit{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &limit), 0);
  const int next = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
  ::close(next);
  const rlimit tight{static_cast<rlim_t>(next) + 1, limit.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &tight), 0);
  {
    RawClient turned_away(server.port());
    EXPECT_TRUE(turned_away.is_closed());
  }
  before.send(post("/echo", "during"));
  EXPECT_EQ(before.read_response().body, "during");
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &limit), 0);
  EXPECT_EQ(ask(server.port(), post("/echo", "after")).body, "after");
  EXPECT_GE(server.counts().refused_descriptors, 1u);
}

std::size_t resident_bytes() {
  std::size_t pages = 0;
  std::ifstream("/proc/self/statm") >> pages >> pages;
  return pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

TEST(Server, SEC_48_RefusesAHugeBodyWithoutKeepingIt) {
  TestServer server({echo_route("/echo")});
  const std::string part(64 * 1024, 'x');
  ask(server.port(), post("/echo", part.substr(100)));
  const std::size_t before = resident_bytes();
  RawClient client(server.port());
  client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1073741824\r\n\r\n");
  for (int i = 0; i < 16384 && client.send(part); ++i) {
  }
  EXPECT_LT(resident_bytes(), before + 2 * 1024 * 1024);
}

TEST(Server, SEC_48_RefusesAHugeChunkedBodyWithoutKeepingIt) {
  TestServer server({echo_route("/echo")});
  RawClient client(server.port());
  const std::string chunk = "1000\r\n" + std::string(4096, 'x') + "\r\n";
  client.send("POST /echo HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
  for (int i = 0; i < 17; ++i) client.send(chunk);
  EXPECT_EQ(client.read_response().status, 413u);
}

TEST(Server, SEC_48_AnswersTheHeadOfAHugeBody) {
  TestServer server({echo_route("/echo")});
  RawClient client(server.port());
  client.send("POST /echo HTTP/1.1\r\nHost: a\r\nContent-Length: 1073741824\r\n\r\n");
  EXPECT_EQ(client.read_response().status, 413u);
  EXPECT_TRUE(client.is_closed());
}

// ---- stopping

Task<Result<Response>> wait_for(const std::atomic<bool>& released) {
  const auto executor = co_await boost::asio::this_coro::executor;
  auto& loop = static_cast<Loop&>(executor.context());
  loop::LoopTimers timers(loop);
  while (!released) co_await timers.sleep(milliseconds(2));
  co_return Response{.status = 200, .headers = {}, .body = "finished"};
}

// Answers once the test says so.
Route held_route(const std::atomic<bool>& released) {
  Route route = text_route("/held", "");
  route.handler = [&released](Request) { return wait_for(released); };
  return route;
}

TEST(Server, StopsAtOnceWhenAllConnectionsAreIdle) {
  TestServer server({echo_route("/echo")});
  RawClient client(server.port());
  client.send(post("/echo", "once"));
  EXPECT_EQ(client.read_response().body, "once");
  server.stop();
  EXPECT_TRUE(client.is_closed());
  server.join();
  EXPECT_THROW(RawClient(server.port()), std::runtime_error);
}

TEST(Server, REL_23_FinishesWhatIsInFlightWhenItStops) {
  std::atomic<bool> released = false;
  TestServer server({held_route(released)});
  RawClient client(server.port());
  client.send(get("/held") + get("/held"));
  while (server.counts().requests == 0) ::usleep(1'000);
  server.stop();
  server.counts();  // the loop has heard of it
  released = true;
  const RawResponse response = client.read_response();
  EXPECT_EQ(response.body, "finished");
  EXPECT_EQ(response.headers.at("connection"), "close");
  EXPECT_TRUE(client.is_closed());
  server.join();
}

TEST(Server, REL_23_WaitsForNobodyLongerThanItsTime) {
  const ServerLimits limits{.head_time = std::chrono::minutes(10),
                            .goodbye_time = milliseconds(50),
                            .stop_time = milliseconds(300)};
  TestServer server({echo_route("/echo")}, limited(limits));
  RawClient client(server.port());
  client.send("POST /echo HTTP/1.1\r\n");
  while (server.counts().open == 0) ::usleep(1'000);
  server.stop();
  EXPECT_TRUE(client.is_closed());
  server.join();
}

// ---- TLS

TEST(Server, SEC_47_ClosesOnAPeerThatNeverFinishesTheHandshake) {
  const test::TemporaryFolder folder;
  test::CertificateAuthority authority(folder);
  const test::CertificateFiles files = authority.issue();
  ServerConfig config = limited({.head_time = milliseconds(500)});
  config.tls = TlsServer::open({files.certificate_file, files.key_file}).value();
  TestServer server({echo_route("/echo")}, config);
  RawClient silent(server.port());
  EXPECT_TRUE(silent.is_closed());
  RawClient plain(server.port());
  plain.send(get("/echo"));
  plain.read_to_end();
  RawClient good(server.port(), authority.ca_file());
  good.send(post("/echo", "over TLS"));
  EXPECT_EQ(good.read_response().body, "over TLS");
  EXPECT_EQ(server.counts().failed_handshakes, 2u);
}

}  // namespace
}  // namespace tocsin::http
