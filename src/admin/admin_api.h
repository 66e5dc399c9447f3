// The routes of the operator's API. Somebody who may call them sees subjects and payloads, and is
// asked to keep them.
//
//   GET  /admin/deliveries              by state, stream_id, jti, type, from, until; in pages
//   GET  /admin/deliveries/{delivery}   one, with its subject and its event
//   POST /admin/retries                 rejected: pending again; waiting: due now
//   POST /admin/drops                   pending: withdrawn, for a reason
//   GET  /admin/events                  by event_id, type, subject, from, until; in pages
//   POST /admin/replays                 events again, as new SETs on one stream
//   GET  /admin/audit                   what operators did; in pages
#pragma once

#include <vector>

#include "http/router.h"
#include "store/ledger.h"

namespace tocsin::admin {

// `ledger` must outlive the server.
std::vector<http::Route> admin_api_routes(store::Ledger& ledger, const http::Access& access);

}  // namespace tocsin::admin
