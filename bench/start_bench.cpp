// How long `tocsin serve` takes to be ready with a million SETs that wait for a receiver which does
// not answer.
#include <boost/asio/co_spawn.hpp>
#include <chrono>
#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "base/base64url.h"
#include "bench/arms.h"
#include "bench/serving.h"
#include "store/sqlite/sqlite_store.h"

namespace {

using namespace tocsin;
using namespace tocsin::bench;
using namespace tocsin::store;
using Steady = std::chrono::steady_clock;

constexpr std::size_t streams = 1000;
constexpr std::size_t events = 1000;
constexpr std::size_t events_together = 20;
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

Task<void> fill(SqliteStore& store, Client& client, std::uint16_t port) {
  for (std::size_t n = 0; n < streams; ++n) {
    const auto made = co_await store.create(stream(n, port), streams);
    must(made.has_value(), "create");
  }
  for (std::size_t n = 0; n < events; n += events_together) {
    std::vector<NewEvent> batch(events_together);
    for (NewEvent& event : batch) {
      event.iss = issuer;
      event.event_id = client.random.id();
      event.subject = email_subject("user" + std::to_string(n) + "@example.com");
      event.event = caep::SessionRevoked{};
      event.txn = client.random.id();
      event.accepted_at = client.clock.wall();
    }
    const auto receipts = co_await store.accept(std::move(batch));
    must(receipts.has_value() && receipts->front().streams == streams, "accept");
  }
}

}  // namespace

int main() {
  const Folder folder;
  make_certificate(folder);
  Client client(folder);
  {
    SqliteConfig config;
    config.path = folder / "start.db";
    const std::string key = value_of(base64url_decode(store_key), "key");
    const auto store = value_of(
        SqliteStore::open(config, value_of(jose::SecretBox::with_key(jose::Secret(key)), "box"),
                          client.clock, client.random),
        "store");
    client.run(fill(*store, client, free_port()));
  }
  const auto begin = Steady::now();
  const Serving serving(folder, {.store = "start.db"});
  serving.wait_until_ready(client);
  const double took = std::chrono::duration<double>(Steady::now() - begin).count();
  std::printf("## start_bench\n\n%s", table_head);
  return print_at_most("start with 1000000 pending SETs: ready after, s", took, 10) ? 0 : 1;
}
