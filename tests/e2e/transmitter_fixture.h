// A folder that `tocsin init` made, a receiver around it, and the process once a test starts it.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <optional>
#include <string>

#include "e2e/serving.h"

namespace tocsin::test {

inline constexpr std::string_view session_revoked =
    "https://schemas.openid.net/secevent/caep/event-type/session-revoked";

class TransmitterFixture : public testing::Test {
 protected:
  void SetUp() override {
    const auto made = place_.tocsin({"init", "--listen", "127.0.0.1:0", "--admin-listen",
                                     "127.0.0.1:0", "--public-url", "https://localhost", "--alg",
                                     "ES256", "--output", "json", "signals"});
    ASSERT_EQ(made.exit, 0) << made.err;
    const Json answer = parse_json(made.out).value();
    for (const Json& client : *answer.as_object()->find("clients")->as_array()) {
      secrets_[text_of(client, "client_id")] = text_of(client, "client_secret");
    }
    config_ = place_.folder().path() + "/signals/tocsin.toml";
    std::ofstream(config_, std::ios::app)
        << "\n[outbound]\nca_file = \"file:" + receiver_.ca_file() +
               "\"\nallow_networks = [\"127.0.0.1\"]\n";
  }

  void start() { serving_.emplace(place_, config_); }

  void log_in() {
    receiver_token_ = access_token(serving_->port(), "receiver", secrets_["receiver"]);
    producer_token_ = access_token(serving_->port(), "producer", secrets_["producer"]);
  }

  RawResponse post(const std::string& token, const std::string& path, const Json& body) {
    return ask(serving_->port(), {.method = "POST",
                                  .path = path,
                                  .authorization = token,
                                  .type = "application/json",
                                  .body = to_text(body)});
  }

  std::string create_stream(JsonObject delivery) {
    const RawResponse created =
        post(receiver_token_, "/ssf/streams",
             JsonObject{{"delivery", std::move(delivery)},
                        {"events_requested", JsonArray{std::string(session_revoked)}}});
    EXPECT_EQ(created.status, 201U) << created.body;
    return text_of(json_of(created), "stream_id");
  }
  std::string create_push_stream() {
    return create_stream({{"method", "urn:ietf:rfc:8935"},
                          {"endpoint_url", receiver_.url()},
                          {"authorization_header", "Bearer canary-push-credential"}});
  }
  std::string create_poll_stream() { return create_stream({{"method", "urn:ietf:rfc:8936"}}); }

  std::string admin_token() const {
    std::ifstream file(place_.folder().path() + "/signals/secrets/admin-token");
    std::string token;
    file >> token;
    return "Bearer " + token;
  }

  PushReceiver receiver_;
  Workplace place_;
  std::map<std::string, std::string> secrets_;
  std::string config_;
  std::optional<Serving> serving_;
  std::string receiver_token_;
  std::string producer_token_;
};

}  // namespace tocsin::test
