// How an Error looks to an HTTP peer. The row of the defect decides: status (base/outer_faces.h),
// code and text. What the Error has as detail is for our own log (SEC-32, SEC-52).
#pragma once

#include <cstdint>
#include <string_view>

#include "http/message.h"
#include "tocsin/error.h"

namespace tocsin::http {

enum class Face : std::uint8_t {
  problem,  // application/problem+json with a `code` member (RFC 9457)
  push,     // `err` and `description` (RFC 8935 2.3) for what is wrong with a SET; else as above
};

// `incident` finds the failure in our log; it means nothing to anybody else.
Response to_response(const Error& failure, Face face, std::string_view incident = {});

}  // namespace tocsin::http
