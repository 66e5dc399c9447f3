// What a producer sends: one event, an array of them, or one on each line (NDJSON). Pure: every
// event is read strictly and judged as something we are about to send, so what is accepted here can
// be signed later. Each item stands or falls alone (SEC-67).
//
//   {"type": "caep:session-revoked",                      the URI, or a short form of it
//    "subject": {"format": "email", "email": "a@b.example"},
//    "event": {"reason_admin": {"en": "..."}},            members of the type; absent: none
//    "txn": "...", "toe": 1795000000,                     optional claims of the SETs
//    "key": "...",                                        the producer's own name for the event
//    "tenant": "https://tr.example.com"}                  optional: the issuer it is meant for
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tocsin/event.h"
#include "tocsin/finding.h"
#include "tocsin/subject.h"
#include "transmitter/producer_grant.h"

namespace tocsin::transmitter {

inline constexpr std::size_t publish_json_max = 256 * 1024;        // bytes, also of one line
inline constexpr std::size_t publish_lines_max = 4 * 1024 * 1024;  // bytes of all lines
inline constexpr std::size_t publish_items_max = 1000;
inline constexpr std::size_t publish_txn_max = 256;  // bytes
inline constexpr std::size_t publish_key_max = 256;  // bytes

struct PublishRules {
  std::string_view issuer;
  const ProducerGrant& grant;
  std::chrono::sys_seconds now;
  // interop: what we send meets the CAEP Interoperability Profile, reason_admin included.
  Strictness strictness = Strictness::interop;
};

struct PublishItem {
  std::size_t index = 0;  // its place in the request
  Subject subject;
  Event event;
  std::optional<std::string> txn{};
  std::optional<NumericDate> toe{};
  std::optional<std::string> key{};
};

// Why an item is not accepted, for the producer: nothing in it quotes what was sent.
struct PublishRefusal {
  std::size_t index = 0;
  Errc code{};
  std::string pointer{};  // JSON Pointer into the item
  std::string_view section{};
};

struct PublishRequest {
  bool is_single = false;  // one object, not an array of one
  std::vector<PublishItem> items{};
  std::vector<PublishRefusal> refusals{};
};

enum class PublishForm : bool { json, lines };

// Errors are about the whole: json_*, http_too_large, publish_request (no item, or too many).
Result<PublishRequest> parse_publish_request(std::string_view body, PublishForm form,
                                             const PublishRules& rules);

// Whether a text may be a producer's key: of printable ASCII, and not too long.
bool is_producer_key(std::string_view text) noexcept;

}  // namespace tocsin::transmitter
