// What the transmitter delivers by poll (RFC 8936), measured on `tocsin serve` itself over TLS:
// SETs signed and served from a backlog, with what was served before acknowledged in the same
// request; and what ten thousand polls weigh that wait for the next event.
#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <chrono>
#include <cstdio>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "bench/arms.h"
#include "bench/serving.h"
#include "tocsin/json.h"

namespace {

using namespace tocsin;
using namespace tocsin::bench;
using namespace std::chrono_literals;
using Steady = std::chrono::steady_clock;

constexpr std::size_t streams = 4;
constexpr std::size_t events = 10'000;
constexpr std::size_t batch = 500;
constexpr int taken_at_once = 250;
constexpr std::size_t idle_polls = 10'000;
constexpr std::size_t idle_polls_together = 500;

std::string poll_url(const Serving& serving, const std::string& stream_id) {
  return serving.url("/ssf/poll/" + stream_id);
}

void publish_backlog(const Serving& serving, Client& client) {
  const auto lines = [&](std::size_t first) {
    std::string body;
    for (std::size_t n = first; n < first + batch; ++n) {
      body += R"({"type":"caep:session-revoked","subject":{"format":"email","email":"user)" +
              std::to_string(n) +
              R"(@example.com"},"event":{"reason_admin":{"en":"Policy Violation: C076E82F"}}})"
              "\n";
    }
    return body;
  };
  client.ask_all(
      events / batch, 4,
      [&](std::size_t n) {
        http::OutboundRequest request =
            client.request("POST", serving.url("/events"), lines(n * batch));
        request.headers.erase("Content-Type");
        request.headers.add("Content-Type", "application/x-ndjson");
        return request;
      },
      [&](std::size_t, const http::Response& response) {
        must(response.status == 202, "events refused: " + response.body);
      });
}

// Polls until nothing is left; the acknowledgement of the last SETs included.
Task<void> drain(const Serving& serving, Client& client, std::string stream_id,
                 std::size_t& taken) {
  JsonArray acknowledged;
  while (true) {
    JsonObject ask{{"maxEvents", taken_at_once}, {"returnImmediately", true}};
    if (!acknowledged.empty()) ask.append("ack", Json(std::exchange(acknowledged, {})));
    http::OutboundRequest request =
        client.request("POST", poll_url(serving, stream_id), to_text(Json(std::move(ask))));
    const http::Response response = co_await client.send(std::move(request));
    must(response.status == 200, "poll refused: " + response.body);
    const Json answer = value_of(parse_json(response.body, {.text_max = 8 << 20}), "answer");
    for (const JsonMember& set : *answer.as_object()->find("sets")->as_object()) {
      acknowledged.emplace_back(set.name);
    }
    if (acknowledged.empty()) co_return;
    taken += acknowledged.size();
  }
}

bool print_backlog(const Folder& folder) {
  Client client(folder);
  Serving serving(folder, {.store = "poll.db"});
  serving.wait_until_ready(client);
  const auto ids = serving.create_streams(client, streams, [](std::size_t) { return by_poll(); });
  publish_backlog(serving, client);
  std::size_t taken = 0;
  std::size_t open = ids.size();
  const double cpu_before = serving.cpu_seconds();
  const auto begin = Steady::now();
  for (const std::string& id : ids) {
    boost::asio::co_spawn(client.loop, drain(serving, client, id, taken),
                          [&](std::exception_ptr bug) {
                            if (bug) std::rethrow_exception(bug);
                            --open;
                          });
  }
  client.turn_until([&] { return open == 0; });
  const double took = std::chrono::duration<double>(Steady::now() - begin).count();
  must(taken == streams * events, "SETs are missing, or came twice");
  std::printf("| the same, CPU of tocsin per SET, µs | | %.1f | | | |\n",
              (serving.cpu_seconds() - cpu_before) / static_cast<double>(taken) * 1e6);
  return print_at_least("poll, 4 streams with a backlog (ES256): SETs a second, acknowledged",
                        static_cast<double>(taken) / took, 6000);
}

// Again and again: a poll that waited for long enough is answered.
Task<void> wait_in_vain(Client& client, http::OutboundRequest request) {
  while (true) static_cast<void>(co_await client.send(request));
}

bool print_idle(const Folder& folder) {
  allow_descriptors(idle_polls + 1000);
  Client client(folder);
  Serving serving(folder, {.store = "idle.db"});
  serving.wait_until_ready(client);
  const auto ids =
      serving.create_streams(client, idle_polls, [](std::size_t) { return by_poll(); });
  const double before = serving.resident_mebibytes();
  Client waiting(folder, idle_polls);
  const auto waiting_polls = [&] { return serving.metric(client, "tocsin_polls_waiting"); };
  // Not more handshakes at once than are done in time.
  for (std::size_t begun = 0; begun < idle_polls;) {
    const std::size_t end = std::min(begun + idle_polls_together, idle_polls);
    for (; begun < end; ++begun) {
      http::OutboundRequest poll = waiting.request("POST", poll_url(serving, ids[begun]), "{}");
      boost::asio::co_spawn(waiting.loop, wait_in_vain(waiting, std::move(poll)),
                            [](std::exception_ptr) {});
    }
    const auto until = Steady::now() + 20s;
    while (waiting_polls() < static_cast<double>(begun)) {
      waiting.loop.run_for(20ms);
      must(Steady::now() < until, "fewer than " + std::to_string(begun) + " polls wait");
    }
  }
  std::printf("| resident before them, MiB | | %.0f | | | |\n", before);
  return print_at_most("10000 polls that wait: resident, MiB", serving.resident_mebibytes(), 400);
}

}  // namespace

int main(int argc, char** argv) {
  const std::string only = argc > 1 ? argv[1] : "";
  const Folder folder;
  make_certificate(folder);
  std::printf("## poll_bench\n\n%s", table_head);
  bool kept = true;
  if (only.empty() || only == "backlog") kept &= print_backlog(folder);
  if (only.empty() || only == "idle") kept &= print_idle(folder);
  return kept ? 0 : 1;
}
