// Stream configurations (SSF 1.0 section 8.1.1): what a transmitter and a receiver have agreed on
// for one stream, as the configuration endpoint answers it.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tocsin/finding.h"
#include "tocsin/json.h"
#include "tocsin/result.h"

namespace tocsin {

// SSF 6.1. The wire has URIs: urn:ietf:rfc:8935 and urn:ietf:rfc:8936.
enum class DeliveryMethod : std::uint8_t { push, poll };
std::string_view wire_name(DeliveryMethod method) noexcept;
std::optional<DeliveryMethod> parse_delivery_method(std::string_view uri) noexcept;

// How SETs travel on a stream.
struct Delivery {
  DeliveryMethod method = DeliveryMethod::poll;
  std::string endpoint_url;  // push: the receiver's; poll: the transmitter's

  // The value of the Authorization header of every push; a secret. to_json() leaves it out, because
  // no API returns it (SEC-43).
  std::optional<std::string> authorization_header{};
};

struct StreamConfig {
  std::string stream_id;
  std::string iss;
  std::vector<std::string> aud;
  std::optional<std::vector<std::string>> events_supported{};
  std::optional<std::vector<std::string>> events_requested{};
  std::vector<std::string> events_delivered{};
  Delivery delivery;
  std::optional<std::chrono::seconds> min_verification_interval{};
  std::optional<std::string> description{};
  std::optional<std::chrono::seconds> inactivity_timeout{};
};

// What a receiver reads. `issuer` is the one the metadata came from: an `iss` that differs in one
// octet is claim_issuer (SSF 8.1.1.1); empty compares nothing. Members SSF does not know are
// ignored.
Result<StreamConfig> parse_stream_config(Json json, std::string_view issuer,
                                         Strictness strictness = Strictness::strict);

// The answer to a read without stream_id: each entry stands or falls alone (SSF 8.1.1.2).
Result<std::vector<Result<StreamConfig>>> parse_stream_configs(
    Json json, std::string_view issuer, Strictness strictness = Strictness::strict);

// Every finding. Nothing if no StreamConfig can be built; then one of them is of Level::must.
std::optional<StreamConfig> read_stream_config(Json json, std::string_view issuer,
                                               Findings& findings);

// As every API answers it; an `aud` of one value is a string.
Json to_json(const StreamConfig& config);

// SSF 8.1.1: the requested types that are supported, in the order of the request; all that are
// supported if none were named. Types nobody knows are ignored.
std::vector<std::string> events_delivered(
    const std::vector<std::string>& events_supported,
    const std::optional<std::vector<std::string>>& events_requested);

// May an event of this type go out on the stream (SEC-38)? Verification and stream-updated may on
// any (SSF 8.1.4, 8.1.5).
bool is_delivered(const StreamConfig& config, std::string_view event_type) noexcept;

}  // namespace tocsin
