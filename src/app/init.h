// A folder from which `tocsin serve` starts: a commented configuration, keys, secrets, and the
// first clients.
#pragma once

#include <string>
#include <vector>

#include "tocsin/result.h"

namespace tocsin::http {
class ThrowawayAuthority;
}

namespace tocsin::app {

struct InitOptions {
  std::string folder;  // made; must be empty if it exists
  std::string listen = "127.0.0.1:8443";
  std::string admin_listen = "127.0.0.1:8444";
  std::string public_url{};  // without one: https and `listen`
  std::string algorithm = "RS256";
  bool throwaway_tls = false;  // a certificate for the address of `listen` that lives a day
  const http::ThrowawayAuthority* authority = nullptr;  // whose it is; nullptr: one made for it
};

struct InitAnswer {
  std::string config_file;
  std::string public_url;
  struct Client {
    std::string client_id;
    std::string secret;  // shown now and stored nowhere
  };
  std::vector<Client> clients;
};

// Everything has mode 0600, folders 0700 (SEC-33). config_invalid for options and for a folder that
// is not empty; file_unreadable.
Result<InitAnswer> init_transmitter(const InitOptions& options);

}  // namespace tocsin::app
