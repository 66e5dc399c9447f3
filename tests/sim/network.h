// A network in memory between real handlers: what a request asks for is carried out after a delay,
// or lost, or carried out twice, or its answer is lost, all by the seed (REL-28).
#pragma once

#include <boost/asio/io_context.hpp>
#include <chrono>
#include <cstdint>
#include <map>
#include <string>

#include "base/random.h"
#include "http/client.h"
#include "http/router.h"
#include "sim/trace.h"
#include "sim/virtual_time.h"

namespace tocsin::sim {

using http::Task;

// Of 1000 requests, how many meet each fate; the rest arrive and are answered.
struct Faults {
  std::uint64_t refused = 0;                 // no connection
  std::uint64_t cut_before = 0;              // the request is lost
  std::uint64_t cut_after = 0;               // it is carried out, and the answer is lost
  std::uint64_t hung = 0;                    // it is lost, and the caller finds out by its deadline
  std::uint64_t doubled = 0;                 // it is carried out twice, the second time whenever
  std::uint64_t overloaded = 0;              // something on the way answers 503
  std::uint64_t page = 0;                    // something on the way answers with a page for people
  std::chrono::milliseconds delay_max{200};  // each way
};

class Network final : public http::Client {
 public:
  struct Parts {
    loop::Loop& loop;
    VirtualTime& time;
    Random& random;
    Trace& trace;
  };
  Network(Parts parts, Faults faults) : parts_(parts), faults_(faults) {}

  // Whoever calls `origin` reaches `router`, which must outlive the network.
  void connect(std::string origin, const http::Router& router) {
    hosts_.emplace(std::move(origin), &router);
  }

  // From now on.
  void replace_faults(Faults faults) { faults_ = faults; }

  Task<Result<http::Response>> send(http::OutboundRequest request) override;

 private:
  enum class Fate : std::uint8_t {
    answered,
    refused,
    cut_before,
    cut_after,
    hung,
    doubled,
    overloaded,
    page,
  };
  Fate draw();
  std::chrono::nanoseconds delay();
  Task<Result<http::Response>> carry(http::OutboundRequest request, Fate fate);
  Task<http::Response> reach(http::OutboundRequest request);
  Task<void> reach_again(http::OutboundRequest request);

  const Parts parts_;
  Faults faults_;
  std::map<std::string, const http::Router*> hosts_;
};

}  // namespace tocsin::sim
