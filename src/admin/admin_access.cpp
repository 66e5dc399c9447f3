#include "admin/admin_access.h"

#include <memory>
#include <utility>

#include "jose/digest.h"
#include "oauth/failure_limit.h"
#include "oauth/scopes.h"

namespace tocsin::admin {
namespace {

// Hashes have one length, so the time tells nothing about the token's.
class TokenHolder {
 public:
  TokenHolder(const std::string& token, const Clock& clock)
      : expected_(sha256("Bearer " + token)), clock_(clock) {}

  Result<Caller> check(const http::Request& request) {
    const std::string* given = request.headers.find("Authorization");
    if (given == nullptr) return Error(Errc::http_unauthenticated);
    if (equal_in_constant_time(as_text(sha256(*given)), as_text(expected_))) {
      return Caller{{"static", "admin"}, {std::string(oauth::scope::admin)}};
    }
    const auto peer = oauth::counted_peer(request.peer);
    if (failures_.is_exceeded(peer, clock_.monotonic())) return Error(Errc::http_too_many);
    return Error(Errc::token_invalid);
  }

 private:
  const Sha256 expected_;
  const Clock& clock_;
  oauth::FailureLimit failures_;
};

}  // namespace

http::Access admin_access(const std::string& token, const Clock& clock) {
  auto holder = std::make_shared<TokenHolder>(token, clock);
  return http::Access::guarded(
      "admin", "Bearer",
      http::at_once([holder](const http::Request& request) { return holder->check(request); }));
}

}  // namespace tocsin::admin
