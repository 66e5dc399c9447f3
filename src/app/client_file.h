// One client of ours as a file of the folder that the configuration includes: what its secret
// hashes to, what it may call, and what it is to the transmitter.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "tocsin/result.h"

namespace tocsin::app {

struct ClientFile {
  std::string client_id;
  std::vector<std::string> secret_sha256{};  // the newest first
  bool is_receiver = false;
  std::vector<std::string> audience{};  // of a receiver; none: a value for each stream
  bool is_producer = false;
  std::vector<std::string> events{};  // patterns, for both roles; none: all that are offered

  std::vector<std::string> scopes() const;
};

// What a file name can be made of: letters, digits, dot, hyphen and underscore, no dot in front, at
// most 64. config_invalid otherwise.
Result<void> judge_client_name(std::string_view client_id);

std::string to_toml(const ClientFile& client);

// A fresh secret of 256 random bits as base64url, and what the file keeps of it.
struct ClientSecret {
  std::string secret;
  std::string sha256;
};
ClientSecret make_secret();

}  // namespace tocsin::app
