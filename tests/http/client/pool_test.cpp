// Connections used again, counted and given up.
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <latch>
#include <thread>

#include "http/client/client_fixture.h"

namespace tocsin::http {
namespace {

using namespace std::chrono_literals;
using testing::Each;

class PoolTest : public ClientTest {
 protected:
  std::vector<std::string> send_at_once(std::vector<OutboundRequest> requests) {
    std::vector<std::optional<Answer>> answers(requests.size());
    for (std::size_t i = 0; i < requests.size(); ++i) {
      test::start(loop_, client().send(std::move(requests[i])), answers[i]);
    }
    const auto ended = [](const std::optional<Answer>& answer) { return answer.has_value(); };
    loop_.restart();
    while (!std::ranges::all_of(answers, ended) && loop_.run_one() > 0) after_each_step_();
    std::vector<std::string> outcomes;
    for (const auto& answer : answers) outcomes.push_back(outcome(answer.value()));
    return outcomes;
  }

  // While requests are sent at once: the most connections to the peer that we had at any time.
  void count_connections_to(const Peer& peer, std::size_t& most) {
    after_each_step_ = [&peer, &most] {
      most = std::max(most, test::sockets_to(peer.port()).size());
    };
  }

  std::function<void()> after_each_step_ = [] {};
};

TEST_F(PoolTest, SendsARequestAndReturnsTheAnswer) {
  Peer peer(
      Peer::answering("HTTP/1.1 400 Bad Request\r\nContent-Type: application/json\r\n"
                      "Content-Length: 2\r\n\r\n{}"));
  OutboundRequest made = request("POST", url_of(peer, "peer.test") + "push?tenant=1", "a set");
  made.headers.add("Content-Type", "application/secevent+jwt");
  const Answer answer = send(std::move(made));
  ASSERT_EQ(outcome(answer), "400");
  EXPECT_EQ(answer->body, "{}");
  EXPECT_EQ(*answer->headers.find("content-type"), "application/json");
  const std::string port = std::to_string(peer.port());
  EXPECT_EQ(peer.requests().front(), "POST /push?tenant=1 HTTP/1.1\r\nHost: peer.test:" + port +
                                         "\r\nContent-Type: application/secevent+jwt\r\n"
                                         "Accept-Encoding: identity\r\n"
                                         "Content-Length: 5\r\n\r\na set");
}

TEST_F(PoolTest, ReadsEveryFramingOfAnAnswer) {
  const struct {
    const char* answer;
    const char* body;
  } cases[] = {
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
       "abcde"},
      {"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: <x>\r\n\r\n"
       "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx",
       "x"},
      {"HTTP/1.1 200 OK\r\nContent-Encoding: identity\r\nContent-Length: 1\r\n\r\ny", "y"},
      {"HTTP/1.1 204 No Content\r\n\r\n", ""},
      {"HTTP/1.1 202 Accepted\r\nContent-Encoding: gzip\r\nContent-Length: 0\r\n\r\n", ""},
  };
  for (const auto& [text, body] : cases) {
    Peer peer(Peer::answering(text));
    const Answer first = get(peer);
    ASSERT_TRUE(first) << text << first.error().to_string();
    EXPECT_EQ(first->body, body);
    EXPECT_EQ(get(peer)->body, body);
    EXPECT_EQ(peer.connections(), 1) << text;
  }
  Peer until_close([](Peer::Connection& connection, int) {
    connection.read_request();
    connection.write("HTTP/1.1 200 OK\r\n\r\nall of it");
    connection.finish();
  });
  EXPECT_EQ(get(until_close)->body, "all of it");
  Peer head(Peer::answering("HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n"));
  EXPECT_EQ(outcome(send(request("HEAD", url_of(head)))), "200");
}

TEST_F(PoolTest, UsesAConnectionAgain) {
  Peer peer(Peer::answering(accepted), Peer::Tls{authority_.issue()});
  for (int i = 0; i < 5; ++i) ASSERT_EQ(outcome(post(url_of(peer, "127.0.0.1", "https"))), "202");
  EXPECT_EQ(peer.connections(), 1);
  EXPECT_EQ(peer.requests().size(), 5U);
}

TEST_F(PoolTest, NeverSharesAConnectionBetweenOrigins) {
  Peer peer(Peer::answering(accepted));
  EXPECT_EQ(outcome(get(url_of(peer, "peer.test"))), "202");
  EXPECT_EQ(outcome(get(url_of(peer, "other.test"))), "202");
  EXPECT_EQ(peer.connections(), 2);
}

TEST_F(PoolTest, SEC_37_NeverSharesAConnectionBetweenTrusts) {
  Peer peer(Peer::answering(accepted), Peer::Tls{authority_.issue()});
  const std::string url = url_of(peer, "127.0.0.1", "https");
  EXPECT_EQ(outcome(get(url)), "202");
  OutboundRequest made = request("GET", url);
  made.trust = "other";
  EXPECT_EQ(outcome(send(made)), "net_tls");
  made.trust = "unheard of";
  EXPECT_EQ(outcome(send(made)), "net_tls");
  EXPECT_EQ(peer.requests().size(), 1U);
}

TEST_F(PoolTest, OpensANewConnectionWhereTheOldOneMayNotGoOn) {
  for (const char* text :
       {"HTTP/1.1 202 Accepted\r\nConnection: close\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.0 202 Accepted\r\nContent-Length: 0\r\n\r\n"}) {
    Peer peer(Peer::answering(text));
    EXPECT_EQ(outcome(get(peer)), "202");
    EXPECT_EQ(outcome(get(peer)), "202");
    EXPECT_EQ(peer.connections(), 2) << text;
  }
}

TEST_F(PoolTest, SEC_44_SurplusBytesCloseTheConnection) {
  Peer peer(Peer::answering(std::string(accepted) + "HTTP/1.1 200 OK\r\n\r\n"));
  EXPECT_EQ(outcome(get(peer)), "202");
  EXPECT_EQ(outcome(get(peer)), "202");
  EXPECT_EQ(peer.connections(), 2);
}

TEST_F(PoolTest, SEC_44_BytesThatComeWhileItWaitsCloseTheConnection) {
  std::latch answered(1);
  Peer peer([&](Peer::Connection& connection, int number) {
    while (!connection.read_request().empty()) {
      connection.write(accepted);
      if (number > 1) continue;
      answered.wait();
      connection.write("HTTP/1.1 500 Not Yours\r\nContent-Length: 0\r\n\r\n");
    }
  });
  EXPECT_EQ(outcome(get(peer)), "202");
  answered.count_down();
  run_until([&] { return test::is_heard_from(peer.port()); });
  EXPECT_EQ(outcome(get(peer)), "202");
  EXPECT_EQ(peer.connections(), 2);
}

TEST_F(PoolTest, GivesUpWhatWaitsTooLong) {
  config_.pool.idle_max = 20ms;
  Peer peer(Peer::answering(accepted));
  EXPECT_EQ(outcome(get(url_of(peer, "peer.test"))), "202");
  EXPECT_EQ(outcome(get(url_of(peer, "other.test"))), "202");
  run_until([&] { return peer.open() == 0; });
  EXPECT_EQ(outcome(get(url_of(peer, "peer.test"))), "202");
  EXPECT_EQ(peer.connections(), 3);
}

TEST_F(PoolTest, NoticesThatThePeerClosedAWaitingConnection) {
  Peer peer([](Peer::Connection& connection, int) {
    connection.read_request();
    connection.write(accepted);
  });
  for (int i = 1; i <= 3; ++i) {
    EXPECT_EQ(outcome(post(url_of(peer))), "202");
    run_until([&] { return test::is_heard_from(peer.port()); });
  }
  EXPECT_EQ(peer.connections(), 3);
}

// What a connection that was used before may do to the next request.
test::FakePeer::Script dying(std::function<void(test::FakePeer::Connection&)> to_the_second) {
  return [to_the_second](test::FakePeer::Connection& connection, int number) {
    while (true) {
      const bool second = number == 1 && connection.requests_read() == 1;
      if (connection.read_request().empty()) return;
      if (second) return to_the_second(connection);
      connection.write(accepted);
    }
  };
}

TEST_F(PoolTest, SendsAHarmlessRequestAgainIfTheWaitingConnectionDied) {
  for (const char* method : {"GET", "PUT", "DELETE"}) {
    Peer peer(dying([](Peer::Connection& connection) { connection.reset(); }));
    EXPECT_EQ(outcome(get(peer)), "202");
    EXPECT_EQ(outcome(send(request(method, url_of(peer)))), "202") << method;
    EXPECT_EQ(peer.connections(), 2);
    EXPECT_EQ(peer.requests().size(), 3U);
  }
  Peer peer(dying([](Peer::Connection& connection) { connection.finish(); }));
  EXPECT_EQ(outcome(get(peer)), "202");
  OutboundRequest push = request("POST", url_of(peer), "a set");
  push.repeatable = true;
  EXPECT_EQ(outcome(send(std::move(push))), "202");
  EXPECT_EQ(peer.requests().back(), peer.requests()[1]);
}

TEST_F(PoolTest, NeverSendsAnythingElseTwice) {
  Peer peer(dying([](Peer::Connection& connection) { connection.reset(); }));
  EXPECT_EQ(outcome(get(peer)), "202");
  EXPECT_EQ(outcome(post(url_of(peer))), "net_closed") << "a POST nobody called repeatable";
  EXPECT_EQ(peer.requests().size(), 2U);

  Peer half(dying([](Peer::Connection& connection) {
    connection.write("HTTP/1.1 202 Acc");
    connection.finish();
  }));
  EXPECT_EQ(outcome(get(half)), "202");
  EXPECT_EQ(outcome(get(half)), "net_closed") << "an answer had begun";
  EXPECT_EQ(half.requests().size(), 2U);

  Peer fresh([](Peer::Connection& connection, int) {
    connection.read_request();
    connection.reset();
  });
  EXPECT_EQ(outcome(get(fresh)), "net_closed") << "a new connection died";
  EXPECT_EQ(fresh.requests().size(), 1U);
}

TEST_F(PoolTest, SEC_45_TheCapPerHostHolds) {
  config_.pool.per_host = 3;
  Peer peer(Peer::answering(accepted));
  std::vector<OutboundRequest> requests;
  for (int i = 0; i < 60; ++i) requests.push_back(request("GET", url_of(peer, "peer.test")));
  std::size_t most = 0;
  count_connections_to(peer, most);
  EXPECT_THAT(send_at_once(std::move(requests)), Each("202"));
  EXPECT_EQ(peer.requests().size(), 60U);
  EXPECT_EQ(most, 3U);
}

TEST_F(PoolTest, SEC_45_AHostIsAHostWhateverThePort) {
  config_.pool.per_host = 2;
  Peer one(Peer::answering(accepted));
  Peer two(Peer::answering(accepted));
  Peer three(Peer::answering(accepted));
  for (Peer* peer : {&one, &two, &three}) EXPECT_EQ(outcome(get(*peer)), "202");
  EXPECT_EQ(test::sockets_to(one.port()).size(), 0U) << "the one that waited longest gave way";
  EXPECT_EQ(test::sockets_to(two.port()).size(), 1U);
  EXPECT_EQ(test::sockets_to(three.port()).size(), 1U);
}

TEST_F(PoolTest, TheCapOverAllHostsHolds) {
  config_.pool.total = 2;
  Peer peer(Peer::answering(accepted));
  std::vector<OutboundRequest> requests;
  for (int i = 0; i < 30; ++i) {
    const std::string name = "host" + std::to_string(i % 10) + ".test";
    resolver_.has(name, {"127.0.0.1"});
    config_.exceptions.plain_http_hosts.push_back(name);
    requests.push_back(request("GET", url_of(peer, name)));
  }
  std::size_t most = 0;
  count_connections_to(peer, most);
  EXPECT_THAT(send_at_once(std::move(requests)), Each("202"));
  EXPECT_EQ(peer.requests().size(), 30U);
  EXPECT_EQ(most, 2U);
}

TEST(ConnectionPool, KeepsNoEntryOfAHostItHasNothingFor) {
  Loop loop{1};
  Deadlines deadlines{loop, 2ms};
  const auto pool = std::make_shared<ConnectionPool>(
      deadlines, PoolLimits{.per_host = 2, .total = 2, .waiting_max = 0, .idle_max = 1h});
  const auto connect = [&](const std::string& host) {
    auto place = test::run(loop, ConnectionPool::enter(pool, host, after(10s)));
    ASSERT_TRUE(place);
    pool->make_room(*place);
    std::array<int, 2> ends{};
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()), 0);
    pool->put(*place, host, Stream(deadlines, ends[0]));
    ::close(ends[1]);
  };
  for (int i = 0; i < 10; ++i) connect("host" + std::to_string(i));
  EXPECT_EQ(pool->idle(), 2U);
  EXPECT_EQ(pool->hosts(), 2U);
  {
    auto place = test::run(loop, ConnectionPool::enter(pool, "host9", after(10s)));
    ASSERT_TRUE(place);
    EXPECT_FALSE(pool->take(*place, "host9")) << "its other end is closed";
  }
  EXPECT_EQ(pool->hosts(), 1U);
}

TEST_F(PoolTest, WhoWaitsForAPlaceWaitsWithinTheAttempt) {
  config_.pool.per_host = 1;
  config_.pool.waiting_max = 1;
  config_.attempt.attempt = 100ms;
  Peer silent([](Peer::Connection& connection, int) { connection.wait_for_end(); });
  const OutboundRequest made = request("GET", url_of(silent));
  EXPECT_THAT(send_at_once({made, made, made}),
              testing::ElementsAre("net_timeout", "net_timeout", "overloaded"));
}

// The holder leaves when the time of who waits is up already, and the loop learns of both at once.
TEST(Gate, ATurnThatComesAfterTheDeadlineGoesToTheNextInLine) {
  Loop loop{1};
  const auto gate = std::make_shared<Gate>(loop, Gate::Limits{.inside_max = 1, .waiting_max = 2});
  std::optional<Gate::Pass> holder = *test::run(loop, Gate::enter(gate, after(10s)));
  std::optional<Result<Gate::Pass>> late;
  std::optional<Result<Gate::Pass>> next;
  const Deadline soon = after(20ms);
  test::start(loop, Gate::enter(gate, soon), late);
  test::start(loop, Gate::enter(gate, after(10s)), next);
  loop.restart();
  loop.poll();
  ASSERT_EQ(gate->waiting(), 2U);
  std::this_thread::sleep_until(soon);
  holder.reset();
  loop.run();
  ASSERT_TRUE(late.has_value() && next.has_value());
  ASSERT_FALSE(late->has_value());
  EXPECT_EQ(late->error().code, Errc::net_timeout);
  EXPECT_TRUE(next->has_value());
  EXPECT_EQ(gate->inside(), 1U);
}

TEST_F(PoolTest, MayGoWhileACallIsUnderWay) {
  std::latch client_gone(1);
  Peer peer([&](Peer::Connection& connection, int) {
    connection.read_request();
    client_gone.wait();
    connection.write(accepted);
  });
  std::optional<Answer> answer;
  test::start(loop_, client().send(request("GET", url_of(peer))), answer);
  run_until([&] { return peer.requests().size() == 1; });
  client_.reset();
  client_gone.count_down();
  run_until([&] { return answer.has_value(); });
  EXPECT_EQ(outcome(*answer), "202");
}

}  // namespace
}  // namespace tocsin::http
