// What a producer may submit (SEC-18): event types and the names its subjects come from. Both are
// the operator's to give; a producer that is not listed may submit nothing.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "tocsin/event.h"
#include "tocsin/subject.h"

namespace tocsin::transmitter {

// Identifiers of one format and, unless `within` is empty, of one origin: the `iss` of iss_sub and
// jwt_id, the `issuer` of saml_assertion_id, the domain of email, the host of an acct URI, the
// start of a uri, did, scim or opaque identifier or of a phone number. Other formats have no
// origin: a `within` that is not empty grants none of them.
struct SubjectNamespace {
  std::string format;
  std::string within{};
};

struct ProducerGrant {
  std::optional<std::vector<std::string>> event_types{};  // URIs; nothing: all

  // Nothing: every format that a specification describes. One that was agreed on with receivers is
  // named here, so that a misspelt one does not leave (SSF 3.4).
  std::optional<std::vector<SubjectNamespace>> namespaces{};
};

bool may_publish(const ProducerGrant& grant, std::string_view event_type);

// Of a complex or aliases subject every identifier must be granted: one that is not would name
// somebody else.
bool may_publish_about(const ProducerGrant& grant, const Subject& subject);

}  // namespace tocsin::transmitter
