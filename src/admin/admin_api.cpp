#include "admin/admin_api.h"

#include <functional>
#include <utility>

#include "admin/answers.h"
#include "admin/requests.h"

namespace tocsin::admin {
namespace {

using http::Task;
using store::Ledger;
using Answer = Result<http::Response>;

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

Task<Answer> list_deliveries(Ledger& ledger, http::Request request) {
  store::LedgerQuery query;
  if (auto refusal = read_query(request.query, query)) co_return answer(*refusal);
  const auto page = co_await ledger.rows(std::move(query));
  if (!page) co_return page.error();
  co_return answer(page_of("deliveries", page->rows, page->next));
}

Task<Answer> show_delivery(Ledger& ledger, http::Request request) {
  const auto name = parse_delivery_name(request.segment);
  if (!name) co_return Error(Errc::http_not_found, "no name of a delivery");
  const auto found = co_await ledger.find(name->stream_id, name->number);
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

Task<Answer> retry(Ledger& ledger, http::Request request) {
  DeliveryAction wanted;
  if (auto refusal = read_body(request.body, Reason::none, wanted)) co_return answer(*refusal);
  JsonArray done;
  JsonArray unknown;
  for (const auto& [stream_id, numbers] : wanted.numbers) {
    const auto known = co_await ledger.retry(actor_of(request), stream_id, numbers);
    if (!known) co_return known.error();
    sort_out(stream_id, numbers, *known, done, unknown);
  }
  co_return answer(JsonObject{{"retried", std::move(done)}, {"unknown", std::move(unknown)}});
}

Task<Answer> drop(Ledger& ledger, http::Request request) {
  DeliveryAction wanted;
  if (auto refusal = read_body(request.body, Reason::required, wanted)) co_return answer(*refusal);
  JsonArray done;
  JsonArray unknown;
  for (const auto& [stream_id, numbers] : wanted.numbers) {
    const auto known = co_await ledger.drop(actor_of(request), stream_id, numbers, wanted.reason);
    if (!known) co_return known.error();
    sort_out(stream_id, numbers, *known, done, unknown);
  }
  co_return answer(JsonObject{{"dropped", std::move(done)}, {"unknown", std::move(unknown)}});
}

Task<Answer> list_events(Ledger& ledger, http::Request request) {
  store::EventQuery query;
  if (auto refusal = read_query(request.query, query)) co_return answer(*refusal);
  const auto page = co_await ledger.events(std::move(query));
  if (!page) co_return page.error();
  co_return answer(page_of("events", page->events, page->next));
}

Task<Answer> replay(Ledger& ledger, http::Request request) {
  ReplayAction wanted;
  if (auto refusal = read_body(request.body, wanted)) co_return answer(*refusal);
  const auto replayed = co_await ledger.replay(actor_of(request), std::move(wanted.stream_id),
                                               std::move(wanted.places), wanted.dry_run);
  if (!replayed) co_return replayed.error();
  co_return answer(
      JsonObject{{"replayed", static_cast<std::int64_t>(*replayed)}, {"dry_run", wanted.dry_run}});
}

Task<Answer> list_audit(Ledger& ledger, http::Request request) {
  store::AuditQuery query;
  if (auto refusal = read_query(request.query, query)) co_return answer(*refusal);
  const std::size_t count_max = query.count_max;
  const auto records = co_await ledger.audit(query);
  if (!records) co_return records.error();
  const bool may_have_more = records->size() == count_max;
  co_return answer(page_of("records", *records, may_have_more ? records->back().number : 0));
}

using Work = Task<Answer> (*)(Ledger& ledger, http::Request request);

}  // namespace

std::vector<http::Route> admin_api_routes(Ledger& ledger, const http::Access& access) {
  const auto route = [&](const char* method, const char* path, Work work) {
    http::Route made;
    made.method = method;
    made.path = path;
    made.access = access;
    if (made.method == "POST") {
      made.media_types = {"application/json"};
      made.body_max = body_max;
    }
    made.handler = [&ledger, work](http::Request request) {
      return work(ledger, std::move(request));
    };
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
