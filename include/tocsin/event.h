// What happened: every event type of SSF 1.0, CAEP 1.0, RISC 1.0, the SCIM profile (RFC 9967) and
// the OAuth event types draft, each a struct named after its type URI. Members are spelled as on
// the wire; what a type does not describe is kept in `extra` and sent on as it came (SSF 4.2.3).
#pragma once

#include <string>
#include <string_view>
#include <variant>

#include "tocsin/events/caep.h"
#include "tocsin/events/common.h"
#include "tocsin/events/oauth.h"
#include "tocsin/events/risc.h"
#include "tocsin/events/scim.h"
#include "tocsin/events/ssf.h"
#include "tocsin/finding.h"
#include "tocsin/json.h"
#include "tocsin/result.h"
#include "tocsin/subject.h"

namespace tocsin {

// A type we do not know. No error (RFC 8935 3): acknowledged, kept whole, handed over.
struct OtherEvent {
  std::string type;
  JsonObject payload;
};

using Event =
    std::variant<ssf::Verification, ssf::StreamUpdated, caep::SessionRevoked,
                 caep::TokenClaimsChange, caep::CredentialChange, caep::AssuranceLevelChange,
                 caep::DeviceComplianceChange, caep::SessionEstablished, caep::SessionPresented,
                 caep::RiskLevelChange, risc::AccountCredentialChangeRequired, risc::AccountPurged,
                 risc::AccountDisabled, risc::AccountEnabled, risc::IdentifierChanged,
                 risc::IdentifierRecycled, risc::CredentialCompromise, risc::OptIn,
                 risc::OptOutInitiated, risc::OptOutCancelled, risc::OptOutEffective,
                 risc::RecoveryActivated, risc::RecoveryInformationChanged, risc::SessionsRevoked,
                 scim::FeedAdd, scim::FeedRemove, scim::CreateFull, scim::CreateNotice,
                 scim::PatchFull, scim::PatchNotice, scim::PutFull, scim::PutNotice, scim::Delete,
                 scim::Activate, scim::Deactivate, scim::AsyncResponse, oauth::TokenIssued,
                 oauth::TokenRevoked, oauth::TokensRevoked, oauth::ClientDisabled,
                 oauth::ClientEnabled, oauth::ClientCredentialChanged, OtherEvent>;

// The event type URI.
std::string_view type_of(const Event& event) noexcept;

// The payload: the value of the type's member in `events`.
Json to_json(const Event& event);

// True if the URI is one of the 42 types above.
bool is_known_event_type(std::string_view type) noexcept;

// The event, or the first finding that refuses it under `strictness` as something received.
Result<Event> parse_event(std::string_view type, const Json& payload,
                          Strictness strictness = Strictness::strict);

// Every finding, with paths below `path`. An event is always made when `payload` is an object:
// members that could not be read stay in `extra`. The payload is consumed.
Event read_event(std::string_view type, Json payload, Strictness strictness, std::string_view path,
                 Findings& findings);

// Rules that join an event with the SET around it: which subjects the type allows (event_subject),
// a copy of the subject in the payload (subject_conflict), members the type demands of the SET.
// `has_txn`: the SET has a `txn` claim (SC-09).
void judge_event_in_set(const Event& event, const Subject& sub_id, bool has_txn,
                        std::string_view path, Findings& findings);

// Rules that bind only what we send: deprecated types, members nobody should send.
void judge_event_to_send(const Event& event, std::string_view path, Findings& findings);

// Helper for std::visit with lambdas.
template <class... Functions>
struct overloaded : Functions... {
  using Functions::operator()...;
};
template <class... Functions>
overloaded(Functions...) -> overloaded<Functions...>;

}  // namespace tocsin
