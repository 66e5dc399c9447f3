// How long `tocsin serve` takes to be ready with a million SETs that wait for a receiver which does
// not answer.
#include <chrono>
#include <cstdio>
#include <string>

#include "base/base64url.h"
#include "base/try.h"
#include "bench/arms.h"
#include "bench/fill_store.h"
#include "bench/serving.h"
#include "store/sqlite/outbox_rows.h"
#include "store/sqlite/stream_rows.h"

namespace {

using namespace tocsin;
using namespace tocsin::bench;
using namespace tocsin::store;
using Steady = std::chrono::steady_clock;

constexpr std::size_t streams = 1000;
constexpr std::size_t events = 1000;
const std::string type = "https://schemas.openid.net/secevent/caep/event-type/session-revoked";

StreamOwner owner() {
  return {.iss = issuer, .receiver = {.token_issuer = "static", .client_id = "bench"}};
}

StreamRecord stream(std::size_t number, std::uint16_t port) {
  StreamRecord record;
  record.owner = owner();
  record.config.stream_id = "s" + std::to_string(number);
  record.config.iss = issuer;
  record.config.aud = {"https://rx.example.com"};
  record.config.events_delivered = {type};
  record.config.delivery = {.method = DeliveryMethod::push,
                            .endpoint_url = "https://127.0.0.1:" + std::to_string(port) + "/push"};
  return record;
}

NewEvent event(sqlite::Work& work, std::size_t number) {
  NewEvent event;
  event.iss = issuer;
  event.event_id = work.random.id();
  event.subject = email_subject("user" + std::to_string(number) + "@example.com");
  event.event = caep::SessionRevoked{};
  event.txn = work.random.id();
  event.accepted_at = work.clock.wall();
  return event;
}

Result<void> add_rows(sqlite::Work& work, std::uint16_t port) {
  for (std::size_t n = 0; n < streams; ++n) {
    TOCSIN_CHECK(sqlite::create_stream(work, stream(n, port), streams));
  }
  for (std::size_t n = 0; n < events; ++n) {
    TOCSIN_TRY(const auto receipts, sqlite::accept(work, {event(work, n)}));
    must(receipts.front().streams == streams, "an event met too few streams");
  }
  return {};
}

}  // namespace

int main() {
  const Folder folder;
  make_certificate(folder);
  Client client(folder);
  const std::uint16_t nobody = free_port();
  fill_store(folder / "start.db", value_of(base64url_decode(store_key), "key"),
             [nobody](sqlite::Work& work) { return add_rows(work, nobody); });
  const auto begin = Steady::now();
  const Serving serving(folder, {.store = "start.db"});
  serving.wait_until_ready(client);
  const double took = std::chrono::duration<double>(Steady::now() - begin).count();
  std::printf("## start_bench\n\n%s", table_head);
  return print_at_most("start with 1000000 pending SETs: ready after, s", took, 10) ? 0 : 1;
}
