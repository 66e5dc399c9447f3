#pragma once

#include "event/judge.h"
#include "event/rule.h"
#include "event/shape.h"
#include "tocsin/events/scim.h"

namespace tocsin {

inline constexpr SubjectRule scim_subject{SubjectRule::Kind::scim, "RFC 9967 2.1"};

// What the events of one qualifier share (SC-04, SC-05).
struct ScimFull {
  static constexpr SubjectRule subject = scim_subject;
  static void members(auto& io, auto& event) {
    io.section("RFC 9967 2.4");
    io.required("data", event.data, filled);
    io.optional("version", event.version, filled);
  }
  static void judge(Judge& judge, const auto&) {
    judge.refuse_member("attributes", "attributes in a :full event");
  }
};

struct ScimNotice {
  static constexpr SubjectRule subject = scim_subject;
  static void members(auto& io, auto& event) {
    io.section("RFC 9967 2.4");
    io.required("attributes", event.attributes, filled);
    io.optional("version", event.version, filled);
  }
  static void judge(Judge& judge, const auto&) {
    judge.refuse_member("data", "data in a :notice event");
  }
};

template <>
struct Shape<scim::FeedAdd> : NoMembers {
  static constexpr std::string_view type = "urn:ietf:params:scim:event:feed:add";
  static constexpr SubjectRule subject = scim_subject;
};

template <>
struct Shape<scim::FeedRemove> : NoMembers {
  static constexpr std::string_view type = "urn:ietf:params:scim:event:feed:remove";
  static constexpr SubjectRule subject = scim_subject;
};

template <>
struct Shape<scim::CreateFull> : ScimFull {
  static constexpr std::string_view type = "urn:ietf:params:scim:event:prov:create:full";
};

template <>
struct Shape<scim::CreateNotice> : ScimNotice {
  static constexpr std::string_view type = "urn:ietf:params:scim:event:prov:create:notice";
};

template <>
struct Shape<scim::PatchFull> : ScimFull {
  static constexpr std::string_view type = "urn:ietf:params:scim:event:prov:patch:full";
};

template <>
struct Shape<scim::PatchNotice> : ScimNotice {
  static constexpr std::string_view type = "urn:ietf:params:scim:event:prov:patch:notice";
};

template <>
struct Shape<scim::PutFull> : ScimFull {
  static constexpr std::string_view type = "urn:ietf:params:scim:event:prov:put:full";
};

template <>
struct Shape<scim::PutNotice> : ScimNotice {
  static constexpr std::string_view type = "urn:ietf:params:scim:event:prov:put:notice";
};

template <>
struct Shape<scim::Delete> : NoMembers {
  static constexpr std::string_view type = "urn:ietf:params:scim:event:prov:delete";
  static constexpr SubjectRule subject = scim_subject;
  static void judge(Judge& judge, const scim::Delete& event) {
    judge.section("RFC 9967 2.4.4");
    for (const JsonMember& member : event.extra) {
      judge.refuse_member(member.name, "a delete event has an empty payload");
    }
  }
};

template <>
struct Shape<scim::Activate> : NoMembers {
  static constexpr std::string_view type = "urn:ietf:params:scim:event:prov:activate";
  static constexpr SubjectRule subject = scim_subject;
};

template <>
struct Shape<scim::Deactivate> : NoMembers {
  static constexpr std::string_view type = "urn:ietf:params:scim:event:prov:deactivate";
  static constexpr SubjectRule subject = scim_subject;
};

template <>
struct Shape<scim::AsyncResponse> {
  static constexpr std::string_view type = "urn:ietf:params:scim:event:misc:asyncresp";
  static constexpr SubjectRule subject = scim_subject;
  static void members(auto& io, auto& event) {
    io.section("RFC 9967 2.5.1.3");
    io.required("method", event.method, filled);
    io.required("status", event.status,
                Rule{.accepts = is_http_status,
                     .value_level = Level::must,
                     .complaint = "no status of HTTP"});
    io.optional("bulkId", event.bulk_id, filled);
    io.optional("version", event.version, filled);
    io.optional("location", event.location, filled);
    io.optional("response", event.response, anything);
  }
  static void judge(Judge& judge, const scim::AsyncResponse& event);
};

}  // namespace tocsin
