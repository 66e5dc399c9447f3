// The two events a transmitter sends about the stream itself (SSF 1.0 sections 8.1.4 and 8.1.5).
// Their subject is the stream: format `opaque`, `id` the stream_id.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "tocsin/events/common.h"
#include "tocsin/json.h"

namespace tocsin {

// Closed (SSF 8.1.2.1).
enum class StreamStatus : std::uint8_t { enabled = 1, paused, disabled };
std::string_view wire_name(StreamStatus value) noexcept;

namespace ssf {

// https://schemas.openid.net/secevent/ssf/event-type/verification
struct Verification {
  std::optional<std::string> state{};  // the receiver's own value; none if it did not ask
  JsonObject extra{};
};

// https://schemas.openid.net/secevent/ssf/event-type/stream-updated
struct StreamUpdated {
  StreamStatus status{};  // required
  std::optional<std::string> reason{};
  JsonObject extra{};
};

}  // namespace ssf
}  // namespace tocsin
