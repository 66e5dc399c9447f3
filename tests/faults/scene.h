// A transmitter in a process of its own, behind TLS, which is killed and started again, and the
// book in which everybody around it writes what they see.
#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "cli/program.h"
#include "e2e/serving.h"
#include "faults/history.h"
#include "support/certificates.h"
#include "support/raw_client.h"
#include "tocsin/json.h"
#include "tocsin/keys.h"

namespace tocsin::test {

inline constexpr std::string_view session_revoked =
    "https://schemas.openid.net/secevent/caep/event-type/session-revoked";
inline constexpr std::string_view credential_change =
    "https://schemas.openid.net/secevent/caep/event-type/credential-change";

// Everybody knows by its name that an event is one receivers refuse, every time.
bool is_poison(std::string_view event);

// The history while it is made, by many threads.
class Book {
 public:
  using Owed = std::pair<std::string, std::string>;  // stream, event

  Moment now() const { return std::chrono::steady_clock::now() - began_; }

  // Whatever `write` returns.
  template <class Write>
  auto write(Write write) {
    const std::lock_guard lock(mutex_);
    return write(history_);
  }

  // A stream has acknowledged an event.
  void done(const Owed& owed);

  // Waits until the streams are done with everything that was accepted and is no poison; what they
  // still lack.
  std::vector<Owed> wait_for_the_rest(std::chrono::seconds patience);

  // Only once nobody writes any more.
  History& history() noexcept { return history_; }

 private:
  const std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  std::mutex mutex_;
  std::condition_variable came_;
  History history_;
  std::set<Owed> done_;
};

class Scene {
 public:
  // `more`: a piece of configuration.
  explicit Scene(const std::string& more = "");

  // Waits until it is ready, and logs everybody in.
  void start();
  void start_without_waiting();
  void kill();
  // In order; its exit code.
  int stop();

  Book book;

  // The port, once it is up; nothing: it was asked to stop first.
  std::optional<std::uint16_t> port(std::stop_token stop);
  std::string token(const std::string& client);
  KeySet keys();

  // A stream of the receiver; `delivery` as in its request. Its id.
  std::string create_stream(JsonObject delivery, JsonArray events);

  // One request by TLS on a connection of its own, while it is up.
  RawResponse ask(const Ask& request);

  CertificateAuthority& authority() noexcept { return authority_; }
  std::string database() const;
  std::string admin_token() const;
  std::string log() const { return serving_->log(); }
  Serving& serving() noexcept { return *serving_; }

  // From the database of a process that has ended: what became of every SET.
  void read_rows();

 private:
  void announce(std::uint16_t port);

  Workplace place_;
  CertificateAuthority authority_{place_.folder()};
  std::string config_;
  std::map<std::string, std::string> secrets_;
  std::unique_ptr<Serving> serving_;

  std::mutex mutex_;
  std::condition_variable_any is_up_;
  std::uint16_t port_ = 0;  // 0: it is down
  std::map<std::string, std::string> tokens_;
  std::optional<KeySet> keys_;
};

// A connection to a process that may be gone at any moment.
class Line {
 public:
  explicit Line(Scene& scene) : scene_(scene) {}

  // Nothing: no whole answer came.
  std::optional<RawResponse> ask(const Ask& request, std::stop_token stop);

  // Asks until an answer comes that is none of a bad moment; nothing: stopped.
  std::optional<RawResponse> insist(const Ask& request, std::stop_token stop);

 private:
  Scene& scene_;
  std::uint16_t port_ = 0;
  std::unique_ptr<RawClient> client_;
};

// The value of `aud`, a text or an array of one.
std::string audience_of(const Json& object);

}  // namespace tocsin::test
