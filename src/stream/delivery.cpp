#include "stream/delivery.h"

#include <algorithm>
#include <utility>

#include "base/ascii.h"
#include "stream/url_rules.h"

namespace tocsin {
namespace stream {
namespace {

constexpr std::string_view push_uri = "urn:ietf:rfc:8935";
constexpr std::string_view poll_uri = "urn:ietf:rfc:8936";
constexpr std::size_t authorization_octets_max = 8192;  // SEC-43

std::optional<DeliveryMethod> read_method(ObjectReader& reader) {
  const auto uri = reader.required_text("method");
  if (!uri) return std::nullopt;
  const auto method = parse_delivery_method(*uri);
  if (!method) {
    reader.value(reader.at("method"), Level::must, "not a delivery method of SSF 1.0");
    reader.take_over(false);
  }
  return method;
}

// A field value we can send as it is, and that cannot grow into more headers (RFC 9110 5.5).
void judge_authorization(std::string_view value, ObjectReader& reader) {
  const JsonPath path = reader.at("authorization_header");
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; };
  const auto is_beyond_ascii = [](char c) { return static_cast<unsigned char>(c) >= 0x80; };
  if (std::ranges::any_of(value, is_control)) {
    reader.value(path, Level::must, "a control character");
  } else if (std::ranges::any_of(value, is_beyond_ascii)) {
    reader.value(path, Level::policy, "not ASCII");
  } else if (value.starts_with(' ') || value.ends_with(' ')) {
    reader.value(path, Level::policy, "a blank at its start or end");
  } else if (starts_with_ignoring_case(value, "authorization:")) {
    reader.value(path, Level::policy, "the header's name belongs to the header, not its value");
  } else if (value.size() > authorization_octets_max) {
    reader.value(path, Level::policy, "too long");
  }
}

// Absent, cleared ("", null) or replaced: DeliveryRequest says what each means.
std::optional<std::string> read_authorization(ObjectReader& reader) {
  Json* value = reader.object().find("authorization_header");
  if (value == nullptr) return std::nullopt;
  if (value->is_null()) return "";
  auto text = reader.text_of(*value, reader.at("authorization_header"));
  if (text && !text->empty()) judge_authorization(*text, reader);
  return text;
}

}  // namespace

std::optional<Delivery> read_delivery(Json& json, const JsonPath& path, ObjectReader& parent) {
  ObjectReader reader(json, path, stream_codes, "SSF 1.0 6.1", parent.findings());
  std::optional<Delivery> delivery;
  const auto method = reader.is_object() ? read_method(reader) : std::nullopt;
  if (method) {
    reader.section(*method == DeliveryMethod::push ? "SSF 1.0 6.1.1" : "SSF 1.0 6.1.2");
    if (auto url = reader.required_text("endpoint_url")) {
      judge_https_url(*url, reader.at("endpoint_url"), reader);
      delivery = Delivery{*method, *std::move(url), reader.text("authorization_header")};
    }
  }
  parent.take_over(reader.whole());
  return delivery;
}

std::optional<DeliveryRequest> read_delivery_request(
    Json& json, const UrlRules& urls, const JsonPath& path, ObjectReader& parent,
    std::optional<std::string>& poll_endpoint_url) {
  ObjectReader reader(json, path, stream_codes, "SSF 1.0 6.1", parent.findings());
  std::optional<DeliveryRequest> delivery;
  const auto method = reader.is_object() ? read_method(reader) : std::nullopt;
  if (method == DeliveryMethod::push) {
    reader.section("SSF 1.0 6.1.1");
    if (auto url = reader.required_text("endpoint_url")) {
      judge_receiver_url(*url, urls, reader.at("endpoint_url"), reader);
      delivery = DeliveryRequest{*method, *std::move(url), read_authorization(reader)};
    }
  } else if (method == DeliveryMethod::poll) {
    reader.section("SSF 1.0 6.1.2");
    poll_endpoint_url = reader.text("endpoint_url");
    delivery = DeliveryRequest{.method = *method};
  }
  parent.take_over(reader.whole());
  return delivery;
}

Json to_json(const Delivery& delivery) {
  JsonObject object;
  object.append("method", Json(wire_name(delivery.method)));
  object.append("endpoint_url", Json(delivery.endpoint_url));
  return object;
}

Json to_json(const DeliveryRequest& delivery, const std::optional<std::string>& poll_endpoint_url) {
  JsonObject object;
  object.append("method", Json(wire_name(delivery.method)));
  if (delivery.method == DeliveryMethod::push) {
    object.append("endpoint_url", Json(delivery.endpoint_url));
    if (delivery.authorization_header) {
      object.append("authorization_header", Json(*delivery.authorization_header));
    }
  } else if (poll_endpoint_url) {
    object.append("endpoint_url", Json(*poll_endpoint_url));
  }
  return object;
}

}  // namespace stream

std::string_view wire_name(DeliveryMethod method) noexcept {
  return method == DeliveryMethod::push ? stream::push_uri : stream::poll_uri;
}

std::optional<DeliveryMethod> parse_delivery_method(std::string_view uri) noexcept {
  if (uri == stream::push_uri) return DeliveryMethod::push;
  if (uri == stream::poll_uri) return DeliveryMethod::poll;
  return std::nullopt;
}

}  // namespace tocsin
