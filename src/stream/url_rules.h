// The URLs that stand in stream documents: is this one acceptable, and if not, who says so?
#pragma once

#include <string_view>

#include "stream/object_reader.h"
#include "tocsin/stream_requests.h"

namespace tocsin::stream {

// https by the specification; what base/url.h cannot call is refused by policy (SEC-39).
void judge_https_url(std::string_view text, const JsonPath& path, ObjectReader& reader);

// As above for a URL a receiver gives: http is fine for hosts the operator lists.
void judge_receiver_url(std::string_view text, const UrlRules& urls, const JsonPath& path,
                        ObjectReader& reader);

// https, no query, no fragment (SSF 7.1, 8.1.1).
void judge_issuer(std::string_view text, const JsonPath& path, ObjectReader& reader);

}  // namespace tocsin::stream
