#include "http/pooled_client.h"

#include <algorithm>
#include <array>

#include "base/assert.h"
#include "http/exchange.h"

namespace tocsin::http {
namespace {

constexpr std::size_t addresses_max = 8;  // of one host that are tried

bool may_repeat(const OutboundRequest& request) {
  constexpr std::array<std::string_view, 5> idempotent{"GET", "HEAD", "PUT", "DELETE", "OPTIONS"};
  return request.repeatable || std::ranges::find(idempotent, request.method) != idempotent.end();
}

Error not_allowed(const Error& error) {
  return {Errc::net_address, error.detail};
}

}  // namespace

class PooledClient::State {
 public:
  State(Deadlines& deadlines, Resolver& resolver, std::map<std::string, TlsClient> trusts,
        const PooledClientConfig& config)
      : deadlines_(deadlines),
        resolver_(resolver),
        rule_(config.exceptions),
        trusts_(std::move(trusts)),
        limits_(config.attempt),
        pool_(std::make_shared<ConnectionPool>(deadlines, config.pool)) {
    TOCSIN_ASSERT(trusts_.contains(""));
  }

  static Task<Result<Response>> send(std::shared_ptr<State> self, OutboundRequest request);

 private:
  // All addresses that may be connected to, in the order they came; never empty.
  Task<Result<std::vector<IpAddress>>> addresses_of(const Url& url, Deadline deadline);
  Task<Result<Stream>> connect(const Url& url, Deadline deadline);
  Task<Result<Stream>> open(const OutboundRequest& request, Deadline deadline);

  Deadlines& deadlines_;
  Resolver& resolver_;
  const AddressRule rule_;
  const std::map<std::string, TlsClient> trusts_;
  const AttemptLimits limits_;
  const std::shared_ptr<ConnectionPool> pool_;
};

Task<Result<std::vector<IpAddress>>> PooledClient::State::addresses_of(const Url& url,
                                                                       Deadline deadline) {
  if (url.literal) co_return std::vector{*url.literal};  // judged with the URL
  const Deadline until = std::min(deadline, after(limits_.resolve));
  Result<std::vector<IpAddress>> all = co_await resolver_.resolve(url.host, until);
  if (!all) co_return std::move(all).error();
  std::vector<IpAddress> allowed;
  Error refusal(Errc::net_resolve, "no addresses");
  for (const IpAddress& address : *all) {
    if (auto judged = rule_.judge_address(url, address); judged) {
      allowed.push_back(address);
    } else {
      refusal = not_allowed(judged.error());
    }
  }
  if (allowed.empty()) co_return refusal;
  co_return allowed;
}

// Tries one address after the other. Each gets its share of the time that is left, so that one that
// swallows packets does not keep us from the next.
Task<Result<Stream>> PooledClient::State::connect(const Url& url, Deadline deadline) {
  Result<std::vector<IpAddress>> addresses = co_await addresses_of(url, deadline);
  if (!addresses) co_return std::move(addresses).error();
  const Deadline until = std::min(deadline, after(limits_.connect));
  const std::size_t count = std::min(addresses->size(), addresses_max);
  Result<Stream> stream = Error(Errc::net_connect);
  for (std::size_t i = 0; i < count && !stream; ++i) {
    const Deadline now = std::chrono::steady_clock::now();
    const Deadline share = now + (until - now) / static_cast<Deadline::rep>(count - i);
    stream = co_await Stream::connect(deadlines_, (*addresses)[i], url.port, share);
  }
  co_return stream;
}

Task<Result<Stream>> PooledClient::State::open(const OutboundRequest& request, Deadline deadline) {
  Result<Stream> stream = co_await connect(request.url, deadline);
  if (!stream || !request.url.is_https()) co_return stream;
  const auto trust = trusts_.find(request.trust);
  if (trust == trusts_.end()) co_return Error(Errc::net_tls, "unknown trust: " + request.trust);
  Result<TlsSession> session = trust->second.open_session(request.url.host);
  if (!session) co_return std::move(session).error();
  const Deadline until = std::min(deadline, after(limits_.tls));
  Result<void> shaken = co_await stream->handshake(*std::move(session), until);
  if (!shaken) co_return std::move(shaken).error();
  co_return stream;
}

Task<Result<Response>> PooledClient::State::send(std::shared_ptr<State> self,
                                                 OutboundRequest request) {
  const bool usual = request.attempt_max <= std::chrono::milliseconds::zero();
  const Deadline deadline = after(usual ? self->limits_.attempt : request.attempt_max);
  const Result<std::string> bytes = request_bytes(request);
  if (!bytes) co_return bytes.error();
  const Result<void> judged = self->rule_.judge_url(request.url);
  if (!judged) co_return not_allowed(judged.error());

  ConnectionPool& pool = *self->pool_;
  auto place = co_await ConnectionPool::enter(self->pool_, request.url.host, deadline);
  if (!place) co_return std::move(place).error();
  const std::string origin = request.url.origin() + " " + request.trust;
  const AnswerLimits limits{self->limits_.head, request.response_body_max};
  std::optional<Stream> stream = pool.take(*place, origin);
  bool reused = stream.has_value();
  while (true) {
    if (!reused) {
      pool.make_room(*place);
      Result<Stream> opened = co_await self->open(request, deadline);
      if (!opened) co_return std::move(opened).error();
      stream = *std::move(opened);
    }
    Exchange done = co_await exchange(*stream, *bytes, request.method, limits, deadline);
    if (done.reusable) pool.put(*place, origin, *std::move(stream));
    const bool died_waiting =
        reused && !done.answer && done.unanswered && done.answer.error().code == Errc::net_closed;
    if (!died_waiting || !may_repeat(request)) co_return std::move(done.answer);
    stream.reset();
    reused = false;
  }
}

PooledClient::PooledClient(Deadlines& deadlines, Resolver& resolver,
                           std::map<std::string, TlsClient> trusts,
                           const PooledClientConfig& config)
    : state_(std::make_shared<State>(deadlines, resolver, std::move(trusts), config)) {}
PooledClient::~PooledClient() = default;

Task<Result<Response>> PooledClient::send(OutboundRequest request) {
  return State::send(state_, std::move(request));
}

}  // namespace tocsin::http
