// The clients of a configuration, as files of the folder it includes. A process that serves takes
// changes up with SIGHUP.
#pragma once

#include <string>
#include <vector>

#include "app/client_file.h"
#include "app/config.h"
#include "tocsin/result.h"

namespace tocsin::app {

struct KnownClient {
  ClientFile client;  // `events` are the receiver's, or the producer's if it is no receiver
  std::vector<std::string> scopes;
  std::string file;  // where it stands
};

// In the order of the configuration.
std::vector<KnownClient> clients_of(const Config& config);

// client_unknown.
Result<KnownClient> find_client(const Config& config, const std::string& client_id);

// A new client in a file of its own; the secret, which is stored nowhere. client_exists,
// config_invalid (its name; the configuration includes no folder), file_unreadable.
Result<std::string> add_client(const Config& config, ClientFile client);

// Another secret; the one before stays good until the next time, unless `drop_old`.
// client_unknown, config_invalid (it has no secret), file_unreadable.
Result<std::string> rotate_secret(const Config& config, const std::string& client_id,
                                  bool drop_old);

// Its file is gone. client_unknown, config_invalid (others stand in that file), file_unreadable.
Result<void> remove_client(const Config& config, const std::string& client_id);

}  // namespace tocsin::app
