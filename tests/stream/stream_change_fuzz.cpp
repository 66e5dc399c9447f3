// A request of any bytes against a push stream that has a credential: what the transmitter supplies
// never changes, and the credential never moves to another URL.
#include <algorithm>
#include <cstddef>
#include <cstdint>

#include "base/assert.h"
#include "stream/change.h"

using namespace tocsin;

namespace {

const stream::Terms& terms() {
  static const stream::Terms value{.stream_id = "s1",
                                   .iss = "https://tr.example.com",
                                   .aud = {"a", "b"},
                                   .events_supported = {"urn:e:1", "urn:e:2"},
                                   .poll_endpoint_url = "https://tr.example.com/poll/s1"};
  return value;
}

StreamConfig current() {
  StreamCreateRequest request;
  request.delivery = DeliveryRequest{DeliveryMethod::push, "https://r.example/e", "Bearer old"};
  request.events_requested = {{"urn:e:2"}};
  return stream::create_stream(request, terms()).value();
}

void check(const StreamConfig& before, const StreamConfig& after, const DeliveryRequest* asked) {
  TOCSIN_ASSERT(after.stream_id == before.stream_id && after.iss == before.iss);
  TOCSIN_ASSERT(after.aud == before.aud && after.events_supported == before.events_supported);
  for (const std::string& type : after.events_delivered) {
    TOCSIN_ASSERT(std::ranges::count(terms().events_supported, type) == 1);
    if (after.events_requested)
      TOCSIN_ASSERT(std::ranges::count(*after.events_requested, type) == 1);
  }
  if (after.delivery.authorization_header == "Bearer old" &&
      (asked == nullptr || asked->authorization_header != "Bearer old")) {
    TOCSIN_ASSERT(after.delivery.endpoint_url == before.delivery.endpoint_url);
  }
  if (after.delivery.method == DeliveryMethod::poll) {
    TOCSIN_ASSERT(after.delivery.endpoint_url == terms().poll_endpoint_url);
    TOCSIN_ASSERT(!after.delivery.authorization_header);
  }
  // The answer is one a strict receiver takes, and shows no credential.
  const Json answer = to_json(after);
  TOCSIN_ASSERT(answer.as_object()->find("delivery")->as_object()->find("authorization_header") ==
                nullptr);
  TOCSIN_ASSERT(parse_stream_config(answer, terms().iss).has_value());
}

const DeliveryRequest* asked_delivery(const RequestedMembers& requested) {
  return requested.delivery ? &*requested.delivery : nullptr;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto json = parse_json({reinterpret_cast<const char*>(data), size});
  if (!json) return 0;
  const StreamConfig before = current();
  if (const auto request = parse_stream_create(*json)) {
    const auto after = stream::create_stream(*request, terms());
    TOCSIN_ASSERT(after.has_value());
    check(*after, *after, asked_delivery(*request));
  }
  if (const auto request = parse_stream_update(*json)) {
    if (const auto after = stream::update_stream(before, *request, terms())) {
      check(before, *after, asked_delivery(request->requested));
    }
  }
  if (const auto request = parse_stream_replace(*json)) {
    if (const auto after = stream::replace_stream(before, *request, terms())) {
      check(before, *after, asked_delivery(request->requested));
      const auto again = stream::replace_stream(*after, *request, terms());
      if (again) TOCSIN_ASSERT(to_json(*again) == to_json(*after));
    }
  }
  return 0;
}
