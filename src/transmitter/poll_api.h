// The poll endpoint of one tenant's streams (RFC 8936): acknowledgements first, then SETs in order,
// and a wait in between if there are none.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "delivery/poll_request.h"
#include "store/outbox.h"
#include "transmitter/api_route.h"
#include "transmitter/outgoing_set.h"
#include "transmitter/poll_waiters.h"

namespace tocsin::transmitter {

inline constexpr std::chrono::seconds poll_wait_default{30};
inline constexpr std::chrono::seconds poll_wait_max{60};

// For the loop's thread.
class PollApi {
 public:
  // All of it must outlive the server.
  struct Parts {
    const Tenant& tenant;
    store::Streams& streams;
    store::Outbox& outbox;
    OutgoingSets& sets;
    PollWaiters& waiters;
    const Clock& clock;
  };

  // A long poll waits for `wait`, at most poll_wait_max.
  explicit PollApi(Parts parts, std::chrono::seconds wait = poll_wait_default);

  // POST of `<issuer's path>/ssf/poll/{stream_id}`. The API must outlive the server.
  std::vector<http::Route> routes(const Guard& guard);

 private:
  struct Poll;      // one request and where it stands
  struct Selected;  // SETs that may go, before they are signed
  struct Packed;    // SETs that go

  Task<Answer> answer(store::StreamOwner owner, http::Request request);
  Task<Result<Packed>> serve(Poll& poll);
  Task<Result<Selected>> select(Poll& poll);
  Task<Result<Selected>> select_again(Poll& poll);
  Task<Result<Packed>> pack(store::StreamRecord stream, Selected selected);
  Task<Result<Selected>> withhold(store::StreamRecord stream, Selected selected);

  Parts parts_;
  std::chrono::seconds wait_;
};

}  // namespace tocsin::transmitter
