// What the operator's API answers.
#pragma once

#include "admin/requests.h"
#include "http/message.h"
#include "store/ledger.h"
#include "tocsin/json.h"

namespace tocsin::admin {

http::Response answer(Json body);

// A problem document that also names `member` and `rule`.
http::Response answer(const Refusal& refusal);

JsonObject to_json(const store::LedgerRow& row);
JsonObject to_json(const store::LedgerDetail& detail);
JsonObject to_json(const store::LedgerEvent& event);
JsonObject to_json(const store::AuditRecord& record);

}  // namespace tocsin::admin
