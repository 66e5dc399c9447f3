// The clients registered with our embedded token endpoint (SEC-63).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/random.h"
#include "http/task.h"
#include "jose/digest.h"
#include "tocsin/keys.h"
#include "tocsin/result.h"

namespace tocsin::oauth {

using http::Task;

struct RegisteredClient {
  std::string client_id;
  std::vector<Sha256> secret_hashes{};  // at most secrets_max: two while a secret is replaced
  KeySet keys{};                        // for private_key_jwt
  std::vector<std::string> scopes{};    // what its tokens may have

  bool may_have(std::string_view scope) const noexcept;
};

inline constexpr std::size_t secrets_max = 2;

// A secret and what is kept of it. The secret is shown once and stored nowhere. It has 256 random
// bits, so its plain hash gives nothing to guess.
struct NewSecret {
  std::string secret;
  Sha256 hash;
};
NewSecret make_client_secret(Random& random);

// What is wrong with a client, before it is registered: its id, a secret too many, a scope that is
// none, no way to authenticate. config_invalid.
Result<void> judge_client(const RegisteredClient& client);

// For the loop's thread.
class Clients {
 public:
  virtual ~Clients() = default;

  // Nothing if there is no such client. Errors: only of kind unavailable.
  virtual Task<Result<std::optional<RegisteredClient>>> find(std::string client_id) = 0;
};

// Those of the configuration.
class MemoryClients final : public Clients {
 public:
  // config_invalid, also for a client_id that comes twice.
  static Result<MemoryClients> open(std::vector<RegisteredClient> clients);

  Task<Result<std::optional<RegisteredClient>>> find(std::string client_id) override;

 private:
  std::map<std::string, RegisteredClient, std::less<>> clients_;
};

}  // namespace tocsin::oauth
