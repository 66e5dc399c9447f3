// SETs owed to streams: the ledger of the transmitter (REL-01 to REL-16). An accepted event and one
// row per stream that wants it are written in one transaction; a row stays until it is terminal,
// and its `jti` and `iat` never change.
//
// The states of a row: pending, then one of delivered, rejected (dead letter), expired (retention
// or a cap ended, REL-13) or withdrawn (the stream was disabled or deleted, the subject removed).
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "delivery/push_outcome.h"
#include "store/streams.h"
#include "tocsin/event.h"
#include "tocsin/subject.h"

namespace tocsin::store {

// An event a producer hands in, judged and permitted already.
struct NewEvent {
  std::string iss;       // whose event: an issuer of ours
  std::string event_id;  // ours, random, the producer's receipt; base of nothing
  Subject subject;
  Event event;
  std::string txn;  // the producer's, or one made for this event (SSF 4.1.9)
  std::optional<NumericDate> toe{};
  WallTime accepted_at{};

  // The producer's own name for the event: a second event of the same producer and key is not
  // stored, and its answer is the first one's receipt (REL-19).
  TenantKey producer{};
  std::optional<std::string> producer_key{};

  // Owners that policy allows to have it (SEC-14); nothing: every owner of `iss`.
  std::optional<std::vector<TenantKey>> receivers{};
};

struct Receipt {
  std::string event_id;
  bool repeated = false;    // the producer key was known: nothing was stored
  std::size_t streams = 0;  // that get a SET of it
};

// One SET owed to one stream.
struct PendingSet {
  std::string stream_id;
  std::int64_t number = 0;  // its place on the stream: given in the order of acceptance, per stream
  std::string jti;
  std::chrono::sys_seconds iat{};
  std::string txn;
  std::optional<NumericDate> toe{};
  Subject subject;
  Event event;
  bool announces_status = false;  // see StreamEvent

  std::string compact;  // signed already: these bytes and no others are sent; else empty
  std::string kid;      // what they were signed with

  delivery::AttemptHistory history{};

  // Not before `due_at`, which was `delay` away when the last attempt failed (REL-21). The start of
  // time if it never failed.
  WallTime due_at{};
  std::chrono::milliseconds delay{};

  // How long it waits as of `now`. One that failed later than now saw another clock: it is due.
  std::chrono::milliseconds wait(WallTime now) const {
    const std::chrono::milliseconds left = due_at - now;
    return left > delay || left.count() < 0 ? std::chrono::milliseconds() : left;
  }
};

// What was decided after an attempt.
struct Settled {
  std::string stream_id;
  std::int64_t number = 0;
  enum class State : std::uint8_t {
    delivered,
    rejected,
    expired,
    withdrawn,
    retry,
    requeue,  // it was rejected, and the receiver refuses everything: pending, with no history
  } state{};
  delivery::AttemptHistory history{};  // after the attempt
  WallTime due_at{};                   // retry: not before
  std::chrono::milliseconds delay{};   // retry: from the attempt to `due_at`
  std::string note{};                  // for the operator: error code or class, cut and escaped

  // What the stream's trouble is from now on; nothing: what it was.
  std::optional<PushTrouble> trouble{};
};

struct Signed {
  std::string stream_id;
  std::int64_t number = 0;
  std::string kid;
  std::string compact;
};

struct PollRequest {
  std::vector<std::string> ack{};
  struct SetError {
    std::string jti;
    std::string err;
    std::string description{};
  };
  std::vector<SetError> set_errs{};
  std::size_t events_max = 0;  // clamped by the caller; 0: acknowledge only
};

struct PollSelection {
  std::vector<PendingSet> sets;  // in order
  bool more_available = false;
};

class Outbox {
 public:
  virtual ~Outbox() = default;

  // Every event with its rows and its producer key, all in one transaction (REL-01, SEC-67):
  // success is durable. Which streams get a row is decided inside: same `iss`, receiver allowed,
  // status not disabled, type in events_delivered (SEC-38), subject on the stream.
  virtual Task<Result<std::vector<Receipt>>> accept(std::vector<NewEvent> events) = 0;

  // Pending SETs of a stream: those that announce a status first, whatever their place; then,
  // unless the stream is paused or has a PendingStatus, those after place `after`, in order.
  // stream_unknown: it is gone.
  virtual Task<Result<std::vector<PendingSet>>> pending(std::string stream_id, std::int64_t after,
                                                        std::size_t count_max) = 0;

  // Keeps the signed bytes until their rows are terminal (REL-04). A row that is terminal already
  // is left alone.
  virtual Task<Result<void>> keep(std::vector<Signed> sets) = 0;

  // Records outcomes, all in one transaction. A row that is terminal already stays as it is, unless
  // it was rejected and is to be requeued (REL-08). Once what announces a status is terminal, the
  // stream's PendingStatus is in effect, in the same transaction (here and in poll()).
  virtual Task<Result<void>> settle(std::vector<Settled> outcomes) = 0;

  // Push streams that have pending SETs, with their records, in the order of `stream_id`, after the
  // one given ("" to begin): what a starting node goes through.
  virtual Task<Result<std::vector<StreamRecord>>> push_streams(std::string after,
                                                               std::size_t count_max) = 0;

  // The record of one push stream, whoever owns it: for a node that was told to look at it.
  // stream_unknown: it is gone, or polled.
  virtual Task<Result<StreamRecord>> push_stream(std::string stream_id) = 0;

  // Acks and errors first, durable before the answer, touching this stream's SETs only (SEC-12);
  // then a selection in order (REL-15). SETs whose set_errs count to delivery::refusals_max are
  // rejected; the others wait for their due time, unless the clock was set back (REL-21). Restarts
  // the inactivity timeout. Errors: stream_unknown.
  virtual Task<Result<PollSelection>> poll(StreamOwner owner, std::string stream_id,
                                           PollRequest request, WallTime now) = 0;

  // What a commit did to a stream.
  enum class Change : std::uint8_t {
    more,   // SETs became pending, behind those that were
    other,  // its record, its subjects or SETs that wait: nothing read before is still true
  };

  // Called on the loop after the commit and before the operation's caller goes on: a hint to look,
  // never more (REL-18). What keep() and settle() record of a SET is not told: who calls them
  // knows. Several may listen.
  using Listener = std::function<void(const std::string& stream_id, Change change)>;
  virtual void listen(Listener listener) = 0;
};

}  // namespace tocsin::store
