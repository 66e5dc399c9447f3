#include "admin/requests.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

#include "admin/time_text.h"
#include "http/parameters.h"
#include "tocsin/json.h"
#include "tocsin/subject.h"

namespace tocsin::admin {
namespace {

using store::RowState;

constexpr std::array<std::string_view, 5> state_names{"pending", "delivered", "rejected", "expired",
                                                      "withdrawn"};
constexpr std::size_t word_max = 1024;  // bytes of a type, a jti or another word of a query

std::optional<std::int64_t> parse_count(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool whole = failure == std::errc() && end == text.data() + text.size();
  if (!whole || value < 0 || text.empty() || text.front() == '-') return std::nullopt;
  return value;
}

// Reads one query, parameter by parameter, until something is wrong.
class QueryReader {
 public:
  explicit QueryReader(std::string_view query) {
    auto parsed = http::Parameters::parse(query);
    if (parsed) {
      parameters_.emplace(std::move(parsed).value());
    } else {
      refuse("query", "name=value pairs in UTF-8, percent-encoded, each name once");
    }
  }

  void word(std::string_view name, std::optional<std::string>& value) {
    const std::string* text = find(name);
    if (text == nullptr) return;
    if (text->empty() || text->size() > word_max) return refuse(name, "1 to 1024 bytes");
    value = *text;
  }
  void time(std::string_view name, store::WallTime& value) {
    const std::string* text = find(name);
    if (text == nullptr) return;
    const auto time = parse_time(*text);
    if (!time) return refuse(name, "a time in UTC such as 2026-11-25T08:30:00Z (RFC 3339)");
    value = *time;
  }
  void state(store::RowState& value) {
    const std::string* text = find("state");
    if (text == nullptr) return;
    const auto name = std::ranges::find(state_names, *text);
    if (name == state_names.end()) {
      return refuse("state", "one of pending, delivered, rejected, expired, withdrawn");
    }
    value = static_cast<RowState>(name - state_names.begin());
  }
  void subject(std::optional<Subject>& value) {
    const std::string* text = find("subject");
    if (text == nullptr) return;
    auto json = parse_json(*text, {.text_max = subject_text_max});
    Findings findings;
    if (json) value = read_subject(std::move(json).value(), Strictness::lenient, "", findings);
    if (!value) refuse("subject", "a subject identifier as JSON (RFC 9493), at most 4096 bytes");
  }
  // The part that every list has.
  void page(store::WallTime& from, store::WallTime& until, std::int64_t& after,
            std::size_t& count_max) {
    time("from", from);
    time("until", until);
    if (const std::string* text = find("after")) {
      const auto place = parse_count(*text);
      if (!place) return refuse("after", "the `next` of the page before");
      after = *place;
    }
    if (const std::string* text = find("limit")) {
      const auto limit = parse_count(*text);
      if (!limit || *limit < 1 || *limit > static_cast<std::int64_t>(items_max)) {
        return refuse("limit", "1 to 1000");
      }
      count_max = static_cast<std::size_t>(*limit);
    }
  }

  std::optional<Refusal> finish() {
    if (!refusal_ && known_.size() != parameters_->size()) {
      std::string rule = "only these parameters:";
      for (const std::string_view name : asked_) rule.append(" ").append(name);
      refuse("query", std::move(rule));
    }
    return std::move(refusal_);
  }

 private:
  const std::string* find(std::string_view name) {
    if (refusal_) return nullptr;
    asked_.push_back(name);
    const std::string* text = parameters_->find(name);
    if (text != nullptr) known_.push_back(name);
    return text;
  }
  void refuse(std::string_view member, std::string rule) {
    if (!refusal_) refusal_ = {.member = std::string(member), .rule = std::move(rule)};
  }

  std::optional<http::Parameters> parameters_;
  std::vector<std::string_view> asked_;
  std::vector<std::string_view> known_;
  std::optional<Refusal> refusal_;
};

// The body's object, if it has no member but these.
std::optional<Refusal> read_object(std::string_view body,
                                   std::initializer_list<std::string_view> names,
                                   JsonObject& object) {
  auto json = parse_json(body, {.text_max = body_max});
  if (!json) {
    return Refusal{.code = json.error().code, .member = "body", .rule = "JSON (RFC 8259)"};
  }
  if (json->as_object() == nullptr) return Refusal{.member = "body", .rule = "a JSON object"};
  object = std::move(*json->as_object());
  for (const JsonMember& member : object) {
    if (std::ranges::find(names, member.name) != names.end()) continue;
    std::string rule = "only these members:";
    for (const std::string_view name : names) rule.append(" ").append(name);
    return Refusal{.member = "body", .rule = std::move(rule)};
  }
  return std::nullopt;
}

const JsonArray* find_items(const JsonObject& object, std::string_view name) {
  const Json* member = object.find(name);
  const JsonArray* items = member == nullptr ? nullptr : member->as_array();
  return items != nullptr && !items->empty() && items->size() <= items_max ? items : nullptr;
}

const std::string* find_text(const JsonObject& object, std::string_view name, std::size_t max) {
  const Json* member = object.find(name);
  const std::string* text = member == nullptr ? nullptr : member->as_string();
  return text != nullptr && !text->empty() && text->size() <= max ? text : nullptr;
}

}  // namespace

std::optional<DeliveryName> parse_delivery_name(std::string_view text) {
  const std::size_t dot = text.rfind('.');
  if (dot == std::string_view::npos || dot == 0 || dot > stream_id_max) return std::nullopt;
  const auto number = parse_count(text.substr(dot + 1));
  if (!number || *number == 0) return std::nullopt;
  return DeliveryName{std::string(text.substr(0, dot)), *number};
}

std::string to_text(const DeliveryName& name) {
  return name.stream_id + "." + std::to_string(name.number);
}

std::string_view to_text(store::RowState state) {
  return state_names.at(static_cast<std::size_t>(state));
}

std::optional<Refusal> read_query(std::string_view query, store::LedgerQuery& wanted) {
  QueryReader reader(query);
  reader.state(wanted.state);
  reader.word("stream_id", wanted.stream_id);
  reader.word("jti", wanted.jti);
  reader.word("type", wanted.type);
  reader.page(wanted.from, wanted.until, wanted.after, wanted.count_max);
  return reader.finish();
}

std::optional<Refusal> read_query(std::string_view query, store::EventQuery& wanted) {
  QueryReader reader(query);
  reader.word("event_id", wanted.event_id);
  reader.word("type", wanted.type);
  reader.subject(wanted.subject);
  reader.page(wanted.from, wanted.until, wanted.after, wanted.count_max);
  return reader.finish();
}

std::optional<Refusal> read_query(std::string_view query, store::AuditQuery& wanted) {
  QueryReader reader(query);
  reader.page(wanted.from, wanted.until, wanted.after, wanted.count_max);
  return reader.finish();
}

std::optional<Refusal> read_body(std::string_view body, Reason reason, DeliveryAction& wanted) {
  JsonObject object;
  auto refusal = reason == Reason::required ? read_object(body, {"deliveries", "reason"}, object)
                                            : read_object(body, {"deliveries"}, object);
  if (refusal) return refusal;
  const Refusal not_names{.member = "deliveries",
                          .rule = "an array of 1 to 1000 deliveries, each STREAM_ID.NUMBER, once"};
  const JsonArray* items = find_items(object, "deliveries");
  if (items == nullptr) return not_names;
  for (const Json& item : *items) {
    const std::string* text = item.as_string();
    auto name = text == nullptr ? std::nullopt : parse_delivery_name(*text);
    if (!name) return not_names;
    std::vector<std::int64_t>& numbers = wanted.numbers[name->stream_id];
    numbers.push_back(name->number);
  }
  for (auto& [stream_id, numbers] : wanted.numbers) {
    std::ranges::sort(numbers);
    if (std::ranges::adjacent_find(numbers) != numbers.end()) return not_names;
  }
  if (reason == Reason::none) return std::nullopt;
  const std::string* text = find_text(object, "reason", reason_max);
  if (text == nullptr) return Refusal{.member = "reason", .rule = "text of 1 to 200 bytes"};
  wanted.reason = *text;
  return std::nullopt;
}

std::optional<Refusal> read_body(std::string_view body, ReplayAction& wanted) {
  JsonObject object;
  if (auto refusal = read_object(body, {"stream_id", "places", "dry_run"}, object)) return refusal;
  const std::string* stream_id = find_text(object, "stream_id", stream_id_max);
  if (stream_id == nullptr) {
    return Refusal{.member = "stream_id", .rule = "text of 1 to 128 bytes"};
  }
  wanted.stream_id = *stream_id;
  const Refusal not_places{.member = "places",
                           .rule = "an array of 1 to 1000 places of events, ascending"};
  const JsonArray* items = find_items(object, "places");
  if (items == nullptr) return not_places;
  for (const Json& item : *items) {
    const auto place = item.as_number() == nullptr ? std::nullopt : item.as_number()->as_int64();
    const std::int64_t before = wanted.places.empty() ? 0 : wanted.places.back();
    if (!place || *place <= before) return not_places;
    wanted.places.push_back(*place);
  }
  const Json* dry_run = object.find("dry_run");
  if (dry_run == nullptr) return std::nullopt;
  if (dry_run->as_bool() == nullptr) return Refusal{.member = "dry_run", .rule = "true or false"};
  wanted.dry_run = *dry_run->as_bool();
  return std::nullopt;
}

}  // namespace tocsin::admin
