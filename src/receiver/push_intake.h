// The endpoint an upstream pushes SETs to (RFC 8935): authenticated, then handed to the intake,
// then answered.
#pragma once

#include <memory>
#include <string>

#include "http/router.h"
#include "receiver/intake.h"
#include "tocsin/security_event_token.h"

namespace tocsin::receiver {

// One transmitter whose SETs we take, and on which terms.
struct Upstream {
  std::string name;                  // the end of the endpoint's path: /push/{name}
  std::string authorization_header;  // what it must send, the whole value (SEC-30)
  SetPolicy policy;                  // issuer, audience, algorithms
};

// POST /push/{name}, for SETs that `intake` judges; it must outlive the server. What we cannot
// judge now is a 503, never a 400. config_invalid without a name or a credential: nothing is
// accepted by default.
Result<http::Route> push_route(const std::string& name, std::string authorization_header,
                               Intake& intake);

// Endpoint and intake of an upstream whose terms are known. For the loop's thread.
class PushIntake {
 public:
  using Listener = Intake::Listener;
  using Parts = Intake::Parts;

  // config_invalid without a name, a credential, an issuer or an audience.
  static Result<std::unique_ptr<PushIntake>> open(Upstream upstream, Parts parts,
                                                  Listener listener);

  // The intake must outlive the server.
  http::Route route() const { return route_; }

  // A verification event may carry `state` once from now on (SEC-31).
  void expect_state(std::string state) { intake_.expect_state(std::move(state)); }

 private:
  PushIntake(Upstream upstream, Parts parts, Listener listener)
      : intake_(std::move(upstream.name), std::move(upstream.policy), parts, std::move(listener)) {}

  Intake intake_;
  http::Route route_;
};

}  // namespace tocsin::receiver
