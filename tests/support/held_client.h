// A network that answers when the test says so.
#pragma once

#include <utility>

#include "http/client.h"
#include "loop/gate.h"

namespace tocsin::test {

class HeldClient final : public http::Client {
 public:
  explicit HeldClient(Result<http::Response> answer) : answer_(std::move(answer)) {}

  http::Task<Result<http::Response>> send(http::OutboundRequest) override {
    ++requests;
    co_await gate.wait();
    co_return answer_;
  }

  loop::Gate gate;
  int requests = 0;

 private:
  const Result<http::Response> answer_;
};

}  // namespace tocsin::test
