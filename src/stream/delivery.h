// The `delivery` member, in a configuration and in a request.
#pragma once

#include "stream/object_reader.h"
#include "tocsin/stream_config.h"
#include "tocsin/stream_requests.h"

namespace tocsin::stream {

std::optional<Delivery> read_delivery(Json& json, const JsonPath& path, ObjectReader& parent);

// The endpoint_url of a poll request is not the receiver's to give: it goes to `supplied`, unread.
std::optional<DeliveryRequest> read_delivery_request(Json& json, const UrlRules& urls,
                                                     const JsonPath& path, ObjectReader& parent,
                                                     std::optional<std::string>& poll_endpoint_url);

Json to_json(const Delivery& delivery);
Json to_json(const DeliveryRequest& delivery, const std::optional<std::string>& poll_endpoint_url);

}  // namespace tocsin::stream
