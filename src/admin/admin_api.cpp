#include "admin/admin_api.h"

#include <algorithm>
#include <utility>

#include "admin/answers.h"
#include "admin/requests.h"

namespace tocsin::admin {
namespace {

using http::Task;
using store::Ledger;
using Answer = Result<http::Response>;

// What every route works with.
struct Desk {
  Ledger& ledger;
  OnDeed on_deed;
};

store::Actor actor_of(const http::Request& request) {
  return {.who = request.caller ? request.caller->key.client_id : "", .from = request.peer};
}

template <class T>
JsonObject page_of(const char* name, const std::vector<T>& items, std::int64_t next) {
  JsonArray list;
  list.reserve(items.size());
  for (const T& item : items) list.emplace_back(to_json(item));
  JsonObject body{{name, std::move(list)}};
  if (next != 0) body.append("next", next);
  return body;
}

Task<Answer> list_deliveries(Desk desk, http::Request request) {
  store::LedgerQuery query;
  if (auto refusal = read_query(request.query, query)) co_return answer(*refusal);
  const auto page = co_await desk.ledger.rows(std::move(query));
  if (!page) co_return page.error();
  co_return answer(page_of("deliveries", page->rows, page->next));
}

Task<Answer> show_delivery(Desk desk, http::Request request) {
  const auto name = parse_delivery_name(request.segment);
  if (!name) co_return Error(Errc::http_not_found, "no name of a delivery");
  const auto found = co_await desk.ledger.find(name->stream_id, name->number);
  if (!found) co_return found.error();
  if (!*found) co_return Error(Errc::http_not_found, "no such delivery");
  co_return answer(to_json(**found));
}

// Adds to `done` or `unknown` what became of each.
void sort_out(const std::string& stream_id, const std::vector<std::int64_t>& numbers,
              const std::vector<bool>& known, JsonArray& done, JsonArray& unknown) {
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    (known[i] ? done : unknown).emplace_back(to_text(DeliveryName{stream_id, numbers[i]}));
  }
}

std::size_t count_of(const std::vector<bool>& known) {
  return static_cast<std::size_t>(std::ranges::count(known, true));
}

Task<Answer> retry(Desk desk, http::Request request) {
  DeliveryAction wanted;
  if (auto refusal = read_body(request.body, Reason::none, wanted)) co_return answer(*refusal);
  const store::Actor actor = actor_of(request);
  JsonArray done;
  JsonArray unknown;
  for (const auto& [stream_id, numbers] : wanted.numbers) {
    const auto known = co_await desk.ledger.retry(actor, stream_id, numbers);
    if (!known) co_return known.error();
    sort_out(stream_id, numbers, *known, done, unknown);
    desk.on_deed({actor, "delivery.retry", stream_id, count_of(*known), numbers.size()});
  }
  co_return answer(JsonObject{{"retried", std::move(done)}, {"unknown", std::move(unknown)}});
}

Task<Answer> drop(Desk desk, http::Request request) {
  DeliveryAction wanted;
  if (auto refusal = read_body(request.body, Reason::required, wanted)) co_return answer(*refusal);
  const store::Actor actor = actor_of(request);
  JsonArray done;
  JsonArray unknown;
  for (const auto& [stream_id, numbers] : wanted.numbers) {
    const auto known = co_await desk.ledger.drop(actor, stream_id, numbers, wanted.reason);
    if (!known) co_return known.error();
    sort_out(stream_id, numbers, *known, done, unknown);
    desk.on_deed({actor, "delivery.drop", stream_id, count_of(*known), numbers.size()});
  }
  co_return answer(JsonObject{{"dropped", std::move(done)}, {"unknown", std::move(unknown)}});
}

Task<Answer> list_events(Desk desk, http::Request request) {
  store::EventQuery query;
  if (auto refusal = read_query(request.query, query)) co_return answer(*refusal);
  const auto page = co_await desk.ledger.events(std::move(query));
  if (!page) co_return page.error();
  co_return answer(page_of("events", page->events, page->next));
}

Task<Answer> replay(Desk desk, http::Request request) {
  ReplayAction wanted;
  if (auto refusal = read_body(request.body, wanted)) co_return answer(*refusal);
  const store::Actor actor = actor_of(request);
  const auto replayed =
      co_await desk.ledger.replay(actor, wanted.stream_id, wanted.places, wanted.dry_run);
  if (!replayed && replayed.error().code != Errc::stream_unknown) co_return replayed.error();
  if (!wanted.dry_run || !replayed) {
    desk.on_deed(
        {actor, "event.replay", wanted.stream_id, replayed ? *replayed : 0, wanted.places.size()});
  }
  if (!replayed) co_return replayed.error();
  co_return answer(
      JsonObject{{"replayed", static_cast<std::int64_t>(*replayed)}, {"dry_run", wanted.dry_run}});
}

Task<Answer> list_audit(Desk desk, http::Request request) {
  store::AuditQuery query;
  if (auto refusal = read_query(request.query, query)) co_return answer(*refusal);
  const std::size_t count_max = query.count_max;
  const auto records = co_await desk.ledger.audit(query);
  if (!records) co_return records.error();
  const bool may_have_more = records->size() == count_max;
  co_return answer(page_of("records", *records, may_have_more ? records->back().number : 0));
}

using Work = Task<Answer> (*)(Desk desk, http::Request request);

}  // namespace

std::vector<http::Route> admin_api_routes(Ledger& ledger, const http::Access& access,
                                          OnDeed on_deed) {
  const Desk desk{ledger, std::move(on_deed)};
  const auto route = [&](const char* method, const char* path, Work work) {
    http::Route made;
    made.method = method;
    made.path = path;
    made.access = access;
    if (made.method == "POST") {
      made.media_types = {"application/json"};
      made.body_max = body_max;
    }
    made.handler = [desk, work](http::Request request) { return work(desk, std::move(request)); };
    return made;
  };
  return {route("GET", "/admin/deliveries", list_deliveries),
          route("GET", "/admin/deliveries/{delivery}", show_delivery),
          route("POST", "/admin/retries", retry),
          route("POST", "/admin/drops", drop),
          route("GET", "/admin/events", list_events),
          route("POST", "/admin/replays", replay),
          route("GET", "/admin/audit", list_audit)};
}

}  // namespace tocsin::admin
