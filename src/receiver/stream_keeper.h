// Keeps one stream with one transmitter as the operator wants it: finds or makes it, mends what
// differs, asks for verification again and again, and notices what becomes of it (SSF 1.0 sections
// 7.2, 8.1). Never deletes a stream and never leaves two.
#pragma once

#include <chrono>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/random.h"
#include "loop/timers.h"
#include "oauth/token_client.h"
#include "receiver/intake.h"
#include "receiver/stream_plan.h"
#include "receiver/transmitter_api.h"
#include "receiver/transmitter_metadata.h"
#include "store/notes.h"

namespace tocsin::receiver {

// For the loop's thread. What it starts refers to it until the loop is gone.
class StreamKeeper {
 public:
  // What is worth a line in the log and a look of a person's.
  enum class Event : std::uint8_t {
    established,           // the stream is as it should be
    cannot_establish,      // it is not; tried again
    not_delivered,         // types that were asked for will not come
    verified,              // the whole way works
    verification_missing,  // it was promised and did not come: the stream may be dead
    status_changed,        // by the transmitter
    stream_gone,           // the transmitter does not know it any more
  };
  static std::string_view name_of(Event event) noexcept;

  struct Config {
    std::string name;  // of the stream among ours
    MetadataSource metadata;
    std::string bearer{};  // as TransmitterApi has it
    WantedStream wanted;
    std::string stream_id{};  // the operator says which stream; empty: found or made
    SetPolicy policy;         // its stream_id, and its aud where none is wanted, are the stream's
    std::chrono::seconds verify_every{3600};
    std::chrono::seconds verification_patience{120};  // from asking until it is missed
  };
  // All of it outlives the keeper.
  struct Parts {
    http::Client& client;
    oauth::TokenClient* tokens = nullptr;
    store::Notes& notes;
    Intake& intake;
    loop::Timers& timers;
    const Clock& clock;
    Random& random;
    std::function<void(Event, const std::string& detail)> tell;
    // The stream can be used from now on, or differently. With it, `api` may be called.
    std::function<void(const StreamConfig&, std::shared_ptr<TransmitterApi> api)> use;
  };

  StreamKeeper(Config config, Parts parts) : config_(std::move(config)), parts_(std::move(parts)) {}

  // Until stop().
  Task<void> run();
  void stop() { is_stopping_ = true; }

  // Every SET the intake took: what it says about the stream is noted.
  void observe(const VerifiedSet& set);
  // Somebody was told that there is no such stream.
  void miss_stream() { is_missed_ = true; }

  struct State {
    std::string stream_id{};  // empty: not known
    bool is_established = false;
    StreamStatus status = StreamStatus::enabled;  // as the transmitter said last
    std::optional<std::chrono::sys_seconds> verified_at{};
    std::uint64_t failures = 0;               // to establish it, in all
    std::uint64_t missing_verifications = 0;  // in all
  };
  const State& state() const noexcept { return state_; }

 private:
  using Instant = std::chrono::nanoseconds;  // Clock::monotonic()

  Task<Result<void>> restore();
  Task<Result<void>> establish();
  Task<Result<std::vector<StreamConfig>>> read_streams();
  Task<Result<StreamConfig>> find_or_make();
  Task<Result<StreamConfig>> make();
  Task<Result<StreamConfig>> mend(StreamConfig stream);
  Task<Result<StreamConfig>> put(StreamReplaceRequest stream);
  Task<Result<void>> adopt(const StreamConfig& stream);
  Task<void> watch();
  Task<void> ask_for_verification();
  Task<void> read_status();
  void judge_verification();
  void note_status(StreamStatus status, const std::optional<std::string>& reason);
  SetPolicy policy_of(const std::vector<std::string>& aud) const;
  std::string credential_name() const;

  const Config config_;
  const Parts parts_;
  KnownStream known_;
  std::string credential_given_;  // credential_name() of what the transmitter has
  std::shared_ptr<TransmitterApi> api_;
  State state_;
  bool is_stopping_ = false;
  bool is_missed_ = false;
  std::chrono::seconds asked_for_{};  // what the last refusal wants us to wait

  struct Outstanding {
    std::string state;
    Instant asked;
    bool is_missed = false;
  };
  std::deque<Outstanding> outstanding_;
  Instant verify_at_{};
  Instant read_status_at_{};
  std::optional<std::chrono::seconds> inactivity_timeout_;
};

}  // namespace tocsin::receiver
