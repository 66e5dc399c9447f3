#include "stream/change.h"

#include <algorithm>
#include <utility>

#include "base/try.h"
#include "base/utf8.h"
#include "stream/members.h"

namespace tocsin::stream {
namespace {

bool is_same_set(std::vector<std::string> a, std::vector<std::string> b) {
  for (auto* texts : {&a, &b}) {
    std::ranges::sort(*texts);
    texts->erase(std::unique(texts->begin(), texts->end()), texts->end());
  }
  return a == b;
}

// Compares the members that are there.
class SuppliedJudge {
 public:
  explicit SuppliedJudge(Findings& findings) : findings_(findings) {}

  template <class T>
  void same(const std::optional<T>& claimed, const std::optional<T>& actual, const char* path) {
    if (claimed && claimed != actual) refuse(path);
  }
  void same_set(const std::optional<std::vector<std::string>>& claimed,
                const std::vector<std::string>& actual, const char* path) {
    if (claimed && !is_same_set(*claimed, actual)) refuse(path);
  }

 private:
  void refuse(const char* path) {
    findings_.push_back({Errc::stream_immutable, Level::must, path, "SSF 1.0 8.1.1.3",
                         "the transmitter supplies it, and it has another value"});
  }
  Findings& findings_;
};

Result<void> check_supplied(const SuppliedMembers& supplied, const StreamConfig& current,
                            const Terms& terms) {
  Findings findings;
  judge_supplied(supplied, current, terms.poll_endpoint_url, findings);
  if (!findings.empty()) return to_error(findings.front());
  return {};
}

// SEC-43: a credential stays with the URL it was given for.
std::optional<std::string> authorization_after(const DeliveryRequest& request,
                                               const Delivery* current) {
  if (request.authorization_header) {
    if (request.authorization_header->empty()) return std::nullopt;
    return request.authorization_header;
  }
  const bool stays = current != nullptr && current->method == DeliveryMethod::push &&
                     current->endpoint_url == request.endpoint_url;
  return stays ? current->authorization_header : std::nullopt;
}

Result<Delivery> deliver(const DeliveryRequest& request, const Delivery* current,
                         const Terms& terms) {
  if (request.method == DeliveryMethod::poll) {
    if (terms.poll_endpoint_url.empty()) return Error(Errc::stream_value, "poll is not offered");
    return Delivery{DeliveryMethod::poll, terms.poll_endpoint_url};
  }
  if (!terms.push) return Error(Errc::stream_value, "push is not offered");
  return Delivery{DeliveryMethod::push, request.endpoint_url,
                  authorization_after(request, current)};
}

// The list as it was asked for, each type once: unknown types are echoed, and count again when they
// become supported (ambiguities A-08).
std::vector<std::string> without_repeats(const std::vector<std::string>& types) {
  return events_delivered(types, types);
}

// Everything but the delivery, from what the receiver now asks for and what the transmitter
// decides.
StreamConfig compose(Delivery delivery, const std::optional<std::vector<std::string>>& requested,
                     const std::optional<std::string>& description, const Terms& terms) {
  StreamConfig config;
  config.stream_id = terms.stream_id;
  config.iss = terms.iss;
  config.aud = terms.aud;
  config.events_supported = terms.events_supported;
  if (requested) config.events_requested = without_repeats(*requested);
  config.events_delivered = events_delivered(terms.events_supported, requested);
  config.delivery = std::move(delivery);
  config.min_verification_interval = terms.min_verification_interval;
  if (description) config.description = utf8_prefix(*description, description_octets_max);
  config.inactivity_timeout = terms.inactivity_timeout;
  return config;
}

// POST and PUT: what is absent is not there, and no delivery means poll.
Result<StreamConfig> compose_whole(const RequestedMembers& requested, const Delivery* current,
                                   const Terms& terms) {
  TOCSIN_TRY(Delivery delivery,
             deliver(requested.delivery.value_or(DeliveryRequest{}), current, terms));
  return compose(std::move(delivery), requested.events_requested, requested.description, terms);
}

}  // namespace

void judge_supplied(const SuppliedMembers& supplied, const StreamConfig& current,
                    std::string_view poll_endpoint_url, Findings& findings) {
  SuppliedJudge judge(findings);
  judge.same(supplied.iss, std::optional(current.iss), "/iss");
  judge.same_set(supplied.aud, current.aud, "/aud");
  judge.same_set(supplied.events_supported,
                 current.events_supported.value_or(std::vector<std::string>{}),
                 "/events_supported");
  judge.same_set(supplied.events_delivered, current.events_delivered, "/events_delivered");
  judge.same(supplied.poll_endpoint_url, std::optional(std::string(poll_endpoint_url)),
             "/delivery/endpoint_url");
  judge.same(supplied.min_verification_interval, current.min_verification_interval,
             "/min_verification_interval");
  judge.same(supplied.inactivity_timeout, current.inactivity_timeout, "/inactivity_timeout");
}

Result<StreamConfig> create_stream(const StreamCreateRequest& request, const Terms& terms) {
  return compose_whole(request, nullptr, terms);
}

Result<StreamConfig> update_stream(const StreamConfig& current, const StreamUpdateRequest& request,
                                   const Terms& terms) {
  TOCSIN_CHECK(check_supplied(request.supplied, current, terms));
  const RequestedMembers& requested = request.requested;
  Delivery delivery = current.delivery;
  if (requested.delivery) {
    TOCSIN_TRY(delivery, deliver(*requested.delivery, &current.delivery, terms));
  }
  return compose(std::move(delivery),
                 requested.events_requested ? requested.events_requested : current.events_requested,
                 requested.description ? requested.description : current.description, terms);
}

Result<StreamConfig> replace_stream(const StreamConfig& current,
                                    const StreamReplaceRequest& request, const Terms& terms) {
  TOCSIN_CHECK(check_supplied(request.supplied, current, terms));
  return compose_whole(request.requested, &current.delivery, terms);
}

}  // namespace tocsin::stream
