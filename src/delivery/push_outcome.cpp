#include "delivery/push_outcome.h"

#include <algorithm>
#include <array>
#include <string_view>

namespace tocsin::delivery {
namespace {

bool is_accepted(const PushAnswer& answer) {
  if (answer.status == 202) return true;
  return answer.status >= 200 && answer.status < 300 && !answer.is_html;
}

Blame blame_failure(Errc failure) {
  switch (failure) {
    case Errc::net_address:  // like the others, so that blame tells no receiver what we refused
    case Errc::net_resolve:
    case Errc::net_connect:
    case Errc::net_tls:
    case Errc::net_timeout:
    case Errc::net_closed:
    case Errc::net_answer:
      return Blame::outage;
    case Errc::address_refused:
    case Errc::url_syntax:
      return Blame::stream;
    default:
      return Blame::us;
  }
}

// Every code but these says that the SET itself is wrong, and so does no code at all.
Blame blame_code(std::string_view err) {
  constexpr std::array<std::string_view, 5> of_the_stream{"invalid_key", "invalid_issuer",
                                                          "invalid_audience",
                                                          "authentication_failed", "access_denied"};
  return std::ranges::find(of_the_stream, err) != of_the_stream.end() ? Blame::stream
                                                                      : Blame::event;
}

Blame blame_of(const PushAnswer& answer) {
  if (answer.failure) return blame_failure(*answer.failure);
  switch (answer.status) {
    case 400:
      return blame_code(answer.error.err);
    case 413:
      return Blame::event;
    case 408:
    case 425:
    case 429:
      return Blame::outage;
    default:
      break;
  }
  const bool points_at_the_stream = answer.status >= 300 && answer.status < 500;
  return points_at_the_stream ? Blame::stream : Blame::outage;
}

}  // namespace

PushOutcome judge_push(const PushAnswer& answer, const AttemptHistory& history, Random& random,
                       const RetrySpans& spans) {
  if (is_accepted(answer)) return Delivered{.unusual = answer.status != 202};
  const Blame blame = blame_of(answer);
  if (blame == Blame::event && history.refusals + 1 >= refusals_max) return Rejected{};
  return RetryAfter{retry_delay(history.failures, answer.retry_after, random, spans), blame};
}

AttemptHistory add_attempt(AttemptHistory history, const PushOutcome& outcome) {
  if (std::holds_alternative<Delivered>(outcome)) return history;
  const RetryAfter* retry = std::get_if<RetryAfter>(&outcome);
  ++history.failures;
  if (retry == nullptr || retry->blame == Blame::event) ++history.refusals;
  return history;
}

}  // namespace tocsin::delivery
