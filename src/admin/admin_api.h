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

#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "http/router.h"
#include "store/ledger.h"

namespace tocsin::admin {

// What an operator did, or tried to. The audit record has each SET by its name.
struct Deed {
  store::Actor actor;
  std::string_view action;  // as in the audit record
  std::string stream_id;
  std::size_t done = 0;
  std::size_t asked = 0;
};
using OnDeed = std::function<void(const Deed&)>;

// `on_deed` hears of every action once its audit record is on disk. `ledger` must outlive the
// server.
std::vector<http::Route> admin_api_routes(store::Ledger& ledger, const http::Access& access,
                                          OnDeed on_deed);

}  // namespace tocsin::admin
