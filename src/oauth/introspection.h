// Asks an authorization server about a token (RFC 7662), and remembers for a moment what it said.
#pragma once

#include <chrono>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/url.h"
#include "http/client.h"
#include "jose/digest.h"
#include "loop/gate.h"
#include "oauth/access_token.h"
#include "oauth/token_check.h"

namespace tocsin::oauth {

inline constexpr std::chrono::seconds introspection_ttl_max{60};  // SEC-03

struct IntrospectionConfig {
  Url endpoint;
  std::string client_id;  // ours at that server, sent by Basic
  std::string client_secret;
  TokenPolicy policy;                                // issuer, audiences and leeway count here
  std::chrono::seconds ttl = introspection_ttl_max;  // of a positive answer
  std::size_t remembered_max = 10'000;               // positive answers
  std::size_t asking_max = 1'000;                    // questions under way
};

// Positive answers are remembered by the hash of their token, for `ttl` or what is left of the
// token's life. A negative answer is not remembered. Requests with one token that come together ask
// once. For the loop's thread.
class IntrospectionCheck final : public TokenCheck {
 public:
  // config_invalid for a policy of judge_policy(), missing credentials, a ttl above the limit.
  static Result<std::unique_ptr<IntrospectionCheck>> open(IntrospectionConfig config,
                                                          http::Client& client, const Clock& clock);

  // An answer that is no 200 with the members of RFC 7662 says nothing about the token: net_answer,
  // of kind unavailable, as are the net_ errors of a server that is down.
  Task<Result<Caller>> check(std::string_view token) override;

 private:
  using Instant = std::chrono::nanoseconds;  // Clock::monotonic()
  struct Remembered {
    Caller caller;
    Instant until;
  };
  struct Question {
    std::optional<Result<Caller>> answer;
    loop::Gate answered;
  };

  IntrospectionCheck(IntrospectionConfig config, http::Client& client, const Clock& clock)
      : config_(std::move(config)), client_(client), clock_(clock) {}

  Task<Result<Caller>> ask(Sha256 hash, std::string_view token);
  Task<Result<AccessToken>> introspect(std::string_view token);
  http::OutboundRequest request_for(std::string_view token) const;
  void remember(const Sha256& hash, const AccessToken& token, Instant asked);
  void forget_old();

  const IntrospectionConfig config_;
  http::Client& client_;
  const Clock& clock_;
  std::map<Sha256, Remembered> remembered_;
  std::deque<std::pair<Instant, Sha256>> order_;  // of remembering; may name what is gone
  std::map<Sha256, std::shared_ptr<Question>> asking_;
};

}  // namespace tocsin::oauth
