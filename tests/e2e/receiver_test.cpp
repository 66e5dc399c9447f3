// `tocsin serve` as a receiver: from another process's stream into its inbox and on to its sinks,
// by poll and by push, with kills in the middle.
#include <gmock/gmock.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <map>
#include <optional>
#include <set>
#include <thread>

#include "base/base64url.h"
#include "e2e/serving.h"

namespace tocsin {
namespace {

using test::Serving;
using test::text_of;
using test::Workplace;
using testing::HasSubstr;

constexpr std::chrono::seconds patience{20};

// A port that nobody has: an issuer has to be known before anybody listens.
std::uint16_t free_port() {
  const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  EXPECT_EQ(::bind(descriptor, reinterpret_cast<const sockaddr*>(&address), size), 0);
  EXPECT_EQ(::getsockname(descriptor, reinterpret_cast<sockaddr*>(&address), &size), 0);
  ::close(descriptor);
  return ntohs(address.sin_port);
}

void write_secret(const std::string& path, const std::string& text) {
  std::ofstream(path) << text << '\n';
  ::chmod(path.c_str(), 0600);
}

class Receiving : public testing::Test {
 protected:
  void SetUp() override {
    tr_port_ = free_port();
    rx_port_ = free_port();
    make_transmitter();
    make_receiver();
    transmitter_.emplace(tr_place_, tr_folder() + "/tocsin.toml");
  }

  std::string tr_folder() const { return tr_place_.folder().path() + "/signals"; }
  std::string rx_file(const std::string& name) const { return rx_place_.folder().file(name); }
  std::string tls() const { return tr_folder() + "/tls/"; }
  static std::string loopback(std::uint16_t port) { return "127.0.0.1:" + std::to_string(port); }

  void make_transmitter() {
    const auto made =
        tr_place_.tocsin({"init", "--listen", loopback(tr_port_), "--admin-listen", "127.0.0.1:0",
                          "--alg", "ES256", "--throwaway-tls", "--output", "json", "signals"});
    ASSERT_EQ(made.exit, 0) << made.err;
    const Json answer = parse_json(made.out).value();
    for (const Json& client : *answer.as_object()->find("clients")->as_array()) {
      secrets_[text_of(client, "client_id")] = text_of(client, "client_secret");
    }
    std::ofstream(tr_folder() + "/tocsin.toml", std::ios::app)
        << outbound() << "ca_file = \"file:tls/root.pem\"\n";
  }

  static std::string outbound() { return "\n[outbound]\nallow_networks = [\"127.0.0.1\"]\n"; }

  void make_receiver() {
    write_secret(rx_file("store-key"), base64url_encode(std::string(32, 'k')));
    write_secret(rx_file("secret"), secrets_["receiver"]);
    write_secret(rx_file("header"), "Bearer canary-push-credential");
    std::ofstream(rx_file("tocsin.toml"))
        << "[server]\nlisten = \"" << loopback(rx_port_) << "\"\npublic_url = \"https://"
        << loopback(rx_port_) << "\"\ntls = { certificate = \"file:" << tls()
        << "cert.pem\", key = \"file:" << tls() << "key.pem\" }\n"
        << "[admin]\nlisten = \"127.0.0.1:0\"\n[store]\nkey = \"file:store-key\"\n"
        << upstream("polled", "poll", "")
        << upstream("pushed", "push", "authorization_header = \"file:header\"\n")
        << "[[sink]]\nname = \"lines\"\ntype = \"ndjson\"\npath = \"" << rx_file("lines") << "\"\n"
        << outbound();
  }

  std::string upstream(const std::string& name, const std::string& delivery,
                       const std::string& more) const {
    const std::string issuer = "https://" + loopback(tr_port_);
    return "[[receiver.upstream]]\nname = \"" + name + "\"\nissuer = \"" + issuer +
           "\"\ndelivery = \"" + delivery +
           "\"\nevents = [\"caep:session-revoked\"]\n"
           "ca_file = \"file:" +
           tls() + "root.pem\"\nauth.token_url = \"" + issuer +
           "/oauth/token\"\nauth.client_id = \"receiver\"\n"
           "auth.client_secret = \"file:secret\"\n" +
           more;
  }

  void start_receiver() { receiver_.emplace(rx_place_, rx_file("tocsin.toml")); }

  void publish(const std::string& who) {
    const auto answer = tr_place_.tocsin(
        {"publish", "--url", "https://" + loopback(tr_port_), "--client", "producer", "--secret",
         "env:SECRET", "--ca", tls() + "root.pem", "--event", "caep:session-revoked", "--subject",
         "email:" + who, "--member", R"(reason_admin={"en":"Left"})", "--key", who},
        {.environment = {{"SECRET", secrets_["producer"]}}});
    EXPECT_EQ(answer.exit, 0) << answer.err;
  }

  // How often each upstream's line about a subject is there: "polled a@example.com".
  std::map<std::string, int> lines() const {
    std::map<std::string, int> found;
    std::ifstream file(rx_file("lines"));
    for (std::string line; std::getline(file, line);) {
      const Result<Json> json = parse_json(line);
      if (!json) continue;
      const Json* const set = json->as_object()->find("set");
      const Json* const subject = set->as_object()->find("sub_id");
      ++found[text_of(*json, "upstream") + " " + text_of(*subject, "email")];
    }
    return found;
  }

  bool wait_for(const std::set<std::string>& wanted) const {
    const auto until = std::chrono::steady_clock::now() + patience;
    while (std::chrono::steady_clock::now() < until) {
      const auto there = lines();
      if (std::ranges::all_of(wanted, [&](const auto& one) { return there.contains(one); })) {
        return true;
      }
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return false;
  }
  bool wait_for_log(const std::string& text) const {
    const auto until = std::chrono::steady_clock::now() + patience;
    while (std::chrono::steady_clock::now() < until) {
      if (receiver_->log().find(text) != std::string::npos) return true;
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
    return false;
  }
  bool wait_until_verified() const {
    return wait_for_log(R"("event":"upstream.verified","upstream":"polled")") &&
           wait_for_log(R"("event":"upstream.verified","upstream":"pushed")");
  }

  // The streams that were used, of all starts; each as upstream and stream_id.
  std::set<std::string> streams() const {
    std::set<std::string> found;
    std::ifstream file(rx_file("serve.log"));
    for (std::string line; std::getline(file, line);) {
      const Result<Json> json = parse_json(line);
      if (json && text_of(*json, "event") == "upstream.established") {
        found.insert(text_of(*json, "upstream") + " " + text_of(*json, "detail"));
      }
    }
    return found;
  }

  Workplace tr_place_;
  Workplace rx_place_;
  std::uint16_t tr_port_ = 0;
  std::uint16_t rx_port_ = 0;
  std::map<std::string, std::string> secrets_;
  std::optional<Serving> transmitter_;
  std::optional<Serving> receiver_;
};

TEST_F(Receiving, TakesEventsByPollAndByPushAndHandsThemOn) {
  start_receiver();
  ASSERT_TRUE(wait_until_verified()) << receiver_->log();
  publish("a@example.com");
  EXPECT_TRUE(wait_for({"polled a@example.com", "pushed a@example.com"})) << receiver_->log();
  EXPECT_EQ(streams().size(), 2U);
}

TEST_F(Receiving, REL_16_SEC_29_WhatItAnsweredForSurvivesAKill) {
  start_receiver();
  ASSERT_TRUE(wait_until_verified()) << receiver_->log();
  std::set<std::string> wanted;
  for (int i = 0; i < 30; ++i) {
    const std::string who = "u" + std::to_string(i) + "@example.com";
    publish(who);
    wanted.insert("polled " + who);
    wanted.insert("pushed " + who);
    if (i % 10 != 9) continue;
    receiver_->signal(SIGKILL);
    EXPECT_EQ(receiver_->wait(), -SIGKILL);
    start_receiver();
  }
  ASSERT_TRUE(wait_for(wanted)) << receiver_->log();
  EXPECT_EQ(streams().size(), 2U);
}

TEST_F(Receiving, ASecondStartUsesTheStreamsOfTheFirst) {
  start_receiver();
  ASSERT_TRUE(wait_until_verified()) << receiver_->log();
  receiver_->signal(SIGTERM);
  EXPECT_EQ(receiver_->wait(), 0);
  publish("while.away@example.com");
  start_receiver();
  EXPECT_TRUE(wait_for({"polled while.away@example.com"})) << receiver_->log();
  EXPECT_EQ(streams().size(), 2U);
}

TEST_F(Receiving, ATransmitterThatIsAwayIsWaitedFor) {
  transmitter_->signal(SIGKILL);
  transmitter_->wait();
  start_receiver();
  ASSERT_TRUE(wait_for_log("upstream.cannot_establish")) << receiver_->log();
  transmitter_.emplace(tr_place_, tr_folder() + "/tocsin.toml");
  EXPECT_TRUE(wait_until_verified()) << receiver_->log();
}

TEST_F(Receiving, TheCheckSaysWhatIsWrongWithAnUpstream) {
  std::ofstream(rx_file("tocsin.toml"), std::ios::app)
      << "[[receiver.upstream]]\nname = \"x\"\nissuer = \"https://x.example.com\"\n"
         "delivery = \"push\"\n";
  const auto checked = rx_place_.tocsin({"serve", "--check", "--config", "tocsin.toml"});
  EXPECT_EQ(checked.exit, 2);
  EXPECT_THAT(checked.err, HasSubstr("authorization_header"));
  EXPECT_THAT(checked.err, HasSubstr("auth.token"));
}

}  // namespace
}  // namespace tocsin
