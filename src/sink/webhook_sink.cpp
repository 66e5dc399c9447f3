#include "sink/webhook_sink.h"

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/this_coro.hpp>
#include <exception>
#include <utility>

#include "base/base64url.h"
#include "base/try.h"
#include "jose/digest.h"
#include "loop/gate.h"

namespace tocsin::sink {
namespace {

constexpr std::string_view secret_prefix = "whsec_";
constexpr std::size_t secret_min = 24;  // octets, as the specification has it

void rethrow(std::exception_ptr failure) {
  if (failure) std::rethrow_exception(failure);
}

// base64 (RFC 4648 4) is the same octets in another alphabet, padded.
std::string base64(std::string_view octets) {
  std::string text = base64url_encode(octets);
  std::ranges::replace(text, '-', '+');
  std::ranges::replace(text, '_', '/');
  text.append((4 - text.size() % 4) % 4, '=');
  return text;
}

Result<std::string> from_base64(std::string_view text) {
  std::string url(text.substr(0, text.find('=')));
  std::ranges::replace(url, '+', '-');
  std::ranges::replace(url, '/', '_');
  TOCSIN_TRY(std::string octets, base64url_decode(url));
  if (base64(octets) != text) return Error(Errc::config_invalid, "no base64");
  return octets;
}

bool is_passing(unsigned status) noexcept {
  return status == 408 || status == 425 || status == 429 || status >= 500;
}

}  // namespace

Result<std::string> read_webhook_secret(std::string_view text) {
  if (!text.starts_with(secret_prefix)) {
    return Error(Errc::config_invalid, "a webhook's secret begins with whsec_");
  }
  Result<std::string> octets = from_base64(text.substr(secret_prefix.size()));
  if (!octets) return Error(Errc::config_invalid, "behind whsec_ comes base64");
  if (octets->size() < secret_min) {
    return Error(Errc::config_invalid, "a webhook's secret has at least 24 octets");
  }
  return octets;
}

std::string webhook_signature(std::string_view secret, std::string_view id,
                              std::chrono::sys_seconds timestamp, std::string_view body) {
  std::string text(id);
  text += '.';
  text += std::to_string(timestamp.time_since_epoch().count());
  text += '.';
  text += body;
  return "v1," + base64(as_text(hmac_sha256(secret, text)));
}

// A jti is any text, and unique to its issuer only.
std::string webhook_id(const SinkEvent& event) {
  return "set_" +
         base64url_encode(as_text(sha256(event.upstream + '\n' + event.jti))).substr(0, 22);
}

// What is left to do: of each subject its events, one after the other.
struct WebhookSink::Batch {
  explicit Batch(const std::vector<const SinkEvent*>& all)
      : events(all), outcomes(all.size(), Errc::overloaded) {}

  std::vector<std::vector<std::size_t>> subjects;
  std::size_t next = 0;
  std::size_t working = 0;
  const std::vector<const SinkEvent*>& events;
  std::vector<Result<void>> outcomes;
  bool is_down = false;
  loop::Gate all_done;
};

Task<std::vector<Result<void>>> WebhookSink::take(const std::vector<const SinkEvent*>& events) {
  Batch batch(events);
  std::map<std::string_view, std::size_t> places;
  for (std::size_t i = 0; i < events.size(); ++i) {
    const auto [at, is_new] = places.try_emplace(events[i]->subject, batch.subjects.size());
    if (is_new) batch.subjects.emplace_back();
    batch.subjects[at->second].push_back(i);
  }
  const auto executor = co_await boost::asio::this_coro::executor;
  batch.working = std::min(config_.under_way_max, batch.subjects.size());
  const std::size_t workers = batch.working;
  for (std::size_t i = 0; i < workers; ++i) {
    boost::asio::co_spawn(executor, work(batch), rethrow);
  }
  while (batch.working > 0) co_await batch.all_done.wait();
  co_return std::move(batch.outcomes);
}

Task<void> WebhookSink::work(Batch& batch) {
  while (!batch.is_down && batch.next < batch.subjects.size()) {
    for (const std::size_t i : batch.subjects[batch.next++]) {
      batch.outcomes[i] = co_await post(*batch.events[i]);
      if (batch.outcomes[i]) continue;
      // The others would not fare better.
      if (batch.outcomes[i].error().kind() == ErrorKind::unavailable) batch.is_down = true;
      break;
    }
  }
  if (--batch.working == 0) batch.all_done.open();
}

Task<Result<void>> WebhookSink::post(const SinkEvent& event) {
  const std::string id = webhook_id(event);
  const auto now = parts_.clock.wall_seconds();
  http::OutboundRequest request;
  request.method = "POST";
  request.url = config_.url;
  request.body = to_text(to_json(event));
  request.headers.add("Content-Type", "application/json");
  request.headers.add("webhook-id", id);
  request.headers.add("webhook-timestamp", std::to_string(now.time_since_epoch().count()));
  request.headers.add("webhook-signature",
                      webhook_signature(config_.secret, id, now, request.body));
  request.repeatable = true;  // by its id
  const Result<http::Response> response = co_await parts_.client.send(std::move(request));
  if (!response) co_return response.error();
  if (response->status >= 200 && response->status < 300) co_return Result<void>();
  const std::string detail = "status " + std::to_string(response->status);
  co_return Error(is_passing(response->status) ? Errc::net_answer : Errc::http_request, detail);
}

}  // namespace tocsin::sink
