// Those around a transmitter while it is killed: each works until it is asked to stop, and writes
// into the scene's book.
#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <map>
#include <set>
#include <stop_token>
#include <string>
#include <vector>

#include "base/random.h"
#include "faults/scene.h"
#include "support/test_server.h"

namespace tocsin::test {

// Hands in events one after the other, alone and in batches, and most of them again until it has an
// answer.
class Producer {
 public:
  struct Work {
    std::string name;
    std::uint64_t seed = 0;
    std::set<std::string> revocations;  // streams that get session-revoked
    std::set<std::string> changes;      // and credential-change
    const std::atomic<bool>* may_poison = nullptr;
  };
  Producer(Scene& scene, Work work) : line_(scene), scene_(scene), work_(std::move(work)) {}

  void run(std::stop_token stop);

 private:
  struct Draft {
    std::size_t place = 0;  // in the history
    Json body;
  };
  Draft draft();
  Json subject(std::set<std::string>& members);
  void publish(const std::vector<Draft>& drafts, std::stop_token stop);
  void record(const std::vector<Draft>& drafts, const RawResponse& answer);
  bool is_rare(std::uint32_t one_in) { return random_.below(one_in) == 0; }

  Line line_;
  Scene& scene_;
  const Work work_;
  SeededRandom random_{work_.seed};
  std::size_t events_ = 0;
};

// A push endpoint for one stream.
class PushedReceiver {
 public:
  PushedReceiver(Scene& scene, std::uint64_t seed);

  // The stream that is pushed here.
  std::string create_stream(JsonArray events);

 private:
  Result<http::Response> take(const http::Request& request);

  Scene& scene_;
  SeededRandom random_;
  const std::string credential_;
  std::string stream_;
  std::vector<http::Route> routes();
  TestServer server_;
};

// Polls one stream, with every acknowledgement repeated until it was answered.
class Poller {
 public:
  Poller(Scene& scene, std::string stream)
      : line_(scene), scene_(scene), stream_(std::move(stream)) {}

  void run(std::stop_token stop);

 private:
  std::string request();
  void take(const RawResponse& answer);
  void confirm();

  Line line_;
  Scene& scene_;
  const std::string stream_;
  std::vector<std::string> acks_;                           // of the request under way
  std::vector<std::string> refused_;                        // likewise
  std::map<std::string, std::vector<std::size_t>> places_;  // of a jti in the history
};

// Pauses a stream and enables it again.
class Pauser {
 public:
  struct Rhythm {
    std::chrono::milliseconds paused;
    std::chrono::milliseconds enabled;
  };
  Pauser(Scene& scene, std::string stream, Rhythm rhythm)
      : line_(scene), scene_(scene), stream_(std::move(stream)), rhythm_(rhythm) {}

  void run(std::stop_token stop);

 private:
  bool change(std::string_view status, std::stop_token stop);

  Line line_;
  Scene& scene_;
  const std::string stream_;
  const Rhythm rhythm_;
};

}  // namespace tocsin::test
