#include "admin/answers.h"

#include <utility>

#include "base/time_text.h"
#include "http/problem.h"

namespace tocsin::admin {

http::Response answer(Json body) {
  http::Response response;
  response.headers.add("Content-Type", "application/json");
  response.body = tocsin::to_text(body);
  return response;
}

http::Response answer(const Refusal& refusal) {
  http::Response response = http::to_response(Error(refusal.code), http::Face::problem);
  Json body = parse_json(response.body).value();
  body.as_object()->insert_or_assign("member", refusal.member);
  body.as_object()->insert_or_assign("rule", refusal.rule);
  response.body = tocsin::to_text(body);
  return response;
}

JsonObject to_json(const store::LedgerRow& row) {
  JsonObject object;
  if (!row.stream_id.empty()) {
    object.append("delivery", to_text(DeliveryName{row.stream_id, row.number}));
    object.append("stream_id", row.stream_id);
  }
  object.append("jti", row.jti);
  if (!row.event_id.empty()) object.append("event_id", row.event_id);
  object.append("type", row.type);
  object.append("state", to_text(row.state));
  object.append("accepted_at", to_time_text(row.accepted_at));
  object.append("failures", static_cast<std::int64_t>(row.history.failures));
  object.append("refusals", static_cast<std::int64_t>(row.history.refusals));
  if (row.state != store::RowState::pending) {
    object.append("settled_at", to_time_text(row.settled_at));
  } else if (row.due_at > row.accepted_at) {
    object.append("due_at", to_time_text(row.due_at));
  }
  if (!row.note.empty()) object.append("note", row.note);
  return object;
}

JsonObject to_json(const store::LedgerDetail& detail) {
  JsonObject object = to_json(detail.row);
  object.append("iss", detail.iss);
  if (!detail.txn.empty()) object.append("txn", detail.txn);
  object.append("subject", detail.subject);
  object.append("event", detail.event);
  return object;
}

JsonObject to_json(const store::LedgerEvent& event) {
  return {{"place", event.place},
          {"event_id", event.event_id},
          {"iss", event.iss},
          {"type", event.type},
          {"accepted_at", to_time_text(event.accepted_at)}};
}

JsonObject to_json(const store::AuditRecord& record) {
  JsonObject object{{"number", record.number}, {"at", to_time_text(record.at)},
                    {"who", record.actor.who}, {"from", record.actor.from},
                    {"action", record.action}, {"target", record.target},
                    {"result", record.result}};
  if (!record.detail.empty()) object.append("detail", record.detail);
  return object;
}

}  // namespace tocsin::admin
