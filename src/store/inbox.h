// SETs seen: the port behind which they are kept. A 202 or an ack rests on what it answers
// (REL-01).
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "loop/task.h"
#include "tocsin/result.h"

namespace tocsin::store {

using loop::Task;

// A SET that passed verification, as it is kept.
struct InboxEntry {
  std::string upstream;  // the name of the configuration that let it in
  std::string iss;
  std::string jti;
  std::string compact;  // as it came: the evidence (PUSH-5.5-01)
  std::chrono::sys_time<std::chrono::milliseconds> received_at{};
};

// One of them where it stands. Places grow in the order of admission and are never given twice.
struct InboxRow {
  std::int64_t place = 0;
  InboxEntry entry;
};

enum class Admission : std::uint8_t {
  accepted,
  repeated,  // (iss, jti) was admitted before; nothing changed
};

class Inbox {
 public:
  virtual ~Inbox() = default;

  // Keeps the entry and remembers its (iss, jti), in one step that happens or does not (SEC-29).
  // store_unavailable: it did not, or nobody knows; the SET must be sent again.
  virtual Task<Result<Admission>> admit(InboxEntry entry) = 0;

  // Whether a SET was admitted before. Only admit() decides: another copy may come in between.
  virtual Task<Result<bool>> has(std::string iss, std::string jti) = 0;

  // The entries behind `place`, oldest first: at most `count_max`, and no more once they are
  // read_octets_max together.
  virtual Task<Result<std::vector<InboxRow>>> behind(std::int64_t place, std::size_t count_max) = 0;
  static constexpr std::size_t read_octets_max = 4 * 1024 * 1024;

  // Forgets entries that were received before `before` and stand at or before `place`, which every
  // consumer has left behind; their (iss, jti) stay known. At most `count_max`; how many.
  virtual Task<Result<std::size_t>> erase(std::chrono::sys_time<std::chrono::milliseconds> before,
                                          std::int64_t place, std::size_t count_max) = 0;
};

}  // namespace tocsin::store
