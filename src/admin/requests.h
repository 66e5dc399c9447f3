// What an operator asks for, read strictly: an unknown member, one that comes twice or a value out
// of bounds refuses the whole. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "store/ledger.h"
#include "tocsin/error.h"

namespace tocsin::admin {

inline constexpr std::size_t body_max = 256 * 1024;    // bytes
inline constexpr std::size_t items_max = 1000;         // of a page, and of one action
inline constexpr std::size_t subject_text_max = 4096;  // bytes
inline constexpr std::size_t reason_max = 200;         // bytes
inline constexpr std::size_t stream_id_max = 128;      // bytes

// Why a request is refused: which member, and the rule that it breaks.
struct Refusal {
  Errc code = Errc::http_request;
  std::string member;  // "query" or "body" for the whole
  std::string rule;
};

// One SET of one stream: "STREAM_ID.NUMBER".
struct DeliveryName {
  std::string stream_id;
  std::int64_t number = 0;
};
std::optional<DeliveryName> parse_delivery_name(std::string_view text);
std::string to_text(const DeliveryName& name);

// Each fills its argument, or says why not.
std::optional<Refusal> read_query(std::string_view query, store::LedgerQuery& wanted);
std::optional<Refusal> read_query(std::string_view query, store::EventQuery& wanted);
std::optional<Refusal> read_query(std::string_view query, store::AuditQuery& wanted);

// {"deliveries": ["STREAM_ID.NUMBER", ...]}, and for a drop a "reason".
struct DeliveryAction {
  std::map<std::string, std::vector<std::int64_t>> numbers;  // by stream
  std::string reason;
};
enum class Reason : bool { none, required };
std::optional<Refusal> read_body(std::string_view body, Reason reason, DeliveryAction& wanted);

// {"stream_id": "...", "places": [...], "dry_run": false}
struct ReplayAction {
  std::string stream_id;
  std::vector<std::int64_t> places;
  bool dry_run = false;
};
std::optional<Refusal> read_body(std::string_view body, ReplayAction& wanted);

std::string_view to_text(store::RowState state);

}  // namespace tocsin::admin
