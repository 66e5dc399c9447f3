#include "transmitter/poll_api.h"

#include <algorithm>
#include <cstdint>
#include <unordered_set>
#include <utility>

#include "base/try.h"
#include "delivery/push_plan.h"

namespace tocsin::transmitter {

struct PollApi::Selected {
  std::vector<store::PendingSet> sets;
  bool more_available = false;
};

struct PollApi::Packed {
  struct Set {
    std::string jti;
    std::string compact;
  };
  std::vector<Set> sets;
  bool more_available = false;

  bool has_news() const noexcept { return !sets.empty() || more_available; }
};

struct PollApi::Poll {
  store::StreamOwner owner;
  std::string stream_id;
  delivery::PollRequest asked;
  store::StreamRecord stream;
  bool has_reported = false;  // what it acknowledges and refuses is recorded
};

namespace {

Result<delivery::PollRequest> read_request(const http::Request& request) {
  TOCSIN_TRY(delivery::PollRequest asked, delivery::parse_poll_request(request.body));
  TOCSIN_CHECK(judge_json_type(request));
  return asked;
}

store::PollRequest to_ledger(delivery::PollRequest& asked) {
  store::PollRequest request;
  request.ack = std::exchange(asked.ack, {});
  for (delivery::PollRequest::Refusal& refusal : std::exchange(asked.set_errs, {})) {
    request.set_errs.push_back({.jti = std::move(refusal.jti),
                                .err = std::move(refusal.error.err),
                                .description = std::move(refusal.error.description)});
  }
  request.events_max = asked.events_max();
  return request;
}

// A stopped stream hands out nothing, also not what announces that it stopped (SSF 8.1.2.1).
bool hands_out(const store::StreamRecord& stream) noexcept {
  return stream.status == StreamStatus::enabled;
}

constexpr std::size_t strict_look_max = 1000;  // SETs, to find those nothing is before

// JSON objects have no order, so a receiver that must not see the second event of a subject before
// the first gets it once the first is acknowledged (REL-06). One that waits to be tried again holds
// its subject, too.
std::vector<store::PendingSet> first_of_each_subject(std::vector<store::PendingSet> sets) {
  std::vector<store::PendingSet> first;
  std::unordered_set<std::uint64_t> seen;
  for (store::PendingSet& set : sets) {
    const std::vector<std::uint64_t> marks = delivery::order_marks(set.subject);
    const bool is_behind =
        std::ranges::any_of(marks, [&seen](std::uint64_t mark) { return seen.contains(mark); });
    seen.insert(marks.begin(), marks.end());
    if (!is_behind) first.push_back(std::move(set));
  }
  return first;
}

}  // namespace

PollApi::PollApi(Parts parts, std::chrono::seconds wait)
    : parts_(parts), wait_(std::min(wait, poll_wait_max)) {}

std::vector<http::Route> PollApi::routes(const Guard& guard) {
  const std::string path = std::string(poll_path) + "{stream_id}";
  return {make_route(parts_.tenant, guard,
                     {.method = "POST",
                      .path = path,
                      .operation = oauth::Operation::poll,
                      .body_max = delivery::poll_request_max},
                     [this](store::StreamOwner owner, http::Request request) {
                       return answer(std::move(owner), std::move(request));
                     })};
}

Task<Answer> PollApi::answer(store::StreamOwner owner, http::Request request) {
  Result<delivery::PollRequest> asked = read_request(request);
  if (!asked) co_return std::move(asked).error();
  Poll poll{.owner = std::move(owner),
            .stream_id = std::move(request.segment),
            .asked = std::move(*asked),
            .stream = {}};
  request = {};  // a poll that waits holds no body
  Result<store::StreamRecord> stream = co_await parts_.streams.read(poll.owner, poll.stream_id);
  if (!stream) co_return std::move(stream).error();
  if (stream->config.delivery.method != DeliveryMethod::poll) co_return Errc::stream_unknown;
  poll.stream = std::move(*stream);

  Result<Packed> packed = co_await serve(poll);
  if (!packed) co_return std::move(packed).error();
  JsonObject sets;
  sets.reserve(packed->sets.size());
  for (Packed::Set& set : packed->sets) {
    sets.append(std::move(set.jti), Json(std::move(set.compact)));
  }
  JsonObject body;
  body.append("sets", Json(std::move(sets)));
  if (packed->more_available) body.append("moreAvailable", Json(true));
  co_return json_response(200, body);
}

// Looks, and if there is nothing waits for a change and looks again.
Task<Result<PollApi::Packed>> PollApi::serve(Poll& poll) {
  std::optional<PollWaiters::Seat> seat = parts_.waiters.sit(poll.stream_id);
  if (!seat) co_return Error(Errc::http_too_many, "open polls on one stream");
  const auto due = parts_.clock.monotonic() + wait_;
  while (true) {
    {
      const PollWaiters::Turn turn = co_await seat->turn();
      Result<Selected> selected = co_await select(poll);
      if (!selected) co_return std::move(selected).error();
      Result<Packed> packed = co_await pack(poll.stream, std::move(*selected));
      if (!packed || packed->has_news() || poll.asked.return_immediately) co_return packed;
    }
    if (parts_.clock.monotonic() >= due || parts_.waiters.is_stopping()) co_return Packed();
    co_await seat->wait(due);
  }
}

Task<Result<PollApi::Selected>> PollApi::select(Poll& poll) {
  if (poll.has_reported) co_return co_await select_again(poll);
  poll.has_reported = true;
  const bool is_strict = parts_.tenant.terms().strict_poll_order;
  store::PollRequest report = to_ledger(poll.asked);
  if (is_strict) report.events_max = 0;
  Result<store::PollSelection> selection = co_await parts_.outbox.poll(
      poll.owner, poll.stream_id, std::move(report), parts_.clock.wall());
  if (!selection) co_return std::move(selection).error();
  // An acknowledgement may have brought an announced status into effect, and a poll that asks for
  // no SET still waits for one (RFC 8936 2.4).
  if (is_strict || poll.stream.pending || poll.asked.events_max() == 0) {
    co_return co_await select_again(poll);
  }
  if (!hands_out(poll.stream)) co_return Selected();
  co_return Selected{std::move(selection->sets), selection->more_available};
}

// Reads only: a poll that looks again must not wake the others by it.
Task<Result<PollApi::Selected>> PollApi::select_again(Poll& poll) {
  Result<store::StreamRecord> stream = co_await parts_.streams.read(poll.owner, poll.stream_id);
  if (!stream) co_return std::move(stream).error();
  poll.stream = std::move(*stream);
  if (!hands_out(poll.stream)) co_return Selected();
  const std::size_t events_max = poll.asked.events_max();
  const bool is_strict = parts_.tenant.terms().strict_poll_order;
  Result<std::vector<store::PendingSet>> pending = co_await parts_.outbox.pending(
      poll.stream_id, 0, is_strict ? strict_look_max : events_max + 1);
  if (!pending) co_return std::move(pending).error();
  if (is_strict) *pending = first_of_each_subject(std::move(*pending));
  const store::WallTime now = parts_.clock.wall();
  std::erase_if(*pending,
                [now](const store::PendingSet& set) { return set.wait(now).count() > 0; });
  Selected selected{std::move(*pending)};
  if (selected.sets.size() > events_max) {
    selected.sets.resize(events_max);
    selected.more_available = true;
  }
  co_return selected;
}

Task<Result<PollApi::Packed>> PollApi::pack(store::StreamRecord stream, Selected selected) {
  Result<Selected> permitted = co_await withhold(stream, std::move(selected));
  if (!permitted) co_return std::move(permitted).error();
  Packed packed{.sets = {}, .more_available = permitted->more_available};
  if (permitted->sets.empty()) co_return packed;
  Result<std::vector<Result<std::string>>> compacts =
      co_await parts_.sets.compact_of_all(parts_.tenant, stream, permitted->sets);
  if (!compacts) co_return std::move(compacts).error();

  std::size_t octets = 0;
  std::vector<store::Settled> unfit;
  for (std::size_t i = 0; i < compacts->size(); ++i) {
    Result<std::string>& compact = (*compacts)[i];
    store::PendingSet& set = permitted->sets[i];
    if (!compact) {
      unfit.push_back({.stream_id = set.stream_id,
                       .number = set.number,
                       .state = store::Settled::State::rejected,
                       .note = std::string(describe(compact.error().code).defect_class)});
      continue;
    }
    octets += compact->size();
    if (octets > delivery::poll_answer_max && !packed.sets.empty()) {
      packed.more_available = true;
      break;
    }
    packed.sets.push_back({std::move(set.jti), std::move(*compact)});
  }
  if (unfit.empty()) co_return packed;
  Result<void> settled = co_await parts_.outbox.settle(std::move(unfit));
  if (!settled) co_return std::move(settled).error();
  co_return packed;
}

// The operator's policy is asked again at every delivery (SEC-14).
Task<Result<PollApi::Selected>> PollApi::withhold(store::StreamRecord stream, Selected selected) {
  const ReceiverPolicy* policy = parts_.tenant.receiver(stream.owner.receiver);
  if (policy == nullptr) co_return Error(Errc::http_forbidden, "no receiver of this issuer");
  std::vector<store::Settled> withheld;
  std::erase_if(selected.sets, [&](const store::PendingSet& set) {
    if (may_have(*policy, set.event, set.subject)) return false;
    withheld.push_back({.stream_id = set.stream_id,
                        .number = set.number,
                        .state = store::Settled::State::withdrawn,
                        .note = "policy"});
    return true;
  });
  if (withheld.empty()) co_return selected;
  Result<void> settled = co_await parts_.outbox.settle(std::move(withheld));
  if (!settled) co_return std::move(settled).error();
  co_return selected;
}

}  // namespace tocsin::transmitter
