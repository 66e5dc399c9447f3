// The port through which every outbound call goes: the real client (`http/pooled_client.h`) in
// production, a scripted network in tests and the simulator (REL-28).
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "base/url.h"
#include "http/message.h"
#include "http/task.h"
#include "tocsin/result.h"

namespace tocsin::http {

struct OutboundRequest {
  std::string method;
  Url url;          // parsed and checked: the object, not a text, is connected to (SEC-39)
  Headers headers;  // Host, Content-Length and Connection are the client's business
  std::string body;
  std::size_t response_body_max = 16 * 1024;  // bytes; beyond it the attempt failed (SEC-44)
  std::string trust;  // which configured authorities vouch for the peer; empty: the usual ones
  std::chrono::milliseconds attempt_max{};  // instead of the usual limit, for an answer that is
                                            // meant to take long (RFC 8936 2.2); 0: the usual
  bool repeatable = false;  // whether a second arrival is harmless, as that of a SET is
};

class Client {
 public:
  virtual ~Client() = default;

  // One attempt within the deadlines of trust.md section 1: no retry, no redirect, no cookie. A
  // response of any status is a success here; what it means is for delivery/ to judge. Errors: the
  // net_ family, which all look alike from outside (SEC-42); overloaded when too many calls wait;
  // http_request for a request that cannot be sent as one.
  virtual Task<Result<Response>> send(OutboundRequest request) = 0;
};

}  // namespace tocsin::http
