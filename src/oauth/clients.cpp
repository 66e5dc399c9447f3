#include "oauth/clients.h"

#include <algorithm>
#include <array>
#include <utility>

#include "base/base64url.h"
#include "base/try.h"
#include "oauth/access_token.h"
#include "oauth/scopes.h"

namespace tocsin::oauth {

bool RegisteredClient::may_have(std::string_view scope) const noexcept {
  return std::ranges::find(scopes, scope) != scopes.end();
}

NewSecret make_client_secret(Random& random) {
  std::array<std::uint8_t, 32> octets{};
  random.fill(octets);
  std::string secret = base64url_encode(
      std::string_view(reinterpret_cast<const char*>(octets.data()), octets.size()));
  const Sha256 hash = sha256(secret);
  return {std::move(secret), hash};
}

Result<void> judge_client(const RegisteredClient& client) {
  if (!is_client_id(client.client_id)) return Error(Errc::config_invalid, "client_id");
  const auto refuse = [&](std::string_view what) {
    return Error(Errc::config_invalid, "client " + client.client_id + ": " + std::string(what));
  };
  if (client.secret_hashes.size() > secrets_max) return refuse("too many secrets");
  if (client.secret_hashes.empty() && client.keys.empty()) return refuse("no secret and no key");
  for (const std::string& word : client.scopes) {
    const Result<std::vector<std::string>> parsed = parse_scope(word);
    if (!parsed || *parsed != std::vector{word}) return refuse("scope");
  }
  return {};
}

Result<MemoryClients> MemoryClients::open(std::vector<RegisteredClient> clients) {
  MemoryClients registry;
  for (RegisteredClient& client : clients) {
    TOCSIN_CHECK(judge_client(client));
    std::string client_id = client.client_id;
    const bool fresh = registry.clients_.emplace(client_id, std::move(client)).second;
    if (!fresh) return Error(Errc::config_invalid, "client " + client_id + " comes twice");
  }
  return registry;
}

Task<Result<std::optional<RegisteredClient>>> MemoryClients::find(std::string client_id) {
  const auto found = clients_.find(client_id);
  if (found == clients_.end()) co_return std::optional<RegisteredClient>();
  co_return std::optional(found->second);
}

}  // namespace tocsin::oauth
