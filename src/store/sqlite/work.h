// What one request has in hand inside its transaction, on the storage thread.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "jose/secret_box.h"
#include "store/outbox.h"
#include "store/sqlite/database.h"
#include "store/sqlite/store_counts.h"

namespace tocsin::store::sqlite {

class SubjectIndex;

// How much is kept, and for how long.
struct Limits {
  std::int64_t pending_max = 1'000'000;            // rows of one stream (REL-13)
  std::int64_t pending_octets_max = 1024LL << 20;  // subjects and payloads of one stream
  std::int64_t shapes_max = 16;                    // different shapes of subjects of one stream

  std::chrono::milliseconds pending_retention{std::chrono::hours(7 * 24)};  // REL-13
  // After the last terminal state (SEC-60).
  std::chrono::milliseconds payload_retention{std::chrono::hours(7 * 24)};
  // Of hashes of producer keys and jtis.
  std::chrono::milliseconds dedup_retention{std::chrono::hours(30 * 24)};

  delivery::RetrySpans retry{};                 // of polled SETs that were refused
  std::int64_t one_time_names_max = 1'000'000;  // remembered at a time
};

// Each stream once, in the order in which they changed; the stronger change wins.
class Changes {
 public:
  void add(const std::string& stream_id, Outbox::Change change) {
    const auto [known, is_new] = places_.try_emplace(stream_id, list_.size());
    if (is_new) {
      list_.emplace_back(stream_id, change);
    } else if (change == Outbox::Change::other) {
      list_[known->second].second = change;
    }
  }

  std::vector<std::pair<std::string, Outbox::Change>> take() {
    places_.clear();
    return std::exchange(list_, {});
  }

  void clear() {
    places_.clear();
    list_.clear();
  }

 private:
  std::vector<std::pair<std::string, Outbox::Change>> list_;
  std::unordered_map<std::string, std::size_t> places_;  // in the list
};

struct Work {
  Database& database;
  SubjectIndex& subjects;
  const jose::SecretBox& box;
  const Clock& clock;
  Random& random;
  const Limits& limits;

  // Events the transaction may still accept before it is asked whether there is room.
  std::size_t room = 0;

  // What listeners are told, and what is counted, once the transaction is committed.
  Changes changes{};
  Tally tally{};

  void begin_request() {
    changes.clear();
    tally = {};
  }

  void changed(const std::string& stream_id, Outbox::Change change) {
    changes.add(stream_id, change);
  }
};

inline std::int64_t milliseconds(WallTime time) {
  return time.time_since_epoch().count();
}
inline WallTime wall_time(std::int64_t milliseconds) {
  return WallTime(std::chrono::milliseconds(milliseconds));
}

// The first 16 octets of SHA-256, as the tables keep it.
std::string short_hash(std::string_view text);

// Parts in a row that can be told apart whatever they hold, for hashing.
std::string joined(std::initializer_list<std::string_view> parts);

}  // namespace tocsin::store::sqlite
