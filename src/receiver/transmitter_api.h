// The receiver's side of the stream management API and of the poll endpoint (SSF 1.0 section 8.1,
// RFC 8936): one method an operation, one call an attempt. When to call, and again, is for others.
#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "http/client.h"
#include "oauth/token_client.h"
#include "receiver/poll_answer.h"
#include "tocsin/stream_config.h"
#include "tocsin/stream_requests.h"
#include "tocsin/transmitter_metadata.h"

namespace tocsin::receiver {

using http::Task;

// What came of one call.
template <class T>
struct Reply {
  Result<T> result;
  unsigned status = 0;                 // 0: no answer came
  std::chrono::seconds retry_after{};  // what the answer asked for, clamped; 0: it did not
};

// Nothing: 202, taken but not done yet; the same call later tells (SSF 8.1.1.3).
template <class T>
using Eventual = std::optional<T>;

// An answer is judged by its status; its body is read where it is what was asked for, and quoted
// for people where it is not (SSF-ERR-04). Errors of every call:
//   token_invalid     401, after one more try with a new token (SSF-AZ-06)
//   token_scope       403
//   stream_unknown    404
//   stream_limit      409
//   http_too_many     429: `retry_after` says for how long
//   http_request      any other 4xx
//   net_answer        anything else that is not the answer the operation has
//   metadata_missing  the transmitter has no such endpoint; nothing was sent
//   claim_issuer      the configuration names another issuer (SSF 8.1.1.1): it may not be used
//   the net_ family and those of oauth::TokenClient
//
// For the loop's thread.
class TransmitterApi {
 public:
  struct Config {
    TransmitterMetadata metadata;
    std::string trust{};   // as in http::OutboundRequest
    std::string bearer{};  // a token that is good as it stands; empty: `tokens` has ours
    Strictness strictness = Strictness::strict;
  };
  // All of it outlives the API and its calls.
  struct Parts {
    http::Client& client;
    const Clock& clock;
    oauth::TokenClient* tokens = nullptr;
  };

  // config_invalid unless there is exactly one of `bearer` and `tokens`; metadata_value for an
  // endpoint that is no URL.
  static Result<std::unique_ptr<TransmitterApi>> open(Config config, Parts parts);
  ~TransmitterApi();

  const TransmitterMetadata& metadata() const noexcept { return config_.metadata; }

  Task<Reply<StreamConfig>> create(StreamCreateRequest stream);
  Task<Reply<StreamConfig>> read(std::string stream_id);
  // Each stands or falls alone (SSF 8.1.1.2).
  Task<Reply<std::vector<Result<StreamConfig>>>> list();
  Task<Reply<Eventual<StreamConfig>>> update(StreamUpdateRequest change);
  Task<Reply<Eventual<StreamConfig>>> replace(StreamReplaceRequest stream);
  Task<Reply<bool>> remove(std::string stream_id);

  Task<Reply<StatusDocument>> status(std::string stream_id);
  Task<Reply<Eventual<StatusDocument>>> update_status(StatusDocument status);

  // Success promises nothing about events to come (SSF 9.1).
  Task<Reply<bool>> add_subject(SubjectAddRequest subject);
  Task<Reply<bool>> remove_subject(SubjectRemoveRequest subject);

  // Success says that the event was or will be sent, not that it came (SSF 8.1.4.2).
  Task<Reply<bool>> request_verification(VerificationRequest request);

  // POST to the poll endpoint of a stream, exactly as its configuration names it. `wait` is how
  // long the transmitter may hold the answer back; the attempt may take that and the usual limit.
  struct Poll {
    Url endpoint;
    std::string body;  // of a PollQuery
    bool reports_errors = false;
    std::chrono::seconds wait{};
  };
  Task<Reply<PollAnswer>> poll(Poll poll);

 private:
  struct Endpoints;
  struct Call;

  TransmitterApi(Config config, Parts parts, std::unique_ptr<Endpoints> endpoints);
  Task<Reply<http::Response>> send(Call call);
  Task<Reply<http::Response>> attempt(const http::OutboundRequest& request);
  std::function<Result<StreamConfig>(Json)> config_reader() const;

  const Config config_;
  const Parts parts_;
  const std::unique_ptr<const Endpoints> endpoints_;
};

}  // namespace tocsin::receiver
