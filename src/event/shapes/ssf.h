#pragma once

#include "event/rule.h"
#include "event/shape.h"
#include "tocsin/events/ssf.h"

namespace tocsin {

template <>
struct Shape<ssf::Verification> {
  static constexpr std::string_view type =
      "https://schemas.openid.net/secevent/ssf/event-type/verification";
  static constexpr SubjectRule subject{SubjectRule::Kind::stream, "SSF 1.0 8.1.4.1"};
  static void members(auto& io, auto& event) {
    io.section("SSF 1.0 8.1.4.2");
    io.optional("state", event.state, anything);
  }
};

template <>
struct Shape<ssf::StreamUpdated> {
  static constexpr std::string_view type =
      "https://schemas.openid.net/secevent/ssf/event-type/stream-updated";
  static constexpr SubjectRule subject{SubjectRule::Kind::stream, "SSF 1.0 8.1.5"};
  static void members(auto& io, auto& event) {
    io.section("SSF 1.0 8.1.5");
    io.required("status", event.status, filled);
    io.optional("reason", event.reason, anything);
  }
};

}  // namespace tocsin
