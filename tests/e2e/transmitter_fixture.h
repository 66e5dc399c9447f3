// A folder that `tocsin init` made, a receiver around it, and the process once a test starts it.
#pragma once

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <optional>
#include <string>

#include "e2e/serving.h"

namespace tocsin::test {

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
};

}  // namespace tocsin::test
