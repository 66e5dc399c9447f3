// The outbound client: for every call one connection to an address the rule has judged, taken from
// a pool per origin or opened. It follows no redirect, keeps no cookie, reads no environment,
// undoes no content coding and asks no proxy (SEC-41, SEC-44): it sends what it is given to where
// the URL says and returns what came back.
#pragma once

#include <chrono>
#include <map>
#include <memory>
#include <string>

#include "http/address_rule.h"
#include "http/client.h"
#include "http/connection_pool.h"
#include "http/resolver.h"
#include "http/tls.h"
#include "http/wire.h"

namespace tocsin::http {

// trust.md section 1, "Outbound attempt".
struct AttemptLimits {
  std::chrono::milliseconds resolve{5'000};
  std::chrono::milliseconds connect{5'000};  // to all addresses of the host together
  std::chrono::milliseconds tls{5'000};
  std::chrono::milliseconds attempt{20'000};  // everything, waiting for a connection included
  HeadLimits head;                            // of the answer
};

struct PooledClientConfig {
  AddressExceptions exceptions;
  AttemptLimits attempt;
  PoolLimits pool;
};

// For one thread, the loop's.
class PooledClient final : public Client {
 public:
  // `trusts` are the sets of authorities a request may name in OutboundRequest::trust; "" must be
  // among them. Deadlines, loop and resolver must outlive the client and every call under way; the
  // client itself may go before them.
  PooledClient(Deadlines& deadlines, Resolver& resolver, std::map<std::string, TlsClient> trusts,
               const PooledClientConfig& config = {});
  ~PooledClient() override;

  // A connection that waited in the pool may die just as it is used again. Such a request is sent
  // once more, on a new connection, if not one byte came back and the request is safe, idempotent
  // or `repeatable`.
  //
  // Where a name has several addresses the forbidden ones are left out and the others tried in
  // their order: what is connected to was judged, so a forbidden one beside it changes nothing.
  Task<Result<Response>> send(OutboundRequest request) override;

 private:
  class State;
  std::shared_ptr<State> state_;
};

}  // namespace tocsin::http
