#include "app/producers.h"

#include <algorithm>
#include <utility>

#include "app/event_pattern.h"
#include "base/try.h"

namespace tocsin::app {
namespace {

// "email:example.com": a format, and where its identifiers come from.
transmitter::SubjectNamespace namespace_of(const std::string& text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string::npos) return {.format = text};
  return {.format = text.substr(0, colon), .within = text.substr(colon + 1)};
}

Result<transmitter::ProducerGrant> grant_of(const ProducerSection& section) {
  transmitter::ProducerGrant grant;
  if (!section.events.empty()) {
    TOCSIN_TRY(grant.event_types, expand_event_patterns(section.events));
  }
  if (!section.subjects.empty()) {
    grant.namespaces.emplace();
    for (const std::string& text : section.subjects) {
      grant.namespaces->push_back(namespace_of(text));
    }
  }
  return grant;
}

}  // namespace

Result<Producers> producers_of(const std::string& issuer, const Config& config) {
  Producers producers;
  for (const ProducerSection& section : config.producers) {
    if (std::ranges::find(section.issuers, issuer) == section.issuers.end()) continue;
    TOCSIN_TRY(transmitter::ProducerGrant grant, grant_of(section));
    producers.emplace(TenantKey{section.token_issuer, section.client_id}, std::move(grant));
  }
  return producers;
}

}  // namespace tocsin::app
