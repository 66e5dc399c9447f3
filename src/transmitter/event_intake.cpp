#include "transmitter/event_intake.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "base/outer_faces.h"
#include "http/problem.h"
#include "tocsin/json.h"

namespace tocsin::transmitter {
namespace {

constexpr std::string_view lines_type = "application/x-ndjson";
constexpr std::string_view key_header = "Idempotency-Key";

PublishForm form_of(const http::Headers& headers) {
  const std::string* type = headers.find("Content-Type");
  if (type == nullptr) return PublishForm::json;
  const std::string_view name = std::string_view(*type).substr(0, lines_type.size());
  return http::same_letters(name, lines_type) ? PublishForm::lines : PublishForm::json;
}

JsonObject receipt_json(const store::Receipt& receipt) {
  return {{"event_id", receipt.event_id},
          {"repeated", receipt.repeated},
          {"streams", static_cast<std::int64_t>(receipt.streams)}};
}

JsonObject refusal_json(const PublishRefusal& refusal) {
  const Defect& defect = describe(refusal.code);
  return {{"index", static_cast<std::int64_t>(refusal.index)},
          {"status", static_cast<int>(http_status(Error(refusal.code)))},
          {"code", defect.defect_class},
          {"detail", defect.public_text},
          {"pointer", refusal.pointer},
          {"section", refusal.section}};
}

// A problem document with members of its own.
http::Response problem_with(Errc code, const JsonObject& members) {
  http::Response response = http::to_response(Error(code), http::Face::problem);
  Json body = parse_json(response.body).value();
  for (const JsonMember& member : members) {
    body.as_object()->insert_or_assign(member.name, member.value);
  }
  response.body = to_text(body);
  return response;
}

http::Response accepted(const Json& body) {
  http::Response response;
  response.status = 202;
  response.headers.add("Content-Type", "application/json");
  response.body = to_text(body);
  return response;
}

http::Response answer_one(const PublishRequest& request,
                          const std::vector<store::Receipt>& receipts) {
  if (!receipts.empty()) return accepted(receipt_json(receipts.front()));
  const PublishRefusal& refusal = request.refusals.front();
  return problem_with(refusal.code, {{"pointer", refusal.pointer}, {"section", refusal.section}});
}

// The key of a single event may stand in the header that other APIs have for it.
Result<void> take_key(const http::Headers& headers, PublishRequest& request) {
  const std::string* key = headers.find(key_header);
  if (key == nullptr) return {};
  if (!request.is_single || headers.count(key_header) > 1 || !is_producer_key(*key)) {
    return Error(Errc::publish_request, std::string(key_header));
  }
  if (request.items.empty()) return {};
  std::optional<std::string>& own = request.items.front().key;
  if (own && *own != *key) return Error(Errc::publish_request, "two keys");
  own = *key;
  return {};
}

}  // namespace

http::Route EventIntake::route(http::Access access) {
  http::Route route;
  route.method = "POST";
  route.path = parts_.tenant.urls().path(events_path);
  route.access = std::move(access);
  route.media_types = {"application/json", std::string(lines_type)};
  route.body_max = publish_lines_max;
  route.handler = [this](http::Request request) { return take(std::move(request)); };
  return route;
}

Result<PublishRequest> EventIntake::read(const http::Request& request) const {
  const auto producer = producers_.find(request.caller->key);
  if (producer == producers_.end()) return Errc::publish_denied;
  const PublishRules rules{.issuer = parts_.tenant.issuer(),
                           .grant = producer->second,
                           .now = parts_.clock.wall_seconds(),
                           .strictness = strictness_};
  auto read = parse_publish_request(request.body, form_of(request.headers), rules);
  if (!read) return read;
  if (auto taken = take_key(request.headers, *read); !taken) return std::move(taken).error();
  return read;
}

store::NewEvent EventIntake::to_event(PublishItem item, const TenantKey& producer) const {
  store::NewEvent event;
  event.iss = parts_.tenant.issuer();
  event.event_id = parts_.random.id();
  event.receivers = parts_.tenant.receivers_for(item.event, item.subject);
  event.subject = std::move(item.subject);
  event.event = std::move(item.event);
  event.txn = item.txn ? *std::move(item.txn) : parts_.random.id();
  event.toe = item.toe;
  event.accepted_at = parts_.clock.wall();
  event.producer = producer;
  event.producer_key = std::move(item.key);
  return event;
}

Task<Result<http::Response>> EventIntake::take(http::Request request) {
  Result<PublishRequest> read_request = read(request);
  if (!read_request) {
    ++counts_.refused;
    co_return std::move(read_request).error();
  }
  PublishRequest published = std::move(read_request).value();
  std::vector<std::size_t> indexes;
  std::vector<store::NewEvent> events;
  for (PublishItem& item : published.items) {
    indexes.push_back(item.index);
    events.push_back(to_event(std::move(item), request.caller->key));
  }
  std::vector<store::Receipt> receipts;
  if (!events.empty()) {
    auto stored = co_await parts_.outbox.accept(std::move(events));
    if (!stored) {
      ++counts_.unavailable;
      co_return std::move(stored).error();
    }
    receipts = std::move(stored).value();
  }
  co_return answer(published, indexes, receipts);
}

http::Response EventIntake::answer(const PublishRequest& request,
                                   const std::vector<std::size_t>& indexes,
                                   const std::vector<store::Receipt>& receipts) {
  counts_.refused += request.refusals.size();
  for (const store::Receipt& receipt : receipts) {
    ++(receipt.repeated ? counts_.repeated : counts_.accepted);
  }
  if (request.is_single) return answer_one(request, receipts);
  JsonArray refusals;
  for (const PublishRefusal& refusal : request.refusals) {
    refusals.emplace_back(refusal_json(refusal));
  }
  if (receipts.empty()) {
    return problem_with(Errc::publish_request, {{"refusals", std::move(refusals)}});
  }
  JsonArray taken;
  for (std::size_t i = 0; i < receipts.size(); ++i) {
    JsonObject receipt{{"index", static_cast<std::int64_t>(indexes[i])}};
    for (JsonMember& member : receipt_json(receipts[i])) {
      receipt.append(std::move(member.name), std::move(member.value));
    }
    taken.emplace_back(std::move(receipt));
  }
  return accepted(JsonObject{{"receipts", std::move(taken)}, {"refusals", std::move(refusals)}});
}

}  // namespace tocsin::transmitter
