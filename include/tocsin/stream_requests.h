// What a receiver asks of a transmitter's stream management API (SSF 1.0 section 8.1), one struct a
// request. The parse_ functions are the transmitter's side and refuse with the first finding that
// binds us; read_ functions report all of them. Unknown members are ignored everywhere.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tocsin/events/ssf.h"
#include "tocsin/finding.h"
#include "tocsin/json.h"
#include "tocsin/result.h"
#include "tocsin/stream_config.h"
#include "tocsin/subject.h"

namespace tocsin {

// Which URLs a receiver may give (SEC-39): https, and http for hosts the operator lists.
struct UrlRules {
  std::vector<std::string> plain_http_hosts;  // in lower case
};

// `delivery` as a receiver asks for it.
struct DeliveryRequest {
  DeliveryMethod method = DeliveryMethod::poll;
  std::string endpoint_url{};  // push only

  // Absent keeps what the stream has as long as endpoint_url stays; "" (and null) clears it; any
  // other value replaces it (SEC-43).
  std::optional<std::string> authorization_header{};
};

// Members a transmitter supplies, as far as an update repeats them. They must be what the stream
// has (SSF 8.1.1.3).
struct SuppliedMembers {
  std::optional<std::string> iss{};
  std::optional<std::vector<std::string>> aud{};
  std::optional<std::vector<std::string>> events_supported{};
  std::optional<std::vector<std::string>> events_delivered{};
  std::optional<std::string> poll_endpoint_url{};  // `delivery.endpoint_url` of a poll stream
  std::optional<std::chrono::seconds> min_verification_interval{};
  std::optional<std::chrono::seconds> inactivity_timeout{};
};

// Members a receiver supplies.
struct RequestedMembers {
  std::optional<DeliveryRequest> delivery{};
  std::optional<std::vector<std::string>> events_requested{};
  std::optional<std::string> description{};
};

// POST: no `delivery` means poll (SSF 8.1.1.1).
using StreamCreateRequest = RequestedMembers;

// PATCH: what is absent stays (SSF 8.1.1.3). Not JSON Merge Patch: `null` is refused.
struct StreamUpdateRequest {
  std::string stream_id;
  RequestedMembers requested{};
  SuppliedMembers supplied{};
};

// PUT: a requested member that is absent, or `null`, is deleted (SSF 8.1.1.4).
struct StreamReplaceRequest {
  std::string stream_id;
  RequestedMembers requested{};
  SuppliedMembers supplied{};
};

// A status read, an update of it, and the answer to that all have this shape (SSF 8.1.2).
struct StatusDocument {
  std::string stream_id;
  StreamStatus status = StreamStatus::enabled;
  std::optional<std::string> reason{};
};

// SSF 8.1.3.2.
struct SubjectAddRequest {
  std::string stream_id;
  Subject subject;
  bool verified = true;  // absent means verified
};

// SSF 8.1.3.3.
struct SubjectRemoveRequest {
  std::string stream_id;
  Subject subject;
};

// SSF 8.1.4.2.
struct VerificationRequest {
  std::string stream_id;
  std::optional<std::string> state{};
};

// Members the transmitter supplies, and a poll endpoint_url, are not looked at: a POST cannot
// choose them, and they are no error (ambiguities A-63). lint_stream_create() names them.
Result<StreamCreateRequest> parse_stream_create(Json json, const UrlRules& urls = {});
Result<StreamUpdateRequest> parse_stream_update(Json json, const UrlRules& urls = {});
Result<StreamReplaceRequest> parse_stream_replace(Json json, const UrlRules& urls = {});
Result<StatusDocument> parse_status(Json json);
Result<SubjectAddRequest> parse_subject_add(Json json);
Result<SubjectRemoveRequest> parse_subject_remove(Json json);
Result<VerificationRequest> parse_verification_request(Json json);

std::optional<StreamCreateRequest> read_stream_create(Json json, const UrlRules& urls,
                                                      Findings& findings);
std::optional<StreamUpdateRequest> read_stream_update(Json json, const UrlRules& urls,
                                                      Findings& findings);
std::optional<StreamReplaceRequest> read_stream_replace(Json json, const UrlRules& urls,
                                                        Findings& findings);
std::optional<StatusDocument> read_status(Json json, Findings& findings);
std::optional<SubjectAddRequest> read_subject_add(Json json, Findings& findings);
std::optional<SubjectRemoveRequest> read_subject_remove(Json json, Findings& findings);
std::optional<VerificationRequest> read_verification_request(Json json, Findings& findings);

// What the receiver that wrote a create request should mend: all of read_stream_create(), and the
// members that a transmitter ignores.
Findings lint_stream_create(const Json& json, const UrlRules& urls = {});

// A receiver's side. Credentials are written: these bodies go to the transmitter.
Json to_json(const StreamCreateRequest& request);
Json to_json(const StreamUpdateRequest& request);
Json to_json(const StreamReplaceRequest& request);
Json to_json(const StatusDocument& status);
Json to_json(const SubjectAddRequest& request);
Json to_json(const SubjectRemoveRequest& request);
Json to_json(const VerificationRequest& request);

}  // namespace tocsin
