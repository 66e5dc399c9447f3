// What happened: every event type of SSF 1.0, CAEP 1.0, RISC 1.0, the SCIM profile (RFC 9967) and
// the OAuth event types draft, each a struct named after its type URI. Members are spelled as on
// the wire; what a type does not describe is kept in `extra` and sent on as it came (SSF 4.2.3).
// Every member has an initialiser, so that {.reason = ...} names what it fills and nothing else.
#pragma once

#include <chrono>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
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

using EventVariant =
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

template <class T, class Variant>
inline constexpr bool is_alternative_of = false;
template <class T, class... Types>
inline constexpr bool is_alternative_of<T, std::variant<Types...>> =
    (std::is_same_v<T, Types> || ...);

// One of them. A std::variant in all it offers (std::visit, std::get_if ...), but its copies, moves
// and its end are compiled once, in the library: for this many types they are code by the kilobyte,
// which every file that holds an event would have to make again.
class Event : public EventVariant {
 public:
  Event();  // an ssf::Verification without state
  template <class T>
    requires is_alternative_of<T, EventVariant>
  Event(T event)  // NOLINT: as a std::variant takes its alternatives
      : EventVariant(std::in_place_type<T>, std::move(event)) {}
  template <class T>
    requires is_alternative_of<T, EventVariant>
  explicit Event(std::in_place_type_t<T> type) : EventVariant(type) {}
  Event(const Event& other);
  Event(Event&& other) noexcept;
  Event& operator=(const Event& other);
  Event& operator=(Event&& other) noexcept;
  ~Event();
};

// The event type URI.
std::string_view type_of(const Event& event) noexcept;

// The payload: the value of the type's member in `events`. Members in the order of the
// specification, then `extra` in the order it came.
Json to_json(const Event& event);

// The URIs of the 42 types above, in their order.
std::span<const std::string_view> known_event_types() noexcept;

bool is_known_event_type(std::string_view type) noexcept;

// Who judges an event, and where it lies in the document the findings are about: `path` is the
// JSON Pointer of the `events` object, the type is added to it.
struct EventContext {
  Strictness strictness = Strictness::strict;
  std::string_view path = "/events";
};

// The event, or the first finding that refuses it as something received.
Result<Event> parse_event(std::string_view type, Json payload,
                          Strictness strictness = Strictness::strict);

// The event and every finding about it. What could not be read stays in `extra`; a payload that is
// no object gives an empty OtherEvent and events_structure. Under Strictness::lenient old names of
// a type (events.md 8.1) and known slips of the field are mended, each with a finding.
Event read_event(std::string_view type, Json payload, const EventContext& context,
                 Findings& findings);

// The same rules for an event built in code: what read_event() would find in to_json(event).
void judge_event(const Event& event, const EventContext& context, Findings& findings);

// What rules that join an event with its SET look at.
struct SetAround {
  const Subject& sub_id;
  std::chrono::sys_seconds iat{};
  bool has_txn = false;                         // SC-09
  std::optional<std::string_view> stream_id{};  // if known: what stream events must name (EV-30)
  std::chrono::seconds iat_ahead_max{300};      // clock skew allowed to event_timestamp (EV-15)
};

// Which subjects the type allows (event_subject), a copy of the subject in the payload
// (subject_conflict), claims the type demands of the SET (claim_missing).
void judge_event_in_set(const Event& event, const SetAround& set, const EventContext& context,
                        Findings& findings);

// Rules that bind only what we send, on top of judge_event(): deprecated types, members nobody
// should send.
void judge_event_to_send(const Event& event, const EventContext& context, Findings& findings);

// Helper for std::visit with lambdas.
template <class... Functions>
struct overloaded : Functions... {
  using Functions::operator()...;
};
template <class... Functions>
overloaded(Functions...) -> overloaded<Functions...>;

}  // namespace tocsin
