// The streams of a transmitter: the port behind which they are kept (SSF 1.0 section 8.1). A stream
// is found by its id and its owner together, so somebody else's stream and one that never was are
// the same answer (SEC-09). Every operation is one transaction: it happened and is durable, or it
// did not happen.
//
// Errors of every operation: store_unavailable (nothing is known to have happened; the same call
// may be made again), store_full.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/tenant_key.h"
#include "loop/task.h"
#include "tocsin/event.h"
#include "tocsin/result.h"
#include "tocsin/stream_config.h"
#include "tocsin/transmitter_metadata.h"

namespace tocsin::store {

using loop::Task;
using WallTime = std::chrono::sys_time<std::chrono::milliseconds>;

struct StreamOwner {
  std::string iss;  // the issuer of ours that the stream belongs to: one per tenant
  TenantKey receiver;
  friend auto operator<=>(const StreamOwner&, const StreamOwner&) = default;
};

// A status that takes effect once the stream-updated event which announces it is delivered, or at
// `deadline` (SSF 8.1.5; ambiguities A-16). Until then nothing but that event is sent.
struct PendingStatus {
  StreamStatus status;
  std::optional<std::string> reason;
  WallTime deadline;
};

struct StreamRecord {
  StreamOwner owner;
  StreamConfig config;  // with authorization_header; encrypted where it is kept (SEC-56)
  DefaultSubjects default_subjects = DefaultSubjects::ALL;
  StreamStatus status = StreamStatus::enabled;
  std::optional<std::string> reason{};
  bool locked = false;  // an operator stopped it: the receiver cannot enable it
  std::optional<PendingStatus> pending{};
  WallTime created_at{};
  WallTime active_at{};  // the last activity that restarts inactivity_timeout (SSF 8.1.1)
  std::optional<WallTime> verification_requested_at{};
};

// An event the transmitter itself sends on one stream: verification or stream-updated (SEC-17). Its
// subject is the stream. `jti` and `at` (the `iat`) are fixed here.
struct StreamEvent {
  std::string jti;
  WallTime at{};
  Event event;

  // Goes out before everything that waits, and while a PendingStatus holds back the rest.
  bool announces_status = false;
};

// What a decision makes of a stream.
struct StreamChange {
  StreamRecord record;  // stream_id, owner and created_at are not changed
  std::vector<StreamEvent> events{};
  bool drop_pending = false;  // SETs not yet delivered are withdrawn: the stream is disabled
};

// Decides over a stream as it is, inside the transaction, perhaps on another thread: pure, quick,
// and it captures values only. An error leaves everything as it was and is the answer.
using StreamDecision = std::function<Result<StreamChange>(const StreamRecord&)>;

class Streams {
 public:
  virtual ~Streams() = default;

  // stream_limit: the owner has `streams_max` already.
  virtual Task<Result<void>> create(StreamRecord record, std::size_t streams_max) = 0;

  // stream_unknown: the owner has no such stream.
  virtual Task<Result<StreamRecord>> read(StreamOwner owner, std::string stream_id) = 0;

  // In the order of creation.
  virtual Task<Result<std::vector<StreamRecord>>> list(StreamOwner owner) = 0;

  // Reads, decides, writes. The answer is the stream after the change. Errors: stream_unknown and
  // those of `decide`.
  virtual Task<Result<StreamRecord>> change(StreamOwner owner, std::string stream_id,
                                            StreamDecision decide) = 0;

  // The stream, its subjects, its secrets and its SETs that wait are gone (SEC-60).
  // stream_unknown: the owner has no such stream.
  virtual Task<Result<void>> remove(StreamOwner owner, std::string stream_id) = 0;

  // Streams of all owners whose inactivity_timeout ended or whose pending status is past its
  // deadline, at most `count_max`: what the transmitter's housekeeping has to change.
  virtual Task<Result<std::vector<StreamRecord>>> overdue(WallTime now, std::size_t count_max) = 0;
};

}  // namespace tocsin::store
