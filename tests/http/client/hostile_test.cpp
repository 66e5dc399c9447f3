// Peers that refuse, swallow, drip, cut, flood, lie about who they are or point elsewhere.
#include <openssl/ssl.h>

#include <cstdlib>

#include "http/client/client_fixture.h"
#include "http/client/fake_dns.h"
#include "http/dns_resolver.h"

namespace tocsin::http {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

class HostileTest : public ClientTest {
 protected:
  // A peer that reads one request, says `answer` and ends the connection.
  static Peer::Script saying(std::string answer) {
    return [answer](Peer::Connection& connection, int) {
      if (connection.read_request().empty()) return;
      connection.write(answer);
      connection.finish();
    };
  }
};

TEST_F(HostileTest, SEC_44_AnAnswerThatIsCutIsNoAnswer) {
  for (const char* text :
       {"", "HTTP/1.1 202", "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n",
        "HTTP/1.1 100 Continue\r\n\r\n", "HTTP/1.1 202 Accepted\r\nContent-Length: 10\r\n\r\nshort",
        "HTTP/1.1 202 Accepted\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
        "HTTP/1.1 202 Accepted\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n",
        "HTTP/1.1 202 Accepted\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n"}) {
    Peer peer(saying(text));
    EXPECT_EQ(outcome(get(peer)), "net_closed") << text;
    Peer tls(saying(text), Peer::Tls{authority_.issue()});
    EXPECT_EQ(outcome(get(url_of(tls, "127.0.0.1", "https"))), "net_closed") << text;
  }
}

TEST_F(HostileTest, SEC_44_ABodyWithoutLengthNeedsTheGoodbyeOfTls) {
  Peer cut(
      [](Peer::Connection& connection, int) {
        connection.read_request();
        connection.write("HTTP/1.1 200 OK\r\n\r\n[1,2,3");
        connection.finish(/*cut=*/true);
      },
      Peer::Tls{authority_.issue()});
  EXPECT_EQ(outcome(get(url_of(cut, "127.0.0.1", "https"))), "net_closed");
  Peer whole(saying("HTTP/1.1 200 OK\r\n\r\n[1,2,3]"), Peer::Tls{authority_.issue()});
  EXPECT_EQ(get(url_of(whole, "127.0.0.1", "https"))->body, "[1,2,3]");
}

TEST_F(HostileTest, SEC_44_AWholeAnswerCountsEvenIfAResetFollows) {
  Peer peer([](Peer::Connection& connection, int) {
    connection.read_request();
    connection.write(accepted);
    connection.reset();
  });
  EXPECT_EQ(outcome(post(url_of(peer))), "202");
  run_until([&] { return peer.open() == 0; });
  EXPECT_EQ(outcome(post(url_of(peer))), "202");
  EXPECT_EQ(peer.connections(), 2);
}

TEST_F(HostileTest, SEC_44_AnAnswerBeforeTheRequestWasReadCounts) {
  Peer peer([](Peer::Connection& connection, int) {
    connection.write("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n");
    connection.wait_for_end();
  });
  EXPECT_EQ(outcome(send(request("POST", url_of(peer), std::string(100'000, 's')))), "413");
}

TEST_F(HostileTest, SEC_44_RefusesWhatIsTooLargeWhileItComes) {
  const std::string line = "X-Padding: " + std::string(1000, 'p') + "\r\n";
  const auto flooding = [](std::string head, std::string piece) {
    return [head, piece](Peer::Connection& connection, int) {
      connection.read_request();
      connection.write(head);
      for (int i = 0; i < 100'000 && connection.write(piece); ++i) {
      }
    };
  };
  const struct {
    const char* what;
    Peer::Script script;
  } cases[] = {
      {"endless head", flooding("HTTP/1.1 202 Accepted\r\n", line)},
      {"endless line", flooding("HTTP/1.1 202 Accepted\r\nX: ", std::string(1000, 'x'))},
      {"too many headers", flooding("HTTP/1.1 202 Accepted\r\n", "A: b\r\n")},
      {"endless body", flooding("HTTP/1.1 202 Accepted\r\n\r\n", line)},
      {"endless chunks",
       flooding("HTTP/1.1 202 Accepted\r\nTransfer-Encoding: chunked\r\n\r\n", "5\r\n12345\r\n")},
      {"endless chunk extension",
       flooding("HTTP/1.1 202 Accepted\r\nTransfer-Encoding: chunked\r\n\r\n5;",
                line.substr(0, 90))},
      {"one GiB", saying("HTTP/1.1 202 Accepted\r\nContent-Length: 1073741824\r\n\r\n")},
      {"one chunk of a GiB",
       saying("HTTP/1.1 202 Accepted\r\nTransfer-Encoding: chunked\r\n\r\n40000000\r\n")},
      {"endless interim answers", flooding("", "HTTP/1.1 100 Continue\r\n\r\n")},
  };
  for (const auto& [what, script] : cases) {
    Peer peer(script);
    EXPECT_EQ(outcome(get(peer)), "net_answer") << what;
  }
}

TEST_F(HostileTest, SEC_44_TheCallerDecidesHowMuchBodyIsFine) {
  const std::string body(20'000, 'b');
  Peer peer(saying("HTTP/1.1 200 OK\r\nContent-Length: 20000\r\n\r\n" + body));
  EXPECT_EQ(outcome(get(peer)), "net_answer");
  OutboundRequest larger = request("GET", url_of(peer));
  larger.response_body_max = 20'000;
  EXPECT_EQ(send(std::move(larger))->body, body);
}

TEST_F(HostileTest, SEC_44_InflatesNothing) {
  for (const char* coding : {"gzip", "br", "deflate", "identity, gzip", "x"}) {
    Peer peer(saying("HTTP/1.1 200 OK\r\nContent-Encoding: " + std::string(coding) +
                     "\r\nContent-Length: 3\r\n\r\n\x1f\x8b\x08"));
    EXPECT_EQ(outcome(get(peer)), "net_answer") << coding;
  }
}

TEST_F(HostileTest, SEC_44_RefusesWhatIsNotHttp) {
  for (const char* text :
       {"SSH-2.0-OpenSSH_9.2\r\n\r\n", "220 mail.example ESMTP\r\n\r\n", "HTTP/2 202\r\n\r\n",
        "HTTP/1.1 99 Low\r\n\r\n", "HTTP/1.1 600 High\r\n\r\n", "HTTP/1.1 101 Switching\r\n\r\n",
        "HTTP/1.1 202 Accepted\nContent-Length: 0\n\n", "\x16\x03\x01\x02\r\n\r\n",
        "HTTP/1.1 202 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
        "HTTP/1.1 202 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n"}) {
    Peer peer(saying(text));
    EXPECT_EQ(outcome(get(peer)), "net_answer") << text;
  }
}

TEST_F(HostileTest, SEC_44_DrippingEndsWithTheAttempt) {
  config_.attempt.attempt = 400ms;
  const std::string whole = "HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n";
  for (const std::size_t quick : {std::size_t{0}, std::size_t{17}, whole.size()}) {
    Peer peer([&](Peer::Connection& connection, int) {
      connection.read_request();
      connection.write(whole.substr(0, quick));
      while (connection.write("x")) std::this_thread::sleep_for(5ms);
    });
    const auto start = std::chrono::steady_clock::now();
    EXPECT_EQ(outcome(get(peer)), "net_timeout");
    EXPECT_LT(std::chrono::steady_clock::now() - start, 5s);
  }
}

TEST_F(HostileTest, EveryPhaseHasItsDeadline) {
  const test::BlackHole hole;
  config_.attempt.connect = 200ms;
  config_.attempt.tls = 200ms;
  EXPECT_EQ(outcome(get("http://127.0.0.1:" + std::to_string(hole.port()) + "/")), "net_timeout")
      << "connect";
  Peer mute([](Peer::Connection& connection, int) { connection.wait_for_end(); });
  EXPECT_EQ(outcome(get(url_of(mute, "127.0.0.1", "https"))), "net_timeout") << "TLS";
  client_.reset();
  config_.attempt.attempt = 50ms;
  EXPECT_EQ(outcome(get(mute)), "net_timeout") << "attempt";
}

// Covers: PUSH-3-02, PUSH-5.3-02, POLL-4.3-01.
TEST_F(HostileTest, SEC_37_NoByteGoesToWhoCannotProveItsName) {
  const struct {
    const char* what;
    Peer::Tls tls;
  } cases[] = {
      {"wrong host", {authority_.issue({.names = {"elsewhere.test"}, .addresses = {}})}},
      {"wrong address", {authority_.issue({.names = {"peer.test"}, .addresses = {"127.0.0.2"}})}},
      {"expired", {authority_.issue({.names = {"peer.test"}, .ends = -1h})}},
      {"not yet valid", {authority_.issue({.names = {"peer.test"}, .starts = 1h})}},
      {"self-signed", {authority_.self_signed({.names = {"peer.test"}})}},
      {"unknown authority", {other_authority_.issue({.names = {"peer.test"}})}},
      {"TLS 1.1", {authority_.issue({.names = {"peer.test"}}), TLS1_1_VERSION}},
  };
  for (const auto& [what, tls] : cases) {
    Peer peer(Peer::answering(accepted), tls);
    const bool by_address = std::string_view(what) == "wrong address";
    const std::string url = url_of(peer, by_address ? "127.0.0.1" : "peer.test", "https");
    EXPECT_EQ(outcome(post(url)), "net_tls") << what;
    EXPECT_TRUE(peer.requests().empty()) << what;
  }
  Peer good(Peer::answering(accepted), Peer::Tls{authority_.issue({.names = {"peer.test"}})});
  EXPECT_EQ(outcome(post(url_of(good, "peer.test", "https"))), "202");
}

TEST_F(HostileTest, SEC_37_PlainHttpIsNeverUsedForAnHttpsUrl) {
  Peer plain([](Peer::Connection& connection, int) {
    connection.write("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
    connection.wait_for_end();
  });
  EXPECT_EQ(outcome(post(url_of(plain, "127.0.0.1", "https"))), "net_tls");
}

// Covers: A-81, PUSH-2.1-08.
TEST_F(HostileTest, SEC_41_FollowsNoRedirect) {
  Peer canary(Peer::answering(accepted));
  for (const char* status : {"301 Moved", "302 Found", "303 See Other", "307 Temporary Redirect",
                             "308 Permanent Redirect"}) {
    Peer peer(Peer::answering(
        "HTTP/1.1 " + std::string(status) + "\r\nLocation: " + url_of(canary) +
        "\r\nAlt-Svc: h2=\":" + std::to_string(canary.port()) + "\"\r\nContent-Length: 0\r\n\r\n"));
    const Answer answer = get(peer);
    EXPECT_EQ(outcome(answer), std::string(status).substr(0, 3));
    EXPECT_EQ(*answer->headers.find("Location"), url_of(canary));
    EXPECT_EQ(outcome(get(peer)), std::string(status).substr(0, 3));
  }
  EXPECT_EQ(canary.connections(), 0);
}

TEST_F(HostileTest, SEC_41_KeepsNoCookieAndReadsNoNetrcOrProxyVariable) {
  Peer canary(Peer::answering(accepted));
  const std::string proxy = url_of(canary);
  for (const char* name :
       {"http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"}) {
    ::setenv(name, proxy.c_str(), 1);
  }
  folder_.write(".netrc", "machine peer.test login joe password secret\n");
  ::setenv("HOME", folder_.path().c_str(), 1);
  Peer peer(
      Peer::answering("HTTP/1.1 202 Accepted\r\nSet-Cookie: id=1; Path=/\r\n"
                      "WWW-Authenticate: Basic realm=\"x\"\r\nContent-Length: 0\r\n\r\n"));
  EXPECT_EQ(outcome(get(url_of(peer, "peer.test"))), "202");
  EXPECT_EQ(outcome(get(url_of(peer, "peer.test"))), "202");
  EXPECT_EQ(canary.connections(), 0);
  for (const std::string& text : peer.requests()) {
    EXPECT_EQ(text, peer.requests().front());
    EXPECT_THAT(text, testing::Not(HasSubstr("Cookie")));
    EXPECT_THAT(text, testing::Not(HasSubstr("Authorization")));
  }
}

// A request that would be two, or another one, is not sent at all.
TEST_F(HostileTest, SEC_43_SendsNoHeaderThatWouldBeMore) {
  Peer peer(Peer::answering(accepted));
  const std::pair<std::string, std::string> headers[] = {
      {"Authorization", "Bearer x\r\nX-Injected: 1"},
      {"Authorization", "Bearer x\nX-Injected: 1"},
      {"Authorization", "Bearer x\r"},
      {"Authorization", std::string("Bearer \0x", 9)},
      {"X-A: 1\r\nX-B", "2"},
      {"", "2"},
      {"X A", "2"},
      {"X:", "2"},
      {"Host", "other.test"},
      {"content-length", "0"},
      {"Transfer-Encoding", "chunked"},
      {"Connection", "close"},
      {"Expect", "100-continue"},
      {"Upgrade", "h2c"},
  };
  for (const auto& [name, value] : headers) {
    OutboundRequest made = request("POST", url_of(peer), "a set");
    made.headers.add(name, value);
    EXPECT_EQ(outcome(send(std::move(made))), "http_request") << name << ": " << value;
  }
  for (const char* method : {"", "GET / HTTP/1.1\r\nX:", "GE T", "POST\r\n"}) {
    EXPECT_EQ(outcome(send(request(method, url_of(peer)))), "http_request") << method;
  }
  EXPECT_EQ(peer.connections(), 0);
}

class AddressTest : public HostileTest {};

TEST_F(AddressTest, SEC_40_ConnectsToNoForbiddenAddressByNameOrLiteral) {
  config_.exceptions.networks.clear();
  Peer peer(Peer::answering(accepted));
  const std::string port = std::to_string(peer.port());
  for (const char* address : {"127.0.0.1",
                              "127.1.2.3",
                              "10.0.0.1",
                              "172.16.0.1",
                              "192.168.0.1",
                              "169.254.169.254",
                              "100.64.0.1",
                              "0.0.0.0",
                              "198.18.0.1",
                              "224.0.0.1",
                              "240.0.0.1",
                              "255.255.255.255",
                              "::",
                              "::1",
                              "fe80::1",
                              "fc00::1",
                              "::ffff:127.0.0.1",
                              "::127.0.0.1",
                              "64:ff9b::127.0.0.1",
                              "2002:7f00:1::1",
                              "2001:db8::1"}) {
    resolver_.has("peer.test", {address});
    EXPECT_EQ(outcome(get("https://peer.test:" + port + "/")), "net_address") << address;
    const bool v6 = std::string_view(address).find(':') != std::string_view::npos;
    const std::string literal = v6 ? "[" + std::string(address) + "]" : address;
    EXPECT_EQ(outcome(get("https://" + literal + ":" + port + "/")), "net_address") << address;
  }
  EXPECT_EQ(peer.connections(), 0);
}

TEST_F(AddressTest, SEC_40_LiteralsAreNotResolved) {
  Peer peer(Peer::answering(accepted));
  EXPECT_EQ(outcome(get(peer)), "202");
  EXPECT_EQ(resolver_.questions(), 0);
}

TEST_F(AddressTest, SEC_40_LeavesForbiddenAddressesOutAndUsesTheOthers) {
  config_.exceptions.networks = {parse_ip_network("127.0.0.1").value()};
  Peer peer(Peer::answering(accepted));
  const std::string same_port = std::to_string(peer.port());
  resolver_.has("peer.test", {"127.0.0.2", "10.0.0.1", "::1", "127.0.0.1"});
  EXPECT_EQ(outcome(get(url_of(peer, "peer.test"))), "202");
}

TEST_F(AddressTest, TriesTheNextAddressWhenOneRefusesOrSwallows) {
  config_.attempt.connect = 1s;
  Peer peer(Peer::answering(accepted));
  resolver_.has("peer.test", {"127.0.0.2", "127.0.0.1"});
  EXPECT_EQ(outcome(get(url_of(peer, "peer.test"))), "202");
  resolver_.has("other.test", {"127.0.0.2"});
  EXPECT_EQ(outcome(get(url_of(peer, "other.test"))), "net_connect");
  const test::BlackHole hole("127.0.0.3", peer.port());
  resolver_.has("other.test", {"127.0.0.3", "127.0.0.1"});
  EXPECT_EQ(outcome(get(url_of(peer, "other.test"))), "202");
}

TEST_F(AddressTest, SpeaksToIPv6) {
  Peer peer(Peer::answering(accepted), std::nullopt, "::1");
  EXPECT_EQ(outcome(get("http://[::1]:" + std::to_string(peer.port()) + "/")), "202");
  EXPECT_THAT(peer.requests().front(), HasSubstr("Host: [::1]:"));
}

// DNS rebinding: the name was fine when the stream was created and turns private later.
TEST_F(AddressTest, SEC_40_ANameThatTurnsPrivateIsRefusedAtTheNextConnection) {
  config_.exceptions.networks = {parse_ip_network("127.0.0.1").value()};
  test::FakeDns dns;
  DnsConfig dns_config;
  dns_config.servers = {{parse_ip_address("127.0.0.1").value(), dns.port()}};
  dns_config.hosts_file = "";
  const auto resolver = DnsResolver::open(loop_, dns_config).value();
  Peer peer(saying("HTTP/1.1 202 Accepted\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"));
  std::map<std::string, TlsClient> trusts;
  trusts.emplace("", TlsClient::open({.ca_file = authority_.ca_file(),
                                      .crl_files = {},
                                      .revocation = Revocation::soft_fail})
                         .value());
  PooledClient rebound(deadlines_, *resolver, trusts, config_);
  const auto call = [&] {
    return outcome(test::run(loop_, rebound.send(request("GET", url_of(peer, "peer.test")))));
  };
  dns.has("peer.test", {"127.0.0.1"});
  EXPECT_EQ(call(), "202");
  dns.has("peer.test", {"127.0.0.2"});
  EXPECT_EQ(call(), "net_address");
  dns.has("peer.test", {"::ffff:127.0.0.2"});
  EXPECT_EQ(call(), "net_address");
  dns.has("peer.test", {});
  EXPECT_EQ(call(), "net_resolve");
  dns.has("peer.test", {"127.0.0.1"});
  EXPECT_EQ(call(), "202");
  EXPECT_EQ(peer.connections(), 2);
}

TEST_F(AddressTest, SEC_39_PlainHttpIsForListedHostsOnly) {
  Peer peer(Peer::answering(accepted));
  resolver_.has("unlisted.test", {"127.0.0.1"});
  EXPECT_EQ(outcome(get(url_of(peer, "unlisted.test"))), "net_address");
  EXPECT_EQ(peer.connections(), 0);
}

TEST_F(AddressTest, SEC_42_FailuresLookAlikeFromOutside) {
  config_.exceptions.networks = {parse_ip_network("127.0.0.1").value()};
  config_.attempt.connect = 500ms;
  const test::ClosedPort closed;
  const test::BlackHole hole;
  Peer impostor(Peer::answering(accepted), Peer::Tls{authority_.self_signed()});
  resolver_.has("blocked.test", {"10.0.0.1"});
  const std::pair<std::string, const char*> targets[] = {
      {"https://nowhere.test/", "net_resolve"},
      {"https://blocked.test/", "net_address"},
      {"https://127.0.0.1:" + std::to_string(closed.number()) + "/", "net_connect"},
      {"https://127.0.0.1:" + std::to_string(hole.port()) + "/", "net_timeout"},
      {url_of(impostor, "127.0.0.1", "https"), "net_tls"},
  };
  for (const auto& [url, code] : targets) {
    const Answer answer = get(url);
    ASSERT_EQ(outcome(answer), code);
    EXPECT_EQ(answer.error().public_text(), "The peer cannot be reached.") << code;
    EXPECT_EQ(answer.error().kind(), ErrorKind::unavailable) << code;
  }
}

}  // namespace
}  // namespace tocsin::http
