// What everybody around a transmitter saw during a run, and the verdict over it: the invariants I1
// to I12 of the fault rig. Pure: whoever ran the faults fills in a History, judge() reads it.
//
// Only what is certain is judged. An event whose answer was lost may be stored or not; an attempt
// that began before a change may end within `grace` after it; of two events about one subject the
// first is the one whose 202 was there before the other was sent.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <ostream>
#include <set>
#include <string>
#include <vector>

namespace tocsin::test {

using Moment = std::chrono::nanoseconds;  // since the run began

// One event, as its producer saw it.
struct Publication {
  enum class Answer { accepted, refused, unknown };
  std::string name;                 // its `txn`, by which receivers and store know it
  std::set<std::string> subjects;   // its simple members: equal ones bind the order
  std::set<std::string> streams;    // those that have to get it
  Moment sent{};                    // first
  Moment answered{};                // last
  Answer answer = Answer::unknown;  // 202; 4xx; none that tells
};

// One SET, as a receiver saw it.
struct Sighting {
  enum class Answer {
    acknowledged,  // 202, or an ack whose poll was answered
    refused,       // blamed the event
    other,         // anything else: it has to come again
  };
  std::string stream;
  std::string event;  // Publication::name; empty: the transmitter's own
  std::string jti;
  std::string iss;
  std::string aud;
  std::string claims;  // as text
  std::string compact;
  std::string kid;
  std::string defect;  // what verify() found against the JWKS of that moment; empty: nothing
  Moment at{};
  Answer answer = Answer::other;
  Moment answered{};  // acknowledged: since when
};

struct StreamSeen {
  std::string iss;
  std::string aud;
  bool polled = false;
};

// The stream had this status from the 2xx of its change until the next change was asked for.
struct StatusSpan {
  std::string stream;
  enum class Status { paused, disabled, deleted } status{};
  Moment from{};
  Moment until = Moment::max();
};

// The subject was off the stream from the 2xx of its removal until it was added again.
struct RemovalSpan {
  std::string stream;
  std::string subject;
  Moment from{};
  Moment until = Moment::max();
};

// One row of the outbox after the run.
struct Row {
  enum class State { pending, delivered, rejected, expired, withdrawn };
  std::string stream;
  std::string event;  // Publication::name
  std::string jti;
  State state{};
};

// Bytes that left the process: logs, error answers.
struct Output {
  std::string name;
  std::string text;
};

struct History {
  std::map<std::string, StreamSeen> streams;
  std::vector<Publication> publications;
  std::vector<Sighting> sightings;  // in the order in which they came; of one poll: in its order
  std::vector<StatusSpan> statuses;
  std::vector<RemovalSpan> removals;
  std::vector<Row> rows;
  std::vector<Output> outputs;
  std::set<std::string> secrets;
  std::set<std::string> retired_keys;  // kids

  std::size_t faults = 0;         // kills and failovers
  std::size_t in_flight_max = 0;  // attempts of one stream at a time
  Moment grace{};                 // of an attempt under way
};

enum class Invariant {
  i1_no_loss = 1,
  i2_nothing_extra,
  i3_same_identity,
  i4_order,
  i5_duplicates,
  i6_right_stream,
  i7_removal,
  i8_status,
  i9_ack_is_final,
  i10_verifies,
  i11_books_balance,
  i12_no_secret,
};

struct Violation {
  Invariant invariant{};
  std::string what;
};
std::ostream& operator<<(std::ostream& out, const Violation& violation);

// Every violation; empty: the run was good.
std::vector<Violation> judge(const History& history);

}  // namespace tocsin::test
