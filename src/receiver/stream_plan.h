// From what a stream should be and what the transmitter says is, the one call to make next
// (SSF 1.0 section 8.1.1). Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "tocsin/stream_config.h"
#include "tocsin/stream_requests.h"

namespace tocsin::receiver {

// What the operator wants of one stream.
struct WantedStream {
  DeliveryRequest delivery;                       // push: with its authorization_header
  std::vector<std::string> events_requested{};    // none: whatever the transmitter has
  std::string description{};                      // by it we know the stream again, too
  std::optional<std::vector<std::string>> aud{};  // none: whatever the transmitter says
};

// What we know of it.
struct KnownStream {
  std::string stream_id{};          // empty: none was made or adopted yet
  bool has_our_credential = false;  // the transmitter was given this very authorization_header
};

// Which of the streams there are is ours: the one we know, for push the one that ends at our URL,
// else the one with our description. nullptr: none.
const StreamConfig* find_ours(const WantedStream& wanted, const KnownStream& known,
                              const std::vector<StreamConfig>& streams) noexcept;

// After 409: the stream that is in our place (SSF-8.1.1.1-06), if there is no doubt which.
const StreamConfig* find_in_our_place(const WantedStream& wanted,
                                      const std::vector<StreamConfig>& streams) noexcept;

struct Keep {};  // it is as it should be
using StreamStep = std::variant<Keep, StreamUpdateRequest, StreamReplaceRequest>;

StreamCreateRequest plan_create(const WantedStream& wanted);

// Only members that a receiver supplies, and only those that differ; the whole of them where one
// must go, which PATCH cannot say (SSF 8.1.1.4). A transmitter that names neither what was
// requested nor a description is not contradicted: it need not keep them.
StreamStep plan_change(const WantedStream& wanted, const KnownStream& known,
                       const StreamConfig& stream);

// The same as a PUT, for a transmitter without PATCH.
StreamReplaceRequest plan_replace(const WantedStream& wanted, std::string stream_id);

// Whether the stream may be used: claim_audience where the transmitter says another `aud` than we
// expect, stream_value for a method that is not ours, stream_missing for a poll stream without URL.
Result<void> judge_stream(const WantedStream& wanted, const StreamConfig& stream);

// Event types that were wanted and will not come (SSF-8.1.1-11), in the order of the request.
std::vector<std::string> not_delivered(const WantedStream& wanted, const StreamConfig& stream);

}  // namespace tocsin::receiver
