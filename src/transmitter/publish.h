// One event to one stream: its own SET, signed once, pushed until somebody has it (SEC-36).
#pragma once

#include <string>
#include <vector>

#include "tocsin/security_event_token.h"
#include "transmitter/push_runner.h"
#include "transmitter/signer.h"

namespace tocsin::transmitter {

// The part of a stream's configuration that decides what its SETs look like and where they go.
struct PushStream {
  std::vector<std::string> aud;
  PushTarget target;
};

struct Published {
  std::string jti;
  std::string compact;
  PushReport report;
};

// For the loop's thread.
class Publisher {
 public:
  // All of it must outlive the publisher.
  struct Parts {
    Signer& signer;
    PushRunner& runner;
    const Clock& clock;
    Random& random;
  };
  Publisher(std::string issuer, Parts parts) : issuer_(std::move(issuer)), parts_(parts) {}

  // Ends when the receiver took the SET or refused it for good. Fails, with nothing sent, if the
  // event may not be sent as it is or cannot be signed now (SEC-34).
  Task<Result<Published>> publish(PushStream stream, Subject subject, Event event);

 private:
  const std::string issuer_;
  const Parts parts_;
};

}  // namespace tocsin::transmitter
