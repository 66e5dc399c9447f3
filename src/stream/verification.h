// When a receiver may ask for a verification event again, and whether one is sent (SSF 1.0 section
// 8.1.4; ambiguities ). Pure.
#pragma once

#include <chrono>
#include <optional>

#include "tocsin/events/ssf.h"

namespace tocsin::stream {

using WallTime = std::chrono::sys_time<std::chrono::milliseconds>;

// How long the receiver has to wait still; nothing if it may ask now. Counted from the last request
// that was accepted; a wall clock that was set back keeps nobody waiting.
std::optional<std::chrono::seconds> verification_wait(
    const std::optional<std::chrono::seconds>& min_verification_interval,
    const std::optional<WallTime>& requested_at, WallTime now) noexcept;

// A request is accepted in every state: a paused stream holds the event, a disabled one drops it.
constexpr bool sends_verification(StreamStatus status) noexcept {
  return status != StreamStatus::disabled;
}

}  // namespace tocsin::stream
