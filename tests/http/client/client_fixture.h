// A client on a loop of its own, with a table in place of DNS. Loopback is what the address rule
// forbids first, so these tests live on the operator's exception for it.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "http/client/fake_peer.h"
#include "http/client/start.h"
#include "http/pooled_client.h"
#include "support/certificates.h"
#include "support/run.h"

namespace tocsin::http {

class TableResolver final : public Resolver {
 public:
  void has(const std::string& name, const std::vector<std::string>& addresses) {
    table_[name].clear();
    for (const std::string& text : addresses) {
      table_[name].push_back(parse_ip_address(text).value());
    }
  }
  int questions() const { return questions_; }

  Task<Result<std::vector<IpAddress>>> resolve(std::string host, Deadline) override {
    ++questions_;
    const auto found = table_.find(host);
    if (found == table_.end()) co_return Error(Errc::net_resolve, "not in the table");
    co_return found->second;
  }

 private:
  std::map<std::string, std::vector<IpAddress>> table_;
  int questions_ = 0;
};

class ClientTest : public testing::Test {
 protected:
  using Peer = test::FakePeer;
  using Answer = Result<Response>;

  ClientTest() {
    config_.exceptions.networks = {parse_ip_network("127.0.0.0/8").value(),
                                   parse_ip_network("::1").value()};
    config_.exceptions.plain_http_hosts = {"127.0.0.1", "::1", "peer.test", "other.test"};
    resolver_.has("peer.test", {"127.0.0.1"});
    resolver_.has("other.test", {"127.0.0.1"});
  }

  PooledClient& client() {
    if (!client_) {
      std::map<std::string, TlsClient> trusts;
      trusts.emplace("", TlsClient::open({.ca_file = authority_.ca_file(),
                                          .crl_files = {},
                                          .revocation = Revocation::soft_fail})
                             .value());
      trusts.emplace("other", TlsClient::open({.ca_file = other_authority_.ca_file(),
                                               .crl_files = {},
                                               .revocation = Revocation::soft_fail})
                                  .value());
      client_.emplace(deadlines_, resolver_, std::move(trusts), config_);
    }
    return *client_;
  }

  static OutboundRequest request(const std::string& method, const std::string& url,
                                 std::string body = "") {
    OutboundRequest made;
    made.method = method;
    made.url = parse_url(url, PlainHttp::allowed).value();
    made.body = std::move(body);
    return made;
  }
  static std::string url_of(const Peer& peer, const std::string& host = "127.0.0.1",
                            const std::string& scheme = "http") {
    return scheme + "://" + host + ":" + std::to_string(peer.port()) + "/";
  }

  Answer send(OutboundRequest made) { return test::run(loop_, client().send(std::move(made))); }
  Answer get(const std::string& url) { return send(request("GET", url)); }
  Answer get(const Peer& peer) { return get(url_of(peer)); }
  Answer post(const std::string& url) { return send(request("POST", url, "a set")); }

  // Runs the loop until the condition, which something outside brings about, holds.
  template <class Condition>
  void run_until(Condition condition) {
    loop_.restart();
    const Deadline end = after(std::chrono::seconds(10));
    while (!condition()) {
      ASSERT_LT(std::chrono::steady_clock::now(), end);
      loop_.restart();
      loop_.run_for(std::chrono::milliseconds(2));
    }
  }

  test::TemporaryFolder folder_;
  test::CertificateAuthority authority_{folder_};
  test::CertificateAuthority other_authority_{folder_, "Other Root"};
  Loop loop_{1};
  Deadlines deadlines_{loop_, std::chrono::milliseconds(2)};
  TableResolver resolver_;
  PooledClientConfig config_;
  std::optional<PooledClient> client_;
};

// The status of an answer, or the code of the error.
inline std::string outcome(const Result<Response>& answer) {
  if (answer) return std::to_string(answer->status);
  return std::string(describe(answer.error().code).name);
}

inline constexpr const char* accepted = "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\n\r\n";

}  // namespace tocsin::http
