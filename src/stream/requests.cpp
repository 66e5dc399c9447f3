// The requests of the stream management API: reading and writing.
#include "tocsin/stream_requests.h"

#include <algorithm>
#include <utility>

#include "stream/delivery.h"
#include "stream/members.h"
#include "stream/object_reader.h"
#include "stream/url_rules.h"
#include "subject/read.h"

namespace tocsin {
namespace {

using stream::Nulls;
using stream::ObjectReader;

constexpr std::size_t reason_octets_max = 1024;
constexpr std::size_t state_octets_max = 4096;

RequestedMembers read_requested(ObjectReader& reader, const UrlRules& urls,
                                std::optional<std::string>& poll_endpoint_url) {
  RequestedMembers requested;
  if (Json* value = reader.find("delivery")) {
    const JsonPath at = reader.at("delivery");
    requested.delivery = read_delivery_request(*value, urls, at, reader, poll_endpoint_url);
  }
  requested.events_requested = read_events_requested(reader);
  requested.description = reader.text("description");
  return requested;
}

void read_supplied(ObjectReader& reader, SuppliedMembers& supplied) {
  supplied.iss = reader.text("iss");
  if (Json* aud = reader.find("aud")) supplied.aud = read_aud(*aud, reader);
  supplied.events_supported = reader.texts("events_supported");
  supplied.events_delivered = reader.texts("events_delivered");
  supplied.min_verification_interval = reader.seconds("min_verification_interval");
  supplied.inactivity_timeout = reader.seconds("inactivity_timeout");
}

// PATCH and PUT differ in what absence means, which is for change.cpp, and in `null`.
template <class Request>
std::optional<Request> read_change(Json& json, const UrlRules& urls, std::string_view section,
                                   Nulls nulls, Findings& findings) {
  const JsonPath root;
  ObjectReader reader(json, root, stream::stream_codes, section, findings, nulls);
  if (!reader.is_object()) return std::nullopt;
  auto stream_id = read_stream_id(reader);
  SuppliedMembers supplied;
  RequestedMembers requested = read_requested(reader, urls, supplied.poll_endpoint_url);
  read_supplied(reader, supplied);
  if (!reader.whole()) return std::nullopt;
  return Request{*std::move(stream_id), std::move(requested), std::move(supplied)};
}

// `stream_id` and `subject`, which add and remove share.
struct StreamSubject {
  std::string stream_id;
  Subject subject;
};

std::optional<StreamSubject> read_stream_subject(ObjectReader& reader) {
  auto stream_id = read_stream_id(reader);
  Json* value = reader.require("subject");
  if (value == nullptr) return std::nullopt;
  const JsonPath at = reader.at("subject");
  auto subject = read_subject(std::move(*value), Strictness::strict, at, reader.findings());
  if (!subject || !stream_id) return std::nullopt;
  return StreamSubject{*std::move(stream_id), *std::move(subject)};
}

// A transmitter is strict with what it takes.
template <class Read, class... Arguments>
auto parse(Read read, Json json, const Arguments&... arguments) {
  Findings findings;
  auto request = read(std::move(json), arguments..., findings);
  return stream::accept(std::move(request), findings, Strictness::strict);
}

// A complex subject of extension members only would match whatever names none of them (SEC-15).
void judge_wildcard(const Subject& subject, ObjectReader& reader) {
  const auto* complex = std::get_if<ComplexSubject>(&subject);
  if (complex == nullptr) return;
  const bool has_known_member = std::ranges::any_of(
      complex->members,
      [](const ComplexSubject::Member& member) { return is_ssf_subject_member(member.name); });
  if (has_known_member) return;
  reader.add(Errc::subject_member, Level::policy, reader.at("subject"),
             "none of the members SSF defines");
}

bool is_stream_itself(const StreamSubject& named) {
  const auto* identifier = std::get_if<SubjectIdentifier>(&named.subject);
  const auto* opaque = identifier == nullptr ? nullptr : std::get_if<OpaqueSubject>(identifier);
  return opaque != nullptr && opaque->id == named.stream_id;
}

void append_requested(JsonObject& object, const RequestedMembers& requested,
                      const std::optional<std::string>& poll_endpoint_url = {}) {
  if (requested.delivery) {
    object.append("delivery", stream::to_json(*requested.delivery, poll_endpoint_url));
  }
  stream::append(object, "events_requested", requested.events_requested);
  stream::append(object, "description", requested.description);
}

template <class Request>
Json change_to_json(const Request& request) {
  const SuppliedMembers& supplied = request.supplied;
  JsonObject object;
  object.append("stream_id", Json(request.stream_id));
  stream::append(object, "iss", supplied.iss);
  if (supplied.aud) object.append("aud", stream::aud_to_json(*supplied.aud));
  stream::append(object, "events_supported", supplied.events_supported);
  stream::append(object, "events_delivered", supplied.events_delivered);
  append_requested(object, request.requested, supplied.poll_endpoint_url);
  stream::append(object, "min_verification_interval", supplied.min_verification_interval);
  stream::append(object, "inactivity_timeout", supplied.inactivity_timeout);
  return object;
}

}  // namespace

std::optional<StreamCreateRequest> read_stream_create(Json json, const UrlRules& urls,
                                                      Findings& findings) {
  const JsonPath root;
  ObjectReader reader(json, root, stream::stream_codes, "SSF 1.0 8.1.1.1", findings, Nulls::absent);
  if (!reader.is_object()) return std::nullopt;
  std::optional<std::string> ignored;
  RequestedMembers requested = read_requested(reader, urls, ignored);
  if (!reader.whole()) return std::nullopt;
  return requested;
}

Findings lint_stream_create(const Json& json, const UrlRules& urls) {
  Findings findings;
  read_stream_create(json, urls, findings);
  const JsonObject* object = json.as_object();
  if (object == nullptr) return findings;
  const JsonPath root;
  for (const char* name : {"stream_id", "iss", "aud", "events_supported", "events_delivered",
                           "min_verification_interval", "inactivity_timeout"}) {
    if (object->find(name) == nullptr) continue;
    findings.push_back({Errc::stream_immutable, Level::policy, root.member(name).text(),
                        "SSF 1.0 8.1.1", "the transmitter supplies it; a POST cannot"});
  }
  const Json* delivery = object->find("delivery");
  const JsonObject* members = delivery == nullptr ? nullptr : delivery->as_object();
  if (members == nullptr || members->find("endpoint_url") == nullptr) return findings;
  const Json* method = members->find("method");
  const std::string* uri = method == nullptr ? nullptr : method->as_string();
  if (uri != nullptr && parse_delivery_method(*uri) == DeliveryMethod::poll) {
    findings.push_back({Errc::stream_value, Level::policy, "/delivery/endpoint_url",
                        "SSF 1.0 6.1.2", "the transmitter supplies the URL to poll"});
  }
  return findings;
}

std::optional<StreamUpdateRequest> read_stream_update(Json json, const UrlRules& urls,
                                                      Findings& findings) {
  return read_change<StreamUpdateRequest>(json, urls, "SSF 1.0 8.1.1.3", Nulls::refused, findings);
}

std::optional<StreamReplaceRequest> read_stream_replace(Json json, const UrlRules& urls,
                                                        Findings& findings) {
  return read_change<StreamReplaceRequest>(json, urls, "SSF 1.0 8.1.1.4", Nulls::absent, findings);
}

std::optional<StatusDocument> read_status(Json json, Findings& findings) {
  const JsonPath root;
  ObjectReader reader(json, root, stream::stream_codes, "SSF 1.0 8.1.2", findings);
  if (!reader.is_object()) return std::nullopt;
  auto stream_id = read_stream_id(reader);
  const auto name = reader.required_text("status");
  const auto status = name ? parse_wire_name<StreamStatus>(*name) : std::nullopt;
  if (name && !status) {
    reader.value(reader.at("status"), Level::must, "not enabled, paused or disabled");
    return std::nullopt;
  }
  auto reason = read_text(reader, "reason", reason_octets_max);
  if (!reader.whole()) return std::nullopt;
  return StatusDocument{*std::move(stream_id), *status, std::move(reason)};
}

std::optional<SubjectAddRequest> read_subject_add(Json json, Findings& findings) {
  const JsonPath root;
  ObjectReader reader(json, root, stream::stream_codes, "SSF 1.0 8.1.3.2", findings);
  if (!reader.is_object()) return std::nullopt;
  auto read = read_stream_subject(reader);
  if (read) judge_wildcard(read->subject, reader);
  const bool verified = reader.flag("verified").value_or(true);
  if (!read || !reader.whole()) return std::nullopt;
  return SubjectAddRequest{std::move(read->stream_id), std::move(read->subject), verified};
}

std::optional<SubjectRemoveRequest> read_subject_remove(Json json, Findings& findings) {
  const JsonPath root;
  ObjectReader reader(json, root, stream::stream_codes, "SSF 1.0 8.1.3.3", findings);
  if (!reader.is_object()) return std::nullopt;
  auto read = read_stream_subject(reader);
  if (!read) return std::nullopt;
  if (is_stream_itself(*read)) {
    reader.value(reader.at("subject"), Level::must, "the stream's own subject stays (SSF 8.1.4)");
  }
  return SubjectRemoveRequest{std::move(read->stream_id), std::move(read->subject)};
}

std::optional<VerificationRequest> read_verification_request(Json json, Findings& findings) {
  const JsonPath root;
  ObjectReader reader(json, root, stream::stream_codes, "SSF 1.0 8.1.4.2", findings);
  if (!reader.is_object()) return std::nullopt;
  auto stream_id = read_stream_id(reader);
  auto state = read_text(reader, "state", state_octets_max);
  if (!reader.whole()) return std::nullopt;
  return VerificationRequest{*std::move(stream_id), std::move(state)};
}

Result<StreamCreateRequest> parse_stream_create(Json json, const UrlRules& urls) {
  return parse(read_stream_create, std::move(json), urls);
}

Result<StreamUpdateRequest> parse_stream_update(Json json, const UrlRules& urls) {
  return parse(read_stream_update, std::move(json), urls);
}

Result<StreamReplaceRequest> parse_stream_replace(Json json, const UrlRules& urls) {
  return parse(read_stream_replace, std::move(json), urls);
}

Result<StatusDocument> parse_status(Json json) {
  return parse(read_status, std::move(json));
}

Result<SubjectAddRequest> parse_subject_add(Json json) {
  return parse(read_subject_add, std::move(json));
}

Result<SubjectRemoveRequest> parse_subject_remove(Json json) {
  return parse(read_subject_remove, std::move(json));
}

Result<VerificationRequest> parse_verification_request(Json json) {
  return parse(read_verification_request, std::move(json));
}

Json to_json(const StreamCreateRequest& request) {
  JsonObject object;
  append_requested(object, request);
  return object;
}

Json to_json(const StreamUpdateRequest& request) {
  return change_to_json(request);
}

Json to_json(const StreamReplaceRequest& request) {
  return change_to_json(request);
}

Json to_json(const StatusDocument& status) {
  JsonObject object;
  object.append("stream_id", Json(status.stream_id));
  object.append("status", Json(wire_name(status.status)));
  stream::append(object, "reason", status.reason);
  return object;
}

Json to_json(const SubjectAddRequest& request) {
  JsonObject object;
  object.append("stream_id", Json(request.stream_id));
  object.append("subject", to_json(request.subject));
  object.append("verified", Json(request.verified));
  return object;
}

Json to_json(const SubjectRemoveRequest& request) {
  JsonObject object;
  object.append("stream_id", Json(request.stream_id));
  object.append("subject", to_json(request.subject));
  return object;
}

Json to_json(const VerificationRequest& request) {
  JsonObject object;
  object.append("stream_id", Json(request.stream_id));
  stream::append(object, "state", request.state);
  return object;
}

}  // namespace tocsin
